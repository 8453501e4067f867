"""Pages of the circle: where a version stands, comments, papers, each move, and two versions compared."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # the stubs lag

from lms.catalogue import terms
from lms.catalogue.circle import forms, queries, rules, services
from lms.catalogue.life import VERSION
from lms.catalogue.models import ProgrammeVersion
from lms.core import arguments, downloads
from lms.core.database import db, utcnow
from lms.core.errors import DomainError
from lms.core.forms import INVALID
from lms.core.guard import current_actor
from lms.core.i18n import ZONE, local
from lms.core.moving import MoveForm
from lms.core.states import Door
from lms.core.transitions import MovedMeanwhile, history

_BY_ITSELF = ("replace", "supersede")
"""Moves that follow from others."""
_TRACK = ("proposed", "in_review", "with_home_affairs", "submitted", "approved")


def review(code: str, number: int) -> Any:
    """Where a version stands: what comes next, comments, papers, history."""
    return _page(_head(code, number), _comment_form(), None)


def comment(code: str, number: int) -> Any:
    """Comment on a place."""
    head, form = _head(code, number), _comment_form()
    _offer(form, head)
    if not form.validate_on_submit():
        return _page(head, form, None), INVALID
    given = (form.place.data, form.quote.data or "", form.text.data or "")
    services.comment(current_actor(), head.id, *given, at=utcnow())
    flash(_("The comment is kept."))
    return redirect(url_for("catalogue.review", code=code, number=number) + "#comments")


def answer(code: str, number: int, comment_id: UUID) -> Any:
    """Answer a comment."""
    head, form = _head(code, number), forms.AnswerForm(prefix=str(comment_id))
    if not form.validate_on_submit():
        return _page(head, _comment_form(), (comment_id, form)), INVALID
    services.answer(current_actor(), head.id, comment_id, form.kind.data, form.text.data or "", at=utcnow())
    flash(_("The answer is kept."))
    return redirect(url_for("catalogue.review", code=code, number=number) + "#comments")


def paper(code: str, number: int, paper_id: UUID) -> Any:
    """The scan of a paper, to save."""
    found = queries.paper_file(_head(code, number).id, paper_id)
    return downloads.attachment(*found) if found else abort(404)


def approve(code: str, number: int) -> Any:
    """Approve a version by the decision of the People's Committee."""
    return move(code, number, "approve")


def move(code: str, number: int, act: str) -> Any:
    """Decide on a move."""
    head = _head(code, number)
    if act in _BY_ITSELF or act not in VERSION.allowed or not any(one.act == act for one in VERSION.moves):
        abort(404)
    way = VERSION.move(act, head.status)
    if not current_actor().may(way.permission, _path(way.permission, head)):
        abort(403)
    form, status = _move_form(act, way, head), 200
    if form.validate_on_submit():
        try:
            services.move(
                current_actor(), head.id, act, form.because(), at=utcnow(),
                paper=form.given() if isinstance(form, forms.PaperForm) else None,
                unit_id=form.unit_id.data if isinstance(form, forms.SendForm) else None,
            )  # fmt: skip
            flash(_("Done: %(what)s.", what=way.said))
            return redirect(url_for("catalogue.review", code=code, number=number))
        except DomainError as refused:
            status = _refused(form, refused, head)
    elif form.is_submitted():
        status = INVALID
    door = next((one for one in _doors(head) if one.act == act), None)
    lines = history(VERSION, head.id)
    return render_template("catalogue/move.html", head=head, move=way, form=form, door=door, lines=lines), status


def comparison(code: str, number: int) -> Any:
    """Compare a version with another of its programme."""
    head = _head(code, number)
    numbers = queries.numbers(head.programme_id)
    wanted = arguments.number("with", largest=arguments.COUNT_MAX)
    if wanted is None:
        wanted = _former(numbers, number)
    other = queries.head(code, wanted) if wanted is not None else None
    if wanted is not None and other is None:
        abort(404)
    found = rules.compared(queries.content(other.id), queries.content(head.id)) if other else {}
    return render_template(
        "catalogue/comparison.html", head=head, other=other, numbers=numbers, terms=terms,
        found={part: lines for part, lines in found.items() if lines},
    )  # fmt: skip


def _former(numbers: list[tuple[int, str]], number: int) -> int | None:
    """The version taught so far, else the one before."""
    others = [(other, status) for other, status in numbers if other != number]
    taught = [other for other, status in others if status == "approved"]
    before = [other for other, _status in others if other < number]
    return next(iter(taught or before or [other for other, _status in others]), None)


def _head(code: str, number: int) -> queries.Head:
    return (queries.head(code, number) if code.isprintable() else None) or abort(404)


def _path(permission: str, head: queries.Head) -> str | None:
    return head.review_path if permission == "catalogue.opinion" else None


def _doors(head: queries.Head) -> list[Door]:
    actor = current_actor()
    facts = queries.facts_of(db.session.get_one(ProgrammeVersion, head.id))
    doors = VERSION.doors(head.status, facts, lambda permission: actor.may(permission, _path(permission, head)))
    return [door for door in doors if door.act not in _BY_ITSELF]


def _move_form(act: str, way: Any, head: queries.Head) -> Any:
    if act == "send":
        form = forms.SendForm.of(VERSION, way, head.id)
        form.offer(queries.departments(utcnow().astimezone(ZONE).date()))
        return form
    return (forms.PaperForm if act in services.PAPERS else MoveForm).of(VERSION, way, head.id)


def _refused(form: Any, refused: DomainError, head: queries.Head) -> int:
    if refused.code in VERSION.words:
        raise refused  # the state has gone on; the page of the refusal says so
    if isinstance(refused, MovedMeanwhile):
        form.look_again(VERSION, head.id)
    fields = {"document-number": "number", "document-date": "dated", "scan-kind": "scan", "no-department": "unit_id"}
    name = fields.get(refused.code, refused.code)
    if name in form:
        form[name].errors = [refused.message]
    else:
        form.form_errors.append(refused.message)
    return refused.status


def _comment_form() -> forms.CommentForm:
    return forms.CommentForm(data={"place": request.args.get("place", "whole")})


def _offer(form: forms.CommentForm, head: queries.Head) -> dict[str, str]:
    titles = {place: _place(place, title) for place, title in queries.places(head.id).items()}
    form.place.choices = [SelectChoice(*pair) for pair in titles.items()]
    return titles


def _place(place: str, title: dict[str, str] | None) -> str:
    named = {"whole": _("The programme as a whole"), "essay": _("The closing essay and how it is marked")}
    if title is None:
        return str(named[place])
    kinds = {"module": _("Module"), "lesson": _("Lesson"), "topic": _("Topic")}
    return f"{kinds[place.partition(':')[0]]}: {local(title)}"


def _page(head: queries.Head, form: forms.CommentForm, answering: tuple[UUID, forms.AnswerForm] | None) -> str:
    actor = current_actor()
    titles = _offer(form, head)
    comments = queries.comments(head.id)
    doors = _doors(head)
    may_answer = actor.may("catalogue.propose") and VERSION.refusal("answer", head.status) is None
    may_comment = actor.may("catalogue.opinion", head.review_path) and VERSION.refusal("comment", head.status) is None
    answers = {
        one.id: answering[1] if answering and answering[0] == one.id else forms.AnswerForm(prefix=str(one.id))
        for one in comments
        if may_answer and one.answered_at is None
    }
    names = {door.act: url_for("catalogue.move", code=head.code, number=head.number, act=door.act) for door in doors}
    if "approve" in names:
        names["approve"] = url_for("catalogue.approve", code=head.code, number=head.number)
    return render_template(
        "catalogue/review.html",
        head=head,
        form=form if may_comment and head.review_path else None,
        titles=titles,
        comments=comments,
        answers=answers,
        papers=queries.papers(head.id),
        doors_of=doors,
        urls=names,
        lines=history(VERSION, head.id),
        track=[(state, VERSION.names[state]) for state in _TRACK],
        numbers=queries.numbers(head.programme_id),
        terms=terms,
        life=VERSION,
    )
