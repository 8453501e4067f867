"""The pages of the record store: keys, their one showing, revocation; and the reader."""

import re
from base64 import b64encode
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from lms.core.audit import AuditEntry
from lms.records.emit import Activity, emit
from lms.records.models import Credential
from lms.records.vocabulary import VERBS, VOIDED
from tests import factories
from tests.conftest import NOW
from tests.records.keeping import keep


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
    assert answer.status_code == 400
    assert data["name"].strip() in answer.text
    assert session.scalar(select(func.count()).select_from(Credential)) == 0


def test_a_name_with_markup_is_shown_as_text(admin, submit):
    page = make(admin, submit, name="<script>alert(1)</script>").text
    assert "<script>alert" not in page and "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("role", "keys", "reader"), [("administrator", 200, 200), ("auditor", 403, 200), ("lecturer", 403, 403)]
)
def test_who_may_see_the_pages(sign_in, role, keys, reader):
    client = sign_in(factories.holder(role))
    assert client.get("/admin/xapi").status_code == keys
    assert client.get("/admin/xapi/statements").status_code == reader


def say(name="Bài 1", registration=None, verb="completed"):
    return emit(
        learner=uuid4(),
        verb=verb,
        activity=Activity("lesson", name, {"vi": name}),
        registration=registration or uuid4(),
        at=NOW,
    )


def test_the_reader_shows_the_newest_first_and_the_raw_statement(admin, session):
    say("Bài cũ")
    newest = say("Bài <mới>")
    session.commit()
    page = admin.get("/admin/xapi/statements").text
    assert page.index("Bài &lt;mới&gt;") < page.index("Bài cũ")
    assert str(newest) in page and "đã hoàn thành" in page and "&#34;stored&#34;" in page


def test_the_reader_goes_on_page_by_page(admin, session):
    names = [f"Bài {n:03}" for n in range(120)]
    for name in names:
        say(name)
    session.commit()
    url, seen = "/admin/xapi/statements?verb=" + VERBS["completed"].iri, []
    while url:
        page = admin.get(url).text
        seen += re.findall(r"<strong>(Bài \d{3})</strong>", page)
        link = re.search(r'rel="next" href="([^"]+)"', page)
        url = link and link.group(1).replace("&amp;", "&")
    assert seen == names[::-1]


def test_the_reader_filters_by_verb_activity_and_registration(admin, session):
    registration = uuid4()
    say("A", registration=registration)
    say("B", verb="passed")
    session.commit()
    for query in (
        f"registration={registration}",
        f"verb={VERBS['completed'].iri}",
        f"activity={Activity('lesson', 'A').iri}",
    ):
        page = admin.get(f"/admin/xapi/statements?{query}").text
        assert "<strong>A</strong>" in page and "<strong>B</strong>" not in page


@pytest.mark.parametrize("query", ["registration=abc", "verb=nothing", "after=x", "after=" + "9" * 30])
def test_a_bad_filter_is_explained(admin, session, query):
    assert admin.get(f"/admin/xapi/statements?{query}").status_code == 400


def test_the_reader_shows_foreign_and_voided_statements(admin, session):
    foreign = {
        "actor": {"objectType": "Group", "member": [{"mbox": "mailto:a@b.vn"}]},
        "verb": {"id": "http://e.vn/v"},
        "object": {"objectType": "Agent", "mbox": "mailto:c@d.vn"},
    }
    (bad,) = keep([foreign])
    void = foreign | {"verb": {"id": VOIDED, "display": {"de": "ungültig"}}}
    keep([void | {"object": {"objectType": "StatementRef", "id": str(bad)}}])
    session.commit()
    page = admin.get("/admin/xapi/statements").text
    assert "http://e.vn/v" in page and "ungültig" in page and "tag-warn" in page


@pytest.mark.parametrize("url", ["/admin/xapi/statements", "/admin/xapi"])
def test_the_pages_cost_few_sql_statements_whatever_the_rows(admin, session, submit, queries, url):
    counts = []
    for rows in (1, 60):
        for n in range(rows):
            say(f"Bài {n}")
            factories.add(
                Credential(
                    id=uuid4(), name="x", key=uuid4().hex, secret_hash=b"", scopes=[], created_at=NOW + timedelta(n)
                )
            )
        session.commit()
        queries.clear()
        admin.get(url)
        counts.append(len(queries))
    assert counts == [2, 2]
