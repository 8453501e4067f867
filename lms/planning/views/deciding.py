"""The pages of Home Affairs: quotas, the list of a class by unit, the waiting list, each nomination and its moves."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import or_

from lms.classes import access as class_access
from lms.classes.life import CLASS
from lms.classes.models import ClassRun
from lms.classes.queries import ClassHead, class_head
from lms.core import transitions
from lms.core.database import db, utcnow
from lms.core.errors import DomainError
from lms.core.forms import INVALID
from lms.core.guard import current_actor
from lms.core.moving import MoveForm
from lms.core.states import Door
from lms.core.transitions import Because, MovedMeanwhile
from lms.people.queries import unit_by_code
from lms.people.sessions import local_day
from lms.planning import access, forms, services
from lms.planning.judging import Judged, judge
from lms.planning.life import NOMINATION
from lms.planning.models import Nomination
from lms.planning.queries import nominations as queries
from lms.planning.queries.papers import decisions_of, papers
from lms.planning.services.naming import against

_ACTS = ("approve", "wait", "refuse", "take_back", "withdraw")
_IN_DECISION = ("withdraw", "substitute")
"""Moves that need a signed decision once somebody has been sent by one."""


def index() -> Any:
    """The classes that units name people for."""
    held = class_access.held(current_actor(), access.DECIDE)
    wanted = or_(ClassRun.status.in_(("open", "confirmed")), ClassRun.id.in_(db.select(Nomination.class_id)))
    rows = queries.fillings(held & wanted)
    return render_template("planning/fillings.html", rows=rows, names=CLASS.names)


def quotas(class_id: UUID) -> Any:
    """How many each unit may name for a class."""
    actor, now, head, form, status = current_actor(), utcnow(), _head(class_id), forms.QuotaForm(), 200
    if form.validate_on_submit():
        try:
            wanted = form.places()
            if form.unit.data:
                unit = unit_by_code(form.unit.data, actor.paths(access.DECIDE))
                if unit is None:
                    raise DomainError("no-unit", _("There is no unit with this code."), INVALID)
                wanted.setdefault(unit.id, 1)
            services.set_quotas(actor, class_id, wanted, at=now)
            flash(_("The quotas are saved."))
            return redirect(url_for("planning.quotas", class_id=class_id))
        except DomainError as refused:
            status = refused.status
            if refused.code == "no-unit":
                form.unit.errors = [refused.message]
            else:
                form.form_errors.append(refused.message)
    elif form.is_submitted():
        status = INVALID
    rows, typed = queries.quotas(class_id, local_day(now)), form.typed() if form.is_submitted() else {}
    return render_template("planning/quotas.html", head=head, form=form, rows=rows, typed=typed), status


def listing(class_id: UUID) -> Any:
    """Whom units named for a class; decided on, one or many at once."""
    head, status = _head(class_id), 200
    labels = {"withdraw": _("Take out"), "approve": _("Approve, or move up from the waiting list")}
    moves = [(act, labels.get(act) or next(one.label for one in NOMINATION.moves if one.act == act)) for act in _ACTS]
    form = forms.DecideForm(acts=moves)
    if form.validate_on_submit():
        try:
            ids = form.ids()
            if not ids:
                raise DomainError("nobody", _("Please choose at least one person."), INVALID)
            because = Because(form.reason.data or "", form.code.data or None)
            services.decide(current_actor(), class_id, ids, form.act.data, because, at=utcnow())
            flash(ngettext("Decided on %(num)s nomination.", "Decided on %(num)s nominations.", len(ids)))
            return redirect(url_for("planning.listing", class_id=class_id))
        except DomainError as refused:
            status = refused.status
            field = {"reason-code": form.code, "no-reason": form.reason}.get(refused.code)
            if field is None:
                form.form_errors.append(refused.message)
            else:
                field.errors = [refused.message]
    elif form.is_submitted():
        status = INVALID
    return _list_page(head, form), status


def _list_page(head: ClassHead, form: forms.DecideForm) -> str:
    rows = queries.named(head.id)
    live = [row for row in rows if row.status in ("submitted", "waitlisted", "approved")]
    judged = {one.person_id: one for one in judge(head.id, [row.person_id for row in live])} if live else {}
    waiting = sorted(
        (row for row in rows if row.status == "waitlisted"), key=lambda row: (row.waiting_rank or 0, row.submitted_at)
    )
    counts = {state: sum(row.status == state for row in rows) for state in NOMINATION.names}
    return render_template(
        "planning/listing.html", head=head, form=form, waiting=waiting, names=NOMINATION.names, counts=counts,
        rows=[row for row in rows if row.status != "waitlisted"], chosen=set(form.chosen.data or ()),
        why={person_id: against(one) for person_id, one in judged.items()}, places=queries.places_left(head.id),
        decisions=decisions_of(head.id), decides=CLASS.refusal("decide_nomination", head.status) is None,
        class_names=CLASS.names, summons=CLASS.refusal("summon", head.status) is None,
        quotas=queries.quotas(head.id, local_day(utcnow())),
    )  # fmt: skip


def _head(class_id: UUID) -> ClassHead:
    return class_head(class_id) or abort(404)


def _doors(row: queries.Told) -> list[Door]:
    """Return the moves of a nomination; where a signed decision is needed, its page asks for it."""
    actor, path = current_actor(), access.class_path(row.class_id)
    run, nomination = db.session.get_one(ClassRun, row.class_id), db.session.get_one(Nomination, row.id)
    line = queries.waiting(row.class_id)
    judged: Sequence[Judged] = judge(row.class_id, [row.person_id, *(person_id for _key, person_id, _name in line)])
    why = {one.person_id: "; ".join(found) for one in judged if (found := against(one))}
    facts = queries.facts_of(nomination, run, why, line, decided=True)
    doors = NOMINATION.doors(row.status, facts, lambda name: name == access.DECIDE and actor.may(name, path))
    return [door for door in doors if door.act in (*_ACTS, "substitute")]


def one(class_id: UUID, nomination_id: UUID) -> Any:
    """One nomination: what stands against it, what may be decided, what became of it."""
    row = queries.nomination_row(nomination_id) or abort(404)
    urls = {act: url_for("planning.move", class_id=class_id, nomination_id=nomination_id, act=act) for act in _ACTS}
    urls["substitute"] = url_for("planning.substitute", class_id=class_id, nomination_id=nomination_id)
    if row.status == "sent":
        urls["withdraw"] = url_for("planning.take_out", class_id=class_id, nomination_id=nomination_id)
    lines = transitions.history(NOMINATION, nomination_id)
    told = {line.document_id for line in lines if line.document_id}
    return render_template(
        "planning/one.html", row=row, doors=_doors(row), urls=urls, names=NOMINATION.names, lines=lines,
        judged=judge(class_id, [row.person_id])[0],
        papers=_links(told),
    )  # fmt: skip


def _links(ids: set[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return number and address of papers."""
    found = papers(queries.paper_ids(ids)) if ids else []
    return {one.id: (one.number, url_for("planning.paper", paper_id=one.id, form="pdf")) for one in found}


def move(class_id: UUID, nomination_id: UUID, act: str) -> Any:
    """Decide on one nomination."""
    row = queries.nomination_row(nomination_id) or abort(404)
    way = NOMINATION.move(act, row.status)
    form, status = MoveForm.of(NOMINATION, way, nomination_id), 200
    if form.validate_on_submit():
        try:
            services.decide(current_actor(), class_id, [nomination_id], act, form.because(), at=utcnow())
            flash(_("Done: %(what)s.", what=way.said))
            return redirect(url_for("planning.one", class_id=class_id, nomination_id=nomination_id))
        except DomainError as refused:
            status = refused.status
            if isinstance(refused, MovedMeanwhile):
                form.look_again(NOMINATION, nomination_id)
            form.form_errors.append(refused.message)
            row = queries.nomination_row(nomination_id) or row
    elif request.method == "POST":
        status = INVALID
    page = render_template(
        "planning/move.html", row=row, form=form, move=way, names=NOMINATION.names,
        lines=transitions.history(NOMINATION, nomination_id),
    )  # fmt: skip
    return page, status
