"""The trainee's way through a class: lessons, progress, completion."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask

from lms.assessment.signals import attempt_submitted, submission_marked
from lms.classes.signals import attendance_recorded, requirements_changed, withdrawn
from lms.core import guard, jobs
from lms.core.guard import SYSTEM
from lms.core.pages import N_, NavItem, add_navigation
from lms.core.personal import held as personal_data
from lms.learning import models, personal, services, tasks  # noqa: F401 - models registers the tables
from lms.learning.materials import services as materials
from lms.learning.projections import rebuild_projections, recount_trained
from lms.learning.routes import ROUTES
from lms.library.hooks import uses_of_package, uses_of_version, uses_to_show
from lms.library.models import Registration
from lms.library.services import launches
from lms.library.signals import registration_changed
from lms.records.hooks import Comparison, rebuild


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    personal_data.register(personal.held)
    guard.register(app, "learning", __name__, ROUTES)
    add_navigation(
        app,
        NavItem(
            N_("My learning"),
            "learning.dashboard",
            "learning.study",
            order=20,
            needs_person=True,
            covers=("/attempts", "/library/registrations"),
        ),
    )
    rebuild.register(_rebuild)
    rebuild.register(_recount)
    attempt_submitted.connect(_review_quizzes)
    submission_marked.connect(_review_essay)
    attendance_recorded.connect(_review_attendance)
    requirements_changed.connect(_review_class)
    withdrawn.connect(_end_launches)
    uses_of_package.register(materials.uses_of_package)
    uses_of_version.register(materials.uses_of_version)
    uses_to_show.register(materials.uses_to_show)
    registration_changed.connect(_review_material)


def _rebuild(write: bool, at: datetime) -> Comparison:
    return rebuild_projections(write=write, at=at)


def _recount(write: bool, at: datetime) -> Comparison:
    return recount_trained(write=write, at=at)


def _review_quizzes(_sender: Any, *, registration: UUID, at: datetime, **_other: Any) -> None:
    services.review([registration], at=at)


def _review_essay(_sender: Any, *, registration: UUID, passed: bool, at: datetime, **_other: Any) -> None:
    services.review([registration], corrected=() if passed else ("essay",), at=at)


def _review_material(_sender: Any, *, registration: Registration, at: datetime) -> None:
    if registration.context_id is not None:
        services.review([registration.context_id], at=at)


def _review_attendance(
    _sender: Any, *, registrations: Sequence[UUID], taken_back: Sequence[UUID], at: datetime
) -> None:
    services.review([registration for registration in registrations if registration not in taken_back], at=at)
    services.review(taken_back, corrected=("attendance",), at=at)


def _end_launches(_sender: Any, *, registration: UUID, at: datetime) -> None:
    launches.end_in_context(registration, at=at)


def _review_class(_sender: Any, *, class_id: UUID, at: datetime) -> None:
    jobs.enqueue_once(tasks.review, SYSTEM, at=at, class_id=str(class_id))
