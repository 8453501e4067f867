"""Forms that are wrong, forged, huge or hostile: refused in words, nothing stored, nothing lost; the rest is text."""

import io
import random
import re
import unicodedata
import zipfile
from datetime import timedelta

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms.classes import services as classes
from lms.classes.models import Attendance, Enrolment
from lms.core.config import ROOT
from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM
from lms.people.models import Person
from lms.records.models import Statement
from lms.surveys import answers, document, rules
from lms.surveys.answers import MAX_COMMENT
from lms.surveys.models import Comment, FollowUp, Participation, SealedBallot, Survey
from lms.surveys.queries import rights, states
from lms.surveys.services import comments, evaluations
from tests import factories as make


class World:
    """A finished class of six, two lecturers and a third who teaches elsewhere."""

    def __init__(self, app):
        self.keys = app.config["SETTINGS"].keys_dir
        self.institution = make.institution()
        self.run = make.class_run(self.institution)
        topics = make.topics(self.run)
        self.lecturer = make.holder("lecturer", self.institution)
        self.teaching = make.teaching(self.run, topics[0], db.session.get(Person, self.lecturer.person_id))
        elsewhere = make.class_run(self.institution)
        self.other_teaching = make.teaching(elsewhere, topics[1], make.person(self.institution))
        self.accounts = [make.trainee() for _ in range(6)]
        self.people = [db.session.get(Person, one.person_id) for one in self.accounts]
        for one in self.people:
            make.enrolment(self.run, one, status="completed")
        self.staff = make.holder("institution_staff", self.institution)
        self.reader = make.holder("comment_reader", self.institution)
        db.session.commit()
        classes.finish_class(SYSTEM, self.run.id, reason="Thử", at=utcnow())
        self.survey = db.session.scalars(select(Survey).where(Survey.class_id == self.run.id)).one()
        self.url = f"/evaluations/{self.survey.id}"

    def fields(self, **said):
        return make.filled_form(rights.form_of(self.survey.id, self.people[0].id), **said)

    def close(self):
        evaluations.close(SYSTEM, self.survey.id, keys=self.keys, at=utcnow())


@pytest.fixture
def world(app, session):
    return World(app)


@pytest.fixture
def client(world, sign_in):
    return sign_in(world.accounts[0])


@pytest.fixture
def nothing_stored(world, session):
    """At the end of the test no form was taken: no box, no mark, no statement."""
    yield
    assert session.scalar(select(func.count()).select_from(SealedBallot)) == 0
    assert session.scalar(select(func.count()).where(Participation.answered)) == 0
    assert not any("evaluated" in raw for raw in session.scalars(select(Statement.raw)))


# -- what is refused --------------------------------------------------------------------------------------------------

WRONG = {
    "point 0": {"prog-fit": ["0"]},
    "point 6": {"prog-fit": ["6"]},
    "an Arabic digit": {"prog-fit": ["٣"]},
    "a full-width digit": {"prog-fit": ["３"]},
    "a decimal": {"prog-fit": ["1.0"]},
    "a sign": {"prog-fit": ["+1"]},
    "a huge number": {"prog-fit": ["9" * 5000]},
    "not applicable where it is not offered": {"prog-fit": ["na"]},
    "a field twice": {"prog-fit": ["4", "5"]},
    "the same point twice": {"prog-fit": ["4", "4"]},
    "a question that is not asked": {"prog-salary": ["4"]},
    "a question of a teaching where it is not repeated": {"prog-fit.{taught}": ["4"]},
    "no teaching where it is repeated": {"lect-method": ["4"]},
    "a lecturer who did not teach": {"lect-method.{other}": ["1"]},
    "a teaching in capitals": {"lect-method.{TAUGHT}": ["1"]},
    "an option that does not exist": {"eff-apply": ["2"], "eff-hinder": ["salary"]},
    "an option twice": {"eff-apply": ["2"], "eff-hinder": ["time", "time"]},
    "a rank that does not exist": {"eff-priority/content": ["5"]},
    "a rank of something else": {"eff-priority/salary": ["1"]},
    "two ranks for one line": {"eff-priority/content": ["1", "2"]},
    "a comment in two fields": {"eff-comment": ["một", "hai"]},
    "somebody else's person": {"person_id": ["00000000-0000-0000-0000-000000000000"]},
}


def _placed(world, change):
    places = {"taught": str(world.teaching.id), "TAUGHT": str(world.teaching.id).upper()}
    return {name.format(other=world.other_teaching.id, **places): value for name, value in change.items()}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_what_is_no_part_of_the_form_is_refused_in_words(world, client, submit, nothing_stored, change):
    fields = world.fields(eff_comment="Điều em viết vẫn còn đây") | _placed(world, change)
    if "eff-comment" in change:
        fields["eff-comment"] = change["eff-comment"]
    answer = submit(client, world.url, fields)
    assert answer.status_code == 422
    assert "câu trả lời không thuộc phiếu này" in answer.text
    assert "eff-comment" in change or "Điều em viết vẫn còn đây" in answer.text


def test_a_trainee_is_not_asked_about_a_topic_she_missed_and_may_not_answer_it(world, client, submit, nothing_stored):
    fields = world.fields()
    lecturer = db.session.get(Person, world.lecturer.person_id)
    held = make.class_session(world.run, lecturer, topic_id=world.teaching.topic_id, attendance_taken_at=utcnow())
    for number, one in enumerate(db.session.scalars(select(Enrolment).where(Enrolment.class_id == world.run.id))):
        status = "absent" if one.person_id == world.people[0].id else ("late" if number else "present")
        make.add(Attendance(session_id=held.id, enrolment_id=one.id, status=status, recorded_at=utcnow()))
    db.session.commit()
    assert submit(client, world.url, fields).status_code == 422


RANKINGS = {
    "with holes": {"content": "1", "method": "2", "practice": "", "organisation": "4"},
    "one place twice": {"content": "1", "method": "1", "practice": "2", "organisation": "3"},
    "one line only": {"content": "1", "method": "", "practice": "", "organisation": ""},
}


@pytest.mark.parametrize("places", RANKINGS.values(), ids=RANKINGS)
def test_a_ranking_that_was_begun_is_to_be_finished(world, client, submit, nothing_stored, places):
    fields = world.fields() | {f"eff-priority/{key}": [place] for key, place in places.items()}
    answer = submit(client, world.url, fields)
    assert answer.status_code == 422
    assert "mỗi dòng một thứ tự riêng" in answer.text
    assert answer.text.count("chưa xếp xong") == 2  # beside the lines, and in the summary that leads there


def test_a_ranking_left_blank_as_a_whole_is_one_blank_and_not_a_fault(world, client, submit, nothing_stored):
    fields = {name: texts for name, texts in world.fields().items() if not name.startswith("eff-priority/")}
    answer = submit(client, world.url, fields)
    assert "chưa xếp xong" not in answer.text
    assert answer.text.count("chưa trả lời</span>") == 1


def test_an_answer_to_a_question_whose_condition_is_not_met_falls_away(world, client, submit, sign_in):
    fields = world.fields() | {"eff-apply": ["5"], "eff-hinder": ["time"]}
    assert submit(client, world.url, fields).status_code == 302
    for one in world.people[1:]:
        make.answered(world.survey, one, eff_apply="5", eff_hinder="time")
    world.close()
    assert not any(item == "eff-hinder" for item, _teaching in states.tallies(world.survey.id))


@pytest.mark.parametrize("size", [MAX_COMMENT + 1, 100_000])
def test_a_comment_that_is_too_long_is_marked_and_kept_on_the_page(world, client, submit, nothing_stored, size):
    said = "Dài quá " * (size // 8 + 1)
    answer = submit(client, world.url, world.fields(eff_comment=said))
    assert answer.status_code == 422
    assert "2000 ký tự" in answer.text
    assert said.strip() in answer.text
    assert answer.text.count("quá dài</span>") == 1


def test_comments_too_long_together_are_refused_and_kept(world, client, submit, nothing_stored):
    more = [make.teaching(world.run, one, make.person(world.institution)) for one in make.topics(world.run)[1:5]]
    db.session.commit()
    chance = random.Random(1)
    fields = world.fields() | {
        f"lect-comment.{one.id}": ["".join(chr(chance.randint(0x4E00, 0x9FA0)) for _ in range(MAX_COMMENT))]
        for one in (world.teaching, *more)
    }
    answer = submit(client, world.url, fields)
    assert answer.status_code == 422
    assert "quá dài" in answer.text
    assert all(fields[f"lect-comment.{one.id}"][0] in answer.text for one in more)


def test_a_form_without_a_csrf_token_is_refused(world, client, nothing_stored):
    answer = client.post(world.url, data=world.fields())
    assert answer.status_code == 400
    assert "hết hiệu lực" in answer.text


def test_a_form_with_the_token_of_another_session_is_refused(world, client, sign_in, submit, nothing_stored):
    page = sign_in(world.accounts[1]).get(world.url).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)
    assert client.post(world.url, data=world.fields() | {"csrf_token": token}).status_code == 400


def test_a_stranger_is_asked_to_sign_in(world, app, submit, nothing_stored):
    stranger = app.test_client()
    assert submit(stranger, world.url, world.fields(), page="/account/sign-in").status_code == 401


def test_a_closed_evaluation_refuses_in_words(world, client, submit, session):
    fields = world.fields()
    page = client.get(world.url).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)
    world.close()
    answer = client.post(world.url, data=fields | {"csrf_token": token})
    assert answer.status_code == 409
    assert "đã kết thúc" in answer.text
    assert session.scalar(select(func.count()).where(Participation.answered)) == 0


def test_a_period_that_is_over_refuses_before_the_job_has_closed_it(world, client, submit, session, nothing_stored):
    world.survey.closes_at = utcnow() - timedelta(seconds=1)
    session.commit()
    assert submit(client, world.url, world.fields(), page="/account").status_code == 409


def test_a_named_form_that_is_not_open_yet_refuses_in_words(world, client, submit, session):
    mine = select(FollowUp).where(FollowUp.class_id == world.run.id, FollowUp.audience == "follow_up")
    for one in session.scalars(mine):
        answer = submit(client, f"/follow-ups/{one.id}", {"fu-applied": ["4"]}, page="/account")
        assert answer.status_code in (403, 409)
        if answer.status_code == 409:
            assert "từ 3 đến 6 tháng" in answer.text
    assert session.scalar(select(func.count()).where(FollowUp.answers.is_not(None))) == 0


def test_the_second_form_of_a_person_is_refused_in_words_and_the_first_one_stays(world, client, submit, sign_in):
    assert submit(client, world.url, world.fields()).status_code == 302
    elsewhere = sign_in(world.accounts[0])
    answer = submit(elsewhere, world.url, world.fields(), page="/account")
    assert answer.status_code == 409
    assert "không được ghi nhận" in answer.text


def test_thanks_are_said_to_nobody_who_has_not_sent_a_form(world, client):
    answer = client.get(f"{world.url}/thanks")
    assert (answer.status_code, answer.location) == (302, world.url)


# -- how it is sent ---------------------------------------------------------------------------------------------------


def _token(client, url):
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(url).text).group(1)


def test_multipart_is_read_like_any_form_and_a_file_is_no_answer(world, client, session):
    flat = {name: texts[0] for name, texts in world.fields().items()} | {"csrf_token": _token(client, world.url)}
    forged = flat | {"eff-comment": (io.BytesIO(b"<script>"), "x.html")}
    assert client.post(world.url, data=forged, content_type="multipart/form-data").status_code == 422
    assert session.scalar(select(func.count()).select_from(SealedBallot)) == 0
    assert client.post(world.url, data=flat, content_type="multipart/form-data").status_code == 302


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/octet-stream", ""])
def test_other_media_types_hold_no_form(world, client, nothing_stored, kind):
    body = f"csrf_token={_token(client, world.url)}&prog-fit=4".encode()
    assert client.post(world.url, data=body, content_type=kind).status_code == 400


def test_a_body_larger_than_forms_may_be_is_refused(world, client, nothing_stored):
    body = b"csrf_token=x&eff-comment=" + b"a" * 3_000_000
    answer = client.post(world.url, data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413


def test_a_hundred_thousand_fields_are_refused(world, client, nothing_stored):
    token = _token(client, world.url)
    body = f"csrf_token={token}&".encode() + b"&".join(b"q%d=1" % number for number in range(100_000))
    answer = client.post(world.url, data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 422
    assert len(answer.data) < 100_000


SPELLED = {
    "a NUL": (b"a%00b", "ab"),
    "control characters": (b"a%07%1b%5b31mb", "a[31mb"),
    "another direction": ("a\u202eb\u202c \u2067c\u2069".encode(), "ab c"),
    "NFD": (unicodedata.normalize("NFD", "Đường phố").encode(), "Đường phố"),
    "a lone surrogate": (b"a%ed%a0%80b", None),
    "bytes that are no UTF-8": (b"a%ff%feb", None),
    "line ends of every kind": (b"a%0d%0ab%0dc%0ad", "a\nb\nc\nd"),
    "an emoji beyond the plane": ("Tốt 👍🏽".encode(), "Tốt 👍🏽"),
}


@pytest.mark.parametrize(("sent", "kept"), SPELLED.values(), ids=SPELLED)
def test_a_comment_is_clean_text_whatever_was_sent(world, client, session, sent, kept):
    body = f"csrf_token={_token(client, world.url)}".encode()
    for name, texts in world.fields().items():
        body += b"".join(f"&{name}={text}".encode() for text in texts)
    answer = client.post(
        world.url, data=body + b"&eff-comment=" + sent, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 302
    for one in world.people[1:]:
        make.answered(world.survey, one)
    world.close()
    text = session.scalars(select(Comment.text).where(Comment.survey_id == world.survey.id)).one()
    assert text == unicodedata.normalize("NFC", text)
    assert not any(unicodedata.category(sign) in ("Cs", "Cc") and sign != "\n" for sign in text)
    assert kept is None or text == kept


# -- where it is shown ------------------------------------------------------------------------------------------------

NASTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "=cmd|' /C calc'!A0",
    "+84 912 345 678",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "{{ 7*7 }} {% include 'x' %}",
)


def test_hostile_comments_are_text_on_every_page_and_in_every_file(world, sign_in, submit, session):
    for one, said in zip(world.people, NASTY, strict=True):
        make.answered(world.survey, one, **{"eff-comment": said, f"lect-comment.{world.teaching.id}": said})
    world.close()
    reader, staff = sign_in(world.reader), sign_in(world.staff)
    pages = [reader.get(f"{world.url}/comments").text]
    comments.pass_all(SYSTEM, world.survey.id, at=utcnow())
    evaluations.release(SYSTEM, world.survey.id, at=utcnow())
    report = f"/reports/classes/{world.run.id}/quality"
    pages += [reader.get(f"{world.url}/comments").text, staff.get(report).text]
    pages.append(sign_in(world.lecturer).get(f"/reports/own/{world.teaching.id}").text)
    for page in pages:
        assert "<script>alert" not in page and "<img src=x" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "{{ 7*7 }}" in page
    with zipfile.ZipFile(io.BytesIO(staff.get(f"{report}.xlsx").data)) as book:
        sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        strings = book.read("xl/sharedStrings.xml").decode()
    assert not any(b"<f>" in sheet or b"hyperlink" in sheet for sheet in sheets)
    assert "=cmd|" in strings and "&lt;script&gt;" in strings


def test_the_same_comment_a_thousand_times_is_read_in_pages_and_shown_without_its_link(world, sign_in, session):
    for one in world.people:
        make.answered(world.survey, one)
    world.close()
    spam = "Mua hàng tại https://spam.example/?a=1&b=2 ngay"
    rows = [
        {
            "id": make.uuid4(),
            "survey_id": world.survey.id,
            "item": "eff-comment",
            "teaching": rules.NONE,
            "text": spam,
        }
        for _ in range(1000)
    ]
    session.execute(Comment.__table__.insert(), rows)
    reader, address, seen = sign_in(world.reader), f"{world.url}/comments", 0
    while address:
        page = reader.get(address).text
        assert len(page) < 200_000
        seen += page.count("<textarea")
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following.group(1) if following else None
    assert seen == 1000
    assert comments.pass_all(SYSTEM, world.survey.id, at=utcnow()) == 1000
    page = sign_in(world.staff).get(f"/reports/classes/{world.run.id}/quality").text
    assert 'href="https://spam' not in page
    assert "spam.example" in page


# -- reading, for any form at all -------------------------------------------------------------------------------------

TRAINEE = document.read(yaml.safe_load((ROOT / "lms/surveys/instruments/trainee.yaml").read_text()))
TAUGHT = [make.uuid4() for _ in range(2)]
ASKED = answers.questions(TRAINEE, TAUGHT)
NAMES = st.sampled_from([name for one in ASKED for name in answers._fields(one)] + ["lect-method", "x", "csrf", ""])
TEXTS = st.one_of(st.sampled_from(["", " ", "1", "5", "na", "time", "content", "0", "6"]), st.text(max_size=8))


@given(st.dictionaries(NAMES, st.lists(TEXTS, max_size=3), max_size=30))
def test_whatever_is_read_holds_only_answers_the_form_has_and_reads_the_same_again(said):
    try:
        values = answers.read(TRAINEE, ASKED, said)
    except (answers.MalformedError, answers.TooLongError):
        return
    known = {one.name: one for one in ASKED}
    again = {}
    for name, value in values.items():
        item = known[name].item
        keys = [one.key for one in item.options]
        if item.kind == "scale":
            assert (value == "na" and item.na) or value in range(1, 6)
        elif item.kind == "ranking":
            assert sorted(value) == sorted(keys)
        elif item.kind == "multiple":
            assert value and [key for key in keys if key in value] == value
        else:
            assert value.strip() == value != ""
        again |= (
            {f"{name}/{key}": [str(place)] for place, key in enumerate(value, 1)}
            if item.kind == "ranking"
            else {name: value if isinstance(value, list) else [str(value)]}
        )
    assert answers.read(TRAINEE, ASKED, again) == values
