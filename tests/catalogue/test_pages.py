"""The catalogue and the programme's page as visitors and reviewers see them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lms.catalogue import services
from lms.catalogue.listing import Filters, Shelf, UnknownFilterError, select_rows
from lms.catalogue.models import Figure, Programme
from lms.catalogue.queries import programmes as programme_rows
from lms.core.audit import AuditEntry
from tests import factories as make


def _codes(client, **query):
    html = client.get("/programmes", query_string=query).get_data(as_text=True)
    return re.findall(r'class="programme-code" aria-hidden="true">([^<]+)<', html)


def test_a_stranger_reads_all_programmes_under_their_groups(client):
    html = client.get("/programmes").get_data(as_text=True)
    assert len(_codes(client)) == 21
    for words in (
        "Bồi dưỡng hình thành đội ngũ chuyên gia",
        "Bồi dưỡng nâng cao năng lực thực thi công vụ",
        "Bồi dưỡng cán bộ, công chức cấp xã",
        "Bồi dưỡng viên chức",
        "Đào tạo sau đại học",
    ):
        assert words in html
    for total in ("580", "1.150", "2.179", "3.090", "270", "6.999"):
        assert total in html


def test_the_page_speaks_english(client):
    client.set_cookie("lang", "en")
    html = client.get("/programmes").get_data(as_text=True)
    assert "Forming a corps of experts" in html and "6,999" in html


@pytest.mark.parametrize("query", ["đô thị thông minh", "do thi thong minh", "DO THI  thông minh", "Đô Thị Thông Minh"])
def test_search_does_not_mind_accents_or_case(client, query):
    assert "A2.1" in _codes(client, q=query)
    assert "C2" not in _codes(client, q=query)


def test_search_finds_a_code(client):
    assert _codes(client, q="c3") == ["C3"]


def test_words_that_do_not_stand_together_are_looked_for_each(client):
    assert "C1" in _codes(client, q="hiệu trưởng quản trị")


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({"group": "B"}, ["B1", "B2", "B3"]),
        ({"field": "education"}, ["A1.6", "C1"]),
        ({"audience": "school_leader"}, ["C1"]),
        ({"form": "field_study_abroad"}, ["A1.1", "A1.2", "A1.3", "A1.4", "A1.5", "A1.6", "A1.7"]),
        ({"group": "A1", "q": "linh vuc y te"}, ["A1.7"]),
    ],
)
def test_filters_narrow_the_list(client, query, codes):
    assert _codes(client, **query) == codes


def test_the_number_found_is_said_and_the_words_are_kept(client):
    html = client.get("/programmes?q=truong+hoc").get_data(as_text=True)
    assert "Tìm thấy 1 chương trình" in html
    assert 'value="truong hoc"' in html


def test_nothing_found_offers_a_way_back(client):
    answer = client.get("/programmes?q=khongcogi")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Không có chương trình nào" in html and 'href="/programmes"' in html


@pytest.mark.parametrize("query", ["group=Z", "field=x", "audience=%27", "form=<script>", "group=A1&form=no"])
def test_a_value_no_filter_has_is_refused_in_the_products_look(client, query):
    answer = client.get(f"/programmes?{query}")
    assert answer.status_code == 400
    assert "Khuê" in answer.get_data(as_text=True)


@pytest.mark.parametrize("query", ["utm_source=x", "q=" + "a" * 5_000, "q=%00%01", "q=%25%5f", "q=<script>alert(1)"])
def test_strange_but_harmless_addresses_are_answered(client, query):
    answer = client.get(f"/programmes?{query}")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.get_data(as_text=True)


def test_the_list_takes_two_statements_and_then_none(client, queries):
    queries.clear()
    client.get("/programmes")
    assert len(queries) == 2
    queries.clear()
    client.get("/programmes?q=y+te")
    assert queries == []


def test_a_changed_number_shows_within_two_seconds(app, session):
    now = [0.0]
    shelf = Shelf(clock=lambda: now[0])
    render = lambda rows: str(sum(row.trained for row in rows))  # noqa: E731
    before = int(shelf.fragment("vi", Filters(), render))
    programme = session.scalars(select(Programme).where(Programme.code == "B1")).one()
    services.count_completion(programme.id, 3)
    now[0] = 1.5
    assert int(shelf.fragment("vi", Filters(), render)) == before + 3


def test_the_shelf_does_not_grow_without_bound(app, session):
    shelf = Shelf(clock=lambda: 0.0)
    for number in range(500):
        shelf.fragment("vi", Filters(q=str(number)), lambda rows: "x")
    assert len(shelf._fragments) <= 200


@given(st.dictionaries(st.sampled_from(["q", "group", "field", "audience", "form", "x"]), st.text(max_size=40)))
def test_any_parameters_are_read_or_refused(args):
    try:
        filters = Filters.read(args)
    except UnknownFilterError:
        return
    assert len(filters.q) <= 100


def test_every_programme_is_found_by_its_name_without_accents(session):
    from lms.core.text import fold

    rows = programme_rows()
    for row in rows:
        assert row in select_rows(rows, Filters(q=fold(row.name["vi"])))


# -- a programme ------------------------------------------------------------------------------------------------------


def test_a_programme_shows_the_decisions_words_and_its_curriculum(client):
    html = client.get("/programmes/A2.1").get_data(as_text=True)
    for words in (
        "Tham mưu chính sách, nguồn lực tài chính và dự án đầu tư xây dựng đô thị",
        "đang chờ cấp có thẩm quyền phê duyệt",
        "Còn ít nhất 3 năm công tác",
        f"Dự ít nhất {make.version().attendance_min_percent}% số buổi học",
        "Bài thu hoạch cuối khóa",
        "mục III.A.2.1",
    ):
        assert words in html, words


@pytest.mark.parametrize("code", ["A1.3", "B2", "C1", "D1", "D2"])
def test_every_programme_has_its_page(client, code):
    answer = client.get(f"/programmes/{code}")
    assert answer.status_code == 200
    assert "Quyết định số 1698" in answer.get_data(as_text=True)


def test_a_version_is_a_number(client):
    assert client.get("/programmes/A2.1?version=x").status_code == 400


@pytest.mark.parametrize("path", ["A9", "a2.1%00", "x" * 500, "A2.1?version=99"])
def test_what_is_not_there_is_not_found(client, path):
    assert client.get(f"/programmes/{path}").status_code == 404


def test_the_programme_page_takes_few_statements(client, queries):
    client.get("/programmes/A2.1")
    queries.clear()
    client.get("/programmes/A2.1")
    assert len(queries) <= 4


def test_strangers_and_trainees_see_no_links_to_lessons(client, sign_in):
    assert "/lessons/" not in client.get("/programmes/A2.1").get_data(as_text=True)
    assert "/lessons/" not in sign_in(make.trainee()).get("/programmes/A2.1").get_data(as_text=True)


def test_a_reviewer_reads_lessons_and_quizzes_from_the_programme(sign_in):
    client = sign_in(make.holder("department_reviewer"))
    html = client.get("/programmes/A2.1").get_data(as_text=True)
    lesson = re.search(r'href="(/programmes/A2\.1/versions/\d+/lessons/[^"]+)"', html).group(1)
    quiz = re.search(r'href="(/programmes/A2\.1/versions/\d+/quiz/[^"]+)"', html).group(1)
    assert "<figure>" in client.get(lesson).get_data(as_text=True)
    assert "Đáp án đúng" in client.get(quiz).get_data(as_text=True)


def test_a_trainee_may_not_read_quizzes_with_their_keys(sign_in):
    client = sign_in(make.trainee())
    number = make.version().number
    assert client.get(f"/programmes/A2.1/versions/{number}/quiz/a21-m1").status_code == 403
    assert client.get(f"/programmes/A2.1/versions/{number}/lessons/a21-m1-l1").status_code == 403


@pytest.mark.parametrize("path", ["versions/99/lessons/a21-m1-l1", "versions/1/lessons/none", "versions/1/quiz/none"])
def test_a_reviewer_gets_404_for_what_is_not_there(sign_in, path):
    assert sign_in(make.holder("department_reviewer")).get(f"/programmes/A2.1/{path}").status_code == 404


# -- figures ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def figure_url(session):
    figure = session.scalars(select(Figure).where(Figure.version_id == make.version().id)).first()
    return f"/figures/{figure.version_id}/{figure.name}"


def test_a_figure_is_a_mere_picture_and_kept_for_long(sign_in, figure_url):
    client = sign_in(make.trainee())
    answer = client.get(figure_url)
    assert answer.mimetype == "image/svg+xml"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert b"<svg" in answer.data
    again = client.get(figure_url, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_stranger_is_asked_to_sign_in_for_figures(client, figure_url):
    assert client.get(figure_url).status_code == 302


@pytest.mark.parametrize("name", ["none.svg", "../../../etc/passwd", "%00"])
def test_no_other_file_is_served_as_a_figure(sign_in, name):
    assert sign_in(make.trainee()).get(f"/figures/{make.version().id}/{name}").status_code == 404


# -- approval ---------------------------------------------------------------------------------------------------------


DECISION = {"number": "1", "dated": "2026-11-20", "signer": "Chủ tịch Nguyễn Văn A"}


@pytest.fixture
def approval(session):
    make.version().status = "submitted"
    session.commit()
    return f"/programmes/A2.1/versions/{make.version().number}/approval"


def test_the_approving_authority_approves_with_a_document(sign_in, submit, session, approval):
    client = sign_in(make.holder("approving_authority"))
    data = {"number": "1234/QĐ-UBND", "dated": "2026-11-20", "signer": "Chủ tịch Nguyễn Văn A"}
    answer = submit(client, approval, data, page=approval, follow_redirects=True)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "1234/QĐ-UBND" in html and "20/11/2026" in html
    assert "đang chờ cấp có thẩm quyền phê duyệt" not in html
    version = make.version()
    session.refresh(version)
    assert version.status == "approved"
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "programme_version.approve")).one()
    assert entry.before == {"status": "submitted"} and entry.after["number"] == "1234/QĐ-UBND"


@pytest.mark.parametrize(
    "data",
    [
        {"number": "", "dated": "2026-11-20", "signer": "Chủ tịch Nguyễn Văn A"},
        {"number": "1", "dated": ""},
        {"number": "1", "dated": "2999-01-01"},
        {"number": "1", "dated": "yesterday"},
        {"number": "x" * 101, "dated": "2026-11-20", "signer": "Chủ tịch Nguyễn Văn A"},
        {"number": "1", "dated": "2026-11-20", "signer": "Chủ tịch Nguyễn Văn A", "status": "approved"},
    ],
)
def test_an_approval_that_lacks_something_changes_nothing_and_keeps_what_was_typed(sign_in, submit, data, approval):
    client = sign_in(make.holder("approving_authority"))
    answer = submit(client, approval, data, page=approval)
    assert answer.status_code == 422
    assert make.version().status == "submitted"
    if data["number"] == "1":
        assert 'value="1"' in answer.get_data(as_text=True)


def test_a_version_is_approved_once(session, sign_in, submit, approval):
    client = sign_in(make.holder("approving_authority"))
    make.version().status = "approved"
    session.commit()
    answer = submit(
        client, approval, {"number": "2", "dated": "2026-11-20", "signer": "Chủ tịch Nguyễn Văn A"}, page="/account"
    )
    assert answer.status_code == 409


@pytest.mark.parametrize("role", ["home_affairs_officer", "department_reviewer", "institution_staff", "administrator"])
def test_nobody_else_approves(sign_in, submit, role, approval):
    client = sign_in(make.holder(role))
    assert "/approval" not in client.get("/programmes/A2.1").get_data(as_text=True)
    assert (
        submit(
            client, approval, {"number": "1", "dated": "2026-11-20", "signer": "Chủ tịch Nguyễn Văn A"}, page="/account"
        ).status_code
        == 403
    )
