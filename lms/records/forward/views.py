"""The pages of forwarding."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.core import arguments
from lms.core.database import utcnow
from lms.core.forms import INVALID, status_of
from lms.core.guard import current_actor
from lms.records.forward import queries, services
from lms.records.forward.forms import ForwarderForm, SecretForm, lines


def reason(code: str) -> str:
    """Say in words why a try failed."""
    words: dict[str, str] = {
        "unreachable": _("No connection to this address."),
        "timeout": _("The other store did not answer in time."),
        "inward": _(
            "This address lies within our own network, where nothing is forwarded to. If it is meant, the operator of "
            "this installation lists its host or range in the setting LMS_FORWARD_ALLOW."
        ),
        "secret": _(
            "Our copy of the secret cannot be read any more, because the key of this installation has changed. "
            "Please enter the secret anew."
        ),
        "internal": _("An error on our side; it is in the log."),
        "status-401": _("The other store does not know this key and secret (401)."),
        "status-403": _("The other store does not let this key send statements (403)."),
        "status-404": _("There is no record store at this address (404)."),
        "status-429": _("The other store asks us to send more slowly (429)."),
    }
    other: str = _("The other store answered with status %(status)s.", status=code.removeprefix("status-"))
    return words.get(code, other)


def forwarding() -> Any:
    """List the other stores, and add one that answers."""
    form = ForwarderForm()
    if form.validate_on_submit():
        connection = {name: form[name].data or "" for name in ("endpoint", "version", "key", "secret")}
        problem = services.probe(**connection)
        if problem is None:
            made = services.make_forwarder(
                current_actor(),
                **connection,
                name=form.name.data or "",
                verbs=lines(form.verbs.data),
                activities=lines(form.activities.data),
                classes=lines(form.classes.data),
                from_beginning=form.start.data == "beginning",
                at=utcnow(),
            )
            flash(_("Statements are now forwarded to “%(name)s”.", name=made.name))
            return redirect(url_for("records.forwarder", forwarder_id=made.id))
        form.form_errors.append(_("The test failed, so nothing was saved. %(why)s", why=reason(problem)))
    page = render_template(
        "records/forwarding.html",
        form=form,
        forwarders=queries.forwarders(),
        dead_letters=queries.letters(),
        reason=reason,
    )
    return page, status_of(form)


def forwarder(forwarder_id: UUID) -> Any:
    """Show how far one is, and what the other side refused."""
    return _page(forwarder_id, SecretForm())


def change_secret(forwarder_id: UUID) -> Any:
    """Use another key and secret."""
    form = SecretForm()
    if not form.validate_on_submit():
        return _page(forwarder_id, form), INVALID
    key, secret = form.key.data or "", form.secret.data or ""
    services.change_secret(current_actor(), forwarder_id, key=key, secret=secret, at=utcnow())
    flash(_("The new secret is used from now on."))
    return _back(forwarder_id)


def pause(forwarder_id: UUID) -> Any:
    """Stop sending for now."""
    services.pause(current_actor(), forwarder_id, at=utcnow())
    flash(_("Forwarding is paused. What is stored meanwhile waits."))
    return _back(forwarder_id)


def resume(forwarder_id: UUID) -> Any:
    """Go on sending."""
    services.resume(current_actor(), forwarder_id, at=utcnow())
    flash(_("Forwarding goes on within a minute."))
    return _back(forwarder_id)


def try_now(forwarder_id: UUID) -> Any:
    """Wait no longer."""
    services.try_now(current_actor(), forwarder_id, at=utcnow())
    flash(_("It is being tried now. Reload this page to see how it went."))
    return _back(forwarder_id)


def delete(forwarder_id: UUID) -> Any:
    """Forward no more."""
    gone = services.delete_forwarder(current_actor(), forwarder_id, at=utcnow())
    flash(_("Nothing is forwarded to “%(name)s” any more.", name=gone.name))
    return redirect(url_for("records.forwarding"))


def again(forwarder_id: UUID, seq: int | None = None) -> Any:
    """Send a refused statement again, or all of them."""
    count = services.send_again(current_actor(), forwarder_id, seq, at=utcnow())
    flash(
        ngettext(
            "%(num)s statement is sent again within a minute.",
            "%(num)s statements are sent again within a minute.",
            count,
        )
        if count
        else _("There was nothing to send again.")
    )
    return _back(forwarder_id)


def leave_out(forwarder_id: UUID, seq: int) -> Any:
    """Give a refused statement up."""
    services.leave_out(current_actor(), forwarder_id, seq, at=utcnow())
    flash(_("The statement is left out."))
    return _back(forwarder_id)


def _page(forwarder_id: UUID, form: SecretForm) -> Any:
    shown = queries.forwarder(forwarder_id)
    if not form.is_submitted():
        form.key.data = shown.key
    return render_template(
        "records/forwarder.html",
        forwarder=shown,
        form=form,
        numbers=queries.letters_of(forwarder_id),
        left=queries.left(shown.cursor),
        counted=queries.COUNTED,
        page=queries.dead_letters(forwarder_id, before=arguments.number("after")),
        reason=reason,
    )


def _back(forwarder_id: UUID) -> Any:
    return redirect(url_for("records.forwarder", forwarder_id=forwarder_id))
