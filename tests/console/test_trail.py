"""The audit trail in words: each action has its sentence, entries are found by who, what, kind and time, and saved."""

import ast
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask_babel import force_locale
from python_calamine import CalamineWorkbook

import lms
from lms.console.trail.phrases import ACTIONS, DETAILS, KINDS, OF_LIVES
from lms.console.trail.queries import Asked, entries
from lms.console.trail.sentences import named, sentence
from lms.console.trail.subjects import SUBJECTS, names
from lms.core import audit
from lms.core.database import act, db, utcnow
from lms.core.guard import SYSTEM, Actor
from lms.core.states import LIVES
from tests import factories as make

ROOT = Path(lms.__file__).parent
WITHOUT_NAME = {"programmes", "h5p_libraries", "statements", "trail", "file", "roster", "report_campaign"}
"""Kinds of things that are told without a name, or by their id (a year, a file)."""
COMPUTED = {"f'erasure.{state}'": {"erasure.refused", "erasure.withdrawn"}}
"""Actions that the code puts together -> those that there are."""


def _texts(node):
    match node:
        case ast.Constant():
            return {node.value}
        case ast.IfExp():
            return _texts(node.body) | _texts(node.orelse)
        case _:
            return COMPUTED[ast.unparse(node)]


def _recorded():
    """Every action that the code records, and the kind of thing it names."""
    for path in ROOT.rglob("*.py"):
        if path.name == "transitions.py":  # the moves of lives are told by their own words
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                (kind,) = _texts(node.args[2])
                yield from ((action, kind) for action in _texts(node.args[1]))


RECORDED = set(_recorded())


def test_every_action_of_the_code_has_its_sentence_and_no_sentence_is_left_over():
    assert {action for action, _kind in RECORDED} == ACTIONS.keys()
    assert {kind for kind, _words in ACTIONS.values()} == KINDS.keys()


def test_every_kind_of_thing_is_called_by_its_name():
    assert {kind for _action, kind in RECORDED} | LIVES.keys() == SUBJECTS.keys() | WITHOUT_NAME


def test_every_move_of_a_life_is_told_in_its_own_words_and_found_by_its_kind(app):
    assert LIVES.keys() == OF_LIVES.keys() and set(OF_LIVES.values()) <= KINDS.keys()
    with app.test_request_context(), force_locale("vi"):
        for life in LIVES.values():
            for move in life.moves:
                said = sentence(f"{life.kind}.{move.act}", "Lê An", "“A2.1-2026-01”", {life.column: move.to})
                assert said.startswith("Lê An") and "“A2.1-2026-01”" in said, said
                assert any(str(way.said) in said for way in life.moves if way.act == move.act), said


def test_every_sentence_is_vietnamese_and_holds_what_it_tells():
    with (ROOT / "console/translations/vi/LC_MESSAGES/messages.po").open("rb") as file:
        words = {message.id: message.string for message in read_po(file, locale="vi")}
    for _kind, said in ACTIONS.values():
        assert words[said].startswith("%(who)s đã ") and ("%(what)s" in words[said]) is ("%(what)s" in said), said
    assert len({words[said] for _kind, said in ACTIONS.values()}) == len(ACTIONS)
    assert all("%(value)s" in words[said] for said in DETAILS.values())


@pytest.mark.parametrize("kind", SUBJECTS)
def test_names_are_looked_up_and_searched_for_each_kind(session, kind):
    nobody = "00000000-0000-0000-0000-000000000000" if SUBJECTS[kind].cast == "uuid" else "999999999"
    assert names([(kind, nobody), (kind, "x'; --"), (kind, "")]) == {}
    assert entries(Asked(what="Đường ứng đặt %_"), None) == []


@act
def _note(actor, action, kind, key, at, **values):
    audit.record(actor, action, kind, key, at=at, **values)


@pytest.fixture
def trail(session):
    """A clerk's acts of today and an old one of the product, about a class, a person and an account."""
    clerk = make.operator(username="van.thu", display_name="Đỗ Thị Hòa")
    actor = Actor(account_id=clerk.id, person_id=None, name=clerk.display_name)
    run, person, now = make.class_run(name="Lớp đô thị"), make.person(full_name="Đặng Văn Ứng"), utcnow()
    _note(SYSTEM, "class.finish", "class", run.id, now - timedelta(days=90))
    _note(actor, "class.reopen", "class", run.id, now, after={"reason": "Thiếu buổi"})
    _note(actor, "person.leave", "person", person.id, now, after={"left_on": "2026-12-31"})
    _note(actor, "account.lock", "account", clerk.id, now)
    session.commit()
    return run


@pytest.fixture
def page(sign_in):
    client = sign_in(make.holder("auditor"))

    def lines(**asked):
        answer = client.get("/admin/audit", query_string=asked)
        assert answer.status_code == 200
        return answer.text.split("<tbody>")[1].split("</tbody>")[0] if "<tbody>" in answer.text else ""

    lines.client = client
    return lines


def test_entries_are_sentences_with_names_and_reasons(trail, page):
    shown = page()
    assert f"Đỗ Thị Hòa: Đã mở lại – “{trail.code} – Lớp đô thị” (Thiếu buổi)." in shown
    assert "Hệ thống: Đã kết thúc – “" in shown and "“Đặng Văn Ứng (" in shown


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"who": "do thi hoa"}, 3), ({"who": "van.thu"}, 3), ({"who": "Hoà Đỗ"}, 3), ({"who": "khong ai"}, 0),
        ({"q": "dang van ung"}, 1), ({"q": "lop do thi"}, 2), ({"q": "van.thu"}, 1), ({"q": "class."}, 2),
        ({"kind": "classes"}, 2), ({"kind": "accounts"}, 1), ({"kind": "library"}, 0),
        ({"who": "van.thu", "kind": "classes", "q": "do thi"}, 1), ({"q": "100%"}, 0),
    ],
)  # fmt: skip
def test_entries_are_found_by_who_what_and_kind(trail, page, asked, found):
    since = (utcnow() - timedelta(days=120)).date().isoformat()
    rows = page(**asked, since=since)
    about = [
        line
        for line in rows.split("<tr>")[1:]
        if not re.search(r"role\.give|account\.create|programme_version\.", line)
    ]
    assert len(about) == found


def test_entries_are_found_by_their_day(trail, page):
    day = (utcnow() - timedelta(days=90)).date()
    around = {"since": (day - timedelta(days=1)).isoformat(), "until": (day + timedelta(days=1)).strftime("%d/%m/%Y")}
    assert page(**around).count("<tr>") == 1
    wrong = page.client.get("/admin/audit", query_string={"since": "2026-05-02", "until": "2026-05-01"})
    assert wrong.status_code == 422 and "data-summary" in wrong.text
    assert page.client.get("/admin/audit", query_string={"kind": "x"}).status_code == 422


def test_a_selection_is_saved_as_a_workbook_and_that_leaves_a_trace(trail, page, submit, session, sign_in):
    answer = submit(page.client, "/admin/audit/export", {"kind": "classes"}, page="/admin/audit")
    assert answer.status_code == 200
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    answer.close()
    told = [row[2] for row in rows[3:]]
    assert any("Đã mở lại" in line for line in told) and len(told) == 2
    assert {row[4] for row in rows[3:]} == {"class.finish", "class.reopen"}
    entry = db.session.query(audit.AuditEntry).filter_by(action="audit.export").one()
    assert entry.after == {"kind": "classes"}
    clerk = sign_in(make.holder("institution_staff"))
    assert submit(clerk, "/admin/audit/export", {}, page="/account").status_code == 403


def test_what_no_version_knows_any_more_is_told_by_its_code():
    assert named("thing", "7", {}, {"title": "Cũ"}) == "“Cũ”"
    assert "thing.old" in sentence("thing.old", None, "7", None)
    said = sentence("role.give", "Hòa", "“Ứng”", {"role": "auditor", "unit": 3, "reason": None})
    assert said.startswith("Hòa đã giao vai trò cho “Ứng” (vai trò: ") and said.endswith(").")
