"""Who is in a class: enrolled, enrolled again, refused, withdrawn."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from lms.classes import services, signals
from lms.classes.models import Enrolment
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM
from lms.people.models import Person
from tests import factories as make


def refused(code):
    return pytest.raises(DomainError, match=f"^{code}$")


def enrol(world, *people):
    return services.enrol(SYSTEM, world["run"].id, [person.id for person in people], at=utcnow())


def of(session, world, person):
    return session.scalars(
        select(Enrolment).where(Enrolment.class_id == world["run"].id, Enrolment.person_id == person.id)
    ).one()


def test_enrolling_writes_the_unit_of_the_day_a_trace_and_a_statement(world, session, trace, told):
    unit = make.unit(make.city(), name="Sở Xây dựng")
    account = make.trainee(unit)
    person = session.get(Person, account.person_id)
    heard = []
    with signals.enrolled.connected_to(lambda _s, registration, at: heard.append(registration)):
        (registration,) = enrol(world, person)
    row = of(session, world, person)
    assert (row.id, row.unit_id, row.status, row.completed_at) == (registration, unit.id, "enrolled", None)
    assert heard == [registration]
    (entry,) = trace("class.enrol")
    assert (entry.subject_id, entry.after) == (str(world["run"].id), {"persons": [str(person.id)]})
    (said,) = told("registered")
    assert said["context"]["registration"] == str(registration)
    assert said["actor"]["account"]["name"] == str(account.actor_name)
    assert said["object"]["id"].endswith(str(world["run"].id))
    assert said["object"]["definition"]["name"] == {"vi": world["run"].name}


def test_of_a_person_without_an_account_nothing_is_told(world, session, told):
    person = make.person()
    assert len(enrol(world, person)) == 1
    assert told("registered") == []


def test_who_is_enrolled_already_is_left_as_she_is(world, session, trace, told):
    person = session.get(Person, world["enrolments"][0].person_id)
    before = (world["enrolments"][0].enrolled_at, world["enrolments"][0].status)
    assert enrol(world, person) == []
    session.expire_all()
    assert (of(session, world, person).enrolled_at, of(session, world, person).status) == before
    assert trace("class.enrol") == []
    assert told("registered") == []


def test_a_name_given_twice_is_enrolled_once(world, session):
    person = make.person()
    assert len(enrol(world, person, person)) == 1


def test_a_withdrawn_person_is_enrolled_again_under_the_same_registration(world, session, sign_in, submit, trace, told):
    enrolment, client = world["enrolments"][0], sign_in(world["officer"])
    person = session.get(Person, enrolment.person_id)
    new_unit = make.unit(make.city())
    services.withdraw(SYSTEM, world["run"].id, enrolment.id, "Chuyển công tác", at=utcnow())
    person.unit_id = new_unit.id
    session.commit()
    answer = submit(client, f"{world['url']}/enrol", {"codes": person.staff_code}, follow_redirects=True)
    assert "Đã bổ sung 1 học viên" in answer.get_data(as_text=True)
    session.expire_all()
    again = of(session, world, person)
    assert (again.id, again.status, again.unit_id) == (enrolment.id, "enrolled", new_unit.id)
    assert again.enrolled_at > utcnow() - timedelta(minutes=1)
    (entry,) = trace("class.enrol")
    assert entry.after == {"persons": [], "again": [str(person.id)]}
    assert [one["context"]["registration"] for one in told("registered")] == [str(enrolment.id)]


def test_only_who_comes_back_is_enrolled_again(world, session):
    first, second, third = world["enrolments"]
    elsewhere = make.enrolment(make.class_run(), status="withdrawn")
    for enrolment in (first, second):
        services.withdraw(SYSTEM, world["run"].id, enrolment.id, "Ốm", at=utcnow())
    services.conclude(SYSTEM, third.id, "completed", at=utcnow())
    enrol(world, session.get(Person, first.person_id))
    session.expire_all()
    assert [row.status for row in (first, second, third, elsewhere)] == [
        "enrolled", "withdrawn", "completed", "withdrawn",
    ]  # fmt: skip


def test_a_withdrawn_person_needs_a_place_to_come_back(world, session):
    services.withdraw(SYSTEM, world["run"].id, world["enrolments"][0].id, "Ốm", at=utcnow())
    world["run"].capacity = 2
    session.commit()
    with refused("class-full"):
        enrol(world, session.get(Person, world["enrolments"][0].person_id))
    world["run"].capacity = 3
    session.commit()
    assert len(enrol(world, session.get(Person, world["enrolments"][0].person_id))) == 1


def test_a_withdrawn_person_who_is_in_another_class_now_does_not_come_back(world, session):
    person = session.get(Person, world["enrolments"][0].person_id)
    services.withdraw(SYSTEM, world["run"].id, world["enrolments"][0].id, "Ốm", at=utcnow())
    make.enrolment(make.class_run(world["institution"]), person)
    session.commit()
    with refused("two-classes"):
        enrol(world, person)


def test_a_list_of_people_who_are_all_there_is_no_success(world, session, sign_in, submit):
    person = session.get(Person, world["enrolments"][0].person_id)
    answer = submit(
        sign_in(world["officer"]), f"{world['url']}/enrol", {"codes": person.staff_code}, follow_redirects=True
    )
    html = answer.get_data(as_text=True)
    assert "Đã bổ sung" not in html
    assert "1 học viên trong danh sách đã có trong lớp từ trước" in html
    assert "notice-success" not in html


def test_a_list_of_new_and_known_people_says_both(world, session, sign_in, submit):
    known, fresh = session.get(Person, world["enrolments"][0].person_id), make.person()
    session.commit()
    codes = {"codes": f"{known.staff_code}\n{fresh.staff_code}"}
    html = submit(sign_in(world["officer"]), f"{world['url']}/enrol", codes, follow_redirects=True).get_data(
        as_text=True
    )
    assert "Đã bổ sung 1 học viên" in html
    assert "1 học viên trong danh sách đã có trong lớp từ trước" in html


def test_a_withdrawn_trainee_leaves_a_place(world, session):
    world["run"].capacity = 3
    session.commit()
    with refused("class-full"):
        enrol(world, make.person())
    services.withdraw(SYSTEM, world["run"].id, world["enrolments"][0].id, "Ốm", at=utcnow())
    assert len(enrol(world, make.person())) == 1


def test_somebody_who_has_completed_keeps_her_place(world, session):
    world["run"].capacity = 3
    services.conclude(SYSTEM, world["enrolments"][0].id, "completed", at=utcnow())
    with refused("class-full"):
        enrol(world, make.person())


@pytest.mark.parametrize(("places", "wanted", "enrolled"), [(2, 2, True), (2, 3, False), (0, 1, False), (0, 0, True)])
def test_all_or_none_are_enrolled_as_places_go(world, session, places, wanted, enrolled):
    world["run"].capacity = 3 + places
    session.commit()
    people = [make.person() for _ in range(wanted)]
    if enrolled:
        assert len(enrol(world, *people)) == wanted
    else:
        with pytest.raises(DomainError) as full:
            enrol(world, *people)
        assert full.value.code == "class-full"
        assert str(full.value.message) == (f"Lớp còn {places} chỗ." if places else "Lớp đã đủ học viên.")
    count = select(func.count()).select_from(Enrolment).where(Enrolment.class_id == world["run"].id)
    assert session.scalar(count) == 3 + (wanted if enrolled else 0)


@pytest.mark.parametrize(
    ("days", "serves"), [(-400, False), (-1, False), (0, False), (1, True), (30, True), (None, True)]
)
@pytest.mark.parametrize("door", ["codes", "ids"])
def test_only_people_in_service_are_enrolled(world, session, days, serves, door):
    person = make.person(left_on=None if days is None else make.today() + timedelta(days=days))
    session.commit()

    def do():
        if door == "codes":
            return services.enrol_by_codes(SYSTEM, world["run"].id, person.staff_code, at=utcnow()).enrolled
        return len(enrol(world, person))

    if serves:
        assert do() == 1
    else:
        with refused("unknown-codes" if door == "codes" else "left-service"):
            do()


@pytest.mark.parametrize(
    ("start", "end", "status", "enrolment", "bars"),
    [
        ((2026, 12, 18), (2026, 12, 18), "running", "enrolled", True),
        ((2026, 11, 2), (2026, 11, 2), "planned", "enrolled", True),
        ((2026, 12, 19), (2027, 1, 9), "running", "enrolled", False),
        ((2026, 10, 1), (2026, 11, 1), "running", "enrolled", False),
        ((2026, 11, 10), (2026, 11, 12), "finished", "enrolled", False),
        ((2026, 11, 10), (2026, 11, 12), "cancelled", "enrolled", False),
        ((2026, 11, 10), (2026, 11, 12), "running", "withdrawn", False),
        ((2026, 11, 10), (2026, 11, 12), "running", "completed", False),
    ],
)
def test_another_class_bars_exactly_when_it_runs_at_the_same_time(world, session, start, end, status, enrolment, bars):
    """mục IV.4."""
    person, bystander = make.person(), make.person()
    days = {"starts_on": date(*start), "ends_on": date(*end)}
    other = make.class_run(version_id=make.version("B1").id, status=status, name="Lớp khác", **days)
    make.enrolment(other, person, status=enrolment)
    make.enrolment(make.class_run(), bystander)
    session.commit()
    if not bars:
        assert len(enrol(world, person)) == 1
        return
    with pytest.raises(DomainError) as barred:
        enrol(world, make.person(), person)
    words = str(barred.value.message)
    assert barred.value.code == "two-classes"
    for part in ("Lớp khác", person.staff_code, person.full_name, other.starts_on.strftime("%d/%m/%Y")):
        assert part in words


def test_the_same_class_bars_nobody_from_itself(world, session):
    assert enrol(world, session.get(Person, world["enrolments"][0].person_id), make.person())


@pytest.mark.parametrize("text", [" ", ",;\n", "\t"])
def test_a_list_without_codes_is_refused(world, text):
    with refused("no-codes"):
        services.enrol_by_codes(SYSTEM, world["run"].id, text, at=utcnow())


def test_at_most_twenty_unknown_codes_are_named(world):
    with pytest.raises(DomainError) as unknown:
        services.enrol_by_codes(SYSTEM, world["run"].id, "\n".join(f"X{n:03}" for n in range(30)), at=utcnow())
    assert unknown.value.status == 422
    assert "X019" in str(unknown.value.message)
    assert "X020" not in str(unknown.value.message)


@pytest.mark.parametrize("status", ["withdrawn", "completed", "failed"])
def test_only_who_is_studying_can_be_withdrawn(world, session, sign_in, post, trace, status):
    enrolment = world["enrolments"][0]
    enrolment.status = status
    session.commit()
    answer = post(
        sign_in(world["staff"]), f"{world['url']}/enrolments/{enrolment.id}/withdraw", {"reason": "Chuyển công tác"}
    )
    assert answer.status_code == 409
    assert trace("class.withdraw") == []
    session.refresh(enrolment)
    assert enrolment.status == status


def test_withdrawing_is_traced_with_its_reason_and_told(world, session, trace, told):
    enrolment = world["enrolments"][0]
    services.withdraw(SYSTEM, world["run"].id, enrolment.id, "Chuyển công tác", at=utcnow())
    (entry,) = trace("class.withdraw")
    assert (entry.before, entry.after) == (
        {"status": "enrolled"}, {"status": "withdrawn", "reason": "Chuyển công tác"},
    )  # fmt: skip
    assert [one["context"]["registration"] for one in told("withdrew")] == [str(enrolment.id)]


def test_a_withdrawn_trainee_is_on_no_list_to_work_with(world, session, sign_in, essay):
    enrolment = world["enrolments"][0]
    submission = essay(enrolment)
    person = session.get(Person, enrolment.person_id)
    client = sign_in(world["staff"])
    session.commit()
    pages = {"page": world["url"], "sheet": f"{world['url']}/sessions/{world['meeting'].id}/attendance",
             "essays": f"{world['url']}/essays"}  # fmt: skip
    assert all(person.staff_code in client.get(url).get_data(as_text=True) for url in pages.values())
    services.withdraw(SYSTEM, world["run"].id, enrolment.id, "Ốm", at=utcnow())
    shown = {name for name, url in pages.items() if person.staff_code in client.get(url).get_data(as_text=True)}
    assert shown == {"page"}, "she stays on the class's page, as withdrawn"
    assert client.get(f"{world['url']}/essays/{submission.id}").status_code == 404
    assert "2/60" in client.get(world["url"]).get_data(as_text=True)
