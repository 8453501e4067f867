"""Saying in the record store who answered an evaluation: after its closing, of all of them, each once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from lms.classes.models import ClassRun
from lms.core.database import act, db
from lms.records import queries as records
from lms.records.emit import Activity, emit
from lms.surveys.life import ENDED
from lms.surveys.models import Survey
from lms.surveys.queries import states

PORTION = 500
"""So many statements are stored in one transaction; the store's lock is free between two."""


def tell(survey_id: UUID) -> int:
    """Say of all who answered a closed evaluation that they did; returns how many it was said of now.

    All with the time of the closing, and in an order that tells nothing. A statement's id is made of the evaluation
    and the enrolment, so whoever is told of is not told of again when a job that was killed is done once more.
    """
    survey = db.session.get(Survey, survey_id)
    if survey is None or survey.state not in ENDED or survey.class_id is None or survey.closed_at is None:
        return 0
    run = db.session.get_one(ClassRun, survey.class_id)
    activity, at = Activity("class", str(run.id), {"vi": run.name}), survey.closed_at
    answered = states.who_answered(survey_id)
    portions = [answered[start : start + PORTION] for start in range(0, len(answered), PORTION)]
    return sum(_tell(survey_id, activity, portion, at=at) for portion in portions)


@act
def _tell(survey_id: UUID, activity: Activity, told: Sequence[tuple[UUID, UUID]], *, at: datetime) -> int:
    named = {uuid5(survey_id, str(enrolment)): (name, enrolment) for name, enrolment in told}
    known = records.known(list(named))
    fresh = [(key, *value) for key, value in named.items() if key not in known]
    for key, name, enrolment in fresh:
        emit(learner=name, verb="evaluated", activity=activity, registration=enrolment, at=at, statement_id=key)
    return len(fresh)
