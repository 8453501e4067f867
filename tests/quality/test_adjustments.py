"""Which version may answer an adjustment: a later one of the same programme, whatever a form offered."""

from uuid import uuid4

import pytest

from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM
from lms.quality.services import adjustments
from lms.surveys.models import Survey
from tests import factories as make
from tests.quality.closed import adjusted, held


@pytest.fixture
def asked(school, session):
    """An adjustment of a class that runs on the newest version of A2.1."""
    run = held(school, [2] * 6)
    return adjusted(session.query(Survey).filter_by(class_id=run.id).one(), state="stated")


def answer(adjustment, version_id):
    adjustments.answer_by(SYSTEM, adjustment.id, version_id, at=utcnow())
    return adjustment.answered_by


def test_a_later_version_answers_it_and_the_name_can_be_taken_back(asked):
    later = make.new_version("A2.1")
    assert answer(asked, later.id) == later.id
    assert answer(asked, None) is None


@pytest.mark.parametrize(
    "version_of",
    [
        pytest.param(lambda: make.version("A2.1"), id="the evaluated one itself"),
        pytest.param(lambda: make.new_version("A2.1", number=0), id="an earlier one"),
        pytest.param(lambda: make.new_version("A1.1", number=99), id="a later one of another programme"),
    ],
)
def test_no_other_version_answers_it(asked, version_of):
    with pytest.raises(DomainError) as refused:
        answer(asked, version_of().id)
    assert (refused.value.code, asked.answered_by) == ("not-later", None)


def test_a_version_that_is_not_there_answers_nothing(asked):
    with pytest.raises(DomainError) as refused:
        answer(asked, uuid4())
    assert (refused.value.code, asked.answered_by) == ("not-later", None)
