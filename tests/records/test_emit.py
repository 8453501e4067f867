"""What the product says: every statement fits the profile, is stored with the act's commit and never twice."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms.core.database import act
from lms.records import queries as records
from lms.records import vocabulary
from lms.records.emit import Activity, build, emit
from lms.records.models import Mention, Statement, stored_at
from lms.records.parameters import StatementQuery
from lms.records.shapes import mention

AT = datetime(2026, 11, 20, 1, 30, 0, 250000, tzinfo=UTC)
LESSON = Activity("lesson", "A2.1/m1/01", {"vi": "Khái niệm đô thị thông minh", "en": "What a smart city is"})


def said(session: Any, statement_id: UUID) -> dict[str, Any]:
    return json.loads(session.scalar(select(Statement.raw).where(Statement.id == statement_id)))


def say(**values: Any) -> UUID:
    defaults: dict[str, Any] = {
        "learner": uuid4(),
        "verb": "completed",
        "activity": LESSON,
        "registration": uuid4(),
        "at": AT,
    }
    return emit(**(defaults | values))


def test_a_statement_is_stored_with_the_commit_as_it_will_be_answered(session):
    learner, registration, lecturer = uuid4(), uuid4(), uuid4()
    statement_id = say(
        learner=learner,
        registration=registration,
        instructor=lecturer,
        result={"completion": True, "duration": "PT25M", "score": {"scaled": 0.8, "raw": 8, "min": 0, "max": 10}},
        parent=Activity("module", "A2.1/m1"),
        grouping=[Activity("class", "A2.1-2026-001"), Activity("programme", "A2.1")],
        extensions={"progress": 100},
    )
    session.commit()
    statement = said(session, statement_id)
    assert statement["actor"] == {
        "objectType": "Agent",
        "account": {"homePage": "https://khue.example/xapi/accounts", "name": str(learner)},
    }
    assert statement["verb"]["id"] == "http://adlnet.gov/expapi/verbs/completed"
    assert statement["object"]["id"] == "https://khue.example/xapi/activities/lesson/A2.1%2Fm1%2F01"
    assert statement["object"]["definition"]["name"]["vi"] == "Khái niệm đô thị thông minh"
    context = statement["context"]
    assert context["registration"] == str(registration)
    assert context["instructor"]["account"]["name"] == str(lecturer)
    assert (context["language"], context["platform"]) == ("vi", "Khuê")
    assert [a["id"].rsplit("/", 2)[1] for a in context["contextActivities"]["grouping"]] == ["class", "programme"]
    assert context["contextActivities"]["category"][0]["id"] == vocabulary.PROFILE
    assert statement["result"]["score"]["raw"] == 8
    assert datetime.fromisoformat(statement["timestamp"]) == AT
    assert statement["version"] == "1.0.3"
    assert statement["authority"] == vocabulary.AUTHORITY
    assert abs(datetime.fromisoformat(statement["stored"]) - datetime.now(UTC)) < timedelta(minutes=5)


def test_the_mentions_hold_all_that_is_named_and_whether_it_is_direct(session):
    learner, lecturer, registration = uuid4(), uuid4(), uuid4()
    say(learner=learner, instructor=lecturer, parent=Activity("module", "m"), registration=registration)
    session.commit()
    expected = {
        ("agent", f"account|{vocabulary.ACCOUNTS}|{learner}"): True,
        ("agent", f"account|{vocabulary.ACCOUNTS}|{lecturer}"): False,
        ("agent", f"account|{vocabulary.BASE}|khue"): False,
        ("activity", LESSON.iri): True,
        ("activity", Activity("module", "m").iri): False,
        ("activity", vocabulary.PROFILE): False,
        ("verb", vocabulary.VERBS["completed"].iri): True,
        ("registration", str(registration)): True,
    }
    found = {row.mention.hex: row.direct for row in session.execute(select(Mention.mention, Mention.direct))}
    assert found == {mention(kind, name): direct for (kind, name), direct in expected.items()}


@pytest.mark.parametrize("count", [1, 60])
def test_all_statements_of_an_act_cost_one_sql_statement(session, queries, count):
    @act
    def everyone_attended() -> None:
        for _ in range(count):
            say(verb="attended", activity=Activity("session", "s1"))

    queries.clear()
    everyone_attended()
    assert len(queries) == 1
    assert session.scalar(select(func.count()).select_from(Statement)) == count


def test_statements_of_one_act_keep_their_order(session):
    ids = [say(verb=verb) for verb in ("initialized", "progressed", "completed", "passed")]
    session.commit()
    assert list(session.scalars(select(Statement.id).order_by(Statement.seq))) == ids


def test_an_act_that_fails_leaves_no_statement(session):
    @act
    def breaks() -> None:
        say()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        breaks()
    session.commit()
    assert session.scalar(select(func.count()).select_from(Statement)) == 0


def test_a_statement_within_a_savepoint_shares_its_fate(session):
    before = say()
    with session.begin_nested() as savepoint:
        say()
        with session.begin_nested():
            say()
        savepoint.rollback()
    with session.begin_nested() as savepoint:
        say()
        savepoint.rollback()
    with session.begin_nested():
        kept = say()
    session.commit()
    assert list(session.scalars(select(Statement.id).order_by(Statement.seq))) == [before, kept]


@pytest.mark.parametrize(
    "values",
    [
        {"verb": "danced"},
        {"activity": Activity("planet", "1")},
        {"extensions": {"mood": "good"}},
        {"result": {"score": {"scaled": 1.5}}},
        {"result": {"score": {"raw": 11, "min": 0, "max": 10}}},
        {"result": {"duration": "an hour"}},
    ],
)
def test_what_the_vocabulary_or_xapi_does_not_know_is_refused_at_once(session, values):
    with pytest.raises(ValueError):
        say(**values)


# -- the profile ------------------------------------------------------------------------------------------------------

DOCUMENT = json.loads((Path(__file__).parents[2] / "docs/xapi-profile.jsonld").read_text(encoding="utf-8"))


def fits_profile(statement: dict[str, Any]) -> bool:
    """Whether a statement keeps the rules of the published document (and no other source)."""
    concepts: dict[str, set[str]] = {}
    for concept in DOCUMENT["concepts"]:
        concepts.setdefault(concept["type"], set()).add(concept["id"])
    extensions = concepts["ContextExtension"] | concepts["ResultExtension"]
    used = {*statement["context"].get("extensions", {}), *statement.get("result", {}).get("extensions", {})}
    related = [a for group in statement["context"]["contextActivities"].values() for a in group]
    types = {a["definition"]["type"] for a in [statement["object"], *related] if "definition" in a}
    template = next(t for t in DOCUMENT["templates"] if t["verb"] == statement["verb"]["id"])
    places = {
        "$.actor.account.homePage": [statement["actor"]["account"]["homePage"]],
        "$.context.contextActivities.category[*].id": [
            a["id"] for a in statement["context"]["contextActivities"]["category"]
        ],
        "$.context.platform": [statement["context"]["platform"]],
        "$.object.definition.type": [statement["object"]["definition"]["type"]],
    }
    rules = all(
        places[rule["location"]]
        and set(places[rule["location"]]) <= set(rule.get("all", places[rule["location"]]))
        and (not rule.get("any") or set(places[rule["location"]]) & set(rule["any"]))
        for rule in template["rules"]
    )
    return (
        statement["verb"]["id"] in concepts["Verb"]
        and types <= concepts["ActivityType"]
        and used <= extensions
        and rules
    )


_activities = st.builds(
    Activity, st.sampled_from(sorted(vocabulary.KINDS)), st.text(min_size=1, max_size=20), st.just({"vi": "Tên"})
)


@given(
    verb=st.sampled_from(sorted(vocabulary.VERBS)),
    activity=_activities,
    parent=st.none() | _activities,
    grouping=st.lists(_activities, max_size=3),
    extensions=st.dictionaries(st.sampled_from(sorted(vocabulary.EXTENSIONS)), st.integers(0, 100), max_size=3),
    registration=st.none() | st.uuids(),
)
def test_every_statement_the_product_can_make_fits_the_published_profile(
    verb, activity, parent, grouping, extensions, registration
):
    statement = build(
        learner=uuid4(),
        verb=verb,
        activity=activity,
        registration=registration,
        at=AT,
        parent=parent,
        grouping=grouping,
        extensions=extensions,
        result={"extensions": extensions} if extensions else None,
    )
    assert fits_profile(statement)
    assert statement["object"]["id"].isascii() and " " not in statement["object"]["id"]


def test_the_published_profile_is_the_vocabulary():
    assert vocabulary.profile_document() == DOCUMENT


def test_every_word_is_shown_in_both_languages_and_has_an_iri_of_its_own():
    for table in (vocabulary.VERBS, vocabulary.KINDS, vocabulary.EXTENSIONS):
        assert all(term.vi and term.en and term.meaning for term in table.values())
        assert len({term.iri for term in table.values()}) == len(table)


@pytest.mark.parametrize(
    ("score", "can_be"),
    [
        ({"scaled": 1}, True),
        ({"scaled": -1}, True),
        ({"scaled": 1.01}, False),
        ({"scaled": -1.01}, False),
        ({"raw": 0, "min": 0, "max": 10}, True),
        ({"raw": 10, "min": 0, "max": 10}, True),
        ({"raw": -1, "min": 0}, False),
        ({"raw": 11, "max": 10}, False),
        ({"min": 5, "max": 5}, False),
        ({"min": 0, "max": 10}, True),
        ({"raw": 7}, True),
    ],
)
def test_a_score_lies_within_its_bounds(session, score, can_be):
    """Both bounds belong to it (xAPI 1.0.3, Data 2.4.5.1)."""
    if can_be:
        assert build(learner=uuid4(), verb="passed", activity=LESSON, registration=None, at=AT, result={"score": score})
        return
    with pytest.raises(ValueError, match="score"):
        say(result={"score": score})


def test_what_is_stored_between_two_moments_is_found_between_them(session):
    """Since is exclusive, until inclusive (xAPI 1.0.3, Communication 2.1.3)."""
    for _ in range(3):
        say()
        session.commit()
    seqs = session.scalars(select(Statement.seq).order_by(Statement.seq)).all()
    first, second, third = (stored_at(seq) for seq in seqs)

    def found(**bounds):
        return [one.seq for one in records.browse(StatementQuery(ascending=True, **bounds))]

    assert found(until=second) == seqs[:2]
    assert found(since=first) == seqs[1:]
    assert found(since=first, until=second) == seqs[1:2]
    assert found(since=third) == []
    assert found(after=seqs[0]) == seqs[1:]
