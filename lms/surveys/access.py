"""Who may do what with one evaluation."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from lms.classes.models import ClassRun, Enrolment, Teaching
from lms.core.database import db, in_transaction
from lms.core.guard import Actor
from lms.core.ownership import is_own, owned_by
from lms.people.models import Unit
from lms.surveys.models import FollowUp, Survey


def may_answer(actor: Actor, survey_id: UUID) -> bool | None:
    """A form is open to those who were invited; None when there is no such survey."""
    rows = in_transaction(_INVITED, {"survey": survey_id, "person": actor.person_id})
    return bool(rows[0][0]) if rows else None


_INVITED = """
    SELECT EXISTS (SELECT FROM participations p WHERE p.survey_id = s.id AND p.person_id = %(person)s)
    FROM surveys s WHERE s.id = %(survey)s
"""


def may_read_comments(actor: Actor, survey_id: UUID) -> bool | None:
    """The institution's trusted reader, who neither runs its classes nor taught in this one; None: no such survey."""
    row = db.session.execute(
        select(
            Unit.path,
            exists()
            .where(Teaching.class_id == Survey.class_id, owned_by(Teaching.lecturer_id, actor.person_id))
            .label("taught"),
        )
        .join(Survey, Survey.institution_id == Unit.id)
        .where(Survey.id == survey_id)
    ).one_or_none()
    return None if row is None else bool(readable(actor, [row.path])) and not row.taught


def readable(actor: Actor, paths: Sequence[str]) -> list[str]:
    """Return those of the units whose comments somebody may read: the ones whose classes she does not run."""
    return [path for path in paths if actor.may("surveys.moderate", path) and not actor.may("classes.manage", path)]


def may_follow_up(actor: Actor, follow_up_id: UUID) -> bool | None:
    """The trainee fills in her own form; a manager those about people whom her units sent. None: no such form."""
    row = db.session.execute(
        select(FollowUp.audience, Enrolment.person_id, Unit.path)
        .join(Enrolment, Enrolment.id == FollowUp.enrolment_id)
        .join(Unit, Unit.id == Enrolment.unit_id)
        .where(FollowUp.id == follow_up_id)
    ).one_or_none()
    if row is None:
        return None
    if row.audience == "follow_up":
        return is_own(row.person_id, actor.person_id)
    return not is_own(row.person_id, actor.person_id) and actor.may("surveys.follow_up", row.path)


def may_read_follow_up(actor: Actor, follow_up_id: UUID) -> bool | None:
    """Those whom a named form names as its readers: who it is about, her unit, the institution and Home Affairs."""
    place = aliased(Unit)
    row = db.session.execute(
        select(Enrolment.person_id, Unit.path.label("unit"), place.path.label("institution"))
        .select_from(FollowUp)
        .join(Enrolment, Enrolment.id == FollowUp.enrolment_id)
        .join(Unit, Unit.id == Enrolment.unit_id)
        .join(ClassRun, ClassRun.id == FollowUp.class_id)
        .join(place, place.id == ClassRun.institution_id)
        .where(FollowUp.id == follow_up_id)
    ).one_or_none()
    if row is None:
        return None
    return (
        is_own(row.person_id, actor.person_id)
        or actor.may("surveys.follow_up", row.unit)
        or actor.may("surveys.read_named", row.institution)
    )
