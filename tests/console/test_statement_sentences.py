"""Statements as sentences: the product's own, word for word; any valid one of other programs, always a calm line."""

import unicodedata
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.console.statements.figures import duration_words, figure, seconds_of
from lms.console.statements.lines import names_somebody, pretty
from lms.console.statements.phrases import VERB_PHRASES
from lms.console.statements.sentences import Reader, plain, sentence, verb_word
from lms.records import statement_rules
from lms.records.emit import Activity, build
from lms.records.vocabulary import ACCOUNTS, AUTHORITY, VERBS, VOIDED
from tests.conftest import NOW

ANH = UUID("3f2a0b1c-4f89-41d3-9a0c-0305e82c3301")
NAMES = {ANH: "Nguyễn Thị Ánh"}
LESSON = Activity("lesson", "B1", {"vi": "Khái niệm đô thị thông minh", "en": "The smart city"})
SESSION, CLASS = Activity("session", "x", {"vi": "Buổi 3"}), Activity("class", "y", {"vi": "Lớp A2.1"})


def own(verb, activity=LESSON, **more):
    return build(learner=ANH, verb=verb, activity=activity, registration=None, at=NOW, **more)


def score(raw, most=10):
    return {"score": {"raw": raw, "min": 0, "max": most, "scaled": raw / most}}


@pytest.mark.parametrize(
    ("statement", "vi", "en"),
    [
        (
            own("completed", result=score(8) | {"duration": timedelta(minutes=12), "completion": True}),
            "Nguyễn Thị Ánh đã hoàn thành bài học “Khái niệm đô thị thông minh”, đạt 8/10 điểm, trong 12 phút.",
            "Nguyễn Thị Ánh completed the lesson “The smart city”, with 8 of 10 points, in 12 minutes.",
        ),
        (
            own("progressed", result={"duration": timedelta(seconds=40), "extensions": {"progress": 60}}),
            "Nguyễn Thị Ánh đã học tiếp bài học “Khái niệm đô thị thông minh”, đến 60%, trong 40 giây.",
            "Nguyễn Thị Ánh went on with the lesson “The smart city”, up to 60%, in 40 seconds.",
        ),
        (
            own("passed", Activity("quiz", "q", {"vi": "Học phần 1"}), result=score(8.5) | {"success": True},
                extensions={"attempt": 2}),
            "Nguyễn Thị Ánh đã đạt bài kiểm tra “Học phần 1”, được 8,5/10 điểm, lần thứ 2.",
            "Nguyễn Thị Ánh passed the quiz “Học phần 1”, with 8.5 of 10 points, attempt 2.",
        ),
        (
            own("answered", Activity("question", "1", {"vi": "Đô thị là gì?"}), result={"success": False}),
            "Nguyễn Thị Ánh đã trả lời câu hỏi “Đô thị là gì?”, trả lời chưa đúng.",
            "Nguyễn Thị Ánh answered the question “Đô thị là gì?”, wrongly.",
        ),
        (
            own("attended", SESSION, extensions={"status": "late"}),
            "Nguyễn Thị Ánh đã tham dự buổi học “Buổi 3”, đến muộn.",
            "Nguyễn Thị Ánh attended the session “Buổi 3”, late.",
        ),
        (
            own("missed", SESSION, extensions={"status": "absent"}),
            "Nguyễn Thị Ánh đã vắng mặt tại buổi học “Buổi 3”.",
            "Nguyễn Thị Ánh was absent from the session “Buổi 3”.",
        ),
        (
            own("amended", CLASS, result={"completion": False}, extensions={"status": "enrolled"}),
            "Nguyễn Thị Ánh được điều chỉnh kết quả tại lớp “Lớp A2.1”, tình trạng: đang học.",
            "Nguyễn Thị Ánh had a result corrected in the class “Lớp A2.1”, status: studying.",
        ),
        (
            own("scored", Activity("assignment", "v:1"), result=score(7.25) | {"success": True}),
            "Nguyễn Thị Ánh được chấm điểm bài thu hoạch v:1, đạt 7,25/10 điểm, đạt yêu cầu.",
            "Nguyễn Thị Ánh received a mark for the assignment v:1, with 7.25 of 10 points, successfully.",
        ),
    ],
    ids=lambda value: value["verb"]["display"]["en"] if isinstance(value, dict) else "",
)  # fmt: skip
def test_the_products_own_statements(statement, vi, en):
    assert sentence(statement, Reader("vi", NAMES)) == vi
    assert sentence(statement, Reader("en", NAMES)) == en


def test_without_the_right_to_a_name_the_learner_stays_opaque():
    assert sentence(own("completed"), Reader()).startswith("Người học 3f2a0b1c… đã hoàn thành bài học")


def test_to_oneself():
    assert sentence(own("enrolled", CLASS), Reader(you=ANH)) == "Anh/Chị được bổ sung vào lớp “Lớp A2.1”."
    assert sentence(own("enrolled", CLASS), Reader("en", you=ANH)) == "You were enrolled in the class “Lớp A2.1”."


def test_every_word_of_the_vocabulary_has_its_phrase():
    assert VERB_PHRASES.keys() >= {term.iri for term in VERBS.values()}


def foreign(**parts):
    base = {
        "actor": {"mbox": "mailto:anh@e.vn", "name": "Lê Anh"},
        "verb": {"id": "http://e.vn/verbs/handed-over"},
        "object": {"id": "http://e.vn/a"},
    }
    return base | parts


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({}, "Lê Anh đã thực hiện “handed over” với hoạt động http://e.vn/a."),
        ({"actor": {"mbox": "mailto:anh@e.vn"}}, "anh@e.vn đã thực hiện “handed over” với hoạt động http://e.vn/a."),
        ({"verb": {"id": "http://e.vn/v", "display": {"vi-VN": "đã trao"}}}, "Lê Anh đã trao hoạt động http://e.vn/a."),
        (
            {"verb": {"id": "http://e.vn/v", "display": {"de": "gab", "en-US": "gave"}}},
            "Lê Anh đã thực hiện “gave” với hoạt động http://e.vn/a.",
        ),
        (
            {"object": {"id": "http://e.vn/a", "definition": {"name": {"en": "A thing"}}}},
            "Lê Anh đã thực hiện “handed over” với “A thing”.",
        ),
        (
            {"verb": {"id": VOIDED}, "object": {"objectType": "StatementRef", "id": str(ANH)}},
            "Lê Anh đã hủy bản ghi 3f2a0b1c….",
        ),
        (
            {"object": {"objectType": "Agent", "mbox": "mailto:b@e.vn", "name": "Bình"}},
            "Lê Anh đã thực hiện “handed over” với Bình.",
        ),
        (
            {"actor": {"objectType": "Group", "member": [{"mbox": f"mailto:{n}@e.vn", "name": n} for n in "ABCDE"]}},
            "Nhóm gồm A, B, C và 2 người khác đã thực hiện “handed over” với hoạt động http://e.vn/a.",
        ),
        (
            {"actor": {"objectType": "Group", "name": "Tổ 3", "mbox": "mailto:t@e.vn"}},
            "Nhóm “Tổ 3” đã thực hiện “handed over” với hoạt động http://e.vn/a.",
        ),
        (
            {"verb": {"id": VERBS["completed"].iri}, "object": {"objectType": "SubStatement"} | foreign()},
            "Lê Anh đã hoàn thành việc sau: Lê Anh đã thực hiện “handed over” với hoạt động http://e.vn/a.",
        ),
        ({"actor": AUTHORITY}, "Hệ thống Khuê đã thực hiện “handed over” với hoạt động http://e.vn/a."),
        (
            {"result": {"score": {"scaled": 0.8}, "success": True, "completion": False, "duration": "P1DT2H"}},
            "Lê Anh đã thực hiện “handed over” với hoạt động http://e.vn/a, đạt 80%, đạt yêu cầu, chưa hoàn thành, "
            "trong 1 ngày 2 giờ.",
        ),
    ],
)
def test_statements_of_other_programs(parts, said):
    statement_rules.check(foreign(**parts), "1.0.3")
    assert sentence(foreign(**parts), Reader(strangers=True)) == said


def test_persons_of_other_systems_are_opaque_to_those_who_may_not_know_them():
    said = sentence(foreign(), Reader())
    assert "Lê Anh" not in said and "e.vn/a" in said and said.startswith("Người ngoài hệ thống ")


def test_the_word_of_a_verb():
    assert verb_word({"id": VERBS["amended"].iri}, "vi") == "được điều chỉnh"
    assert verb_word({"id": "tag:e.vn,2026:saw_it"}, "vi") == "saw it"


# -- anything that is valid --------------------------------------------------------------------------------------------

_text = st.text(max_size=300)
_hostile = st.sampled_from(
    ["<b>x</b>", "\u202eevil", "a\nb\tc", "x" * 5000, "{who}", "%(x)s", "\u2028", "", " ", "é" * 400]
)
_words = _text | _hostile
_map = st.dictionaries(st.sampled_from(["vi", "en", "en-US", "ar", "und"]), _words, min_size=1, max_size=3)
_iri = st.sampled_from(
    ["http://e.vn/x", "tag:x:", "urn:a:" + "b" * 3000, *(term.iri for term in VERBS.values()), "http://e.vn/\u202ex"]
)
_identity = st.one_of(
    st.just({"mbox": "mailto:MARKED@e.vn"}),
    st.just({"openid": "http://e.vn/MARKED"}),
    st.just({"mbox_sha1sum": "a" * 40}),
    st.builds(lambda name: {"account": {"homePage": ACCOUNTS, "name": name}}, st.just(str(ANH)) | st.just("MARKED")),
    st.just({"account": {"homePage": "http://e.vn", "name": "MARKED"}}),
)
_agent = st.builds(lambda who, name: who | name, _identity, st.just({}) | st.just({"name": "MARKED"}))
_group = st.builds(
    lambda members, name: {"objectType": "Group", "member": members} | name,
    st.lists(_agent, min_size=1, max_size=5),
    st.just({}) | st.just({"name": "MARKED"}),
)
_number = st.integers(-(10**40), 10**40) | st.floats(allow_nan=False, allow_infinity=False)
_result = st.fixed_dictionaries(
    {},
    optional={
        "score": st.fixed_dictionaries({}, optional={"raw": _number, "scaled": st.floats(-1, 1)}),
        "success": st.booleans(),
        "completion": st.booleans(),
        "duration": st.sampled_from(["PT0S", "PT12M", "P3W", "P9999999999999Y", "P1Y2M3DT4H5M6.78S", "PT0,5S"]),
        "extensions": st.dictionaries(
            _iri, st.none() | st.booleans() | _number | _words | st.lists(st.integers()), max_size=3
        ),
    },
)  # fmt: skip
_activity = st.builds(
    lambda iri, name, kind: {"id": iri, "definition": name | kind},
    _iri,
    st.just({}) | st.builds(lambda texts: {"name": texts}, _map),
    st.just({}) | st.builds(lambda iri: {"type": iri}, _iri),
)
_reference = st.just({"objectType": "StatementRef", "id": str(uuid4())})
_simple = st.one_of(_activity, _agent.map(lambda agent: {"objectType": "Agent"} | agent), _group, _reference)


def _statements(target):
    return st.builds(
        lambda actor, verb, thing, result: {"actor": actor, "verb": verb, "object": thing} | result,
        _agent | _group,
        st.builds(lambda iri, texts: {"id": iri} | texts, _iri, st.just({}) | _map.map(lambda one: {"display": one})),
        target,
        st.just({}) | _result.map(lambda one: {"result": one}),
    )


_any = _statements(_simple | _statements(_simple).map(lambda one: {"objectType": "SubStatement"} | one))


@given(_any, st.sampled_from(["vi", "en"]), st.booleans())
def test_any_valid_statement_is_one_plain_line(statement, language, strangers):
    statement_rules.check(statement, "1.0.3")
    said = sentence(statement, Reader(language, NAMES, strangers=strangers))
    assert said.endswith(".") and said[0] != " " and len(said) < 3000
    assert not [c for c in said if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs")]
    assert strangers or "MARKED" not in said


@given(_words, st.integers(1, 50))
def test_plain_text_keeps_its_limit(text, limit):
    assert len(plain(text, limit)) <= limit


# -- numbers and texts -------------------------------------------------------------------------------------------------


@given(_number)
def test_any_number_is_short(value):
    assert len(figure(value, "vi")) <= 20


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [("PT12M", 720), ("P1DT1H", 90_000), ("P2W", 1_209_600), ("PT1.5S", 1.5), ("P1Y", 31_536_000),
     ("P9999999999Y", None), ("P", None), ("PT", None), ("", None), ("12 minutes", None)],
)  # fmt: skip
def test_durations_in_seconds(duration, seconds):
    assert seconds_of(duration) == seconds


@pytest.mark.parametrize(
    ("seconds", "vi", "en"),
    [(1, "1 giây", "1 second"), (59.6, "1 phút", "1 minute"), (3590, "1 giờ", "1 hour"),
     (3660, "1 giờ 1 phút", "1 hour 1 minute"), (90_000, "1 ngày 1 giờ", "1 day 1 hour"), (86_399, "1 ngày", "1 day")],
)  # fmt: skip
def test_durations_in_words(seconds, vi, en):
    assert (duration_words(seconds, "vi"), duration_words(seconds, "en")) == (vi, en)


def test_the_text_keeps_its_numbers_and_shows_what_hides():
    shown = pretty('{"a":1.0,"b":12345678901234567890123,"c":1e-400,"d":"x\u202ey"}')
    assert '"a": 1.0' in shown and "12345678901234567890123" in shown and "1e-400" in shown and r"x\u202ey" in shown


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (own("completed"), False),
        (own("completed") | {"authority": AUTHORITY}, False),
        (foreign(), True),
        (foreign(actor={"account": {"homePage": ACCOUNTS, "name": str(ANH)}, "name": "Nguyễn Thị Ánh"}), True),
        (foreign(actor={"account": {"homePage": "http://e.vn", "name": "anh"}}), True),
        (own("completed") | {"context": {"team": {"objectType": "Group", "name": "Tổ 3", "member": []}}}, True),
        (own("completed") | {"context": {"instructor": {"openid": "http://e.vn/b"}}}, True),
    ],
)
def test_which_texts_may_tell_who_a_person_is(statement, named):
    assert names_somebody(statement) is named


def test_a_text_that_names_oneself_alone_is_open_to_oneself():
    named = foreign(actor={"account": {"homePage": ACCOUNTS, "name": str(ANH)}, "name": "Nguyễn Thị Ánh"})
    assert not names_somebody(named, ANH) and names_somebody(named, uuid4())
