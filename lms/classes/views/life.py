"""Pages on which the life of a class is decided: set up, copied, edited, and each move of its table."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # the stubs lag

from lms.classes import forms, queries, rules, services
from lms.classes.life import ClassFacts
from lms.classes.queries import life as known
from lms.core.database import utcnow
from lms.core.edits import ChangedMeanwhile
from lms.core.errors import DomainError
from lms.core.forms import INVALID
from lms.core.guard import Actor, current_actor
from lms.core.i18n import local
from lms.core.moving import MoveForm
from lms.core.states import Door, Move
from lms.core.transitions import MovedMeanwhile, history
from lms.people.sessions import local_day

CLASS = rules.CLASS
_DAYS = ("reschedule", "resume")
"""Moves that are made on the page of new days."""


def head_for(act: str, class_id: UUID) -> queries.ClassHead:
    """Return the class, for the page of an act that is allowed in it; otherwise the page says why not."""
    head = queries.class_head(class_id)
    if head is None:
        abort(404)
    CLASS.require(act, head.status)
    return head


def doors(actor: Actor, head: queries.ClassHead, facts: ClassFacts) -> tuple[list[Door], list[Door]]:
    """Return the moves of a class that somebody may make, and those that others make to bring it on."""

    def may(permission: str) -> bool:
        return actor.may(permission, head.institution_path)

    theirs = CLASS.doors(head.status, facts, lambda permission: not may(permission))
    onward = [door for door in theirs if door.act in ("open", "confirm", "resume")]
    return CLASS.doors(head.status, facts, may), onward


def address(act: str, class_id: UUID) -> str:
    """Return the page on which a move is decided."""
    return url_for("classes.days" if act in _DAYS else f"classes.{act}", class_id=class_id)


def new() -> Any:
    """Set up a class, from nothing or after an earlier one."""
    actor, now = current_actor(), utcnow()
    earlier = _earlier(actor)
    form, status = forms.ClassForm(data=_of_earlier(earlier) if earlier else None), 200
    form.version_id.choices = [
        SelectChoice(
            str(version.id), f"{version.code} {local(version.name)} ({_('version %(number)s', number=version.number)})"
        )
        for version in queries.versions_to_run()
    ]
    offered = queries.institutions(actor.paths("classes.manage"), local_day(now))
    form.institution_id.choices = [SelectChoice(*institution) for institution in offered]
    if form.validate_on_submit():
        try:
            run = services.create_class(actor, at=now, copied_from=earlier.id if earlier else None, **form.values())
            return redirect(url_for("classes.class_page", class_id=run.id))
        except DomainError as refused:
            fields = {"class-code-taken": form.code, "class-dates": form.ends_on, "class-places": form.minimum}
            field = (fields | {"no-institution": form.institution_id}).get(refused.code, form.version_id)
            field.errors = [refused.message]
            status = refused.status
    elif form.is_submitted():
        status = INVALID
    return render_template("classes/new.html", form=form, earlier=earlier), status


def _earlier(actor: Actor) -> queries.ClassHead | None:
    try:
        asked = UUID(request.args.get("from", ""))
    except ValueError:
        return None
    head = queries.class_head(asked)
    return head if head is not None and actor.may("classes.manage", head.institution_path) else None


def _of_earlier(head: queries.ClassHead) -> dict[str, Any]:
    same = {"name": head.name, "capacity": head.capacity, "minimum": head.minimum}
    return same | {"version_id": str(head.version_id), "institution_id": head.institution_id}


def edit(class_id: UUID) -> Any:
    """Change name and places of a class."""
    head = head_for("edit", class_id)
    form, status = forms.EditClassForm(data=_stored(head)), 200
    if form.validate_on_submit():
        try:
            services.edit_class(current_actor(), class_id, form.edit(), at=utcnow())
            flash(_("The class is saved."))
            return redirect(url_for("classes.class_page", class_id=class_id))
        except ChangedMeanwhile as changed:
            form.show(changed, _stored(queries.class_head(class_id) or head))
            status = changed.status
        except DomainError as refused:
            (form.minimum if refused.code == "class-places" else form.capacity).errors = [refused.message]
            status = refused.status
    elif form.is_submitted():
        status = INVALID
    return render_template("classes/edit.html", form=form, head=head), status


def _stored(head: queries.ClassHead) -> dict[str, Any]:
    return {"name": head.name, "capacity": head.capacity, "minimum": head.minimum}


def open_(class_id: UUID) -> Any:
    """Open a planned class for nomination."""
    return _decide(class_id, "open", form_of=forms.OpenForm)


def take_back(class_id: UUID) -> Any:
    """Take the opening back."""
    return _decide(class_id, "take_back")


def confirm(class_id: UUID) -> Any:
    """Confirm that the class takes place."""
    return _decide(class_id, "confirm")


def begin(class_id: UUID) -> Any:
    """Begin the class on its first day, or later."""
    return _decide(class_id, "begin")


def postpone(class_id: UUID) -> Any:
    """Postpone the class without a date."""
    return _decide(class_id, "postpone")


def cancel(class_id: UUID) -> Any:
    """Cancel the class."""
    return _decide(class_id, "cancel")


def _decide(class_id: UUID, act: str, form_of: type[MoveForm] = MoveForm) -> Any:
    head = head_for(act, class_id)
    move = CLASS.move(act, head.status)
    form, status = form_of.of(CLASS, move, class_id), 200
    if form.validate_on_submit():
        try:
            if act == "open":
                services.open_class(current_actor(), class_id, form.until.data, form.because(), at=utcnow())
            else:
                services.decide(current_actor(), class_id, act, form.because(), at=utcnow())
            flash(_("Done: %(what)s.", what=move.said))
            return redirect(url_for("classes.class_page", class_id=class_id))
        except DomainError as refused:
            status = _refused(form, refused, class_id)
            head = queries.class_head(class_id) or head
    elif form.is_submitted():
        status = INVALID
    return _page(head, move, form), status


def _refused(form: Any, refused: DomainError, class_id: UUID) -> int:
    if isinstance(refused, MovedMeanwhile):
        form.look_again(CLASS, class_id)
    places = {"nominations-until": "until", "class-dates": "ends_on", "session-outside": "ends_on"}
    places |= {"first-day-passed": "starts_on"}
    name = places.get(refused.code, "")
    if name in form:
        form[name].errors = [refused.message]
    else:
        form.form_errors.append(refused.message)
    return refused.status


def _page(head: queries.ClassHead, move: Move, form: Any, **more: Any) -> str:
    own, _theirs = doors(current_actor(), head, known.class_facts(head.id, local_day(utcnow())))
    door = next((d for d in own if d.act == move.act), None)
    lines = history(CLASS, head.id)
    return render_template("classes/move.html", head=head, move=move, form=form, door=door, lines=lines, **more)


def days(class_id: UUID) -> Any:
    """Move a class to other days; who would be in two places is listed, and nothing is saved until each is resolved."""
    head = queries.class_head(class_id)
    if head is None:
        abort(404)
    act = "resume" if head.status == "postponed" else "reschedule"
    move = CLASS.move(act, head.status)
    if not current_actor().may(move.permission, head.institution_path):
        abort(403)
    shown = {} if head.status == "postponed" else {"starts_on": head.starts_on, "ends_on": head.ends_on}
    form, status = forms.DaysForm.of(CLASS, move, class_id, data=shown), 200
    found: known.Collisions | None = None
    if form.validate_on_submit():
        try:
            services.reschedule_class(
                current_actor(), class_id, form.starts_on.data, form.ends_on.data, form.because(),
                leaving=form.chosen("leaving"), freed=form.chosen("freed"), at=utcnow(),
            )  # fmt: skip
            flash(_("Done: %(what)s.", what=move.said))
            return redirect(url_for("classes.class_page", class_id=class_id))
        except services.Unresolved as refused:
            found, status = refused.found, refused.status
            form.form_errors.append(refused.message)
        except DomainError as refused:
            status = _refused(form, refused, class_id)
    elif form.is_submitted():
        status = INVALID
    return _page(head, move, form, found=found), status


def finish(class_id: UUID) -> Any:
    """End the class; its evaluation opens. What is missing is listed, and then a reason is asked for."""
    head, now = head_for("finish", class_id), utcnow()
    form, status = forms.FinishForm(), 200
    if form.validate_on_submit():
        try:
            services.finish_class(current_actor(), class_id, reason=form.reason.data, at=now)
            flash(_("The class is finished. Its trainees can now evaluate it."))
            return redirect(url_for("classes.class_page", class_id=class_id))
        except DomainError as refused:
            form.reason.errors = [refused.message]
            status = refused.status
    elif form.is_submitted():
        status = INVALID
    page = render_template(
        "classes/finish.html",
        form=form,
        head=head,
        missing=queries.unfinished(class_id, now),
        due=rules.results_due(now),
    )
    return page, status


def reopen(class_id: UUID) -> Any:
    """Undo the end of the class."""
    head, form, status = head_for("reopen", class_id), forms.ReopenForm(), 200
    if form.validate_on_submit():
        try:
            services.reopen_class(current_actor(), class_id, form.reason.data or "", at=utcnow())
            flash(_("The class is open again. What was recorded stays on record."))
            return redirect(url_for("classes.class_page", class_id=class_id))
        except DomainError as refused:
            form.reason.errors = [refused.message]
            status = refused.status
    elif form.is_submitted():
        status = INVALID
    return render_template("classes/reopen.html", form=form, head=head), status
