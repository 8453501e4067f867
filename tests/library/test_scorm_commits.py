"""What SCORM units commit: kept in order, never overtaken, said in statements."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from lms.core.database import db
from lms.library import queries
from lms.library.models import ScormCommit, ScormState
from lms.packages.structure import Unit

INCOMPLETE = {"cmi": {"core": {"lesson_status": "incomplete", "lesson_location": "3"}, "suspend_data": "abc"}}
PASSED = {
    "cmi": {
        "core": {
            "lesson_status": "passed",
            "score": {"raw": "90", "min": "0", "max": "100"},
            "session_time": "00:05:00",
        },
        "suspend_data": "xyz",
    }
}


@pytest.fixture
def version(session: Any, package: Any) -> Any:
    items = tuple(Unit("sco", name, {"vi": f"Bài {name}"}, f"{name}.html") for name in ("MOT", "HAI"))
    root = Unit("course", "ORG", {"vi": "Khóa học"}, properties={"edition": "1.2"}, children=items)
    return package(root, kind="scorm12", files={"MOT.html": b"1", "HAI.html": b"2"})


def launch(play: Any, version: Any, **kw: Any) -> Any:
    return play(version, name="ORG", **kw)


def send(played: Any, unit: str, sequence: int, cmi: Any, **more: Any) -> Any:
    return played.post("_khue/commit", json={"unit": unit, "sequence": sequence, "cmi": cmi, "course": None} | more)


def verbs(played: Any) -> list[str]:
    raws = db.session.execute(text("SELECT raw FROM statements ORDER BY seq")).scalars()
    said = [json.loads(raw) for raw in raws]
    mine = [one for one in said if one["context"].get("registration") == str(played.registration.id)]
    return [one["verb"]["id"].rsplit("/", 1)[1] for one in mine]


def test_commits_are_kept_and_the_latest_is_given_back(version: Any, play: Any) -> None:
    played = launch(play, version)
    assert send(played, "MOT", 1, INCOMPLETE).json == {"sequence": 1}
    assert send(played, "MOT", 2, PASSED, course={"tree": 1}).json == {"sequence": 2}
    rows = {row.identifier: row for row in db.session.query(ScormState)}
    assert rows["MOT"].data == PASSED and rows["MOT"].sequence == 2 and rows[""].data == {"tree": 1}
    assert db.session.query(ScormCommit).count() == 2


def test_what_is_older_is_refused(version: Any, play: Any) -> None:
    played = launch(play, version)
    send(played, "MOT", 5, PASSED)
    for sequence in (5, 4, 1):
        answer = send(played, "MOT", sequence, INCOMPLETE)
        assert answer.status_code == 409 and answer.json["error"] == "stale"
    assert send(played, "MOT", 5, PASSED).json == {"sequence": 5}
    assert db.session.query(ScormState).one().data == PASSED


def test_an_older_window_is_refused_once_another_is_open(version: Any, play: Any) -> None:
    first = launch(play, version)
    send(first, "MOT", 1, INCOMPLETE)
    second = launch(play, version)
    assert send(second, "MOT", 2, PASSED).status_code == 200
    assert send(first, "MOT", 3, INCOMPLETE).status_code == 409
    assert db.session.query(ScormState).one().data == PASSED


def test_the_course_is_done_when_all_its_units_are(version: Any, play: Any) -> None:
    played = launch(play, version)
    send(played, "MOT", 1, PASSED)
    states = queries.states(played.registration.id)
    (one,) = [state for state in states.values() if state.passed_at]
    assert one.satisfied_at and one.score == pytest.approx(0.9) and one.seconds == 300
    assert played.registration.satisfied_at is None
    send(played, "HAI", 2, PASSED)
    assert played.registration.satisfied_at is not None
    assert "passed" in verbs(played) and verbs(played).count("satisfied") == 1


def test_looking_around_keeps_nothing(version: Any, play: Any) -> None:
    played = launch(play, version, mode="Browse")
    assert send(played, "MOT", 1, PASSED).status_code == 200
    assert db.session.query(ScormState).count() == 0 and verbs(played) == []


BAD = [
    {"unit": "BA"},
    {"unit": 3},
    {"sequence": "1"},
    {"sequence": -1},
    {"sequence": True},
    {"sequence": 2**60},
    {"cmi": []},
    {"cmi": None},
    {"course": []},
    {"unit": "MOT\0"},
    {"unit": "MOT\ud83d"},
    {"cmi": {"cmi": {"core": {"lesson_status": float("nan")}}}},
    {"cmi": {"cmi": {"core": {"score": {"raw": float("inf")}}}}},
    {"cmi": {"cmi": {"core": "x"}}},
    {"cmi": {"cmi": {"suspend_data": "x" * 5_000_000}}},
]


@pytest.mark.parametrize("change", BAD, ids=[str(one)[:40] for one in BAD])
def test_bad_commits_are_refused_and_leave_nothing(version: Any, play: Any, change: dict[str, Any]) -> None:
    played = launch(play, version)
    sent = {"unit": "MOT", "sequence": 1, "cmi": INCOMPLETE, "course": None} | change
    assert played.post("_khue/commit", json=sent).status_code == 400
    assert db.session.query(ScormState).count() == db.session.query(ScormCommit).count() == 0


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"\xff\xfe"])
def test_what_is_no_commit_is_refused(version: Any, play: Any, body: bytes) -> None:
    played = launch(play, version)
    assert played.post("_khue/commit", data=body, content_type="application/json").status_code == 400


ODD = ["trang 7 \ud83d", "\ude00\ud83d", "a\0b", "\ufdd0", "\ufdd00000", "\U0001f600", "\u2028 </script>", "1" * 400]


@pytest.mark.parametrize("value", ODD, ids=ascii)
def test_what_no_text_may_hold_comes_back_as_it_was(version: Any, play: Any, value: str) -> None:
    """Of ``LZString.compress`` and its like; it was answered 500, and said to be saved once the line is back."""
    first = launch(play, version)
    core = {"lesson_status": "completed", "lesson_location": value}
    answers = {"0": {"id": value or "a", "type": "fill-in", "student_response": value, "result": "correct"}}
    cmi = {"cmi": {"core": core, "suspend_data": value, "comments": value, "interactions": answers, value: value}}
    assert send(first, "MOT", 1, cmi, course={"tree": {value: value}}).json == {"sequence": 1}
    assert send(first, "MOT", 1, cmi).json == {"sequence": 1}
    page = launch(play, version).get("_khue/play")
    config = json.loads(page.text.split('id="khue">')[1].split("</script>")[0])
    assert config["state"]["MOT"]["cmi"] == cmi and config["course"] == {"tree": {value: value}}
    assert "completed" in verbs(first)


@pytest.mark.parametrize(
    "body", [b'{"a":' * 100_000, b'{"cmi": ' + b"9" * 5000 + b"}", b"[" * 100_000 + b"]" * 100_000]
)
def test_what_nests_or_counts_without_end_is_refused(version: Any, play: Any, body: bytes) -> None:
    assert launch(play, version).post("_khue/commit", data=body).status_code == 400


def test_a_state_that_nests_as_deep_as_can_be_read_is_kept_or_refused(version: Any, play: Any) -> None:
    played = launch(play, version)
    for sequence, depth in enumerate((50, 400, 900, 3000), 1):
        nested = '{"a":' * depth + '"\\ud83d"' + "}" * depth
        body = f'{{"unit":"MOT","sequence":{sequence},"course":null,"cmi":{{"cmi":{nested}}}}}'
        assert played.post("_khue/commit", data=body).status_code in (200, 400)


FAILED = {"cmi": {"completion_status": "completed", "success_status": "failed"}}
DONE = {"cmi": {"completion_status": "completed", "success_status": "passed"}}


def whole(played: Any) -> Any:
    db.session.expire_all()
    return queries.states(played.registration.id).get(queries.units(played.registration.version_id)[0].id)


@pytest.fixture
def newer(session: Any, package: Any) -> Any:
    items = tuple(Unit("sco", name, {"vi": f"Bài {name}"}, f"{name}.html") for name in ("MOT", "HAI"))
    root = Unit("course", "ORG", {"vi": "Khóa học"}, properties={"edition": "2004 4th"}, children=items)
    return package(root, kind="scorm2004", files={"MOT.html": b"1", "HAI.html": b"2"})


def test_a_course_is_done_by_its_rollup_although_its_pretest_was_failed(newer: Any, play: Any) -> None:
    played = launch(play, newer)
    send(played, "MOT", 1, FAILED, course={"rollup": {"completed": None, "satisfied": None}}, final=True)
    assert whole(played).satisfied_at is None
    send(played, "HAI", 2, DONE, course={"rollup": {"completed": True, "satisfied": True}}, final=True)
    assert whole(played).passed_at and whole(played).satisfied_at
    assert verbs(played).count("satisfied") == 1


def test_a_course_that_its_rollup_calls_failed_waits_until_it_says_otherwise(newer: Any, play: Any) -> None:
    played = launch(play, newer)
    failed = {"rollup": {"completed": True, "satisfied": False}}
    send(played, "MOT", 1, DONE, course=failed, final=True)
    send(played, "HAI", 2, DONE, course=failed, final=True)
    assert whole(played).failed_at and whole(played).satisfied_at is None
    send(played, "HAI", 3, DONE, course={"rollup": {"completed": True, "satisfied": True}}, final=True)
    assert whole(played).failed_at is None and whole(played).satisfied_at


@pytest.mark.parametrize("said", [None, 1, [], "x", {}, {"completed": "yes", "satisfied": 1}], ids=str)
def test_a_rollup_that_says_nothing_changes_nothing(newer: Any, play: Any, said: Any) -> None:
    played = launch(play, newer)
    for number, unit in enumerate(("MOT", "HAI"), 1):
        assert send(played, unit, number, DONE, course={"rollup": said}, final=True).status_code == 200
    assert whole(played).passed_at is None and whole(played).satisfied_at
