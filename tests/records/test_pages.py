"""The pages of the record store: keys, their one showing, revocation; and the reader."""

import re
from base64 import b64encode
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from lms.core.audit import AuditEntry
from lms.records.models import Credential
from tests import factories
from tests.conftest import NOW


@pytest.fixture
def admin(sign_in):
    return sign_in(factories.holder("administrator"))


def read(client, page):
    """Read statements with the key and secret that a page shows."""
    key, secret = re.search(r"curl -u (\w+):([\w-]+)", page).groups()
    headers = {
        "X-Experience-API-Version": "1.0.3",
        "Authorization": "Basic " + b64encode(f"{key}:{secret}".encode()).decode(),
    }
    return client.get("/xapi/statements", headers=headers)


def make(client, submit, name="Kho dữ liệu Sở Nội vụ", scopes=("statements/read",)):
    return submit(client, "/admin/xapi", {"name": name, "scopes": list(scopes)})


def test_a_key_made_here_reads_statements_and_its_secret_is_shown_once(admin, client, submit, session):
    answer = make(admin, submit)
    assert answer.headers["Cache-Control"] == "no-store"
    assert read(client, answer.text).status_code == 200
    later = admin.get("/admin/xapi").text
    assert "Kho dữ liệu Sở Nội vụ" in later and "curl -u" not in later
    entry = session.scalar(select(AuditEntry).where(AuditEntry.action == "credential.make"))
    assert entry.after["name"] == "Kho dữ liệu Sở Nội vụ" and "secret" not in str(entry.after)


def test_a_revoked_key_opens_nothing_any_more(admin, client, submit, session):
    shown = make(admin, submit).text
    credential = session.scalar(select(Credential))
    answer = submit(admin, f"/admin/xapi/{credential.id}/revoke", page="/admin/xapi", follow_redirects=True)
    assert "Kho dữ liệu Sở Nội vụ" in answer.text and answer.status_code == 200
    assert read(client, shown).status_code == 401
    submit(admin, f"/admin/xapi/{credential.id}/revoke", page="/admin/xapi")
    assert session.scalar(select(func.count()).where(AuditEntry.action == "credential.revoke")) == 1


def test_revoking_an_unknown_key_is_404(admin, submit, session):
    assert submit(admin, f"/admin/xapi/{uuid4()}/revoke", page="/admin/xapi").status_code == 404


@pytest.mark.parametrize(
    "data", [{"name": " ", "scopes": "statements/read"}, {"name": "Kho", "scopes": "root"}, {"name": "x" * 121}]
)
def test_a_bad_form_makes_no_key_and_keeps_what_was_typed(admin, submit, session, data):
    answer = submit(admin, "/admin/xapi", data)
    assert answer.status_code == 422
    assert data["name"].strip() in answer.text
    assert session.scalar(select(func.count()).select_from(Credential)) == 0


def test_a_name_with_markup_is_shown_as_text(admin, submit):
    page = make(admin, submit, name="<script>alert(1)</script>").text
    assert "<script>alert" not in page and "&lt;script&gt;" in page


@pytest.mark.parametrize(("role", "status"), [("administrator", 200), ("auditor", 403), ("lecturer", 403)])
def test_who_may_see_the_keys(sign_in, role, status):
    assert sign_in(factories.holder(role)).get("/admin/xapi").status_code == status


def test_the_page_costs_few_sql_statements_whatever_the_rows(admin, session, queries):
    counts = []
    for rows in (1, 60):
        for n in range(rows):
            factories.add(
                Credential(
                    id=uuid4(), name="x", key=uuid4().hex, secret_hash=b"", scopes=[], created_at=NOW + timedelta(n)
                )
            )
        session.commit()
        queries.clear()
        admin.get("/admin/xapi")
        counts.append(len(queries))
    assert counts == [2, 2]
