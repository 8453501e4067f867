"""Who may open which door of a class: every role, inside and outside of what it holds, staff record or none."""

import pytest

from lms.classes import access
from tests import factories as make


@pytest.mark.parametrize("role", [None, "institution_staff", "lecturer", "administrator", "home_affairs_officer"])
def test_a_session_without_lecturer_is_not_that_of_an_account_without_staff_record(
    world, session, sign_in, acting, role
):
    """Fault 1: ``lecturer_id = NULL`` became IS NULL, and another institution's operator took attendance."""
    world["meeting"].lecturer_id = None
    stranger = make.operator(role, make.institution(name="Trường khác")) if role else make.operator()
    session.commit()
    url = f"{world['url']}/sessions/{world['meeting'].id}/attendance"
    assert not access.may_take_attendance(acting(stranger), world["run"].id, world["meeting"].id)
    assert sign_in(stranger).get(url).status_code == 403


def test_the_institutions_own_operator_takes_attendance_without_a_staff_record(world, session, sign_in):
    world["meeting"].lecturer_id = None
    own = make.operator("institution_staff", world["institution"])
    session.commit()
    url = f"{world['url']}/sessions/{world['meeting'].id}/attendance"
    assert sign_in(own).get(url).status_code == 200
