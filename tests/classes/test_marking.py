"""Essays are marked by the criteria of their rubric, one after another."""

import io
import json

import pytest

from lms.assessment.models import Submission
from lms.assessment.queries import criteria
from lms.core import files
from tests.classes.conftest import mark_form
from tests.data import media
from tests.pages import fields_of


@pytest.fixture
def marking(world, session, sign_in, essay):
    """The lecturer, and the addresses of three essays that wait."""
    made = [essay(enrolment) for enrolment in world["enrolments"]]
    session.commit()
    return sign_in(world["lecturer"]), [f"{world['url']}/essays/{one.id}" for one in made], made


def test_points_and_remarks_by_criterion_give_the_score_by_weight(world, session, marking, submit, sign_in, trace):
    client, (url, *_others), (made, *_rest) = marking
    rubric = criteria(world["run"].version_id)
    page = client.get(url).text
    assert all(one["text"]["vi"] in page and f"({one['weight']}%)" in page for one in rubric)
    sent = mark_form("7", "Nhìn chung tốt") | {"points-1": "9,5", "remark-1": "Có số liệu đối chứng", "points-5": "4"}
    assert submit(client, url, sent).status_code == 302
    session.expire_all()
    row = session.get(Submission, made.id)
    points = [9.5, 7, 7, 7, 4]
    exact = sum(value * one["weight"] for value, one in zip(points, rubric, strict=True)) / 100
    assert abs(row.score - exact) <= 0.125 and (row.score * 4).is_integer()
    assert [mark["points"] for mark in row.marks] == points
    assert row.marks[0]["remark"] == "Có số liệu đối chứng" and row.marks[1]["remark"] is None
    held = fields_of(client.get(url).text)
    assert (held["points-1"], held["remark-1"], held["points-5"]) == ("9,5", "Có số liệu đối chứng", "4")
    (entry,) = trace("submission.mark")
    assert entry.after["points"] == points and entry.after["score"] == row.score
    shown = sign_in(world["accounts"][0]).get(f"/learn/{world['enrolments'][0].id}/essay").text
    assert "Có số liệu đối chứng" in shown and "9,5/10" in shown and "Nhìn chung tốt" in shown


@pytest.mark.parametrize(("points", "status"), [("", 422), ("10,25", 422), ("7,1", 422), ("bảy", 422), ("10", 302)])
def test_each_criterion_takes_points_of_the_scale(session, marking, submit, points, status):
    client, (url, *_others), (made, *_rest) = marking
    answer = submit(client, url, mark_form("8", "Giữ lại") | {"points-3": points})
    assert answer.status_code == status
    if status == 422:
        held = fields_of(answer.text)
        assert (held["points-3"], held["points-1"], held["comment"]) == (points, "8", "Giữ lại")
    session.expire_all()
    assert (session.get(Submission, made.id).marks is None) is (status == 422)


def test_save_and_next_goes_through_all_that_wait_and_ends_at_the_list(world, marking, submit):
    client, urls, _made = marking
    seen, url = [], urls[1]
    while "/essays/" in url:
        assert url not in seen
        seen.append(url)
        url = submit(client, url, mark_form("7", submit="next")).location
    assert sorted(seen) == sorted(urls) and url == f"{world['url']}/essays"
    assert 'value="next"' not in client.get(urls[0]).text


def test_what_one_corrects_and_what_another_remarks_both_stay(session, marking, sign_in, world):
    client, (url, *_others), (made, *_rest) = marking
    other = sign_in(world["staff"])
    client.post(url, data=fields_of(client.get(url).text) | mark_form("7"))
    one, two = fields_of(client.get(url).text), fields_of(other.get(url).text)
    assert client.post(url, data=one | {"points-1": "9"}).status_code == 302
    assert other.post(url, data=two | {"remark-2": "Thiếu căn cứ"}).status_code == 302
    session.expire_all()
    marks = session.get(Submission, made.id).marks
    assert (marks[0]["points"], marks[1]["remark"]) == (9, "Thiếu căn cứ")
    again = other.post(url, data=two | {"points-1": "5"})
    assert (
        again.status_code == 409 and "9" in again.text and json.loads(fields_of(again.text)["seen"])["points-1"] == "9"
    )


def test_the_text_is_read_beside_the_form(world, marking, sign_in, essay, session):
    client, (url, *_others), _made = marking
    assert f'data-essay="{url}/text"' in client.get(url).text
    assert "Trang mot" in client.get(f"{url}/text").text
    stored = files.put(io.BytesIO(media.docx()))
    word = essay(world["enrolments"][0], 2, filename="bài.docx", sha256=stored.sha256)
    session.commit()
    assert "Xin chào" in client.get(f"{world['url']}/essays/{word.id}/text").text
    assert sign_in(world["accounts"][0]).get(f"{url}/text").status_code == 403
    broken = essay(world["enrolments"][0], 3, sha256=files.put(io.BytesIO(b"%PDF-1.7 nothing")).sha256)
    session.commit()
    assert "không hiển thị được" in client.get(f"{world['url']}/essays/{broken.id}/text").text
