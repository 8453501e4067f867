"""Which adjustments a version of a programme answers, told on the version's page."""

from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from lms.catalogue.hooks import VersionNote
from lms.core.guard import Actor
from lms.core.i18n import local
from lms.quality.adjustments import queries


def of_version(version_id: UUID, actor: Actor) -> list[VersionNote]:
    """Tell the adjustments that a version answers: what was low, and the measure; no lecturer and no figure.

    The link leads to the results, for those who may read them.
    """
    return [
        VersionNote(
            local(line.topic or line.title),
            line.measure or _("The measure has not been stated yet."),
            url_for("quality.class_results", class_id=line.class_id)
            if actor.may("reports.quality", line.institution_path)
            else "",
        )
        for line in queries.of_version(version_id)
    ]
