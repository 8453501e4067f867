"""The pages on which decisions are signed, trainees summoned, and papers read."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # the stubs lag

from lms.classes.queries import class_head
from lms.core import downloads
from lms.core.admission import costly
from lms.core.database import db, utcnow
from lms.core.errors import DomainError
from lms.core.forms import INVALID
from lms.core.guard import current_actor
from lms.core.transitions import Because
from lms.documents import Official, docx, frozen, pdf, signing
from lms.documents.bodies import issuer_at
from lms.documents.issuing import FORMS, file_of
from lms.documents.models import IssuedPaper
from lms.people.queries import person_by_code, unit_by_code
from lms.people.sessions import local_day
from lms.planning import access, forms, services
from lms.planning.judging import QUESTIONS, judge
from lms.planning.life import NOMINATION, REFUSALS, UNIT_REASONS
from lms.planning.papers import sending
from lms.planning.queries import nominations as queries
from lms.planning.queries import papers as known

_MEDIA = {"pdf": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}


def _offer_signers(form: Any) -> None:
    found = known.signers(local_day(utcnow()), current_actor().paths(access.DECIDE))
    form.signer.choices = [
        SelectChoice(str(one.signer_id), f"{one.name} – {_above(one)} ({one.unit})") for one in found
    ]
    if not form.is_submitted():
        form.signed_on.data = local_day(utcnow())


def _above(one: known.Body) -> str:
    above = signing.signature(one.issuer, one.capacity, one.title)
    return " / ".join([*above.on_behalf.split("\n"), above.title] if above.on_behalf else [above.title])


def _how(form: Any) -> services.Signing:
    number = form.number.data if "number" in form else ""
    return services.Signing(UUID(form.signer.data), form.signed_on.data, number or "")


def _told(form: Any, refused: DomainError) -> int:
    places = {"signer": "signer", "date": "signed_on", "number-taken": "number", "no-reason": "reason"}
    name = places.get(refused.code, "")
    if name in form:
        form[name].errors = [refused.message]
    else:
        form.form_errors.append(refused.message)
    return refused.status


def sign_sending(class_id: UUID) -> Any:
    """Sign the decision that sends everybody approved."""
    return _sign(class_id, "send")


def sign_revoking(class_id: UUID) -> Any:
    """Sign the decision that revokes those of a cancelled class."""
    return _sign(class_id, "revoke")


def _sign(class_id: UUID, kind: str) -> Any:
    head, form, status = class_head(class_id) or abort(404), forms.SigningForm(), 200
    _offer_signers(form)
    if form.validate_on_submit():
        try:
            because = Because(form.reason.data or "")
            sign = services.sign_sending if kind == "send" else services.sign_revoking
            if kind == "revoke" and not because.reason:
                raise DomainError("no-reason", _("Please give the reason."), INVALID)
            sign(current_actor(), class_id, _how(form), because, at=utcnow())
            flash(_("The decision is signed and has its number."))
            return redirect(url_for("planning.listing", class_id=class_id) + "#decisions")
        except DomainError as refused:
            status = _told(form, refused)
    elif form.is_submitted():
        status = INVALID
    wanted = "approved" if kind == "send" else "sent"
    people = [row for row in queries.named(class_id) if row.status == wanted]
    return render_template("planning/sign.html", head=head, form=form, kind=kind, people=people), status


def summon(class_id: UUID) -> Any:
    """Summon everybody who was sent."""
    head, form, status = class_head(class_id) or abort(404), forms.SigningForm(), 200
    del form.reason, form.number
    _offer_signers(form)
    if form.validate_on_submit():
        try:
            count = services.summon(current_actor(), class_id, _how(form), at=utcnow())
            flash(ngettext("%(num)s person summoned.", "%(num)s people summoned.", count))
            return redirect(url_for("planning.listing", class_id=class_id) + "#decisions")
        except DomainError as refused:
            status = _told(form, refused)
    elif form.is_submitted():
        status = INVALID
    people = [row for row in queries.named(class_id) if row.status == "sent"]
    return render_template("planning/sign.html", head=head, form=form, kind="summons", people=people), status


def substitute(class_id: UUID, nomination_id: UUID) -> Any:
    """Let another take somebody's place; by an amending decision, once she has been sent by one."""
    return _change(class_id, nomination_id, "substitute")


def take_out(class_id: UUID, nomination_id: UUID) -> Any:
    """Take somebody who was sent out of the class, by an amending decision."""
    return _change(class_id, nomination_id, "withdraw")


def _change(class_id: UUID, nomination_id: UUID, act: str) -> Any:
    row = queries.nomination_row(nomination_id) or abort(404)
    way, form, status = NOMINATION.move(act, row.status), forms.StandInForm(), 200
    form.code.choices = [SelectChoice("", _("– please choose –")), *map(_choice, (UNIT_REASONS | REFUSALS).items())]
    if row.status == "sent":
        _offer_signers(form)
    else:
        del form.signer, form.signed_on, form.number
    if act == "withdraw":
        del form.staff_code, form.ground
    asked: list[Any] = []
    if form.validate_on_submit():
        try:
            _carry_out(row, act, form)
            flash(_("Done: %(what)s.", what=way.said))
            return redirect(url_for("planning.one", class_id=class_id, nomination_id=nomination_id))
        except DomainError as refused:
            status = _told(form, refused)
            if act == "substitute" and (person_id := person_by_code((form.staff_code.data or "").upper())):
                asked = [one for one in judge(class_id, [person_id]) if one.asked and not one.bars]
    elif form.is_submitted():
        status = INVALID
    page = render_template(
        "planning/change.html", row=row, form=form, move=way, names=NOMINATION.names, asked=asked, questions=QUESTIONS
    )
    return page, status


def _choice(pair: tuple[str, Any]) -> SelectChoice:
    return SelectChoice(*pair)


def _carry_out(row: queries.Told, act: str, form: Any) -> None:
    actor, now, because = current_actor(), utcnow(), Because(form.reason.data, form.code.data)
    if act == "withdraw":
        services.sign_taking_out(actor, row.class_id, row.id, _how(form), because, at=now)
        return
    person_id = person_by_code(form.staff_code.data.upper())
    if person_id is None:
        raise DomainError("unknown-codes", _("Nobody in service has this staff code."), INVALID)
    answers = {
        name[7:]: value == "yes"
        for name, value in request.form.items()
        if name.startswith("answer-") and value in ("yes", "no")
    }
    pick, ground = services.Pick(person_id, answers), form.ground.data or ""
    if row.status == "sent":
        services.sign_substitution(actor, row.class_id, row.id, pick, _how(form), because, at=now, ground=ground)
    else:
        services.substitute(actor, row.class_id, row.id, pick, because, at=now, ground=ground)


@costly()
def paper(paper_id: UUID, form: str) -> Any:
    """A file of an issued paper, as it was made once."""
    row = db.session.get(IssuedPaper, paper_id) or abort(404)
    name, kept = f"{row.number.replace('/', '-')}.{form}", file_of(paper_id, form)
    if kept is None:  # a summons whose job is still to come: the same text, the same bytes
        return downloads.made(FORMS[form](frozen.load(row.frozen)), name, _MEDIA[form])
    return downloads.attachment(kept.sha256, name, kept.size)


@costly()
def draft(class_id: UUID, form: str) -> Any:
    """The decision to send as it would be signed now, marked as a draft."""
    signer = next(iter(known.signers(local_day(utcnow()), current_actor().paths(access.DECIDE))), None) or abort(404)
    above = signing.signature(signer.issuer, signer.capacity, signer.title)
    signed = sending.Signed(signer.issuer, "", local_day(utcnow()), above.on_behalf, above.title, signer.name)
    people = [one for _unit, one in known.named_in_papers(class_id).values()]
    return _made(sending.to_send(known.course_of(class_id), people, signed), form, "du-thao-quyet-dinh-cu")


@costly()
def class_list(class_id: UUID, form: str) -> Any:
    """The list of a class as it is today."""
    issuer = issuer_at(access.class_path(class_id) or abort(404))
    people = [one for _unit, one in known.named_in_papers(class_id).values()]
    document = sending.class_list(known.course_of(class_id), people, issuer, local_day(utcnow()))
    return _made(document, form, "danh-sach-lop")


def _made(document: Official, form: str, name: str) -> Any:
    content = pdf(document) if form == "pdf" else docx(document)
    return downloads.made(content, f"{name}.{form}", _MEDIA[form])


def signers() -> Any:
    """Who is entitled to sign."""
    actor, form, status = current_actor(), forms.SignerForm(), 200
    form.capacity.choices = [SelectChoice(*one) for one in signing.CAPACITIES.items()]
    if form.validate_on_submit():
        try:
            unit = unit_by_code(form.unit.data or "", actor.paths(access.DECIDE))
            if unit is None:
                raise DomainError("no-unit", _("There is no unit with this code."), INVALID)
            services.add_signer(
                actor, unit.id, name=form.name.data or "", capacity=form.capacity.data, title=form.title.data or "",
                ground=form.ground.data or "", at=utcnow(),
            )  # fmt: skip
            flash(_("Saved: %(name)s.", name=form.name.data))
            return redirect(url_for("planning.signers"))
        except DomainError as refused:
            status = refused.status
            fields = {"no-unit": form.unit, "capacity": form.capacity, "no-ground": form.ground}
            fields.get(refused.code, form.name).errors = [refused.message]
    elif form.is_submitted():
        status = INVALID
    rows = [(one, _above(one)) for one in known.signers(local_day(utcnow()), actor.paths(access.DECIDE))]
    return render_template("planning/signers.html", form=form, rows=rows), status


def end_signer(signer_id: UUID) -> Any:
    """End somebody's right to sign."""
    services.end_signer(current_actor(), signer_id, at=utcnow())
    flash(_("The right to sign ends today."))
    return redirect(url_for("planning.signers"))
