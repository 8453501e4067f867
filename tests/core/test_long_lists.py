"""Lists that grow are shown in pages with a search: found in the templates, and asked with 3,000 rows.

Each template with a table, a list of rows or lines to tick stands below: among those that grow, or among those that do
not, with what bounds them.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import event, insert, select, text

from lms.assessment.models import Assignment, Submission
from lms.classes.models import ClassRun, Enrolment
from lms.console.personal.models import ErasureRequest
from lms.core.collation import name_key, text_key
from lms.core.database import db, utcnow
from lms.core.lists import PAGE
from lms.core.text import fold
from lms.people.models import Account, Person, Unit
from lms.quality.models import Adjustment
from lms.surveys.models import Comment, FollowUp, Participation, Survey
from lms.surveys.services import instruments
from tests import factories as make

LMS = Path(__file__).resolve().parents[2] / "lms"
TEMPLATES = {f"{path.parts[-2]}/{path.name}": path.read_text("utf-8") for path in LMS.glob("*/templates/**/*.html")}
ROWS, LARGEST = 3_000, 200_000

GROWING = {
    "classes/attendance.html", "classes/class.html", "classes/essays.html", "classes/index.html",
    "console/audit.html", "issued/index.html", "library/index.html", "people/people.html", "people/units.html",
    "personal/requests.html", "quality/adjustments.html", "quality/index.html", "reports/completion.html",
    "reports/trainees.html", "surveys/follow_ups.html", "surveys/paper.html", "surveys/reading_index.html",
    "unit_reports/campaign.html",
}  # fmt: skip
"""In pages, with a field of search."""
READ_ON = {
    "quality/results.html": "the classes of a year, by code",
    "records/forwarder.html": "letters that were set aside, the newest first",
    "statements/list.html": "has filters of its own",
    "statements/mine.html": "one's own, the newest first",
    "surveys/reading.html": "comments, in no order",
    "unit_reports/own.html": "a report a year for each unit one writes for",
}
"""In pages, without a search by words."""
BOUNDED = {
    "catalogue/_version.html": "a programme's topics",
    "catalogue/lesson_blocks.html": "what an author wrote",
    "classes/finish.html": "kinds of what is missing",
    "classes/printed_list.html": "the whole class, on paper",
    "classes/printed_sheet.html": "the whole class, on paper",
    "classes/timetable.html": "the sessions of one lecturer",
    "console/home.html": "kinds of work that waits",
    "personal/archive.html": "a file of one person's data, no page",
    "statements/one.html": "the statements around one",
    "core/page.html": "the macros",
    "learning/course.html": "the modules of a programme",
    "learning/dashboard.html": "the classes of one person",
    "learning/package_modules.html": "the modules of a programme",
    "learning/essay.html": "the criteria of a rubric",
    "library/launches.html": "the newest launches of one package, at most as many as the query says",
    "library/launch.html": "at most 300 lines of one launch",
    "library/administration.html": "the institutions",
    "library/keys.html": "keys, made by hand",
    "library/package.html": "versions and units of one package",
    "people/_problems.html": "the first of a roster's problems; all are in a workbook",
    "people/account.html": "the roles of one person",
    "people/import.html": "the columns of a roster",
    "people/person.html": "the roles of one person",
    "people/sessions.html": "the open sessions of one person",
    "people/unit.html": "a unit's predecessors and successors",
    "quality/_figures.html": "the questions of a form",
    "quality/_results.html": "the questions of a form",
    "quality/class.html": "the questions and lecturers of one class",
    "quality/lecturer.html": "the topics of one lecturer",
    "quality/own_results.html": "the topics of one lecturer",
    "quality/own_topic.html": "one topic",
    "records/credentials.html": "keys, made by hand",
    "records/forwarding.html": "record stores, set up by hand",
    "issued/_below_results.html": "the reports about one subject in a year",
    "issued/_document.html": "one document",
    "issued/verify.html": "one document",
    "unit_reports/_parts.html": "the programmes",
    "unit_reports/campaigns.html": "one a year",
    "unit_reports/edit.html": "the lines of one report",
    "unit_reports/report.html": "the lines of one report",
    "unit_reports/summary.html": "the levels, the programmes, and units above all others",
    "surveys/builder_uses.html": "the programmes",
    "core/forms.html": "the macros",
    "core/states.html": "the moves of one thing",
    "about/contact.html": "the contacts",
    "about/help.html": "the guides",
    "catalogue/comparison.html": "what two versions differ in",
    "catalogue/review.html": "the comments on one version",
    "planning/choose.html": "the staff of one unit, to choose from; a search puts who is found first",
    "planning/fillings.html": "the classes that take people now",
    "planning/list.html": "the places of one class and who waits for them",
    "planning/listing.html": "one pasted list",
    "planning/needs.html": "a unit's answers, one a year",
    "planning/offers.html": "the classes open to one unit",
    "planning/plan.html": "the programmes",
    "planning/plan_needs.html": "the first units by what they have answered",
    "planning/plan_quotas.html": "the units of one programme",
    "planning/plans.html": "one a year",
    "planning/quotas.html": "the units with places in one class",
    "planning/signers.html": "those entitled to sign",
    "planning/target.html": "people in pages of a key; the units of a target",
    "planning/targets.html": "the programmes",
    "surveys/instrument.html": "the questions of a form",
    "surveys/instruments.html": "the versions of forms",
}

LISTS = re.compile(r'<table|call table\(|class="plain-list rows|"tick-list"|<fieldset id="a-|page\.rows')


def test_every_template_with_a_list_is_known():
    found = {name for name, text in TEMPLATES.items() if LISTS.search(text)}
    known = GROWING | set(READ_ON) | set(BOUNDED)
    assert found - known == set(), "does it grow, or what bounds it?"
    assert known <= set(TEMPLATES)


@pytest.mark.parametrize("name", sorted(GROWING))
def test_a_list_that_grows_has_pages_and_a_search(name):
    text = TEMPLATES[name]
    assert "next_page(" in text
    assert "search_list(" in text or 'type="search"' in text or "field(form.q)" in text


@pytest.mark.parametrize("name", sorted(READ_ON))
def test_a_list_that_is_read_on_has_pages(name):
    assert "next_page(" in TEMPLATES[name] or "next_url(" in TEMPLATES[name] or "page.next_key" in TEMPLATES[name]


# -- with 3,000 rows ---------------------------------------------------------------------------------------------------

FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Đỗ", "Vũ", "Ngô", "Đặng")
MIDDLE = ("Thị", "Văn", "Thị Minh", "Quang", "Đức")
GIVEN = ("An", "Ánh", "Bình", "Chi", "Dũng", "Đào", "Đông", "Em", "Giang", "Hoà", "Hòa", "Hùng", "Ý", "Yến")


class Crowd:
    """A class of so many, with what belongs to it, each of the city's lists with as many rows."""

    def __init__(self, size):
        self.size, now = size, datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
        self.institution, self.unit = make.institution(), make.unit(make.city(), name="Sở lớn")
        self.run = make.class_run(self.institution, capacity=9_000)
        self.session = make.class_session(self.run)
        self.people = [self._person(n) for n in range(size)]
        _put(Person, self.people)
        accounts = [
            {"username": one["staff_code"].lower(), "display_name": one["full_name"], "person_id": one["id"]}
            for one in self.people
        ]
        _put(Account, [{"id": uuid4(), "actor_name": uuid4(), **one} for one in accounts])
        self.enrolments = [
            {"id": uuid4(), "class_id": self.run.id, "person_id": one["id"], "unit_id": self.unit.id}
            for one in self.people
        ]
        _put(Enrolment, [{"status": "enrolled", "enrolled_at": now, **one} for one in self.enrolments])
        self._others(now)
        db.session.flush()

    def _person(self, n):
        name = f"{FAMILY[n % 8]} {MIDDLE[n % 5]} {GIVEN[n % 14]}"
        code = f"LL{n:06}"
        return {
            "id": uuid4(), "staff_code": code, "full_name": name, "search_text": fold(f"{name} {code}"),
            "sort_key": name_key(name), "category": "civil_servant", "position": "Chuyên viên", "unit_id": self.unit.id,
        }  # fmt: skip

    def _others(self, now):
        assignment = db.session.scalars(
            select(Assignment.id).where(Assignment.version_id == self.run.version_id)
        ).first()
        rows = [
            {"id": uuid4(), "assignment_id": assignment, "registration": one["id"], "person_id": one["person_id"]}
            for one in self.enrolments
        ]
        more = {"number": 1, "filename": "bai.pdf", "sha256": "0" * 64, "size": 9, "submitted_at": now}
        _put(Submission, [one | more for one in rows])
        instrument = instruments.for_audience("trainee").id
        base = {"audience": "trainee", "institution_id": self.institution.id, "instrument_id": instrument}
        base |= {"public_key": b"", "opens_at": now}
        self.survey = make.add(
            Survey(**base, id=uuid4(), class_id=self.run.id, state="open", closes_at=utcnow() + timedelta(days=9))
        )
        invited = [{"person_id": one["person_id"], "enrolment_id": one["id"]} for one in self.enrolments]
        _put(Participation, [{"survey_id": self.survey.id, **one} for one in invited])
        forms = [
            {
                "id": uuid4(), "class_id": self.run.id, "enrolment_id": one["id"], "audience": audience,
                "instrument_id": instrument, "opens_at": now, "closes_at": now + timedelta(days=90),
                "answered_at": now if audience == "follow_up" else None,
            }
            for one in self.enrolments
            for audience in ("employer", "follow_up")
        ]  # fmt: skip
        _put(FollowUp, forms)
        self._classes(base, now)
        held = db.session.execute(select(Account.id).where(Account.person_id.in_([p["id"] for p in self.people])))
        asked = [{"id": uuid4(), "account_id": row.id, "asked_at": now, "asked_by": row.id} for row in held]
        _put(ErasureRequest, [{"state": "open", **one} for one in asked])
        city = make.city()
        units = [
            {"code": f"LLU{n}", "name": f"Đơn vị {n}", "search_text": fold(f"Đơn vị {n} LLU{n}"), "kind": "department"}
            for n in range(self.size)
        ]
        more = {"parent_id": city.id, "valid_from": datetime(2020, 1, 1).date()}
        ids = range(5_000_000, 5_000_000 + self.size)
        _put(
            Unit,
            [
                {"id": key, "path": f"{city.path}{key}/", "sort_key": text_key(one["name"]), **one, **more}
                for key, one in zip(ids, units, strict=True)
            ],
        )

    def _classes(self, base, now):
        day = now.date()
        more = {"version_id": self.run.version_id, "institution_id": self.institution.id, "starts_on": day}
        more |= {"ends_on": day, "status": "finished", "capacity": 9, "finished_at": now}
        runs = [
            {"id": uuid4(), "code": f"LL-{n}", "name": f"Lớp dài {n}", "sort_key": text_key(f"LL-{n}"), **more}
            for n in range(self.size)
        ]
        _put(ClassRun, runs)
        sent = {"unit_id": self.unit.id, "status": "enrolled", "enrolled_at": now}
        pairs = zip(runs, self.people, strict=True)
        _put(Enrolment, [{"id": uuid4(), "class_id": one["id"], "person_id": who["id"], **sent} for one, who in pairs])
        closed = {"state": "closed", "closes_at": now, "closed_at": now, "invited": 9, "answered": 9, "valid": 9}
        surveys = [{**base, **closed, "invalid": 0, "id": uuid4(), "class_id": one["id"]} for one in runs]
        _put(Survey, surveys)
        _put(
            Comment,
            [
                {"id": uuid4(), "survey_id": one["id"], "item": "eff-comment", "teaching": uuid4(), "text": "Bổ ích"}
                for one in surveys
            ],
        )
        low = {"section": "programme", "mean": 2.0, "threshold": 3.5, "points": 5, "state": "due", "made_at": now}
        _put(
            Adjustment,
            [{"id": uuid4(), "survey_id": one["id"], "class_id": one["class_id"], **low} for one in surveys],
        )


def _put(model, rows):
    if rows:
        db.session.execute(insert(model.__table__), rows)


PAGES = {
    "members": (lambda c: f"/classes/{c.run.id}", "institution_staff", r"<small>(LL\d+)"),
    "attendance": (
        lambda c: f"/classes/{c.run.id}/sessions/{c.session.id}/attendance", "institution_staff", r"<small>(LL\d+) "
    ),
    "essays": (lambda c: f"/classes/{c.run.id}/essays", "institution_staff", r"<small>(LL\d+)"),
    "paper": (lambda c: f"/evaluations/{c.survey.id}/paper", "institution_staff", r'muted">(LL\d+)'),
    "classes": (lambda c: "/classes", "institution_staff", r'muted">(LL-\d+)'),
    "results": (lambda c: "quality.index", "institution_staff", r'muted">(LL-\d+)'),
    "adjustments": (lambda c: "quality.adjustments", "institution_staff", r">(LL-\d+)</a>"),
    "completion of classes": (lambda c: "/reports/completion?by=class", "home_affairs_officer", r"<small>(LL-\d+)<"),
    "trainees": (
        lambda c: f"/reports/completion/trainees?class={c.run.id}", "home_affairs_officer", r"minor\">(LL\d+)<"
    ),
    "comments": (lambda c: "surveys.reading", "comment_reader", r"Lớp dài (\d+)"),
    "after training": (lambda c: "surveys.follow_ups", "unit_manager", r'row">\s*<a href="[^"]*/([0-9a-f-]{36})'),
    "requests": (lambda c: "console.erasures", "administrator", r'muted">(LL\d+)'),
    "people": (lambda c: "people.people", "administrator", r"<td>(LL\d+)<"),
    "units": (lambda c: f"people.units?below={make.city().id}", "administrator", r"<td>(LLU\d+)<"),
}  # fmt: skip


@pytest.fixture(scope="module")
def answers():
    return {}


def _address(app, of):
    """The address of a list: its own, or that of an endpoint."""
    if of.startswith("/"):
        return of
    endpoint, _sep, asked = of.partition("?")
    return f"{app.url_map.bind('localhost').build(endpoint)}?{asked}"


def _counted(client, url):
    """The page, and how many SQL statements it took."""
    statements = []

    def note(_c, _cursor, statement, *_rest):
        statements.append(statement)

    engine = db.session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        page = client.get(url)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert page.status_code == 200, (url, page.status_code)
    asked = [one for one in statements if "SAVEPOINT" not in one]
    return page.text, len(asked)


@pytest.mark.parametrize("rows", [3, ROWS], ids=["few", "many"])
def test_a_list_of_3000_is_a_light_page_of_as_many_statements(app, session, sign_in, rows, answers):
    crowd = Crowd(rows)
    session.execute(text("ANALYZE"))  # autovacuum's part; without it the plans of an empty town stand
    over = {"institution_staff": crowd.institution, "unit_manager": crowd.unit}
    clients = {role: sign_in(make.holder(role, over.get(role))) for _url, role, _row in PAGES.values()}
    problems = []
    for name, (url_of, role, row) in PAGES.items():
        url = _address(app, url_of(crowd))
        page, statements = _counted(clients[role], url)
        shown = re.findall(row, page)
        answers[name, rows] = statements
        if not shown or 'type="search"' not in page:
            problems.append((name, "rows or search are missing", len(shown)))
        if len(page.encode()) > LARGEST or len(shown) > 2 * PAGE:
            problems.append((name, len(page.encode()), len(shown)))
        if ('rel="next"' in page) != (rows == ROWS):
            problems.append((name, "pages"))
        few = answers.get((name, 3), statements)
        if statements > few:
            problems.append((name, f"{few} statements for three rows, {statements} for {rows}"))
    assert problems == []


def test_the_pages_of_a_class_hold_everybody_once_in_the_order_of_names(app, session, sign_in):
    crowd = Crowd(2 * PAGE + 7)
    client, seen = sign_in(make.holder("institution_staff", crowd.institution)), []
    url = f"/classes/{crowd.run.id}"
    while url:
        page = client.get(url).text
        seen += re.findall(r"<small>(LL\d+)", page)
        following = re.search(r'rel="next" href="([^"#]+)', page)
        url = following and following[1]
    keys = {one["staff_code"]: (one["sort_key"], one["id"]) for one in crowd.people}
    assert seen == sorted(keys, key=keys.get)
    found = client.get(f"/classes/{crowd.run.id}?q=em+dang+LL000007").text
    assert re.findall(r"<small>(LL\d+)", found) == ["LL000007"]
    assert re.findall(r"<small>(LL\d+)", client.get(f"/classes/{crowd.run.id}?q=khong+ai").text) == []
    last = client.get(f"/classes/{crowd.run.id}?page=999").text
    assert len(re.findall(r"<small>(LL\d+)", last)) == 7 and 'rel="prev"' in last
    for odd in ("_anchor=x&endpoint=y&class_id=z&page=1", "q=%25&_external=1"):
        assert client.get(f"/classes/{crowd.run.id}?{odd}").status_code == 200


def test_what_is_printed_is_the_whole_class(app, session, sign_in):
    crowd = Crowd(PAGE + 5)
    client = sign_in(make.holder("institution_staff", crowd.institution))
    for url in ("trainees/paper", f"sessions/{crowd.session.id}/attendance/paper"):
        page = client.get(f"/classes/{crowd.run.id}/{url}").text
        main = page[page.index("<main") : page.index("</main>")]
        assert len(re.findall(r"<td>LL\d+</td>", main)) == PAGE + 5
        assert "<input" not in main and "<form" not in main


def test_a_sheet_is_saved_page_by_page(app, session, sign_in, submit):
    crowd = Crowd(PAGE + 5)
    client = sign_in(make.holder("institution_staff", crowd.institution))
    url = f"/classes/{crowd.run.id}/sessions/{crowd.session.id}/attendance"
    first = re.findall(r'name="status-([0-9a-f-]{36})" value="present"', client.get(url).text)
    assert len(first) == PAGE
    answer = submit(client, url, {f"status-{key}": "present" for key in first} | {"next": "1"}, page=url)
    assert answer.status_code == 302 and answer.location.endswith("?page=2")
    second = client.get(answer.location).text
    assert f"{PAGE}/{PAGE + 5}" in second
    unmarked = client.get(f"{url}?show=unmarked").text
    left = re.findall(r'name="status-([0-9a-f-]{36})" value="present"', unmarked)
    assert len(left) == 5 and not set(left) & set(first)
    late = submit(client, f"{url}?show=unmarked", {f"status-{key}": "late" for key in left}, page=url)
    assert late.status_code == 302
    assert "Tất cả học viên đã được điểm danh" in client.get(f"{url}?show=unmarked").text
