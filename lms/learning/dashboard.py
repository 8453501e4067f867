"""What is due next: one list, the most pressing first. Floors above add to it by :mod:`lms.learning.hooks`."""

from collections.abc import Sequence
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from lms.core.guard import Actor
from lms.core.i18n import clock, days_until, local, weekday
from lms.core.i18n import due as due_in
from lms.learning import hooks
from lms.learning.hooks import DueItem
from lms.learning.queries import versions
from lms.learning.queries.courses import Course


def due(actor: Actor, courses: Sequence[Course], at: datetime) -> list[DueItem]:
    """Return what waits for the reader, the most pressing first."""
    items = [item for course in courses for item in _of_course(course, at)]
    items += [item for told in hooks.due.ask(actor, at) for item in told]
    registrations = [course.registration for course in courses if course.status != "withdrawn"]
    if registrations:
        items += [item for told in hooks.due_in_classes.ask(registrations, at) for item in told]
    return sorted(items, key=lambda item: item.rank)


def _of_course(course: Course, at: datetime) -> list[DueItem]:
    if course.status != "enrolled" or not course.open:
        return []
    waiting = [_session(course, at), study(course), _essay(course, at)]
    return [item for item in waiting if item is not None]


def _session(course: Course, at: datetime) -> DueItem | None:
    upcoming = next((meeting for meeting in course.meetings if meeting.ends_at > at), None)
    if upcoming is None:
        return None
    days = days_until(upcoming.starts_at, at)
    when = f"{weekday(upcoming.starts_at)} ({due_in(upcoming.starts_at, at)})"
    when += f", {clock(upcoming.starts_at)}–{clock(upcoming.ends_at)} · {upcoming.place}"
    url = url_for("learning.course", registration=course.registration) + "#sessions"
    return DueItem("session", upcoming.title, when, url, _("See the timetable"), 5 if days < 2 else 40 + days)


def study(course: Course) -> DueItem | None:
    """Return where she goes on in the modules of a course: the first lesson or quiz that is not done."""
    form = versions.shape(course.version_id)
    for module in form.modules:
        for line in module.lessons:
            progress = course.lessons.get(line.id)
            if progress is None or not progress.done:
                url = url_for("learning.lesson", registration=course.registration, lesson_id=line.id)
                begun = progress is not None and progress.percent > 0
                detail = f"{local(module.title)} · " + _("%(minutes)s minutes", minutes=line.minutes)
                if begun and progress is not None:
                    detail += " · " + _("read to %(percent)s%%", percent=progress.percent)
                action = _("Continue the lesson") if begun else _("Start the lesson")
                return DueItem("lesson", local(line.title), detail, url, action, 10)
        quiz = form.quizzes.get(module.id)
        state = course.quizzes.get(quiz.id) if quiz else None
        if (
            quiz
            and not (state and state.passed)
            and not (state and state.used >= quiz.attempts and not state.open_attempt)
        ):
            url = url_for("learning.course", registration=course.registration) + f"#module-{module.code}"
            if state and state.open_attempt:
                url = url_for("assessment.attempt", attempt_id=state.open_attempt)
            action = _("Continue the quiz") if state and state.open_attempt else _("Go to the quiz")
            return DueItem("quiz", local(quiz.title), local(module.title), url, action, 11)
    return None


def _essay(course: Course, at: datetime) -> DueItem | None:
    for essay in versions.shape(course.version_id).essays:
        state = course.essays.get(essay.id)
        if state is None or state.passed is False:
            url = url_for("learning.essay", registration=course.registration)
            left = days_until(course.ends_on, at)
            detail = _("by %(date)s, the last day of the class", date=weekday(course.ends_on))
            detail += f" · {due_in(course.ends_on, at)}"
            rank = 4 if left < 0 else 12 if left < 7 else 60
            return DueItem("essay", local(essay.title), detail, url, _("Hand in the essay"), rank)
    return None
