"""One's own data, and the requests that administrators answer."""

from typing import Any
from uuid import UUID

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from lms.console.personal import queries
from lms.console.personal.forms import ConfirmationForm, LeavingForm, RefusalForm, WrittenForm
from lms.console.personal.queries import Request
from lms.console.personal.rules import REQUEST, Verdict
from lms.console.personal.services import archives, erasure
from lms.core import arguments
from lms.core.database import utcnow
from lms.core.downloads import attachment
from lms.core.errors import DomainError
from lms.core.guard import Actor, current_actor
from lms.core.i18n import day
from lms.core.ownership import is_own
from lms.people.access import may_manage_account

MANAGE = "people.manage"


# -- one's own --------------------------------------------------------------------------------------------------------


def mine() -> Any:
    """What one can ask for: a copy of one's data, and that the records no longer lead to one."""
    actor, at = current_actor(), utcnow()
    account_id = _own_id(actor)
    return render_template(
        "console/personal/mine.html",
        job=queries.job_in_the_making(account_id),
        archives=queries.archives(account_id, at=at),
        days=archives.LIFETIME.days,
        has_person=actor.person_id is not None,
        verdict=_verdict(account_id) if actor.person_id else None,
        asked=queries.latest_request(account_id),
    )


def order() -> Any:
    """Order a copy of one's data."""
    return redirect(url_for("core.job", job_id=archives.order(current_actor(), at=utcnow())))


def fetch(archive_id: UUID) -> Any:
    """Fetch one's own copy; that leaves a trace, so it is no reading request."""
    content, name = archives.fetch(current_actor(), archive_id, at=utcnow()), _("my-data")
    try:
        return attachment(str(content.sha256), f"{name}-{day(content.ordered_at).replace('/', '-')}.zip", content.size)
    except FileNotFoundError:
        abort(404)


def ask() -> Any:
    """Ask that the records no longer lead to oneself."""
    actor = current_actor()
    erasure.ask(actor, _own_id(actor), at=utcnow())
    flash(_("Your request is noted. An administrator will answer it; you will find the answer here."), "success")
    return redirect(url_for("console.personal"))


def withdraw() -> Any:
    """Take one's request back."""
    erasure.withdraw(current_actor(), at=utcnow())
    flash(_("Your request is withdrawn. Nothing was changed."), "success")
    return redirect(url_for("console.personal"))


# -- the requests of others -------------------------------------------------------------------------------------------


def requests() -> Any:
    """The requests of the persons one administers; takes one that came in writing."""
    actor, form = current_actor(), WrittenForm()
    if request.method == "GET":
        return _list(form)
    if not form.validate():
        return _list(form), 422
    account_id = queries.account_of_code((form.staff_code.data or "").upper())
    if account_id is None or not may_manage_account(actor, account_id):
        form.staff_code.errors = [_("Nobody whom you administer has this staff code.")]
        return _list(form), 422
    asked = erasure.ask(actor, account_id, at=utcnow(), document=form.document.data)
    return redirect(url_for("console.erasure", request_id=asked))


def one(request_id: UUID) -> Any:
    """One request: what the rule says, and what can be done."""
    return _page(_asked(request_id))


def note_leaving(request_id: UUID) -> Any:
    """Note the day on which the person left the service."""
    asked, form = _asked(request_id), LeavingForm()
    try:
        if not form.validate() or form.left_on.data is None:
            return _page(asked, leaving=form), 422
        erasure.note_leaving(current_actor(), request_id, form.left_on.data, at=utcnow())
    except DomainError as refused:
        if refused.code in REQUEST.words:
            raise  # the page has no form any more
        form.left_on.errors = [*form.left_on.errors, refused.message]
        return _page(asked, leaving=form), refused.status
    flash(_("The day is noted."), "success")
    return redirect(url_for("console.erasure", request_id=request_id))


def refuse(request_id: UUID) -> Any:
    """Refuse a request, with a reason."""
    asked, form = _asked(request_id), RefusalForm()
    if not form.validate():
        return _page(asked, refusal=form), 422
    erasure.refuse(current_actor(), request_id, form.reason.data or "", at=utcnow())
    flash(_("The request is refused. The person finds your reason on her page."), "success")
    return redirect(url_for("console.erasures"))


def carry_out(request_id: UUID) -> Any:
    """The second step: what will happen, and the staff code typed; then the link is removed."""
    asked = _asked(request_id)
    verdict = _verdict(asked.account_id)
    if request.method == "POST":
        REQUEST.require("carry_out", asked.state)
    if asked.state != "open" or not verdict.allowed:
        if request.method == "POST":  # nothing was taken: no redirect, which says that it was
            return _page(asked), 409
        return redirect(url_for("console.erasure", request_id=request_id))
    barred = erasure.bar(current_actor(), asked.account_id, asked.asked_by)
    if barred is not None:
        raise barred
    form = ConfirmationForm(expected=asked.staff_code)
    if request.method == "GET":
        return render_template("console/personal/carry_out.html", asked=asked, verdict=verdict, form=form)
    if not form.validate():
        return render_template("console/personal/carry_out.html", asked=asked, verdict=verdict, form=form), 422
    erasure.carry_out(current_actor(), request_id, retention_years=_years(), at=utcnow())
    flash(_("The link is removed. The records stay and lead to nobody."), "success")
    return redirect(url_for("console.erasures"))


def _list(form: WrittenForm) -> str:
    query = arguments.search()
    page = queries.requests(current_actor(), MANAGE, query)
    return render_template("console/personal/requests.html", page=page, query=query, form=form)


def _page(asked: Request, *, leaving: LeavingForm | None = None, refusal: RefusalForm | None = None) -> str:
    verdict = _verdict(asked.account_id)
    barred = erasure.bar(current_actor(), asked.account_id, asked.asked_by)
    suggested = "" if verdict.allowed else f"{verdict.reason} ({verdict.ground})"
    return render_template(
        "console/personal/request.html",
        asked=asked,
        verdict=verdict,
        leaving=leaving or LeavingForm(formdata=None, left_on=asked.left_on),
        refusal=refusal or RefusalForm(formdata=None, reason=suggested),
        own=is_own(asked.account_id, current_actor().account_id),
        barred=barred.message if barred else None,
    )


def _asked(request_id: UUID) -> Request:
    asked = queries.request(request_id)
    if asked is None:
        abort(404)
    return asked


def _verdict(account_id: UUID) -> Verdict:
    return queries.verdict(account_id, retention_years=_years(), at=utcnow())


def _years() -> int:
    years: int = current_app.config["SETTINGS"].record_retention_years
    return years


def _own_id(actor: Actor) -> UUID:
    if actor.account_id is None:
        abort(401)
    return actor.account_id
