"""What waits for a trainee on her first page: evaluations and the named forms after training."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from lms.core.i18n import day, deadline
from lms.learning.hooks import CourseForm, DueItem
from lms.surveys.queries import named, rights


def after_course(registration: UUID) -> list[CourseForm]:
    """Name the forms after training about a trainee: her own, and her manager's once it is filled in."""
    own, manager = _("Your own form"), _("The form of your manager")
    return [
        CourseForm(
            own if one.audience == "follow_up" else manager,
            _("filled in on %(when)s", when=day(one.answered_at))
            if one.answered_at
            else _("to be filled in from %(first)s to %(last)s", first=day(one.opens_at), last=day(one.closes_at)),
            url_for(
                "surveys.follow_up" if one.audience == "follow_up" else "surveys.read_follow_up",
                follow_up_id=one.follow_up_id,
            ),
        )
        for one in named.of_trainee(registration)
        if one.answered_at or one.audience == "follow_up"
    ]


def due(registrations: Sequence[UUID], at: datetime) -> list[DueItem]:
    """Name the evaluations that wait for a trainee, the reminded ones first, and the named forms after training."""
    items = [
        DueItem(
            "evaluation",
            _("Evaluation of %(name)s", name=survey.name),
            _("reminder: only until %(when)s; nobody can see who wrote what", when=deadline(survey.closes_at, at))
            if survey.reminded
            else _("open until %(when)s; nobody can see who wrote what", when=deadline(survey.closes_at, at)),
            url_for("surveys.form", survey_id=survey.survey_id),
            _("Evaluate the course"),
            0 if survey.reminded else 1,
        )
        for survey in rights.due(registrations, at)
    ]
    return items + [
        DueItem(
            "evaluation",
            _("After training: %(name)s", name=follow_up.class_name),
            _("a form with your name, open until %(when)s", when=deadline(follow_up.closes_at, at)),
            url_for("surveys.follow_up", follow_up_id=follow_up.follow_up_id),
            _("Fill in the form"),
            2,
        )
        for follow_up in named.due(registrations, at)
    ]
