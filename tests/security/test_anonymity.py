"""The attacker: she has the database, its files and write-ahead log, the key folder and the logs after closing.

Each seed is a class of eight whose every trainee writes one comment. The attacker orders the people and the comments by
everything she can see, and matches them; by chance one of eight is right on average. Beside them, one has withdrawn,
two do not answer, one hands in a form on paper (whose words she knows), and two missed a topic: she uses all of it. A
deliberately leaking variant of the same run shows that she would notice.
"""

import contextlib
import logging
import random
import uuid
from collections.abc import Iterator
from math import sqrt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from lms import create_app
from lms.classes import services as classes
from lms.classes.models import Attendance
from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM, Actor
from lms.people.models import Account
from lms.surveys import ballots
from lms.surveys.models import Participation, Survey
from lms.surveys.queries import rights
from lms.surveys.services import evaluations, paper
from tests import factories as make
from tests.conftest import _settings, make_database

PEOPLE, SEEDS = 8, 40
KNOWN = "known"
CHANCE = SEEDS
"""Right guesses to expect: one a class, whatever its size."""
FAR = CHANCE + 5 * sqrt(CHANCE)


@pytest.fixture(scope="module")
def product() -> Iterator[Any]:
    """A product whose transactions are really committed."""
    app = create_app(_settings(make_database(f"lms_attack_{uuid.uuid4().hex[:8]}")))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


class Class:
    """A class whose trainees answer in random order; the truth is known to the test alone."""

    def __init__(self, keys: Any, chance: random.Random) -> None:
        self.keys = keys
        institution = make.institution()
        run = make.class_run(institution)
        topic, lecturer = make.topics(run)[0], make.person(institution)
        make.teaching(run, topic, lecturer)
        everybody = [make.trainee() for _ in range(PEOPLE + 4)]
        enrolled = [make.enrolment(run, db.session.get(make.Person, one.person_id)) for one in everybody]
        held = make.class_session(run, lecturer, topic_id=topic.id, attendance_taken_at=utcnow())
        for number, one in enumerate(enrolled):
            status = "absent" if number < 2 else "present"
            make.add(Attendance(session_id=held.id, enrolment_id=one.id, status=status, recorded_at=utcnow()))
        enrolled[-1].status = "withdrawn"
        db.session.commit()
        classes.finish_class(SYSTEM, run.id, reason="Thử", at=utcnow())
        self.survey_id = db.session.scalars(select(Survey.id).where(Survey.class_id == run.id)).one()
        self.truth: dict[uuid.UUID, str] = {}
        accounts = everybody[:PEOPLE]
        chance.shuffle(accounts)
        self._on_paper(everybody[PEOPLE])
        for account, size in zip(accounts, chance.sample(range(1, 31), PEOPLE), strict=True):
            self._answer(account, size, chance)

    def _answer(self, account: Account, size: int, chance: random.Random) -> None:
        form = rights.form_of(self.survey_id, account.person_id)
        assert form is not None and account.person_id is not None
        points = {one.name: [str(chance.randint(4, 5))] for one in form.questions if one.item.kind == "scale"}
        said = "".join(uuid.UUID(int=chance.getrandbits(128)).hex for _ in range(size))
        actor = Actor(account_id=account.id, person_id=account.person_id, name="x")
        evaluations.answer(
            actor, self.survey_id, make.filled_form(form) | points | {"eff-comment": [said]}, at=utcnow()
        )
        self.truth[account.person_id] = said

    def _on_paper(self, account: Account) -> None:
        form = rights.form_of(self.survey_id, account.person_id)
        assert form is not None and account.person_id is not None
        paper.hand_in(SYSTEM, self.survey_id, [account.person_id], at=utcnow())
        fields = make.filled_form(form, eff_comment=f"{KNOWN} to whoever typed it in")
        paper.type_in(SYSTEM, self.survey_id, fields, at=utcnow())

    def close(self) -> None:
        evaluations.close(SYSTEM, self.survey_id, keys=self.keys, at=utcnow())
        evaluations.forget_key(self.survey_id, keys=self.keys)


# -- what she sees ----------------------------------------------------------------------------------------------------


_SENT = "FROM participations p WHERE p.survey_id = :id AND p.answered AND NOT p.on_paper"
_SAID = f"FROM ballots.comments WHERE survey_id = :id AND item = 'eff-comment' AND text NOT LIKE '{KNOWN}%'"
PEOPLE_BY: dict[str, str] = {
    "place": f"SELECT p.person_id {_SENT} ORDER BY p.ctid",
    "transaction": f"SELECT p.person_id {_SENT} ORDER BY p.xmin::text::bigint",
    "id": f"SELECT p.person_id {_SENT} ORDER BY p.person_id",
    "enrolment": f"SELECT p.person_id {_SENT} ORDER BY p.enrolment_id",
    "statement": f"SELECT p.person_id {_SENT} ORDER BY (SELECT s.seq FROM statements s "
    "WHERE s.raw LIKE '%' || p.enrolment_id || '%' AND s.raw LIKE '%evaluated%')",
    "name": f"SELECT p.person_id {_SENT} ORDER BY (SELECT w.search_text FROM persons w WHERE w.id = p.person_id)",
    "attendance": f"SELECT p.person_id {_SENT} ORDER BY (SELECT min(w.status) FROM attendance w "
    "WHERE w.enrolment_id = p.enrolment_id), p.ctid",
    "box": f"SELECT p.person_id {_SENT} ORDER BY (SELECT (s.size, s.id) FROM seen s WHERE s.xid = p.xmin::text)",
    "place of the box": f"SELECT p.person_id {_SENT} ORDER BY (SELECT s.place FROM seen s WHERE s.xid = p.xmin::text)",
}
COMMENTS_BY: dict[str, str] = {
    "place": f"SELECT text {_SAID} ORDER BY ctid",
    "transaction": f"SELECT text {_SAID} ORDER BY xmin::text::bigint, ctid DESC",
    "id": f"SELECT text {_SAID} ORDER BY id",
    "length": f"SELECT text {_SAID} ORDER BY length(text)",
}


def watch(survey_id: uuid.UUID) -> None:
    """She was there before closing too, and remembers which transaction wrote which box, and how large it was."""
    db.session.execute(text("CREATE TABLE IF NOT EXISTS seen (xid text, id uuid, size int, place tid)"))
    db.session.execute(
        text("INSERT INTO seen SELECT xmin::text, id, length(box), ctid FROM ballots.sealed WHERE survey_id = :id"),
        {"id": survey_id},
    )
    db.session.commit()


def right_guesses(one: Class) -> dict[tuple[str, str], int]:
    """Match people and comments in every pair of orders; returns how many were right."""
    people = {name: list(db.session.scalars(text(sql), {"id": one.survey_id})) for name, sql in PEOPLE_BY.items()}
    said = {name: list(db.session.scalars(text(sql), {"id": one.survey_id})) for name, sql in COMMENTS_BY.items()}
    assert all(len(listed) == PEOPLE for listed in (*people.values(), *said.values()))
    return {
        (who, what): sum(one.truth[person] == comment for person, comment in zip(ones, others, strict=True))
        for who, ones in people.items()
        for what, others in said.items()
    }


def attack(product: Any, *, seeds: int = SEEDS) -> dict[tuple[str, str], int]:
    """Run all seeds; returns the right guesses of each strategy."""
    keys = product.config["SETTINGS"].keys_dir
    totals: dict[tuple[str, str], int] = {}
    for seed in range(seeds):
        one = Class(keys, random.Random(seed))
        watch(one.survey_id)
        one.close()
        for strategy, right in right_guesses(one).items():
            totals[strategy] = totals.get(strategy, 0) + right
    return totals


# -- the attacks ------------------------------------------------------------------------------------------------------


def test_no_order_place_transaction_or_length_matches_people_and_answers_better_than_chance(product):
    totals = attack(product)
    best = max(totals, key=lambda strategy: totals[strategy])
    assert totals[best] < FAR, (best, totals)


def test_the_attacker_would_notice_answers_that_are_not_shuffled(product, monkeypatch):
    class Lazy:
        def shuffle(self, rows: list[Any]) -> None:
            del rows

    monkeypatch.setattr(ballots.random, "SystemRandom", Lazy)
    totals = attack(product, seeds=3)
    assert max(totals.values()) >= 3 * PEOPLE * 0.6


def test_the_attacker_would_notice_boxes_of_different_sizes(product, monkeypatch):
    monkeypatch.setattr(ballots, "CAPACITY", 4)
    monkeypatch.setattr(ballots, "_fits", lambda packed: True)
    totals = attack(product, seeds=3)
    assert totals["box", "length"] >= 3 * PEOPLE * 0.6


def _everywhere() -> Iterator[tuple[str, bytes]]:
    """Give every file of the database server, its write-ahead log included, as it lies on the disk."""
    db.session.execute(text("CHECKPOINT"))
    folder = str(db.session.scalar(text("SHOW data_directory")))
    for path in Path(folder).rglob("*"):
        if path.is_file():
            with contextlib.suppress(FileNotFoundError):
                yield str(path), path.read_bytes()


def _found(*needles: bytes) -> list[str]:
    return [path for path, content in _everywhere() if any(needle in content for needle in needles)]


def test_before_closing_no_file_of_the_database_holds_an_answer_and_afterwards_none_holds_the_key(product):
    keys = product.config["SETTINGS"].keys_dir
    one = Class(keys, random.Random(99))
    said = [words.encode()[:32] for words in one.truth.values()]
    assert _found(*said) == []
    private = (keys / f"{one.survey_id}.key").read_bytes()
    assert _found(private, private.hex().encode()) == []
    one.close()
    assert not list(keys.glob(f"{one.survey_id}*"))
    assert _found(private, private.hex().encode()) == []
    assert _found(*said), "the attacker's search would have found them"


def test_while_open_all_boxes_have_one_size_and_equal_answers_differ(product):
    one = Class(product.config["SETTINGS"].keys_dir, random.Random(7))
    boxes = list(
        db.session.scalars(text("SELECT box FROM ballots.sealed WHERE survey_id = :id"), {"id": one.survey_id})
    )
    assert len({bytes(box) for box in boxes}) == PEOPLE + 1
    assert len({len(box) for box in boxes}) == 1


def test_after_closing_nothing_is_left_that_counts_fewer_than_five_or_belongs_to_one_form(product):
    one = Class(product.config["SETTINGS"].keys_dir, random.Random(8))
    one.close()
    assert (
        db.session.scalar(text("SELECT count(*) FROM ballots.sealed WHERE survey_id = :id"), {"id": one.survey_id}) == 0
    )
    smallest = db.session.scalar(
        text("SELECT min(n) FROM ballots.tallies WHERE survey_id = :id"), {"id": one.survey_id}
    )
    assert smallest >= 5
    columns = db.session.execute(
        text("SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'ballots'")
    ).all()
    assert not any("time" in kind or kind in ("date", "interval") for _name, kind in columns)
    assert not {name for name, _kind in columns} & {"person_id", "enrolment_id", "account_id", "response_id", "form_id"}


def test_neither_audit_jobs_statements_nor_logs_say_what_was_answered(product, caplog):
    with caplog.at_level(logging.DEBUG):
        one = Class(product.config["SETTINGS"].keys_dir, random.Random(9))
        one.close()
    said = {words[:32] for words in one.truth.values()}
    tables = db.session.execute(
        text("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public'")
    ).scalars()
    for table in tables.all():
        rows = db.session.execute(text(f"SELECT t::text FROM {table} t")).scalars()
        assert not any(words in row for row in rows for words in said), table
    assert not any(words in record.getMessage() for record in caplog.records for words in said)
    answered = select(Participation.answered).where(Participation.survey_id == one.survey_id)
    assert sorted(db.session.scalars(answered)) == [False] * 2 + [True] * (PEOPLE + 1)
