"""What can be done with adjustments: made by results, stated by the institution, done, answered by a version."""

from datetime import datetime
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lms.catalogue.models import ProgrammeVersion
from lms.classes.models import ClassRun
from lms.core import audit
from lms.core.database import act, db
from lms.core.edits import Edit, settle
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.quality.models import Adjustment
from lms.quality.queries import classes as queries
from lms.quality.rules.life import ADJUSTMENT
from lms.surveys.models import Survey

STATED = ("cause", "measure", "responsible", "due_on")


@act
def make_due(survey_id: UUID, *, at: datetime) -> int:
    """Note everything that fell below its threshold in a closed evaluation of a class; returns how much is new."""
    survey = db.session.get(Survey, survey_id)
    report = queries.report_of(survey.class_id) if survey is not None and survey.class_id else None
    if survey is None or report is None or not report.shown:
        return 0
    repeated = next((section.key for section in report.form.sections if section.repeat), "")
    below: list[tuple[str, UUID | None, float | None, float | None]] = [
        (result.key, None, result.mean, result.threshold)
        for result, section in zip(report.sections, report.form.sections, strict=True)
        if result.below and not section.repeat
    ]
    below += [
        (repeated, teaching.teaching_id, teaching.mean, teaching.threshold)
        for teaching in report.teachings
        if teaching.below
    ]
    rows = [
        {
            "id": uuid4(),
            "survey_id": survey_id,
            "class_id": survey.class_id,
            "section": section,
            "teaching_id": teaching,
        }
        | {"mean": mean, "threshold": threshold, "points": report.points, "state": "due", "made_at": at}
        for section, teaching, mean, threshold in below
    ]
    if not rows:
        return 0
    return len(db.session.execute(insert(Adjustment).on_conflict_do_nothing().returning(Adjustment.id), rows).all())


@act
def state(actor: Actor, adjustment_id: UUID, edit: Edit, *, at: datetime) -> None:
    """State why a result is low, what is done, by whom and until when; it may be stated anew until it is done.

    :param edit: of STATED
    :raises ChangedMeanwhile: somebody else has stated the same otherwise since
    :raises DomainError: ``done``
    """
    adjustment = _held(adjustment_id, "state")
    before = {name: getattr(adjustment, name) for name in STATED}
    after = before | settle(edit, before)
    for name, value in after.items():
        setattr(adjustment, name, value)
    adjustment.state, adjustment.stated_at = "stated", at
    audit.record(actor, "adjustment.state", "adjustment", adjustment.id, at=at, before=before, after=after)


@act
def finish(actor: Actor, adjustment_id: UUID, outcome: str, *, at: datetime) -> None:
    """Note that a stated measure was carried out, and what came of it.

    :raises DomainError: ``not-stated``, ``done``
    """
    adjustment = _held(adjustment_id, "finish")
    adjustment.state, adjustment.outcome, adjustment.done_at = "done", outcome, at
    audit.record(actor, "adjustment.finish", "adjustment", adjustment.id, at=at, after={"outcome": outcome})


@act
def answer_by(actor: Actor, adjustment_id: UUID, version_id: UUID | None, *, at: datetime) -> None:
    """Name the later version of the programme that answers an adjustment, or take the name back.

    :raises DomainError: ``not-stated``, ``not-later``
    """
    adjustment = _held(adjustment_id, "answer_by")
    evaluated = db.session.execute(
        select(ProgrammeVersion.programme_id, ProgrammeVersion.number)
        .join(ClassRun, ClassRun.version_id == ProgrammeVersion.id)
        .where(ClassRun.id == adjustment.class_id)
    ).one()
    version = db.session.get(ProgrammeVersion, version_id) if version_id else None
    if version_id and (
        version is None or version.programme_id != evaluated.programme_id or version.number <= evaluated.number
    ):
        raise DomainError("not-later", _l("Please choose a later version of the same programme."), 422)
    before, adjustment.answered_by = adjustment.answered_by, version_id
    audit.record(
        actor,
        "adjustment.answer",
        "adjustment",
        adjustment.id,
        at=at,
        before={"version": str(before) if before else None},
        after={"version": str(version_id) if version_id else None},
    )


def _held(adjustment_id: UUID, act_: str) -> Adjustment:
    adjustment = db.session.get(Adjustment, adjustment_id, with_for_update=True)
    if adjustment is None:
        raise NotFound
    ADJUSTMENT.require(act_, adjustment.state)
    return adjustment
