"""The pages of forwarding: adding a store that answers, its state, acts on it and on what it refused."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from lms.core.audit import AuditEntry
from lms.records.forward import rules
from lms.records.forward.models import DeadLetter, Forwarder
from tests import factories
from tests.conftest import NOW
from tests.records.test_forward import Other, keep, statement

LIST = "/admin/xapi/forwarding"
SECRET = "bí-mật-của-kho-bên-kia"


@pytest.fixture
def admin(sign_in: Any) -> Any:
    return sign_in(factories.holder("administrator"))


@pytest.fixture
def other() -> Iterator[Other]:
    made = Other()
    yield made
    made.stop()


@pytest.fixture
def made(app: Any, session: Any) -> Forwarder:
    forwarder: Forwarder = factories.add(a_forwarder(app))
    session.commit()
    return forwarder


def a_forwarder(app: Any, **values: Any) -> Forwarder:
    defaults = {
        "id": uuid4(),
        "name": "Kho học liệu Bộ Nội vụ",
        "endpoint": "https://lrs.example.vn/xapi/",
        "version": "1.0.3",
        "key": "hanoi",
        "secret": rules.seal(SECRET, app.config["SECRET_KEY"]),
        "verbs": [],
        "activities": [],
        "classes": [],
        "cursor": 0,
        "created_at": NOW,
    }
    return Forwarder(**(defaults | values))


def letters(made: Forwarder, count: int, **values: Any) -> None:
    (statement_id,) = keep([statement()])
    for seq in range(1, count + 1):
        defaults = {"statement_id": statement_id, "status": 400, "message": f"lý do <{seq}>", "tries": 1, "due": False}
        factories.add(DeadLetter(forwarder_id=made.id, seq=seq, at=NOW, **(defaults | values)))


def filled(other: Other, **values: Any) -> dict[str, Any]:
    defaults = {"name": "Kho của Bộ", "endpoint": other.endpoint[:-1], "key": "hanoi", "secret": SECRET}
    return defaults | {"version": "1.0.3", "start": "now"} | values


def entry(session: Any, action: str) -> AuditEntry:
    found = session.scalars(select(AuditEntry).where(AuditEntry.action == action)).one()
    assert SECRET not in str([found.before, found.after])
    return found


def test_a_store_that_answers_is_added_with_its_filters(admin, submit, session, other):
    iris = "http://e.vn/did\r\n\r\n http://e.vn/read \r\nhttp://e.vn/did"
    answer = submit(admin, LIST, filled(other, verbs=iris, classes="http://e.vn/class/1"))
    made = session.scalars(select(Forwarder)).one()
    assert answer.status_code == 302 and answer.headers["Location"].endswith(f"{LIST}/{made.id}")
    assert (made.endpoint, made.verbs, made.activities) == (other.endpoint, ["http://e.vn/did", "http://e.vn/read"], [])
    assert made.cursor > 0 and other.requests[0].path.endswith("/about")
    assert other.requests[0].authorization.password == SECRET and SECRET.encode() not in made.secret
    pages = [admin.get(LIST).text, admin.get(answer.headers["Location"]).text]
    assert all("Kho của Bộ" in page and SECRET not in page for page in pages)
    assert "http://e.vn/class/1" in pages[1]
    assert entry(session, "forwarder.make").after["endpoint"] == other.endpoint


def test_from_the_beginning(admin, submit, session, other):
    submit(admin, LIST, filled(other, start="beginning"))
    assert session.scalars(select(Forwarder)).one().cursor == 0


def test_a_wrong_secret_is_found_where_about_is_open_to_all(admin, submit, session, other):
    other.secret = "another"
    answer = submit(admin, LIST, filled(other))
    assert answer.status_code == 422 and "401" in answer.text
    assert session.scalars(select(Forwarder)).all() == []


def test_a_key_that_may_only_write_is_good_enough(admin, submit, session, other):
    other.may_read = False
    assert submit(admin, LIST, filled(other)).status_code == 302


def test_a_store_that_does_not_answer_is_not_added(admin, submit, session, other):
    other.status = 401
    answer = submit(admin, LIST, filled(other))
    assert answer.status_code == 422 and "401" in answer.text and SECRET not in answer.text
    other.stop()
    answer = submit(admin, LIST, filled(other))
    other.start()
    assert answer.status_code == 422 and not session.scalars(select(Forwarder)).all()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("endpoint", "ftp://lrs.example.vn/"),
        ("endpoint", "file:///etc/passwd"),
        ("endpoint", "https://key:secret@lrs.example.vn/"),
        ("endpoint", "https://lrs.example.vn/?a=b"),
        ("endpoint", "http://[lrs/"),
        ("endpoint", "http://lrs:99999/"),
        ("endpoint", "lrs.example.vn"),
        ("key", "a:b"),
        ("key", ""),
        ("secret", ""),
        ("name", ""),
        ("version", "0.9"),
        ("start", "later"),
        ("verbs", "did"),
        ("activities", "http://e.vn/a b"),
        ("classes", "\n".join(f"http://e.vn/{n}" for n in range(201))),
    ],
)
def test_what_cannot_be_is_refused_with_words_at_the_field(admin, submit, session, other, field, value):
    answer = submit(admin, LIST, filled(other, **{field: value}))
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text and SECRET not in answer.text
    assert not other.requests and not session.scalars(select(Forwarder)).all()


def test_the_state_is_shown(admin, session, made):
    page = f"{LIST}/{made.id}"
    keep([statement(), statement()])
    for values in (
        {"cursor": int(NOW.timestamp() * 1_000_000) * 1024, "sent": 12345, "last_success_at": NOW},
        {"last_error": "status-503", "failures": 3, "next_try_at": NOW + timedelta(hours=1)},
        {"last_error": "status-418"},
        *({"last_error": reason} for reason in rules.REASONS),
        {"paused_at": NOW},
    ):
        for name, value in values.items():
            setattr(made, name, value)
        session.commit()
        shown = [admin.get(page), admin.get(LIST)]
        assert [one.status_code for one in shown] == [200, 200]
        assert all(
            ("09:00" in one.text or "9 giờ" in one.text) and "23/11/2026" in one.text and "12.345" in one.text
            for one in shown
        )
    assert "10:00" not in shown[0].text, "nothing is tried while paused"


def test_pause_resume_try_and_delete(admin, submit, session, made, run_jobs):
    page, now = f"{LIST}/{made.id}", NOW + timedelta(days=9999)

    def act(name: str) -> None:
        answer = submit(admin, f"{page}/{name}", page=page)
        assert answer.status_code == 302
        session.refresh(made)

    made.next_try_at = now
    session.commit()
    for _ in range(2):
        act("pause")
    assert made.paused_at
    for _ in range(2):
        act("resume")
    assert made.paused_at is None and made.next_try_at == now
    made.paused_at = NOW  # so that the job finds nothing to do
    session.commit()
    act("try")
    assert made.next_try_at is None
    assert run_jobs() == 1
    assert submit(admin, f"{page}/delete", page=page).status_code == 302
    for action in ("pause", "resume", "try", "delete"):
        entry(session, f"forwarder.{action}")
    assert admin.get(page).status_code == 404
    for name in ("pause", "resume", "try", "delete", "letters/again", "letters/1/again", "letters/1/leave-out"):
        assert submit(admin, f"{page}/{name}", page=LIST).status_code == 404, name


def test_a_new_secret(admin, submit, session, app, made):
    page = f"{LIST}/{made.id}"
    assert 'value="hanoi"' in admin.get(page).text
    assert submit(admin, f"{page}/secret", {"key": "hanoi", "secret": ""}, page=page).status_code == 422
    answer = submit(admin, f"{page}/secret", {"key": "hanoi2", "secret": "mới"}, page=page, follow_redirects=True)
    session.refresh(made)
    assert rules.unseal(made.secret, app.config["SECRET_KEY"]) == "mới" and made.key == "hanoi2"
    assert answer.status_code == 200 and "mới" not in str(entry(session, "forwarder.secret").after)


def test_dead_letters_in_pages_newest_first_with_a_link_to_the_statement(admin, session, made):
    letters(made, 60)
    session.commit()
    page = admin.get(f"{LIST}/{made.id}").text
    assert re.findall(r"lý do &lt;(\d+)&gt;", page) == [str(n) for n in range(60, 10, -1)]
    link = re.search(r'href="(/admin/xapi/statements/[^"]+)"', page).group(1)
    assert admin.get(link).status_code == 200
    following = re.search(r'rel="next" href="([^"]+)"', page).group(1)
    assert re.findall(r"lý do &lt;(\d+)&gt;", admin.get(following).text) == [str(n) for n in range(10, 0, -1)]
    assert admin.get(f"{LIST}/{made.id}?after=1").status_code == 200


def test_send_again_and_leave_out(admin, submit, session, made):
    page = f"{LIST}/{made.id}"
    letters(made, 3)
    session.commit()

    def due() -> list[int]:
        found = session.scalars(select(DeadLetter.seq).where(DeadLetter.due).order_by(DeadLetter.seq)).all()
        return list(found)

    submit(admin, f"{page}/letters/2/again", page=page)
    assert due() == [2]
    assert submit(admin, f"{page}/letters/3/leave-out", page=page).status_code == 302
    submit(admin, f"{page}/letters/again", page=page)
    assert due() == [1, 2]
    assert submit(admin, f"{page}/letters/again", page=page).status_code == 302
    assert submit(admin, f"{page}/letters/3/leave-out", page=page).status_code == 404
    gone = entry(session, "forwarder.leave-out")
    assert gone.before["message"] == "lý do <3>" and UUID(gone.before["statement"])
    assert session.scalar(text("SELECT count(*) FROM audit_entries WHERE action = 'forwarder.again'")) == 2


def test_pages_ask_a_fixed_number_of_sql_statements(admin, app, session, made, queries):
    def asked(url: str) -> int:
        session.commit()
        queries.clear()
        assert admin.get(url).status_code == 200
        return len(queries)

    urls = (LIST, f"{LIST}/{made.id}")
    letters(made, 1)
    few = [asked(url) for url in urls]
    made.paused_at = NOW
    session.execute(text("DELETE FROM xapi_dead_letters"))
    letters(made, 60)
    for n in range(20):
        letters(factories.add(a_forwarder(app, name=f"Kho {n}")), 2)
    assert [asked(url) for url in urls] == few and max(few) < 12


@pytest.mark.parametrize("role", ["trainee", "trainer", "training_officer"])
def test_others_see_and_change_nothing(sign_in, client, session, made, role):
    letters(made, 1)
    person = factories.account(factories.person()) if role == "trainee" else factories.holder(role)
    browser, page = sign_in(person), f"{LIST}/{made.id}"
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get("/account").text)
    data = {"csrf_token": token.group(1)}
    assert browser.get(LIST).status_code == browser.get(page).status_code == 403
    assert browser.post(LIST, data=data).status_code == 403
    acts = ("pause", "resume", "try", "secret", "delete", "letters/again", "letters/1/again", "letters/1/leave-out")
    for name in acts:
        assert browser.post(f"{page}/{name}", data=data).status_code == 403, name
    assert client.get(page).status_code in (302, 401, 403)
    session.refresh(made)
    assert made.paused_at is None and session.scalars(select(DeadLetter)).one().due is False
