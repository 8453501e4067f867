"""How packages are kept apart and checked, and how much institutions may keep: for administrators."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.core.admission import costly
from lms.core.database import utcnow
from lms.core.forms import INVALID, Fault
from lms.core.guard import current_actor
from lms.library.access import ADMINISTER
from lms.library.addresses import isolation
from lms.library.forms import QuotaForm
from lms.library.queries import pages
from lms.library.refusals import said
from lms.library.services import libraries, quotas
from lms.packages.inspection import scanning
from lms.packages.structure import Refused


def administration() -> Any:
    """The state of the library, and the quotas."""
    return _page()


def set_quota(unit_id: int) -> Any:
    """Set the quota of an institution; empty for the usual one."""
    form = QuotaForm()
    if not form.validate():
        return _page(refused=unit_id), INVALID
    quotas.set_quota(current_actor(), unit_id, form.gigabytes.data, at=utcnow())
    flash(_("The quota has been set."), "success")
    return redirect(url_for("library.administration"))


@costly()
def install_h5p() -> Any:
    """Install the H5P libraries of a file."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _page(h5p_faults=[Fault("h5p-file", "", _("Please choose a file."))]), INVALID
    with NamedTemporaryFile(prefix="khue-h5p-", suffix=".h5p") as copy:
        sent.save(copy)
        copy.flush()
        try:
            names = libraries.install(current_actor(), Path(copy.name), sent.filename, at=utcnow())
        except Refused as refused:
            return _page(
                h5p_faults=[Fault("h5p-file", fault.path, said(fault.message)) for fault in refused.faults]
            ), INVALID
    flash(
        ngettext("%(num)s library has been installed.", "%(num)s libraries have been installed.", len(names)), "success"
    )
    return redirect(url_for("library.administration"))


def _page(refused: int | None = None, h5p_faults: Sequence[Fault] = ()) -> str:
    settings = current_app.config["SETTINGS"]
    return render_template(
        "library/administration.html",
        isolation=isolation(current_app),
        content_url=settings.content_url,
        scanner=scanning.state(),
        office=shutil.which("soffice") or shutil.which("libreoffice"),
        rooms=pages.rooms(current_actor(), ADMINISTER),
        usual=settings.quota_gb * quotas.GB,
        most=quotas.MOST,
        refused=refused,
        typed=request.form.get("gigabytes", ""),
        h5p_faults=h5p_faults,
        libraries=libraries.installed(),
        h5p_bytes=pages.h5p_bytes(),
    )
