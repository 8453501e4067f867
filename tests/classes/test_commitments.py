"""Nobody is in two classes at one time (mục IV.4): what the database itself refuses, and what follows an enrolment."""

import threading
import uuid
from datetime import date

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from lms.classes import services
from lms.classes.models import Commitment
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM
from tests import factories as make


def _row(person, starts_on, ends_on, *, holds=True):
    return Commitment(
        id=uuid.uuid4(), person_id=person.id, title="Lớp ngoài Đề án", starts_on=starts_on, ends_on=ends_on, holds=holds
    )


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "fits"),
    [
        (date(2027, 3, 5), date(2027, 3, 6), False),  # case 1: contained
        (date(2027, 2, 1), date(2027, 4, 30), False),  # case 2: spanning
        (date(2027, 3, 31), date(2027, 4, 2), False),  # case 3: the day on which the other ends
        (date(2027, 4, 1), date(2027, 4, 2), True),  # case 3: the day after
        (date(2027, 2, 1), date(2027, 2, 28), True),
    ],
)
def test_the_database_refuses_two_at_one_time(starts_on, ends_on, fits, session):
    person, other = make.person(), make.person()
    make.add(_row(person, date(2027, 3, 1), date(2027, 3, 31)))
    make.add(_row(other, starts_on, ends_on))
    if fits:
        make.add(_row(person, starts_on, ends_on))
        return
    with pytest.raises(IntegrityError, match="one_class_at_a_time"), session.begin_nested():
        make.add(_row(person, starts_on, ends_on))
    make.add(_row(person, starts_on, ends_on, holds=False))


def _held(session, run):
    return dict(
        session.execute(select(Commitment.person_id, Commitment.holds).where(Commitment.class_id == run.id)).all()
    )


def test_a_commitment_follows_its_enrolment_and_its_class(session):
    run, one, two = make.class_run(), make.person(), make.person()
    session.commit()
    first, _second = services.enrol(SYSTEM, run.id, [one.id, two.id], at=utcnow())
    assert _held(session, run) == {one.id: True, two.id: True}
    services.withdraw(SYSTEM, run.id, first, "chuyển công tác", at=utcnow())
    assert _held(session, run) == {one.id: False, two.id: True}
    services.finish_class(SYSTEM, run.id, at=utcnow(), reason="thử")
    assert _held(session, run) == {one.id: False, two.id: False}
    services.reopen_class(SYSTEM, run.id, "nhầm", at=utcnow())
    assert _held(session, run) == {one.id: False, two.id: True}


def test_who_has_completed_is_free_and_held_again_when_it_is_taken_back(session):
    run, one, two = make.class_run(), make.person(), make.person()
    session.commit()
    registrations = services.enrol(SYSTEM, run.id, [one.id, two.id], at=utcnow())
    services.conclude_all(SYSTEM, registrations, "completed", at=utcnow())
    assert _held(session, run) == {one.id: False, two.id: False}
    make.add(_row(two, run.ends_on, run.ends_on))
    services.conclude_all(SYSTEM, registrations, "enrolled", at=utcnow())
    assert _held(session, run) == {one.id: True, two.id: False}


def test_a_class_of_another_scheme_bars_in_words(session):
    run, person = make.class_run(), make.person()
    make.add(_row(person, run.ends_on, run.ends_on))
    session.commit()
    with pytest.raises(DomainError) as barred:
        services.enrol(SYSTEM, run.id, [person.id], at=utcnow())
    assert barred.value.code == "two-classes" and "Lớp ngoài Đề án" in str(barred.value.message)


def test_a_class_is_not_opened_again_onto_another_of_its_trainees(session):
    run, person = make.class_run(), make.person()
    session.commit()
    services.enrol(SYSTEM, run.id, [person.id], at=utcnow())
    services.finish_class(SYSTEM, run.id, at=utcnow(), reason="thử")
    make.add(_row(person, run.starts_on, run.starts_on))
    session.commit()
    with pytest.raises(DomainError) as barred:
        services.reopen_class(SYSTEM, run.id, "nhầm", at=utcnow())
    assert barred.value.code == "two-classes" and person.full_name in str(barred.value.message)


def test_no_number_of_clerks_brings_anybody_into_two(real):
    """Case 4: eight clients write at once past every look of an act; exactly one stands a person."""
    from lms.core.database import db

    with real.app_context():
        office = make.unit(make.city(), code=f"O{uuid.uuid4().hex[:10]}")
        people = [make.person(office, staff_code=f"K{uuid.uuid4().hex[:10].upper()}").id for _ in range(3)]
        db.session.commit()
    refused = []
    start = threading.Barrier(8)

    def write(number):
        with real.app_context():
            start.wait()
            for person_id in people if number % 2 else reversed(people):
                row = {"id": uuid.uuid4(), "person_id": person_id, "title": str(number), "holds": True}
                try:
                    db.session.add(Commitment(**row, starts_on=date(2027, 5, number + 1), ends_on=date(2027, 5, 20)))
                    db.session.commit()
                except IntegrityError:
                    db.session.rollback()
                    refused.append(number)

    clerks = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for clerk in clerks:
        clerk.start()
    for clerk in clerks:
        clerk.join()
    with real.app_context():
        stand = select(Commitment.person_id, func.count()).where(Commitment.person_id.in_(people)).group_by(text("1"))
        assert dict(db.session.execute(stand).all()) == dict.fromkeys(people, 1)
        db.session.execute(text("DELETE FROM commitments WHERE person_id = ANY(:ids)"), {"ids": people})
        db.session.commit()
    assert len(refused) == 8 * 3 - 3
