"""The commands of authors: a module is begun, a course is checked, a lesson is previewed while it is written."""

import shutil

import pytest

from lms.catalogue.previewing import application
from tests.catalogue import sample


@pytest.fixture
def course(tmp_path):
    shutil.copytree(sample.COURSE, tmp_path / "course")
    return tmp_path / "course"


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()
    return lambda *args: runner.invoke(args=["courses", *map(str, args)])


def test_a_new_module_is_sound_and_is_not_written_over(run, course):
    made = run("new", "B9", "m2-moi", 'Tên có "ngoặc"', "--root", course)
    assert made.exit_code == 0, made.output
    lesson, reader = sample.read(course, "content/B9/m2-moi/01-bai-mot.md")
    assert reader.faults == []
    assert lesson.head.id == "b9-m2-l1"
    again = run("new", "B9", "m2-moi", "Tên", "--root", course)
    assert (again.exit_code, "is there already" in again.output) == (1, True)


@pytest.mark.parametrize(("code", "module"), [("X1", "m1-a-b"), ("B9", "../m1"), ("B9", "M1-ten"), ("B9", "m1-tên")])
def test_a_new_module_has_a_name_that_folders_of_courses_have(run, course, code, module):
    assert run("new", code, module, "Tên", "--root", course).exit_code == 1


def test_checking_tells_faults_and_notes_and_fails_only_for_faults(run, tmp_path):
    lesson = sample.install(tmp_path)
    sound = run("check", "A2.1", "--root", tmp_path)
    assert sound.exit_code == 0, sound.output
    assert "Nhắc  content/A2.1/" in sound.output
    lesson.write_text(lesson.read_text("utf-8") + "\n:::khối-lạ\n:::\n", "utf-8")
    broken = run("check", "A2.1", "--root", tmp_path)
    line = lesson.read_text("utf-8").count("\n") - 1
    assert broken.exit_code == 1
    assert f"Lỗi   content/A2.1/m1-do-thi-thong-minh/{lesson.name}: line {line}: one of the blocks" in broken.output
    other = run("check", "B1", "--root", tmp_path)
    assert other.exit_code == 0, other.output


def test_a_preview_shows_the_lesson_its_files_and_its_checks_and_notices_changes(course):
    path = course / sample.LESSON
    client = application(course, path).test_client()
    html = client.get("/").get_data(as_text=True)
    assert "Bốn trường hợp của một công trình đang xây" in html
    assert "điều, khoản của thu-xaydung" in html
    with client.get("/content/m1-mo-dau/figures/hien-truong.svg") as figure:
        assert figure.status_code == 200
    assert client.get("/content/../can-cu.yaml").status_code == 404
    before = client.get("/state").json
    path.write_text(path.read_text("utf-8") + "\n:::khối-lạ\n:::\n", "utf-8")
    (course / "content/can-cu.yaml").touch()
    assert client.get("/state").json != before
    assert "Lỗi: 1" in client.get("/").get_data(as_text=True)


def test_a_lesson_that_cannot_be_read_is_previewed_as_its_faults(course):
    path = course / sample.LESSON
    path.write_text("không có phần đầu", "utf-8")
    html = application(course, path).test_client().get("/").get_data(as_text=True)
    assert "front matter between two lines" in html
