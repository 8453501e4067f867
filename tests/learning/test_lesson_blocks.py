"""A lesson with blocks as its trainee meets it: shown, done, kept, told; its files, the glossary, its export."""

import json

import pytest
from sqlalchemy import func, select

from lms.catalogue import services as catalogue
from lms.catalogue.content.blocks import tasks
from lms.core.database import utcnow
from lms.learning.exchange.queries import collect
from lms.learning.models import LessonWork
from lms.packages.exports import pages
from lms.records.models import Statement
from tests.catalogue import sample
from tests.learning.worlds import World


@pytest.fixture
def world(session, tmp_path):
    sample.install(tmp_path)
    catalogue.load_programmes(tmp_path, at=utcnow())
    return World(session)


@pytest.fixture
def client(world, sign_in):
    return sign_in(world.account)


def keys(world):
    return [task["id"] for task in tasks(world.lessons[0].blocks)]


def do(submit, client, world, key, **work):
    form = {"key": key, "work": json.dumps({"state": {"picks": [0]}, "done": True, "score": None} | work)}
    return submit(client, f"{world.lesson}/work", form, page=world.lesson)


def test_the_page_shows_place_time_blocks_terms_and_sources(world, client):
    html = client.get(world.lesson).get_data(as_text=True)
    for words in ("Bài 1/3", "95 phút", "<khue-sort", "<khue-decide", 'class="term"', "Căn cứ và nguồn", "blocks."):
        assert words in html, words
    assert html.count("Luật Đất đai số 31/2024/QH15 ngày 18/01/2024") == 1


def test_what_was_done_is_there_again_on_another_device(world, client, sign_in, submit):
    assert do(submit, client, world, "phan-loai-1", state={"picks": [0, 1, 2, 1]}, score=1).status_code == 204
    html = sign_in(world.account).get(world.lesson).get_data(as_text=True)
    assert '"phan-loai-1": {"picks": [0, 1, 2, 1]}' in html


def test_a_task_is_told_once_and_again_only_when_done_better(world, client, submit, session):
    for score, done in ((None, False), (0.5, True), (0.25, True), (0.75, True)):
        do(submit, client, world, "phan-loai-1", score=score, done=done)
    told = [json.loads(raw) for raw in session.scalars(select(Statement.raw).order_by(Statement.seq))]
    scores = [
        one["result"]["score"]["scaled"] for one in told if one["object"]["id"].endswith(f"{sample.CODE}:phan-loai-1")
    ]
    assert scores == [0.5, 0.75]
    kept = session.scalars(select(LessonWork)).one()
    assert (kept.score, kept.done) == (0.75, True)


@pytest.mark.parametrize(
    "form",
    [
        {"key": "khong-co-1", "work": '{"state": {}}'},
        {"key": "phan-loai-1", "work": "[]"},
        {"key": "phan-loai-1", "work": "{"},
        {"key": "phan-loai-1", "work": '{"state": 1}'},
        {"key": "phan-loai-1", "work": '{"state": {"x": "\\u0000"}}'},
        {"key": "phan-loai-1", "work": '{"state": {}, "score": 2}'},
        {"key": "phan-loai-1", "work": '{"state": {}, "score": true}'},
        {"key": "phan-loai-1", "work": json.dumps({"state": {"x": "a" * 5000}})},
        {"key": "phan-loai-1"},
    ],
)
def test_work_that_cannot_be_changes_nothing(world, client, submit, session, form):
    assert submit(client, f"{world.lesson}/work", form, page=world.lesson).status_code == 400
    assert session.scalar(select(func.count()).select_from(LessonWork)) == 0


def test_a_lesson_is_studied_when_its_tasks_were_done_too(world, client, submit):
    sections = [heading["id"] for heading in world.lessons[0].headings]
    page = submit(client, f"{world.lesson}/complete", {"step": sections}, page=world.lesson)
    assert page.location.endswith("#lesson-end")
    assert "Phân loại: Công trình nào vào luồng nào?" in client.get(world.lesson).get_data(as_text=True)
    page = submit(client, f"{world.lesson}/complete", {"step": [*sections, *keys(world)]}, page=world.lesson)
    assert page.location.endswith(f"/lessons/{world.lessons[1].id}")


def test_downloads_are_saved_and_recordings_play_in_parts(world, client):
    base = f"/figures/{world.run.version_id}/m1-do-thi-thong-minh"
    form = client.get(f"{base}/tai-ve/phieu-phan-luong.csv")
    assert form.headers["Content-Disposition"].startswith("attachment; filename=phieu-phan-luong.csv")
    part = client.get(f"{base}/nghe-nhin/cuoc-goi.mp3", headers={"Range": "bytes=4-9"})
    assert (part.status_code, part.mimetype, len(part.data)) == (206, "audio/mpeg", 6)


def test_the_glossary_is_a_page(world, client):
    html = client.get("/glossary").get_data(as_text=True)
    assert "Giấy phép thử" in html
    assert "(GPT)" in html
    assert "Luật Xây dựng 2025" in html


def test_an_exported_lesson_takes_its_blocks_and_files_along(world):
    course = collect(world.run.version_id)
    made = dict(pages.pages(course, "scorm12.js"))
    page = next(content.decode() for name, content in made.items() if b"<khue-sort" in content)
    for name in ("m1-do-thi-thong-minh/tai-ve/phieu-phan-luong.csv", "khue-blocks.js", "khue-blocks.css"):
        assert f"files/{name}" in made
        assert f'"files/{name}"' in page
    assert '"/figures/' not in page
