"""Every act upon an adjustment in every state, through its door."""

import pytest
from sqlalchemy import select

from lms.quality.models import Adjustment
from lms.quality.rules.life import ADJUSTMENT
from lms.surveys.models import Survey
from tests import factories as make
from tests.quality.closed import adjusted, held
from tests.walking import check, everything, pairs


@pytest.fixture
def world(school, session):
    """(address, the later version) of an adjustment of a class of the school."""
    run = held(school, [2] * 6)
    survey = session.scalars(select(Survey).where(Survey.class_id == run.id)).one()
    return adjusted(survey, state="due", done_at=None), make.new_version("A2.1")


@pytest.mark.parametrize(("act", "state"), pairs(ADJUSTMENT))
def test_an_adjustment(world, school, session, sign_in, submit, act, state):
    adjustment, later = world
    adjustment.state, adjustment.outcome = state, "Đã thay máy chiếu" if state == "done" else None
    session.commit()
    form = {
        "state": {"cause": "Máy cũ", "measure": "Thay", "responsible": "Phòng Đào tạo", "due_on": "01/12/2026"},
        "finish": {"outcome": "Không làm gì"},
        "answer_by": {"version": str(later.id)},
    }[act]
    client = sign_in(make.holder("institution_staff", school))
    before = everything(session, Adjustment)
    answer = submit(client, f"/reports/adjustments/{adjustment.id}", form, page="/account")
    check(ADJUSTMENT, act, state, answer, before, everything(session, Adjustment))


@pytest.mark.parametrize("state", sorted(ADJUSTMENT.states))
def test_the_page_shows_the_doors_that_are_open(world, school, session, sign_in, state):
    adjustment, _later = world
    adjustment.state = state
    session.commit()
    html = sign_in(make.holder("institution_staff", school)).get(f"/reports/adjustments/{adjustment.id}").text
    for act, name in (("state", "cause"), ("finish", "outcome"), ("answer_by", "version")):
        assert (f'name="{name}"' in html) == (ADJUSTMENT.refusal(act, state) is None), act
