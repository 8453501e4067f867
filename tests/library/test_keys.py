"""Keys of the API in the administration: their one showing, their last day, revocation, and who may."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import func, select

from lms.core.audit import AuditEntry
from lms.library.models import ApiKey
from lms.people.sessions import local_day
from tests import factories
from tests.conftest import NOW

PAGE = "/admin/library/keys"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


@pytest.fixture
def institution(session):
    return factories.institution()


@pytest.fixture
def admin(sign_in, institution):
    return sign_in(factories.holder("administrator"))


def make(client, submit, of, **other):
    data = {"institution": str(of.id), "name": "Bộ soạn bài giảng", "scopes": ["packages:read"]}
    return submit(client, PAGE, data | other)


def packages(client, page):
    """Use the key that a page shows."""
    secret = re.search(r"Bearer (khue_[\w-]+)", page.get_data(as_text=True)).group(1)
    return client.get("/api/v1/packages", headers={"Authorization": f"Bearer {secret}"})


def test_a_key_made_here_opens_what_was_chosen_and_its_secret_is_shown_once(admin, client, submit, institution):
    answer = make(admin, submit, institution)
    assert answer.headers["Cache-Control"] == "no-store"
    assert packages(client, answer).status_code == 200
    later = admin.get(PAGE).get_data(as_text=True)
    assert "Bộ soạn bài giảng" in later and institution.name in later and "khue_" not in later


def test_the_list_tells_who_made_a_key_and_when_it_was_last_used(sign_in, submit, session, institution):
    holder = factories.holder("administrator")
    admin = sign_in(holder)
    make(admin, submit, institution)
    before = admin.get(PAGE).get_data(as_text=True)
    assert holder.display_name in before and "chưa dùng" in before
    session.scalar(select(ApiKey)).last_used_at = NOW
    session.commit()
    assert "chưa dùng" not in admin.get(PAGE).get_data(as_text=True)


def test_making_and_revoking_are_in_the_audit_trail_without_the_secret(admin, submit, session, institution):
    make(admin, submit, institution, last_day=local_day(NOW + timedelta(3)).isoformat())
    found = session.scalar(select(ApiKey))
    submit(admin, f"{PAGE}/{found.id}/revoke", page=PAGE)
    actions = ("library.make_key", "library.revoke_key")
    made, revoked = session.scalars(select(AuditEntry).where(AuditEntry.action.in_(actions)).order_by(AuditEntry.id))
    assert made.after["name"] == "Bộ soạn bài giảng" and made.after["last_day"] == found.last_day.isoformat()
    assert "khue_" not in str(made.after) and revoked.before["name"] == "Bộ soạn bài giảng"


def test_a_revoked_key_opens_nothing_any_more(admin, client, submit, session, institution):
    shown = make(admin, submit, institution)
    found = session.scalar(select(ApiKey))
    answer = submit(admin, f"{PAGE}/{found.id}/revoke", page=PAGE, follow_redirects=True)
    assert answer.status_code == 200 and "Bộ soạn bài giảng" in answer.get_data(as_text=True)
    assert packages(client, shown).status_code == 401


def test_a_key_is_good_on_its_last_day_and_not_on_the_next(admin, client, submit, institution, clock):
    shown = make(admin, submit, institution, last_day=local_day(NOW).isoformat())
    assert packages(client, shown).status_code == 200
    clock.shift(timedelta(days=1))
    assert packages(client, shown).status_code == 401


def test_a_key_that_has_ended_is_listed_as_such(admin, submit, session, institution):
    make(admin, submit, institution)
    session.scalar(select(ApiKey)).last_day = local_day(NOW) - timedelta(days=1)
    session.commit()
    listed = admin.get(PAGE).get_data(as_text=True).split("<tbody>")[1]
    assert "đã hết hiệu lực" in listed and "/revoke" not in listed


@pytest.mark.parametrize(
    "data",
    [
        {"name": " "},
        {"name": "x" * 121},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"institution": "0"},
        {"last_day": "2001-01-01"},
        {"last_day": "mai"},
    ],
    ids=str,
)
def test_a_bad_form_makes_no_key(admin, submit, session, institution, data):
    assert make(admin, submit, institution, **data).status_code == 422
    assert session.scalar(select(func.count()).select_from(ApiKey)) == 0


def test_an_administrator_of_one_institution_makes_sees_and_revokes_none(admin, sign_in, submit, session, institution):
    make(admin, submit, institution)
    known = session.scalar(select(ApiKey))
    client = sign_in(factories.holder("administrator", institution))
    assert client.get(PAGE).status_code == 403
    assert submit(client, f"{PAGE}/{known.id}/revoke", page="/account").status_code == 403
    assert submit(admin, f"{PAGE}/{uuid4()}/revoke", page=PAGE).status_code == 404
    session.refresh(known)
    assert known.revoked_at is None


@pytest.mark.parametrize(("role", "status"), [("administrator", 200), ("auditor", 403), ("institution_staff", 403)])
def test_who_may_see_the_keys(sign_in, role, status):
    assert sign_in(factories.holder(role)).get(PAGE).status_code == status


def test_the_page_costs_few_sql_statements_whatever_the_rows(admin, session, queries, institution):
    counts = []
    for rows in (1, 60):
        for _ in range(rows):
            factories.add(
                ApiKey(
                    institution_id=institution.id,
                    name="x",
                    secret_hash=uuid4().bytes,
                    scopes=["packages:read"],
                    created_at=NOW,
                    created_by=None,
                )
            )
        session.commit()
        queries.clear()
        admin.get(PAGE)
        counts.append(len(queries))
    assert counts[0] == counts[1]
