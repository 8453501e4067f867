"""Classes whose evaluation is closed, and adjustments that were carried out."""

from datetime import UTC, date, datetime
from uuid import uuid4

from lms.quality.models import Adjustment
from tests import factories as make


def held(school, points, year=2026, lecturers=(), version=None, **values):
    """A class of a year whose evaluation is closed, its topics taught by these lecturers in turn."""
    run = make.class_run(
        school,
        version_id=(version or make.version()).id,
        starts_on=date(year, 3, 2),
        ends_on=date(year, 4, 10),
        status="finished",
    )
    for number, topic in enumerate(make.topics(run) if lecturers else ()):
        make.teaching(run, topic, lecturers[number % len(lecturers)])
    make.evaluated(run, points, **values)
    return run


def adjusted(survey, section="facilities", state="done", at=datetime(2026, 5, 20, tzinfo=UTC), **values):
    """An adjustment of a class's evaluation that was carried out."""
    defaults = {"id": uuid4(), "survey_id": survey.id, "class_id": survey.class_id, "section": section}
    defaults |= {"mean": 2.0, "threshold": 3.5, "points": 5, "state": state, "measure": "Thay máy chiếu"}
    return make.add(Adjustment(**(defaults | {"made_at": at, "done_at": at} | values)))
