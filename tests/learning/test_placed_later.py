"""Material placed later reopens nothing: who has done the module has done it, ended classes stay as they are."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM
from lms.learning import rules
from lms.learning.materials import services as materials
from lms.learning.queries import courses as learning
from lms.people.models import Unit
from lms.people.sessions import local_day
from tests import factories as make
from tests.learning.test_requirements import course
from tests.learning.worlds import World


class Taught(World):
    """A trainee who may have studied; packages of her institution are placed in the first module."""

    def place(self, *, required: bool = True, in_running: bool = True, at: Any = None) -> Any:
        institution = db.session.get_one(Unit, self.run.institution_id)
        package = make.package_version(course(), institution).package_id
        return materials.place(
            SYSTEM, self.modules[0].id, package, required=required, in_running=in_running, at=at or utcnow()
        )

    def standing(self) -> rules.Standing:
        found = learning.course(self.registration)
        assert found is not None
        return learning.standing(found)

    def first_done(self) -> bool:
        return self.standing().modules[0].done

    def asked(self) -> bool:
        found = learning.course(self.registration)
        assert found is not None
        (material,) = found.materials[self.modules[0].id]
        return material.required


@pytest.fixture
def world(session: Any) -> Taught:
    return Taught(session)


def test_a_module_that_is_done_stays_done(world: Taught) -> None:
    world.study()
    before = [part.done for part in world.standing().modules]
    assert all(before)
    world.place()
    assert [part.done for part in world.standing().modules] == before
    assert not world.asked()


def test_whoever_has_not_done_it_is_asked_for_it(world: Taught) -> None:
    world.place(at=utcnow() - timedelta(minutes=5))
    world.study()
    assert not world.first_done() and world.asked()


def test_in_running_classes_it_is_optional_unless_staff_ask_for_it(world: Taught) -> None:
    world.place(in_running=False, at=utcnow() - timedelta(minutes=5))
    world.study()
    assert world.first_done() and not world.asked()


def test_in_classes_that_begin_later_it_is_required(world: Taught) -> None:
    world.place(in_running=False, at=utcnow() - timedelta(minutes=5))
    world.run.starts_on = local_day(utcnow()) + timedelta(days=1)
    world.session.commit()
    world.study()
    assert not world.first_done() and world.asked()


def test_an_ended_class_is_not_touched(world: Taught) -> None:
    world.run.starts_on, world.run.ends_on = (local_day(utcnow()) - timedelta(days=days) for days in (30, 2))
    world.session.commit()
    world.place()
    world.study()
    assert world.first_done() and not world.asked()


def test_the_page_says_how_many_are_concerned_and_takes_optional_for_running_classes(
    world: Taught, sign_in: Any, submit: Any
) -> None:
    institution = db.session.get_one(Unit, world.run.institution_id)
    office = sign_in(make.holder("institution_staff", institution))
    package = make.package_version(course(), institution).package_id
    page = f"/library/packages/{package}/modules"
    said = office.get(page).get_data(as_text=True)
    option = said.split(f'value="{world.modules[0].id}"')[1].split("</option>")[0]
    assert "1 lớp" in option and "1 học viên" in option
    assert "checked" not in said.split('name="in_running"')[1].split(">")[0]
    submit(office, f"{page}/place", {"module": str(world.modules[0].id), "required": "y"}, page=page)
    assert not world.asked()
    assert "tùy chọn" in office.get(page).get_data(as_text=True)


dates = st.datetimes(max_value=datetime(3000, 1, 1))
moments = st.one_of(st.none(), dates)


@given(
    st.lists(moments, max_size=4),
    st.lists(st.tuples(dates, moments), max_size=4),
    dates,
)
def test_placing_one_more_takes_nothing_away(lessons: Any, placed: Any, later: Any) -> None:
    parts = [rules.Placed(make.uuid4(), added, done) for added, done in placed]
    before = rules.studied(lessons, parts)
    known = [at for at in [*lessons, *(at for pair in placed for at in pair)] if at is not None]
    after = rules.studied(lessons, [*parts, rules.Placed(make.uuid4(), max([later, *known]) + timedelta(1), None)])
    if before.done and (lessons or before.asked):
        assert after == before
    assert before.asked <= after.asked
