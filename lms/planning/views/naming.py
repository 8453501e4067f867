"""The pages of unit managers: classes that ask for people, whom to name, lists, what became of each."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.classes.life import CLASS
from lms.classes.models import ClassRun
from lms.core import transitions
from lms.core.admission import costly
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.forms import INVALID, pressed
from lms.core.guard import Actor, current_actor
from lms.core.moving import MoveForm
from lms.core.text import fold
from lms.core.transitions import MovedMeanwhile
from lms.people.models import Unit
from lms.people.sessions import local_day
from lms.planning import access, forms, reading, services
from lms.planning.judging import QUESTIONS, Judged, judge
from lms.planning.life import LIVE, NOMINATION
from lms.planning.queries import offers as queries
from lms.planning.queries.nominations import Named, named, nomination_row
from lms.planning.rules import priority as priorities


class Row:
    """Somebody as the page of choosing shows her."""

    __slots__ = ("answers", "judged", "order", "picked", "priority", "why")

    def __init__(self, judged: Judged, priority: priorities.Priority) -> None:
        self.judged, self.priority = judged, priority
        self.picked, self.order, self.why = False, "", ()  # type: bool, str, Sequence[str]
        self.answers: Mapping[str, bool] = {}


def index() -> Any:
    """The classes that ask one's units for people."""
    found = queries.offers(access.names_for(current_actor()), local_day(utcnow()))
    shown = {"open": [one for one in found if one.open], "others": [one for one in found if not one.open]}
    return render_template("planning/offers.html", names=CLASS.names, **shown)


def choose(class_id: UUID, unit_id: int) -> Any:
    """Choose whom the unit names: its staff in three groups, each with what the rules say."""
    actor, now = current_actor(), utcnow()
    offer, form, status = _offer(actor, class_id, unit_id), forms.PickForm(), 200
    refused: Mapping[UUID, Sequence[str]] = {}
    if request.method == "POST" and pressed("submit") == "nominate":
        if form.validate():
            try:
                made = services.nominate(
                    actor, class_id, unit_id, form.picks(), assured=form.assured.data, at=now,
                    ground=form.ground.data or "", source=form.source.data or "page",
                )  # fmt: skip
                flash(ngettext("%(num)s person nominated.", "%(num)s people nominated.", len(made)))
                return redirect(url_for("planning.choose", class_id=class_id, unit_id=unit_id))
            except DomainError as error:
                status, refused = error.status, getattr(error, "refused", {})
                _told(form, error)
        else:
            status = INVALID
    already = named(class_id, unit_ids=[unit_id])
    groups, picked = _groups(offer, form, already, refused) if offer.open else ({}, [])
    page = render_template(
        "planning/choose.html", offer=offer, form=form, groups=groups, picked=picked, already=already,
        names=NOMINATION.names, questions=QUESTIONS, priorities=priorities.WORDS, class_names=CLASS.names,
        left=offer.places - offer.named, now=now,
    )  # fmt: skip
    return page, status


def _told(form: forms.PickForm, error: DomainError) -> None:
    field = {"not-assured": form.assured, "no-ground": form.ground}.get(error.code)
    if field is None:
        form.form_errors.append(error.message)
    else:
        field.errors = [error.message]


def _offer(actor: Actor, class_id: UUID, unit_id: int) -> queries.Offer:
    one = access.names_for(actor) & (Unit.id == unit_id) & (ClassRun.id == class_id)
    found = queries.offers(one, local_day(utcnow()))
    return found[0] if found else abort(404)


def _groups(
    offer: queries.Offer, form: forms.PickForm, already: Sequence[Named], refused: Mapping[UUID, Sequence[str]]
) -> tuple[dict[str, list[Row]], list[Row]]:
    """Return the staff by group, who has most priority first, and who is picked, in their order."""
    live = {one.person_id for one in already if one.status in LIVE}
    judged = judge(offer.class_id, queries.staff_of(offer.unit_path, local_day(utcnow())))
    order = {pick.person_id: place for place, pick in enumerate(form.picks(), start=1)}
    answers, wanted = form.answers(), fold(form.q.data or "")
    groups: dict[str, list[Row]] = {"may": [], "asked": [], "barred": []}
    picked: list[Row] = []
    for one in judged:
        if one.person_id in live:
            continue
        row = Row(one, priorities.priority(one.official, offer.starts_on))
        row.answers, row.why = answers.get(one.person_id, {}), refused.get(one.person_id, ())
        if one.person_id in order:
            row.picked, row.order = True, str(order[one.person_id])
            picked.append(row)
        elif wanted in fold(f"{one.full_name} {one.staff_code}"):
            groups[one.group].append(row)
    for rows in groups.values():
        rows.sort(key=lambda row: row.priority.order)
    return groups, sorted(picked, key=lambda row: int(row.order))


@costly("POST")
def read_list(class_id: UUID, unit_id: int) -> Any:
    """Read a list of codes or a spreadsheet and show whom each line means; nothing is sent yet."""
    actor, now = current_actor(), utcnow()
    offer, form, status = _offer(actor, class_id, unit_id), forms.ListForm(), 200
    CLASS.require("nominate", offer.status)
    lines: list[queries.Line] = []
    source = "page"
    if form.validate_on_submit():
        try:
            upload = form.file.data
            source = "spreadsheet" if upload and upload.filename else "page"
            entries = reading.sheet(upload.stream, upload.filename) if source == "spreadsheet" else []
            entries = entries or reading.pasted(form.codes.data or "")
            if not entries:
                form.codes.errors = [_("Please enter at least one staff code, or choose a file.")]
                status = INVALID
            lines = queries.recognise(entries, offer.unit_path, local_day(now))
        except DomainError as refused:
            form.file.errors = [refused.message]
            status = refused.status
    elif form.is_submitted():
        status = INVALID
    already = {one.person_id for one in named(class_id, unit_ids=[unit_id]) if one.status in LIVE}
    page = render_template(
        "planning/list.html", offer=offer, form=form, lines=lines, already=already, source=source,
        known=sum(len(line.candidates) == 1 and not line.again for line in lines),
    )  # fmt: skip
    return page, status


def nomination(nomination_id: UUID) -> Any:
    """What became of somebody whom the unit named; taken back here while it is not decided on."""
    row = nomination_row(nomination_id) or abort(404)
    actor = current_actor()
    path = access.acting_path(actor, access.NAME, row.unit_id)
    door = next(
        (one for one in NOMINATION.doors(row.status, None, lambda name: name == access.NAME and actor.may(name, path))
         if one.act == "withdraw"), None,
    )  # fmt: skip
    form, status = (MoveForm.of(NOMINATION, door.move, nomination_id) if door else None), 200
    if form is None and request.method == "POST":
        NOMINATION.require("withdraw", row.status)
        abort(403)
    if form is not None and form.validate_on_submit():
        try:
            services.take_back(actor, nomination_id, form.because(), at=utcnow())
            flash(_("Taken back: %(name)s.", name=row.full_name))
            return redirect(url_for("planning.choose", class_id=row.class_id, unit_id=row.unit_id))
        except DomainError as refused:
            status = refused.status
            if isinstance(refused, MovedMeanwhile):
                form.look_again(NOMINATION, nomination_id)
            form.form_errors.append(refused.message)
            row = nomination_row(nomination_id) or row
    elif form is not None and form.is_submitted():
        status = INVALID
    page = render_template(
        "planning/nomination.html", row=row, form=form, door=door, names=NOMINATION.names,
        lines=transitions.history(NOMINATION, nomination_id),
    )  # fmt: skip
    return page, status
