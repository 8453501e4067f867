"""Nominations: the acceptance cases of naming, deciding, waiting, substituting, each by its number."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.classes import services as classes
from lms.classes.models import Commitment, Enrolment
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM
from lms.core.transitions import Because, history
from lms.planning import services
from lms.planning.life import NOMINATION
from lms.planning.models import Nomination
from lms.planning.services import NotAll, Pick
from tests import factories as make
from tests.planning.conftest import open_class, quota


def _refused(code):
    return pytest.raises(DomainError, match=f"^{code}$")


def _state(session, nomination_id):
    session.expire_all()
    return session.get(Nomination, nomination_id).status


def _decide(town, move, *ids, run=None, **because):
    given = Because(**because) if because else Because()
    services.decide(town.decides, (run or town.run).id, ids, move, given, at=utcnow())


def _holds(session, person):
    held = select(func.count()).where(Commitment.person_id == person.id, Commitment.holds)
    return session.scalar(held)


def test_from_naming_to_the_class(town, session, name, how):
    person = make.person(town.one)
    (named,) = name(person)
    assert _holds(session, person) == 0
    _decide(town, "approve", named)
    assert _state(session, named) == "approved" and _holds(session, person) == 1
    services.sign_sending(town.decides, town.run.id, how, at=utcnow())
    assert _state(session, named) == "sent"
    assert session.scalar(select(Enrolment.status).where(Enrolment.person_id == person.id)) == "enrolled"
    assert _holds(session, person) == 1
    steps = [("send", "approved"), ("approve", "submitted"), ("nominate", None)]
    assert [line.said for line in history(NOMINATION, named)] == [NOMINATION.move(*step).said for step in steps]


@pytest.mark.parametrize("days", [(-20, 31), (1, 2), (4, 4)])
def test_1_2_who_is_in_a_class_is_not_named_for_another_at_that_time(days, town, session, name):
    person = make.person(town.one)
    first, last = (town.run.starts_on + timedelta(days=day) for day in days)
    make.add(Commitment(person_id=person.id, title="Lớp ngoài Đề án", starts_on=first, ends_on=last, holds=True))
    with pytest.raises(NotAll) as refused:
        name(person)
    words = str(refused.value.message)
    assert "Lớp ngoài Đề án" in words and person.full_name in words and "IV.4" in words


def test_two_lists_at_one_time_even_undecided(town, session, name):
    person = make.person(town.one)
    other = open_class(version_id=make.version("B1").id, name="Lớp kia")
    quota(other, town.one, 5)
    name(person)
    with pytest.raises(NotAll, match="not-all") as refused:
        name(person, run=other)
    assert town.run.name in str(refused.value.message)


def test_12_a_list_of_which_two_fail_names_nobody_and_tells_which(town, session, name):
    fine = [make.person(town.one) for _ in range(5)]
    old = make.person(town.one, birth_date=make.today() - timedelta(days=int(61 * 365.25)), sex="male")
    chief = make.person(town.one, position="Trưởng phòng Quy hoạch")
    with pytest.raises(NotAll) as refused:
        name(*fine, old, chief)
    assert set(refused.value.refused) == {old.id, chief.id}
    assert session.scalar(select(func.count()).select_from(Nomination)) == 0
    assert len(name(*fine)) == 5


def test_what_the_roster_does_not_tell_is_answered_with_a_ground_and_counts_later(town, session, name):
    person = make.person(make.unit(town.one, name="Văn phòng"), position="Chuyên viên")
    with pytest.raises(NotAll):
        name(person)
    with _refused("no-ground"):
        name(Pick(person.id, {"field": True}))
    (named,) = name(Pick(person.id, {"field": True}), ground="Công văn 5/SXD-VP")
    _decide(town, "approve", named)
    programme = make.version().programme_id
    services.state(town.first, person.id, {"field": False}, "Nhầm", programme_id=programme, at=utcnow())
    _decide(town, "take_back", named, reason="xem lại")
    with pytest.raises(NotAll) as refused:
        _decide(town, "approve", named)
    assert set(refused.value.refused) == {person.id}


@pytest.mark.parametrize(
    ("given", "code"),
    [({"assured": False}, "not-assured"), ({"at": utcnow() + timedelta(days=29)}, "deadline")],
)
def test_conditions_of_a_list(given, code, town, name):
    with _refused(code):
        name(make.person(town.one), **given)


def test_a_list_holds_only_people_of_the_unit_and_within_its_quota(town, name, session):
    with _refused("not-found"):
        name(make.person(town.two))
    below = make.person(make.unit(town.one))
    name(below)
    with _refused("over-quota"):
        name(*[make.person(town.one) for _ in range(10)])
    with _refused("not-permitted"):
        name(make.person(town.one), by=town.second)


def test_quotas_are_never_below_what_is_taken(town, name, session):
    name(*[make.person(town.one) for _ in range(3)])
    with _refused("quota-below"):
        services.set_quotas(town.decides, town.run.id, {town.one.id: 2}, at=utcnow())
    services.set_quotas(town.decides, town.run.id, {town.one.id: 3}, at=utcnow())
    with _refused("over-quota"):
        name(make.person(town.two), by=town.second, unit=town.two)


def test_7_8_a_free_place_goes_to_who_waits_longest_and_may_come(town, session, name):
    town.run.capacity = 1
    people = [make.person(town.one) for _ in range(4)]
    first, second, third, late = name(*people)
    _decide(town, "approve", first)
    _decide(town, "wait", second, third)
    ranks = [session.get(Nomination, one).waiting_rank for one in (second, third)]
    assert ranks == [1, 2]
    _decide(town, "withdraw", first, reason="ốm", code="health")
    with _refused("not-next"):  # a newcomer, when somebody waits
        _decide(town, "approve", late)
    with _refused("not-next"):
        _decide(town, "approve", third)
    session.get(type(people[1]), people[1].id).position = "Trưởng phòng"
    session.commit()
    _decide(town, "approve", third)  # who was before her may not come any more
    assert [session.get(Nomination, one).waiting_rank for one in (second, third)] == ranks


def test_9_more_places_make_nobody_a_trainee(town, session, name):
    town.run.capacity = 1
    one, two = name(make.person(town.one), make.person(town.one))
    _decide(town, "approve", one)
    with _refused("class-full"):
        _decide(town, "approve", two)
    town.run.capacity = 6
    session.commit()
    assert _state(session, two) == "submitted" and session.scalar(select(func.count()).select_from(Enrolment)) == 0


def test_10_when_the_class_has_begun_the_list_is_closed(town, session, name, how):
    town.run.capacity = 1
    one, two = name(make.person(town.one), make.person(town.one))
    _decide(town, "approve", one)
    _decide(town, "wait", two)
    services.sign_sending(town.decides, town.run.id, how, at=utcnow())
    town.run.status, town.run.starts_on = "confirmed", make.today()
    session.commit()
    classes.decide(SYSTEM, town.run.id, "begin", at=utcnow())
    assert _state(session, two) == "expired"
    with _refused("class-runs"):
        _decide(town, "approve", two)


def test_11_the_last_place_is_approved_not_waited_for(town, session, name):
    town.run.capacity = 2
    one, two = name(make.person(town.one), make.person(town.one))
    _decide(town, "approve", one)
    with _refused("place-free"):
        _decide(town, "wait", two)
    _decide(town, "approve", two)


def test_15_a_substitute_takes_the_place_in_one_step(town, session, name, how):
    town.run.capacity = 1
    old, new = make.person(town.one), make.person(town.one)
    (named,) = name(old)
    _decide(town, "approve", named)
    services.sign_sending(town.decides, town.run.id, how, at=utcnow())
    why = Because(reason="điều động", code="moved")
    services.sign_substitution(town.decides, town.run.id, named, Pick(new.id), how, why, at=utcnow())
    instead = session.scalar(select(Nomination.id).where(Nomination.person_id == new.id))
    assert _state(session, named) == "substituted" and _state(session, instead) == "sent"
    assert session.get(Nomination, instead).replaces_id == named
    status = dict(session.execute(select(Enrolment.person_id, Enrolment.status)).all())
    assert status == {old.id: "withdrawn", new.id: "enrolled"}
    assert (_holds(session, old), _holds(session, new)) == (0, 1)
    assert history(NOMINATION, named)[0].reason == "điều động" and len(history(NOMINATION, instead)) == 2


def test_17_why_somebody_is_not_there_is_found_a_year_later(town, session, name):
    (named,) = name(make.person(town.one))
    services.take_back(town.first, named, Because(reason="việc gấp", code="duties"), at=utcnow())
    (line, _first) = history(NOMINATION, named)
    assert line.reason == "việc gấp" and line.who and str(line.state) and line.at
    with _refused("nomination-ended"):
        services.decide(town.decides, town.run.id, [named], "approve", at=utcnow())


def test_who_cannot_come_says_so_and_nothing_changes_by_itself(town, session, name, acting):
    person = make.person(town.one)
    (named,) = name(person)
    her = acting(make.account(person))
    services.say_cannot(her, named, "nghỉ thai sản", at=utcnow())
    assert session.get(Nomination, named).cannot_because == "nghỉ thai sản" and _state(session, named) == "submitted"
    with _refused("not-decided"):
        services.promise(her, named, at=utcnow())
    with _refused("not-found"):
        services.say_cannot(town.first, named, "x", at=utcnow())


def test_a_cancelled_class_lets_everybody_go(town, session, name):
    person, waits = make.person(town.one), make.person(town.one)
    named, other = name(person, waits)
    _decide(town, "approve", named)
    classes.decide(SYSTEM, town.run.id, "cancel", Because(reason="ít người", code="too-few"), at=utcnow())
    assert _holds(session, person) == 0 and _state(session, other) == "expired"


def test_days_of_who_is_approved_move_with_the_class(town, session, name):
    person = make.person(town.one)
    (named,) = name(person)
    _decide(town, "approve", named)
    first = town.run.starts_on + timedelta(days=14)
    classes.reschedule_class(
        SYSTEM, town.run.id, first, first + timedelta(days=4), Because(reason="đổi lịch"), at=utcnow()
    )
    held = session.execute(
        select(Commitment.starts_on, Commitment.holds).where(Commitment.person_id == person.id)
    ).one()
    assert tuple(held) == (first, True)


def test_5_who_waits_for_two_overlapping_classes_moves_up_in_one_only(town, session, name):
    other = open_class(capacity=1, name="Lớp kia")
    quota(other, town.one, 9)
    town.run.capacity = 1
    both, one, two = (make.person(town.one) for _ in range(3))
    first, waits_here = name(one, both)
    _decide(town, "approve", first)
    _decide(town, "wait", waits_here)
    second, waits_there = name(two, both, run=other)
    _decide(town, "approve", second, run=other)
    _decide(town, "wait", waits_there, run=other)
    _decide(town, "withdraw", first, reason="ốm", code="health")
    _decide(town, "withdraw", second, run=other, reason="ốm", code="health")
    _decide(town, "approve", waits_there, run=other)
    with pytest.raises(NotAll) as refused:
        _decide(town, "approve", waits_here)
    assert "Lớp kia" in str(refused.value.message) and _state(session, waits_here) == "waitlisted"
