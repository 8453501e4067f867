"""Pages of a trainee's learning."""

from typing import Any
from uuid import UUID

import orjson
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from lms.assessment import services as assessment
from lms.assessment import uploads
from lms.assessment.rules import FILES_KEPT
from lms.classes import queries as classes
from lms.classes import rules as class_rules
from lms.core.admission import costly
from lms.core.database import utcnow
from lms.core.downloads import attachment
from lms.core.errors import DomainError
from lms.core.guard import current_actor
from lms.learning import rules, services
from lms.learning.dashboard import due, study
from lms.learning.hooks import CourseForm, after_course
from lms.learning.queries import courses as queries
from lms.learning.queries import versions
from lms.learning.queries.courses import Course
from lms.learning.queries.versions import Shape
from lms.library import kinds


def dashboard() -> Any:
    """What is due next, the timetable and the progress, on one page."""
    actor, now = current_actor(), utcnow()
    courses = queries.courses_of(actor.person_id) if actor.person_id else []
    current = [course for course in courses if course.status == "enrolled" and course.open]
    meetings = sorted(
        ((meeting, course) for course in current for meeting in course.meetings if meeting.ends_at > now),
        key=lambda pair: pair[0].starts_at,
    )
    return render_template(
        "learning/dashboard.html",
        due=due(actor, courses, now),
        current=[(course, rules.criteria(queries.standing(course)), study(course)) for course in current],
        past=[course for course in courses if course not in current],
        meetings=meetings[:6],
        now=now,
        person_id=actor.person_id,
    )


def course(registration: UUID) -> Any:
    """One course: modules, quizzes, sessions, essay, and what is missing to complete it."""
    enrolment = queries.course(registration)
    if enrolment is None:
        abort(404)
    shape = versions.shape(enrolment.version_id)
    return render_template(
        "learning/course.html",
        course=enrolment,
        shape=shape,
        unfolded=_unfolded(shape, enrolment),
        criteria=rules.criteria(queries.standing(enrolment)),
        going_on=study(enrolment) if enrolment.open else None,
        taught=classes.taught_to(registration),
        kinds=kinds.names(),
        forms=_after_course(registration) if enrolment.status == "completed" else [],
        now=utcnow(),
    )


def _unfolded(shape: Shape, enrolment: Course) -> set[UUID]:
    """Return the modules that are shown open: the first that is not studied; all, where each is."""
    for module in shape.modules:
        lessons = [enrolment.lessons.get(line.id) for line in module.lessons]
        materials = enrolment.materials.get(module.id, ())
        quiz = shape.quizzes.get(module.id)
        standing = enrolment.quizzes.get(quiz.id) if quiz else None
        untaken = quiz is not None and not (standing and standing.passed)
        unread = any(lesson is None or not lesson.done for lesson in lessons)
        if untaken or unread or any(one.required and not one.done for one in materials):
            return {module.id}
    return {module.id for module in shape.modules}


def _after_course(registration: UUID) -> list[CourseForm]:
    return [form for forms in after_course.ask(registration) for form in forms]


def lesson(registration: UUID, lesson_id: UUID) -> Any:
    """A lesson, at the place where she was."""
    place = queries.place(registration, lesson_id)
    text = versions.lesson(lesson_id, place.drawn) if place is not None else None
    if text is None or place is None or place.version_id != text.version_id:
        abort(404)
    class_rules.ENROLMENT.require("read_lesson", place.status)
    lines = [line for module in versions.shape(text.version_id).modules for line in module.lessons]
    position = next(index for index, line in enumerate(lines) if line.id == lesson_id)
    module = next(module for module in versions.shape(text.version_id).modules if module.id == text.module_id)
    return render_template(
        "learning/lesson.html",
        registration=registration,
        lesson=text,
        place=place,
        steps=rules.steps(text.headings, text.tasks),
        names={part["id"]: part["text"] for part in (*text.headings, *text.tasks)},
        number=[line.id for line in module.lessons].index(lesson_id) + 1,
        of=len(module.lessons),
        works=queries.works(place.status, place.class_status),
        resume=next((heading for heading in text.headings if heading["id"] == place.anchor), None),
        previous=lines[position - 1] if position else None,
        next=lines[position + 1] if position + 1 < len(lines) else None,
    )


def progress(registration: UUID, lesson_id: UUID) -> Any:
    """Note where she is (sent by the page's script); ``waits`` asks the script to add it to its next report."""
    try:
        percent, seconds = int(request.form["percent"]), int(request.form.get("seconds", "0"))
    except ValueError:
        abort(400)
    anchor = request.form.get("anchor") or None
    reported = services.report_progress(
        current_actor(),
        registration,
        lesson_id,
        percent=percent,
        anchor=anchor,
        seconds=seconds,
        at=utcnow(),
        steps=request.form.getlist("step"),
        leaving=request.form.get("leaving") == "1",
    )
    return {"percent": reported.percent} | ({} if reported.told else {"waits": True})


def work(registration: UUID, lesson_id: UUID) -> Any:
    """Keep what she did with a task of the lesson (sent by the page's script)."""
    try:
        told = orjson.loads(request.form["work"])
    except (KeyError, orjson.JSONDecodeError):
        abort(400)
    if not isinstance(told, dict):
        abort(400)
    services.keep_work(current_actor(), registration, lesson_id, request.form.get("key", ""), told, at=utcnow())
    return "", 204


def complete(registration: UUID, lesson_id: UUID) -> Any:
    """Mark the lesson as studied and go on; what is still to be read is told on its page."""
    steps = request.form.getlist("step")
    unread = services.complete_lesson(current_actor(), registration, lesson_id, steps=steps, at=utcnow())
    if unread:
        flash(_("Still to be read to the end: %(sections)s.", sections="; ".join(unread)), "warning")
        return redirect(url_for("learning.lesson", registration=registration, lesson_id=lesson_id) + "#lesson-end")
    text = versions.lesson(lesson_id)
    lines = [] if text is None else [entry for m in versions.shape(text.version_id).modules for entry in m.lessons]
    position = next((index for index, line in enumerate(lines) if line.id == lesson_id), len(lines))
    flash(_("Lesson completed."))
    same_module = (
        position + 1 < len(lines)
        and text is not None
        and _module_of(text.version_id, lines[position + 1].id) == text.module_id
    )
    if same_module:
        return redirect(url_for("learning.lesson", registration=registration, lesson_id=lines[position + 1].id))
    anchor = f"#module-{text.module_code}" if text else ""
    return redirect(url_for("learning.course", registration=registration) + anchor)


def start_quiz(registration: UUID, quiz_id: UUID) -> Any:
    """Start (or go on with) a quiz of the course."""
    enrolment = queries.course(registration)
    if enrolment is None or quiz_id not in {quiz.id for quiz in versions.shape(enrolment.version_id).quizzes.values()}:
        abort(404)
    attempt = assessment.start_attempt(quiz_id, registration, enrolment.person_id, at=utcnow())
    return redirect(url_for("assessment.attempt", attempt_id=attempt.id))


@costly("POST")
def essay(registration: UUID) -> Any:
    """The closing essay: instructions, hand in, mark."""
    enrolment = queries.course(registration)
    if enrolment is None:
        abort(404)
    essays = versions.shape(enrolment.version_id).essays
    if not essays:
        abort(404)
    error, status = None, 200
    if request.method == "POST":
        upload = request.files.get("file")
        try:
            if upload is None or not upload.filename:
                raise DomainError("no-file", _("Please choose a file."), 422)
            file = uploads.check(upload.stream, upload.filename)
            assessment.hand_in(current_actor(), essays[0].id, registration, enrolment.person_id, file, at=utcnow())
            flash(_("Your essay has been handed in."))
            return redirect(url_for("learning.essay", registration=registration))
        except DomainError as refused:
            error, status = refused.message, refused.status
    state = enrolment.essays.get(essays[0].id)
    page = render_template(
        "learning/essay.html",
        course=enrolment,
        essay=essays[0],
        state=state,
        error=error,
        chosen=bool(request.files.get("file")),
        files_kept=FILES_KEPT,
        largest=uploads.MAX_BYTES,
    )
    return page, status


def essay_file(registration: UUID, submission_id: UUID) -> Any:
    """The file she handed in."""
    enrolment = queries.course(registration)
    states = (
        []
        if enrolment is None
        else [state for state in enrolment.essays.values() if state.submission_id == submission_id]
    )
    if not states or not states[0].sha256:  # a file that is gone leaves no address
        abort(404)
    return attachment(states[0].sha256, states[0].filename, states[0].size)


def _module_of(version_id: UUID, lesson_id: UUID) -> UUID | None:
    modules = versions.shape(version_id).modules
    return next((m.id for m in modules if any(line.id == lesson_id for line in m.lessons)), None)
