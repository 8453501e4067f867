"""Pages of classes: lists, the class, its people, timetable, attendance and essays."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # the stubs lag

from lms.assessment import uploads
from lms.assessment.queries import criteria as criteria_of
from lms.assessment.rules import STEP, mark_fields
from lms.classes import access, forms, hooks, queries, rules, services
from lms.classes.queries.life import class_facts
from lms.classes.views import life
from lms.core import arguments, transitions
from lms.core.admission import costly
from lms.core.database import db, utcnow
from lms.core.downloads import attachment
from lms.core.edits import ChangedMeanwhile
from lms.core.errors import DomainError
from lms.core.forms import INVALID, pressed, status_of
from lms.core.guard import Actor, current_actor
from lms.core.i18n import ZONE, local
from lms.core.pages import Page
from lms.people.sessions import local_day


def index() -> Any:
    """The classes this person runs, teaches or oversees."""
    actor = current_actor()
    query = arguments.search()
    rows = queries.classes(access.readable(actor), query, arguments.search("after"), at=utcnow())
    page = Page.cut(rows, queries.PAGE, lambda row: row.code)
    return render_template(
        "classes/index.html", page=page, query=query, sets_up=actor.may("classes.manage"), names=rules.CLASS.names
    )


def timetable() -> Any:
    """A lecturer's own sessions."""
    actor, now = current_actor(), utcnow()
    rows = queries.sessions_of_lecturer(actor.person_id) if actor.person_id else []
    upcoming = [row for row in rows if row.ends_at >= now]
    past = [row for row in reversed(rows) if row.ends_at < now]
    return render_template("classes/timetable.html", upcoming=upcoming, past=past, now=now, rules=rules)


def class_page(class_id: UUID) -> Any:
    """One class: timetable, topics and lecturers, trainees."""
    return _class_page(class_id)


def _class_page(class_id: UUID, teaching: forms.TeachingForm | None = None) -> str:
    head = queries.class_head(class_id)
    if head is None:
        abort(404)
    actor, now = current_actor(), utcnow()
    manages = actor.may("classes.manage", head.institution_path)
    allowed = {act for act in rules.CLASS.allowed if rules.CLASS.refusal(act, head.status) is None}
    adds = {"enrol"} & allowed if actor.may("planning.decide", head.institution_path) else set()
    allowed = allowed - {"enrol"} if manages else allowed & {"record_attendance"}
    allowed |= adds
    facts = class_facts(class_id, local_day(now))
    own, theirs = life.doors(actor, head, facts)
    lecturers = queries.lecturers_of(head.institution_path, local_day(now)) if "assign_lecturer" in allowed else []
    query = arguments.search()
    return render_template(
        "classes/class.html",
        head=head,
        reads_quality=actor.may("reports.quality", head.institution_path),
        sessions=queries.sessions_of(class_id),
        topics=queries.topics_of(head.version_id),
        teachings=queries.teachings_of(class_id),
        members=queries.members_page(class_id, query),
        query=query,
        trainees=facts.trainees,
        manages=manages,
        lecturers=lecturers,
        histories=_histories(actor, lecturers) if lecturers else {},
        allowed=allowed,
        doors=own,
        theirs=theirs if manages else (),
        urls={move.act: life.address(move.act, class_id) for move in rules.CLASS.moves if move.sources},
        lines=transitions.history(rules.CLASS, class_id),
        person_id=actor.person_id,
        now=now,
        kinds=forms.KINDS,
        rules=rules,
        teaching=teaching,
    )


def _histories(actor: Actor, lecturers: Sequence[queries.LecturerRow]) -> dict[UUID, str]:
    """What floors above know of the lecturers, in words."""
    known: dict[UUID, str] = {}
    asked = [lecturer.id for lecturer in lecturers]
    for words in hooks.lecturer_histories.ask(actor, asked):
        known |= words
    return known


def enrol(class_id: UUID) -> Any:
    """Enrol trainees by staff code."""
    head = life.head_for("enrol", class_id)
    form, status = forms.EnrolForm(), 200
    if form.validate_on_submit():
        try:
            assurance = form.assurance.data or None
            came = services.enrol_by_codes(
                current_actor(), class_id, form.codes.data or "", at=utcnow(), assurance=assurance
            )
            _say_enrolled(came)
            return redirect(url_for("classes.class_page", class_id=class_id))
        except DomainError as refused:
            wrong = form.assurance if refused.code == "assurance-needed" else form.codes
            wrong.errors = [refused.message]
            status = refused.status
    elif form.is_submitted():
        status = INVALID
    return render_template("classes/enrol.html", form=form, head=head), status


def _say_enrolled(came: services.Enrolled) -> None:
    if came.enrolled:
        flash(ngettext("%(num)s trainee enrolled.", "%(num)s trainees enrolled.", came.enrolled))
    if came.already:
        known = ngettext(
            "%(num)s trainee of the list was enrolled before.",
            "%(num)s trainees of the list were enrolled before.",
            came.already,
        )
        flash(known, "info")


def withdraw(class_id: UUID, enrolment_id: UUID) -> Any:
    """Take a trainee out of the class."""
    head = life.head_for("withdraw", class_id)
    member = queries.member(class_id, enrolment_id)
    if member is None:
        abort(404)
    form = forms.WithdrawForm()
    if form.validate_on_submit():
        services.withdraw(current_actor(), class_id, enrolment_id, form.reason.data or "", at=utcnow())
        flash(_("%(name)s has been withdrawn from the class.", name=member.full_name))
        return redirect(url_for("classes.class_page", class_id=class_id))
    page = render_template("classes/withdraw.html", form=form, head=head, member=member)
    return page, status_of(form)


def add_lecturer(class_id: UUID) -> Any:
    """Give a topic to a lecturer."""
    form = _teaching_form(class_id)
    if not form.validate_on_submit():
        return _class_page(class_id, teaching=form), INVALID
    chosen = UUID(form.topic_id.data), UUID(form.lecturer_id.data)
    services.assign_lecturer(current_actor(), class_id, *chosen, at=utcnow())
    return redirect(url_for("classes.class_page", class_id=class_id) + "#topics")


def remove_lecturer(class_id: UUID, teaching_id: UUID) -> Any:
    """Take a topic from a lecturer."""
    services.remove_lecturer(current_actor(), class_id, teaching_id, at=utcnow())
    return redirect(url_for("classes.class_page", class_id=class_id) + "#topics")


def new_session(class_id: UUID) -> Any:
    """Add a session to the timetable."""
    return _session_page(class_id, None)


def edit_session(class_id: UUID, session_id: UUID) -> Any:
    """Change a session."""
    row = queries.session_row(class_id, session_id)
    if row is None:
        abort(404)
    return _session_page(class_id, row)


def remove_session(class_id: UUID, session_id: UUID) -> Any:
    """Take a session out of the timetable."""
    services.remove_session(current_actor(), class_id, session_id, at=utcnow())
    flash(_("The session has been removed."))
    return redirect(url_for("classes.class_page", class_id=class_id) + "#sessions")


def essays(class_id: UUID) -> Any:
    """The essays of a class."""
    query = arguments.search()
    page = queries.essays_page(class_id, query)
    return render_template("classes/essays.html", head=queries.class_head(class_id), page=page, query=query)


def essay(class_id: UUID, submission_id: UUID) -> Any:
    """Mark an essay."""
    row = queries.essay(class_id, submission_id)
    if row is None:
        abort(404)
    criteria = criteria_of(row.version_id) if row.version_id else []
    form = forms.mark_form(criteria, row.max_score or 0)(data=_mark_of(row))
    status = 200
    if form.validate_on_submit():
        try:
            services.mark_essay(current_actor(), class_id, submission_id, form.edit(), at=utcnow())
            flash(_("The mark for %(name)s is saved.", name=row.full_name))
            return redirect(_after_marking(class_id, submission_id))
        except ChangedMeanwhile as changed:
            form.show(changed, _mark_of(queries.essay(class_id, submission_id) or row))
            status = changed.status
        except DomainError as refused:
            form.form_errors.append(refused.message)
            status = refused.status
    elif form.is_submitted():
        status = INVALID
    waiting = queries.next_to_mark(class_id, submission_id)
    shown: dict[str, Any] = {"form": form, "essay": row, "criteria": criteria, "waiting": waiting, "step": STEP}
    return render_template("classes/essay.html", head=queries.class_head(class_id), **shown), status


def _after_marking(class_id: UUID, submission_id: UUID) -> str:
    """Return where to go on: to the next essay that waits, if that was asked for, or to the list."""
    waiting = queries.next_to_mark(class_id, submission_id) if pressed("submit") == "next" else None
    if waiting is not None:
        return url_for("classes.essay", class_id=class_id, submission_id=waiting)
    return url_for("classes.essays", class_id=class_id)


def _mark_of(row: queries.Essay) -> dict[str, Any]:
    return mark_fields(row.score, row.comment, row.marks)


@costly()
def essay_text(class_id: UUID, submission_id: UUID) -> Any:
    """The words of an essay, to be read beside the form of its mark."""
    row = queries.essay(class_id, submission_id)
    if row is None:
        abort(404)
    db.session.rollback()  # reading takes seconds
    text = uploads.text_of(row.sha256, row.filename) if row.sha256 and row.filename else None
    return render_template("classes/essay_text.html", essay=row, text=text, class_id=class_id)


def essay_file(class_id: UUID, submission_id: UUID) -> Any:
    """The file of an essay."""
    row = queries.essay(class_id, submission_id)
    if row is None or not row.sha256 or row.filename is None:  # a file removed by law leaves no address
        abort(404)
    return attachment(row.sha256, f"{row.staff_code} {row.filename}", row.size)


def _teaching_form(class_id: UUID) -> forms.TeachingForm:
    head = life.head_for("assign_lecturer", class_id)
    form = forms.TeachingForm()
    form.topic_id.choices = [
        SelectChoice(str(topic.id), local(topic.title)) for topic in queries.topics_of(head.version_id)
    ]
    form.lecturer_id.choices = [
        SelectChoice(str(row.id), row.name) for row in queries.lecturers_of(head.institution_path, local_day(utcnow()))
    ]
    return form


def _session_page(class_id: UUID, row: queries.SessionRow | None) -> Any:
    head = life.head_for("add_session" if row is None else "change_session", class_id)
    form = forms.SessionForm(data=_session_values(row))
    none = SelectChoice("", _("– none –"))
    form.topic_id.choices = [
        none,
        *(SelectChoice(str(t.id), local(t.title)) for t in queries.topics_of(head.version_id)),
    ]
    offered = {person.id: person.name for person in queries.lecturers_of(head.institution_path, local_day(utcnow()))}
    if row is not None and row.lecturer_id is not None:  # who holds it already may go on, though no longer offered
        offered.setdefault(row.lecturer_id, row.lecturer or "")
    form.lecturer_id.choices = [none, *(SelectChoice(str(person), name) for person, name in offered.items())]
    status = 200
    if form.validate_on_submit():
        try:
            if row is None:
                services.add_session(current_actor(), class_id, **form.values(), at=utcnow())
            else:
                services.change_session(current_actor(), class_id, row.id, form.edit(), at=utcnow())
            return redirect(url_for("classes.class_page", class_id=class_id) + "#sessions")
        except ChangedMeanwhile as changed:
            form.show(changed, _session_values(queries.session_row(class_id, row.id) if row else None))
            status = changed.status
        except DomainError as refused:
            field = form.lecturer_id if refused.code in ("lecturer-busy", "not-a-lecturer") else form.ends_at
            field.errors = [refused.message]
            status = refused.status
    elif form.is_submitted():
        status = INVALID
    return render_template("classes/session.html", form=form, head=head, session=row), status


def _session_values(row: queries.SessionRow | None) -> dict[str, Any]:
    if row is None:
        return {}
    return {
        "kind": row.kind,
        "title": row.title,
        "place": row.place,
        "topic_id": str(row.topic_id or ""),
        "lecturer_id": str(row.lecturer_id or ""),
        "starts_at": row.starts_at.astimezone(ZONE).replace(tzinfo=None),
        "ends_at": row.ends_at.astimezone(ZONE).replace(tzinfo=None),
    }
