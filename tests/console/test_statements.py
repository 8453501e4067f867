"""The statement browser: who sees what, by name or not; filters, one statement, exports, and a trainee's own."""

import csv
import io
import re
from datetime import timedelta
from uuid import uuid4

import openpyxl
import pytest
from sqlalchemy import func, select

from lms.console.statements import exports
from lms.core.audit import AuditEntry
from lms.people import sessions
from lms.people.models import Person
from lms.records.emit import Activity, build, emit
from lms.records.models import Statement
from lms.records.vocabulary import ACCOUNTS, BASE, VERBS, VOIDED
from tests import factories as make
from tests.conftest import NOW
from tests.records.keeping import keep

URL, MINE = "/admin/xapi/statements", "/my/records"
FOREIGN = {"actor": {"mbox": "mailto:la@e.vn", "name": "Người Lạ"}, "verb": {"id": "http://e.vn/v/saw"}}
FOREIGN |= {"object": {"id": "http://e.vn/a"}}


@pytest.fixture
def admin(sign_in):
    return sign_in(make.holder("administrator"))


@pytest.fixture
def reader_of(sign_in, monkeypatch):
    """A browser of somebody who reads the whole store, and the people of one unit only."""
    carried = sessions.permissions_of
    narrow = {"auditor": carried("auditor") - {"people.read"}}
    monkeypatch.setattr(sessions, "permissions_of", lambda role: narrow.get(role, carried(role)))

    def make_reader(unit):
        account = make.holder("auditor", full_name="Bùi Thị Xuân")
        make.role(account, "administrator", unit)
        return sign_in(account)

    return make_reader


def say(who=None, name="Bài 1", verb="completed", registration=None, **more):
    learner = who.actor_name if who else uuid4()
    activity = Activity("lesson", name, {"vi": name})
    return emit(
        learner=learner, verb=verb, activity=activity, registration=registration or uuid4(), at=NOW, **more
    )  # fmt: skip


def sentences(page):
    found = re.findall(r'<p class="statement-sentence">(.*?)</p>', page, re.DOTALL)
    return [re.sub(r"<span.*", "", one, flags=re.DOTALL).strip() for one in found]


def walk(client, url):
    """All sentences, page by page."""
    seen = []
    while url:
        page = client.get(url).text
        seen += sentences(page)
        link = re.search(r'rel="next" href="([^"]+)"', page)
        url = link and link.group(1).replace("&amp;", "&")
    return seen


def save(client, submit, form, page=URL, **filters):
    return submit(client, f"{URL}/export", {"format": form} | filters, page=page, buffered=True)


def table(answer):
    assert answer.status_code == 200, answer.text
    assert answer.get_data().startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


# -- who may see what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status"),
    [("administrator", 200), ("auditor", 200), ("home_affairs_officer", 200), ("lecturer", 403), ("unit_manager", 403)],
)
def test_who_may_read_the_store(sign_in, role, status):
    known = say()
    client = sign_in(make.holder(role))
    assert client.get(URL).status_code == status
    assert client.get(f"{URL}/{known}").status_code == status


def test_people_have_names_within_the_units_held_and_are_opaque_elsewhere(sign_in, reader_of, session):
    mine, other = make.unit(make.city()), make.unit(make.city())
    known, unknown = make.trainee(mine, full_name="Nguyễn Thị Ánh"), make.trainee(other, full_name="Vũ Đình Khôi")
    say(known)
    say(unknown)
    session.commit()
    page = reader_of(mine).get(URL).text
    assert "Nguyễn Thị Ánh đã hoàn thành bài học “Bài 1”." in sentences(page)
    assert f"Người học {str(unknown.actor_name)[:8]}… đã hoàn thành bài học “Bài 1”." in sentences(page)
    assert "Vũ Đình Khôi" not in page
    page = sign_in(make.holder("administrator")).get(URL).text
    assert "Vũ Đình Khôi" in page and "Nguyễn Thị Ánh" in page


def test_names_outside_the_units_held_are_not_found_by_search_or_export_either(reader_of, submit, session):
    mine, other = make.unit(make.city()), make.unit(make.city())
    known, unknown = make.trainee(mine, full_name="Nguyễn Thị Ánh"), make.trainee(other, full_name="Vũ Đình Khôi")
    say(known)
    say(unknown)
    session.commit()
    client = reader_of(mine)
    assert client.get(f"{URL}?person=Khôi").status_code == 422
    rows = table(save(client, submit, "csv"))
    assert [row[2] for row in rows[1:]] == [str(unknown.actor_name), "Nguyễn Thị Ánh"]
    assert [row[3] for row in rows[1:]] == ["", session.get(Person, known.person_id).staff_code]
    assert "Vũ Đình Khôi" not in str(rows)


def test_texts_that_name_persons_of_other_systems_are_open_over_the_whole_city_only(admin, reader_of, session):
    (one,) = keep([FOREIGN])
    session.commit()
    for client, named in ((admin, True), (reader_of(make.unit(make.city())), False)):
        for page in (client.get(URL).text, client.get(f"{URL}/{one}").text):
            assert ("Người Lạ" in page) is named and ("la@e.vn" in page) is named


def test_the_own_text_of_the_products_statements_is_open_to_all_readers(reader_of, session):
    say(make.trainee())
    session.commit()
    page = reader_of(make.unit(make.city())).get(URL).text
    assert "&#34;stored&#34;" in page


# -- the list ----------------------------------------------------------------------------------------------------------


def test_the_newest_stands_first_with_its_text(admin, session):
    say(name="Bài cũ")
    newest = say(name="Bài <mới>")
    session.commit()
    page = admin.get(URL).text
    assert page.index("Bài &lt;mới&gt;") < page.index("Bài cũ") and "<mới>" not in page
    assert f"{URL}/{newest}" in page and "&#34;stored&#34;" in page


def test_the_list_goes_on_page_by_page(admin, session):
    who = make.trainee()
    for n in range(120):
        say(who, f"Bài {n:03}")
    say(name="Khác")
    session.commit()
    seen = walk(admin, f"{URL}?person={who.actor_name}&verb={VERBS['completed'].iri}&since=2020-01-01")
    assert [re.search(r"Bài \d+", one).group() for one in seen] == [f"Bài {n:03}" for n in reversed(range(120))]


def test_each_filter_finds_and_excludes(admin, session):
    who, registration = make.trainee(full_name="Đặng Thùy Trâm"), uuid4()
    code = session.get(Person, who.person_id).staff_code
    say(who, "A", registration=registration)
    say(make.trainee(full_name="Hoàng Văn Thụ"), "B", verb="passed")
    keep([FOREIGN])
    session.commit()
    for query in (
        f"registration={registration}",
        f"verb={VERBS['completed'].iri}",
        f"activity={Activity('lesson', 'A').iri}",
        f"person={who.actor_name}",
        f"person={code.lower()}",
        "person=dang thuy",
    ):
        found = sentences(admin.get(f"{URL}?{query}").text)
        assert found == ["Đặng Thùy Trâm đã hoàn thành bài học “A”."], query
    for query in ("verb=http://e.vn/v/saw", "activity=http://e.vn/a", "person=mbox|mailto:la@e.vn"):
        found = sentences(admin.get(f"{URL}?{query}").text)
        assert len(found) == 1 and found[0].startswith("Người Lạ"), query


def test_days_are_those_of_hanoi(admin, session):
    say()
    session.commit()
    stored = session.scalar(select(Statement)).stored + timedelta(hours=7)
    today, before, after = (stored.date() + timedelta(days=n) for n in (0, -1, 1))
    for query, number in ((f"since={today}&until={today}", 1), (f"until={before}", 0), (f"since={after}", 0)):
        assert len(sentences(admin.get(f"{URL}?{query}").text)) == number, query


def test_a_name_of_several_asks_whom_one_means(admin, session):
    first, second = (make.trainee(full_name="Phạm Quốc Bảo Trùng") for _ in range(2))
    say(first)
    session.commit()
    page = admin.get(f"{URL}?person=Bảo Trùng&verb={VERBS['completed'].iri}")
    assert page.status_code == 200 and sentences(page.text) == []
    links = re.findall(rf'href="({URL}\?[^"]*person=[^"]+)"', page.text)
    assert len(links) == 2 and str(second.actor_name) in "".join(links)
    url = next(link for link in links if str(first.actor_name) in link).replace("&amp;", "&")
    assert len(sentences(admin.get(url).text)) == 1


@pytest.mark.parametrize(
    "query",
    ["registration=abc", "verb=nothing", "after=x", "after=" + "9" * 30, "since=x", "until=0001-01-01",
     "since=2026-02-02&until=2026-02-01", "person=khongcoai", "until=9999-12-31"],
)  # fmt: skip
def test_a_bad_filter_is_explained(admin, session, query):
    answer = admin.get(f"{URL}?{query}")
    assert answer.status_code == (400 if query.startswith("after") else 422) and sentences(answer.text) == []


def test_an_unknown_parameter_is_ignored(admin):
    assert admin.get(f"{URL}?colour=red").status_code == 200


def test_times_beyond_the_calendar_are_shown_as_they_came(admin, submit, session):
    keep([FOREIGN | {"timestamp": at} for at in ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z")])
    session.commit()
    assert "9999-12-31T23:59:59Z" in admin.get(URL).text
    assert table(save(admin, submit, "csv"))[2][0] == "9999-12-31T23:59:59Z"
    assert save(admin, submit, "xlsx").status_code == 200


def test_hostile_text_stays_text(admin, submit, session):
    bad = FOREIGN | {"actor": {"mbox": "mailto:x@e.vn", "name": "<script>alert(1)</script>\u202egnp"}}
    bad |= {"verb": {"id": "http://e.vn/v", "display": {"vi": "{{ 7*7 }}<b>"}}}
    bad |= {"object": {"id": "http://e.vn/a", "definition": {"name": {"vi": "=HYPERLINK(1)"}}}}
    keep([bad, bad | {"object": {"id": "http://e.vn/b", "definition": {"name": {"vi": "+1"}}}}])
    session.commit()
    page = admin.get(URL).text
    assert "<script>alert" not in page and "\u202e" not in page and "<b>" not in page and "49" not in sentences(page)[0]
    names = [row[5] for row in table(save(admin, submit, "csv"))[1:]]
    assert names == ["'+1", "'=HYPERLINK(1)"]
    sheet = openpyxl.load_workbook(io.BytesIO(save(admin, submit, "xlsx").data)).active
    assert [sheet.cell(row, 6).data_type for row in (4, 5)] == ["s", "s"]


def test_an_empty_store_says_so(admin):
    assert 'class="empty"' in admin.get(URL).text


@pytest.mark.parametrize("url", [URL, MINE])
def test_a_page_costs_three_sql_statements_whatever_the_rows(sign_in, session, queries, url):
    account, counts = make.holder("administrator"), []
    client = sign_in(account)
    for rows in (1, 60):
        for n in range(rows):
            say(account if url == MINE else make.trainee(), f"Bài {n}")
        session.commit()
        queries.clear()
        client.get(url)
        counts.append(len(queries))
    assert counts == [3, 3]


def test_a_huge_text_is_cut_in_the_list_and_whole_on_its_page(admin, session):
    members = [{"account": {"homePage": ACCOUNTS, "name": str(uuid4())}} for _ in range(400)]
    (one,) = keep([FOREIGN | {"actor": {"objectType": "Group", "member": members}}])
    session.commit()
    last = members[-1]["account"]["name"]
    assert last not in admin.get(URL).text and last in admin.get(f"{URL}/{one}").text


# -- one statement -----------------------------------------------------------------------------------------------------


def test_one_statement_with_what_voids_it_and_the_other_way_round(admin, session):
    (bad,) = keep([FOREIGN])
    void = FOREIGN | {"verb": {"id": VOIDED}, "object": {"objectType": "StatementRef", "id": str(bad)}}
    (voiding,) = keep([void])
    session.commit()
    assert admin.get(URL).text.count("tag-warn") == 1
    page = admin.get(f"{URL}/{bad}").text
    assert "tag-warn" not in page and "notice-warning" in page and str(voiding) in page
    page = admin.get(f"{URL}/{voiding}").text
    assert "notice-warning" not in page and str(bad) in page and "tag-warn" in page


def test_a_reference_to_what_is_not_here_and_to_itself(admin, session):
    away, itself = uuid4(), uuid4()
    refers = {"objectType": "StatementRef", "id": str(away)}
    (one,) = keep([FOREIGN | {"object": refers}])
    keep([FOREIGN | {"id": str(itself), "object": refers | {"id": str(itself)}}])
    session.commit()
    assert admin.get(f"{URL}/{one}").status_code == admin.get(f"{URL}/{itself}").status_code == 200


def test_an_unknown_statement_is_404(admin):
    assert admin.get(f"{URL}/{uuid4()}").status_code == 404


# -- exports -----------------------------------------------------------------------------------------------------------


def test_the_exports_equal_the_list(admin, submit, session, monkeypatch):
    monkeypatch.setattr(exports, "CHUNK", 7)
    who = make.trainee(full_name="Lê Thị Hồng Nhung")
    result = {"score": {"raw": 8, "min": 0, "max": 10, "scaled": 0.8}, "success": True, "completion": True}
    for n in range(60):
        say(who, f"Bài {n}", verb="passed", result=result | {"duration": timedelta(seconds=90)})
    say(make.trainee())
    session.commit()
    filters = {"person": str(who.actor_name)}
    shown = walk(admin, f"{URL}?person={who.actor_name}")
    rows = table(save(admin, submit, "csv", **filters))
    assert [row[14] for row in rows[1:]] == shown and len(shown) == 60
    code = session.get(Person, who.person_id).staff_code
    yes = rows[1][11]
    assert rows[1][2:4] == ["Lê Thị Hồng Nhung", code]
    assert rows[1][8:14] == ["8", "10", "0.8", yes, yes, "90"] and rows[1][0] == "2026-11-23T09:00:00+07:00"
    answer = save(admin, submit, "xlsx", **filters)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert [sheet.cell(row, 15).value for row in range(4, 64)] == shown and sheet.max_row == 63
    assert sheet.cell(4, 1).value.isoformat() == "2026-11-23T09:00:00" and sheet.cell(4, 9).value == 8


def test_an_export_is_noted_with_its_filters(admin, submit, session):
    who = make.trainee(full_name="Trịnh Công Sơn Một")
    say(who)
    session.commit()
    save(admin, submit, "csv", person="Sơn Một", until="2030-01-01")
    entry = session.scalar(select(AuditEntry).where(AuditEntry.action == "records.export"))
    assert entry.subject_id == "csv" and entry.account_id
    assert entry.after["filters"] == {"person": str(who.actor_name), "until": "2030-01-01"}
    assert entry.after["persons_named_within"] == [make.city().path]


def test_a_selection_too_large_for_a_workbook_is_refused_and_csv_offered(admin, submit, session, monkeypatch):
    monkeypatch.setattr(exports, "WORKBOOK_ROWS", 3)
    for n in range(4):
        say(name=f"Bài {n}")
    session.commit()
    answer = save(admin, submit, "xlsx")
    assert answer.status_code == 422 and "CSV" in answer.text and "notice-error" in answer.text
    assert len(table(save(admin, submit, "csv"))) == 5
    session.query(Statement).filter(Statement.seq == session.scalar(select(func.max(Statement.seq)))).delete()
    session.commit()
    assert save(admin, submit, "xlsx").status_code == 200


@pytest.mark.parametrize("bad", [{"format": "pdf"}, {"person": "khongcoai"}, {"extra": "1"}])
def test_a_bad_export_is_refused_and_not_noted(admin, submit, session, bad):
    say()
    session.commit()
    answer = submit(admin, f"{URL}/export", {"format": "csv"} | bad, page=URL)
    assert answer.status_code == 422
    assert session.scalar(select(func.count()).where(AuditEntry.action == "records.export")) == 0


def test_an_export_needs_the_pages_token(admin):
    assert admin.post(f"{URL}/export", data={"format": "csv"}).status_code == 400


# -- one's own ---------------------------------------------------------------------------------------------------------


def test_my_records_are_mine_alone(sign_in, session):
    me, other = make.trainee(), make.trainee()
    say(me, "Bài của tôi")
    say(other, "Bài của người khác", instructor=me.actor_name)
    mine = {"account": {"homePage": ACCOUNTS, "name": str(me.actor_name)}}
    others = {"account": {"homePage": ACCOUNTS, "name": str(other.actor_name)}}
    praised = {"verb": {"id": "http://e.vn/v/praised"}}
    keep(
        [
            praised | {"actor": others, "object": {"objectType": "Agent"} | mine},
            praised | {"actor": {"objectType": "Group", "member": [mine, others]}, "object": {"id": "http://e.vn/a"}},
        ]
    )
    session.commit()
    own = session.scalar(select(Statement.id).where(Statement.raw.contains("Bài của tôi")))
    void = {"actor": others, "verb": {"id": VOIDED}, "object": {"objectType": "StatementRef", "id": str(own)}}
    keep([void])
    session.commit()
    client = sign_in(me)
    page = client.get(MINE).text
    assert sentences(page) == ["Anh/Chị đã hoàn thành bài học “Bài của tôi”."] and page.count("tag-warn") == 1
    rows = table(client.get(f"{MINE}.csv"))
    assert len(rows) == 2 and "Bài của tôi" in rows[1][14]
    assert client.get(URL).status_code == 403
    assert "/admin/" not in page


def test_my_records_are_filtered_and_paged(sign_in, session):
    me = make.trainee()
    for n in range(70):
        say(me, f"Bài {n}", verb="passed" if n == 5 else "completed")
    session.commit()
    client = sign_in(me)
    assert len(walk(client, MINE)) == 70
    assert len(sentences(client.get(f"{MINE}?verb={VERBS['passed'].iri}").text)) == 1
    assert len(table(client.get(f"{MINE}.csv?verb={VERBS['passed'].iri}"))) == 2
    assert 'class="empty"' in client.get(f"{MINE}?until=2020-01-01").text
    assert client.get(f"{MINE}?since=x").status_code == client.get(f"{MINE}.csv?since=x").status_code == 422


def test_my_records_are_empty_at_first_and_no_page_of_operators(sign_in):
    assert 'class="empty"' in sign_in(make.trainee()).get(MINE).text
    assert sign_in(make.account()).get(MINE).status_code == 403


def test_numbers_that_a_database_cannot_hold_do_not_hide_my_records(sign_in, session):
    me = make.trainee()
    statement = build(learner=me.actor_name, verb="scored", activity=Activity("lesson", "x"), registration=None, at=NOW)
    keep([statement | {"result": {"extensions": {f"{BASE}/x": 10**400}}}])
    session.commit()
    assert len(sentences(sign_in(me).get(MINE).text)) == 1
