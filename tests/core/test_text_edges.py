"""What people write goes through the one cleaning at the edge: nothing reads a request's text, or keeps one, raw."""

import ast
import re
from pathlib import Path

from sqlalchemy import select

from lms.core.database import utcnow
from lms.people.models import Person, Unit
from lms.surveys import forms
from lms.surveys.models import Reply
from tests import factories as make

LMS = Path(__file__).resolve().parents[2] / "lms"
RAW = {
    "assessment/views.py": "keys of the questions, and numbers, which are read as such (rules.read_response)",
    "catalogue/views.py": "filters of a fixed choice, and a number of digits",
    "classes/views/life.py": "the id of an earlier class",
    "classes/views/sheets.py": "marks by _marks, which cleans; the sheet as it was read, as JSON; a fixed choice",
    "catalogue/circle/views.py": "ids, a fixed choice; the rest by forms",
    "library/views/chosen.py": "ids of packages, a fixed choice; labels by a form",
    "planning/forms.py": "ids, looked up; numbers of quotas",
    "planning/plans/views.py": "fixed choices",
    "planning/views/signing.py": "ids, looked up; the rest by forms",
    "console/statements/views.py": "by a form",
    "console/trail/views.py": "by a form",
    "core/drafts.py": "what was typed is given back as it was typed",
    "core/fields.py": "whether a button was pressed",
    "core/forms.py": "names of fields",
    "core/pages.py": "the address of the next page is that of this one",
    "core/views.py": "an address, judged by safe_target",
    "learning/exchange/views.py": "a fixed choice",
    "learning/materials/views.py": "a unit's place, looked up",
    "learning/views.py": "a heading's name and steps, looked up",
    "library/api/operations.py": "judged by the operation's schema",
    "library/views/administration.py": "a number; given back as it was typed",
    "library/views/packages.py": "a fixed choice, and a number",
    "library/views/previews.py": "a unit's place, looked up",
    "people/views/admin.py": "a fixed choice",
    "people/views/imports.py": "a signed token, a sheet's name as the file has it, a fixed choice",
    "people/views/own.py": "an address, judged by safe_target",
    "people/views/units.py": "codes, looked up, and a day",
    "quality/views/adjustments.py": "a fixed choice",
    "records": "the record store keeps what programs send as it was sent",
    "reports/completion/views.py": "a fixed choice, and a code, looked up",
    "reports/issued/views.py": "a fixed choice",
    "reports/unit_reports/views/campaigns.py": "a fixed choice",
    "surveys/builder/views.py": "a fixed choice and a name, looked up",
    "surveys/forms.py": "cleaned right there",
    "surveys/views/evaluations.py": "which fields there are; their texts by surveys/forms.py",
    "surveys/views/comments.py": "cleaned by the act (services/comments.py); given back as it was typed",
}
"""Where a request is read without a form -> why nothing raw is kept."""


def _places():
    for path in sorted(LMS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("form", "args", "values") and _is_request(node.value):
                yield path.relative_to(LMS).as_posix()
                break


def _is_request(node):
    return isinstance(node, ast.Name) and node.id == "request"


def _of(place):
    return next((one for one in RAW if place == one or place.startswith(f"{one}/")), None)


def test_every_place_that_reads_a_request_without_a_form_says_what_becomes_of_its_texts():
    places = set(_places()) - {"core/arguments.py"}
    assert {place for place in places if _of(place) is None} == set()
    assert {one for one in RAW if not any(_of(place) == one for place in places)} == set()  # each says of something


def test_only_what_must_stay_as_it_was_sent_is_kept_in_nfc_alone():
    """Passwords, what packages hold, what programs store; whatever people write is cleaned whole."""
    plain = {
        path.relative_to(LMS).as_posix() for path in LMS.rglob("*.py") if re.search(r"\bnfc\(", path.read_text("utf-8"))
    }
    kept = {one for one in plain if not one.startswith(("packages/", "core/text.py"))}
    passwords = {"people/forms.py", "people/passwords.py", "people/rules.py"}
    old = {"core/fields.py", "surveys/forms.py"}  # a text in an old encoding, until somebody converts it
    assert kept == passwords | old


ODD = "Ðo\u0302 thi\u0323\u200b H\u2019Hen\u202e "
CLEANED = "Đô thị H'Hen"
OLD, UNICODE = "Trung t©m häc tËp céng ®ång", "Trung tâm học tập cộng đồng"


def test_an_answer_to_an_evaluation_is_cleaned(app):
    with app.test_request_context(method="POST", data={"eff_comment": ODD, "csrf_token": "x"}) as context:
        assert forms.given(context.request) == {"eff_comment": [CLEANED]}


def test_a_lecturers_answer_is_cleaned_and_one_of_nothing_visible_is_none(session, sign_in, submit):
    school = make.institution()
    lecturer, run = make.holder("lecturer", school), make.class_run(school)
    teaching = make.teaching(run, make.topics(run)[0], session.get(Person, lecturer.person_id))
    make.evaluated(run, [4] * 6, state="released", released_at=utcnow())
    session.commit()
    client, page = sign_in(lecturer), f"/reports/own/{teaching.id}"
    assert submit(client, page, {"text": "\u200b\u202e \ufeff"}).status_code == 422
    assert submit(client, page, {"text": ODD}).status_code == 302
    assert session.scalars(select(Reply.text)).all() == [CLEANED]


def test_an_old_encoding_is_told_with_a_button_that_converts_it(session, sign_in, submit):
    city = make.city()
    session.commit()
    client, page = sign_in(make.holder("administrator")), "/admin/units/new"
    form = {"code": "TTHT", "name": OLD, "kind": "department", "parent": city.code, "valid_from": "2026-01-01"}
    answer = submit(client, page, form)
    assert answer.status_code == 422
    assert UNICODE in answer.text and 'name="to-unicode"' in answer.text
    assert submit(client, page, form | {"to-unicode": "1"}).status_code == 302
    assert session.scalars(select(Unit.name).where(Unit.code == "TTHT")).all() == [UNICODE]
