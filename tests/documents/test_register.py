"""Numbers of documents: per issuing body, kind and year, from 1 without gap or double (acceptance case 38)."""

import random
import threading
import uuid

import pytest
from sqlalchemy import select

from lms import create_app
from lms.core.database import act, db, utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM
from lms.documents import register
from lms.documents.models import RegisterNumber
from lms.documents.register import Book, Carrier
from tests import factories as make
from tests.conftest import _settings, make_database


def carrier():
    return Carrier("decision", uuid.uuid4())


def give(book, **more):
    return register.give(book, lambda n: f"{n}/QĐ-SNV", carrier(), actor=SYSTEM, at=utcnow(), **more)


@pytest.fixture
def book(session):
    return Book(make.institution().id, "QĐ", 2026)


def test_case_38_fifty_signers_at_once_some_rolled_back_leave_no_gap_and_no_double():
    app = create_app(_settings(make_database(f"lms_register_{uuid.uuid4().hex[:8]}")))
    with app.app_context():
        unit = make.institution()
        db.session.commit()
        book = Book(unit.id, "QĐ", 2026)
        db.session.remove()
    fails = set(random.Random(38).sample(range(50), 17))
    together, places, signed = threading.Barrier(50), threading.Semaphore(8), []

    @act
    def sign(number):
        symbol = give(book)
        if number in fails:
            raise DomainError("broken", "")
        signed.append(symbol)

    def work(number):
        together.wait(60)
        with places, app.app_context():
            try:
                sign(number)
            except DomainError:
                pass
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    with app.app_context():
        kept = db.session.scalars(select(RegisterNumber).order_by(RegisterNumber.id)).all()
        assert [line.number for line in kept] == list(range(1, 34))
        assert [line.symbol for line in kept] == signed  # in order of signing
        assert register.upcoming(book) == 34
        assert list(register.gaps()) == []
        db.session.remove()
        db.engine.dispose()


def test_each_body_kind_and_year_counts_for_itself(session, book):
    other = Book(make.institution().id, "QĐ", 2026)
    assert [give(book), give(book), give(other)] == ["1/QĐ-SNV", "2/QĐ-SNV", "1/QĐ-SNV"]
    assert give(book._replace(year=2027)) == "1/QĐ-SNV"
    assert (
        register.give(book._replace(kind="BC"), lambda n: f"{n}/BC-SNV", carrier(), actor=SYSTEM, at=utcnow())
        == "1/BC-SNV"
    )


def test_a_number_given_elsewhere_is_entered_once_and_the_register_goes_on_after_it(session, book):
    register.enter(book, "12/QĐ-SNV", carrier(), actor=SYSTEM, at=utcnow())
    register.enter(book, "5/QĐ-SNV", carrier(), actor=SYSTEM, at=utcnow())
    register.enter(book, "12a/QĐ-SNV", carrier(), actor=SYSTEM, at=utcnow())
    with pytest.raises(DomainError, match="number-taken"):
        register.enter(book, "12/QĐ-SNV", carrier(), actor=SYSTEM, at=utcnow())
    with pytest.raises(DomainError, match="number-taken"):
        register.enter(book, "012/QĐ-SNV", carrier(), actor=SYSTEM, at=utcnow())
    assert register.upcoming(book) == 13
    assert give(book) == "13/QĐ-SNV"
    assert list(register.gaps()) == []


def test_a_symbol_from_before_the_register_is_passed_over(session, book):
    assert give(book, taken=lambda symbol: symbol.startswith(("1/", "2/"))) == "3/QĐ-SNV"


def test_a_gap_is_found(session, book):
    give(book)
    db.session.execute(db.update(register.Register).where(register.Register.unit_id == book.unit_id).values(last=3))
    give(book)
    assert list(register.gaps()) == [(book, 2), (book, 3)]
