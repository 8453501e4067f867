"""The whole circle of an evaluation, in browsers: invited, answered, read, released, answered by the lecturer, adjusted,
and told by the next report."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from lms import create_app
from lms.classes import services as classes
from lms.console.demo_people import PASSWORD
from lms.core.config import Settings
from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM
from lms.people.models import Person
from lms.people.passwords import make_hash
from lms.surveys.models import Survey
from tests import factories as make

COMMENT = "Anh Phạm Quốc Bảo ở tổ 3 thấy phòng học quá nóng."


@contextmanager
def running(env: dict[str, str]) -> Iterator[Any]:
    """The application beside the running one, on its database and keys."""
    app = create_app(Settings.from_environment(env))
    with app.app_context():
        yield app
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def account(role: str | None, over: Any, name: str) -> tuple[str, Any]:
    """A person who can sign in; trainees hold no role."""
    values = {"full_name": name}
    one = make.holder(role, over, **values) if role else make.trainee(over, **values)
    one.password_hash = make_hash(PASSWORD)
    return one.username, one.person_id


def evaluated(institution: Any, lecturer: Any, trainees: list[Any]) -> Any:
    """A class that has just finished, so that its evaluation is open."""
    run = make.class_run(institution)
    make.teaching(run, make.topics(run)[0], lecturer)
    for one in trainees:
        make.enrolment(run, one, status="completed")
    db.session.commit()
    classes.finish_class(SYSTEM, run.id, reason="Thử", at=utcnow())
    return run


@pytest.fixture(scope="module")
def world(server_env: dict[str, str]) -> SimpleNamespace:
    """Six trainees, a lecturer, staff and a trusted reader of an institution of their own."""
    with running(server_env):
        institution, unit = make.institution(name="Trường Cán bộ quản lý (vòng đánh giá)"), make.unit(make.city())
        trainees = [account(None, unit, f"Học Viên Vòng {n}") for n in range(6)]
        lecturer, lecturer_id = account("lecturer", institution, "Nguyễn Thị Phương Thảo")
        staff, _ = account("institution_staff", institution, "Lê Văn Quản Lý")
        reader, _ = account("comment_reader", institution, "Trần Thị Đáng Tin")
        people = [db.session.get(Person, who) for _name, who in trainees]
        run = evaluated(institution, db.session.get(Person, lecturer_id), people)
        return SimpleNamespace(
            institution=institution.id,
            lecturer=lecturer,
            lecturer_id=lecturer_id,
            staff=staff,
            reader=reader,
            trainees=[name for name, _who in trainees],
            people=[who for _name, who in trainees],
            run=run.id,
            name=run.name,
        )


def signed_in(visitor: Any, username: str, path: str) -> tuple[Any, Any]:
    one = visitor()
    page = one.sign_in(username)
    page.goto(one.address + path)
    return one, page


def press(page: Any, words: str) -> None:
    page.once("dialog", lambda dialog: dialog.accept())
    with page.expect_navigation():
        page.get_by_role("button", name=words).click()


def test_an_evaluation_goes_round(visitor: Any, world: SimpleNamespace, server_env: dict[str, str]) -> None:
    report = f"/reports/classes/{world.run}/quality"
    for number, name in enumerate(world.trainees):
        _answers(visitor, name, 2, COMMENT if number == 0 else "")

    _one, page = signed_in(visitor, world.staff, report)
    assert "Tất cả đã gửi phiếu" in page.locator("main").inner_text()
    _close(page)
    assert COMMENT not in page.content()

    _one, reading = signed_in(visitor, world.reader, "/evaluations/comments")
    reading.get_by_role("link", name=world.name).click()
    box = reading.get_by_label("Nội dung hiển thị").first
    box.fill("[…] thấy phòng học quá nóng.")
    reading.get_by_label("Lý do lược bỏ").first.fill("có tên người và tổ")
    press(reading, "Lưu quyết định")

    page.reload()
    assert "thấy phòng học quá nóng" in page.content() and "Phạm Quốc Bảo" not in page.content()
    press(page, "Công bố kết quả cho giảng viên")

    _one, own = signed_in(visitor, world.lecturer, "/reports/own")
    own.locator("main table a").first.click()
    own.locator("textarea[name=text]").fill("Tôi sẽ thêm tình huống thực tế.")
    press(own, "Gửi phản hồi")
    page.reload()
    assert "Tôi sẽ thêm tình huống thực tế." in page.locator("main").inner_text()

    _adjusted(page)

    with running(server_env):
        again = evaluated(
            db.session.get(make.Unit, world.institution),
            db.session.get(Person, world.lecturer_id),
            [db.session.get(Person, who) for who in world.people],
        )
        survey = db.session.scalars(select(Survey).where(Survey.class_id == again.id)).one()
        for who in world.people:
            make.answered(survey, db.session.get(Person, who), "5")
        next_report = f"/reports/classes/{again.id}/quality"
    _one, page = signed_in(visitor, world.staff, next_report)
    _close(page)

    _one, watching = signed_in(visitor, "sonoivu", "/reports/adjustments?state=done")
    line = watching.get_by_role("row").filter(has_text="Đổi phòng học")
    assert "2,00 → 5,00" in line.inner_text()


def _close(page: Any) -> None:
    """Staff close an evaluation to which all have sent a form."""
    page.get_by_role("link", name="Kết thúc đợt đánh giá trước hạn").click()
    page.get_by_label("Tôi đã biết những gì sẽ bị hủy").check()
    press(page, "Kết thúc đợt đánh giá")


def _answers(visitor: Any, username: str, value: int, comment: str) -> None:
    """A trainee finds the invitation among what is due to her, answers, and cannot answer again."""
    one = visitor()
    page = one.sign_in(username)
    page.get_by_role("link", name="Đánh giá khóa bồi dưỡng").first.click()
    page.wait_for_url("**/evaluations/*")
    form = page.url
    for fieldset in page.locator("fieldset.rating:visible").all():
        fieldset.locator("input").nth(value - 1).check()
    for number, place in enumerate(page.locator(".ranking-row select").all(), 1):
        place.select_option(str(number))
    page.get_by_label("Nội dung chưa sát công việc").check()  # asked only because little can be applied
    page.locator("textarea").last.fill(comment)
    page.locator("main form.survey button[type=submit]").click()
    page.wait_for_url("**/thanks")
    page.goto(form)
    assert page.locator("form.survey").count() == 0


def _adjusted(page: Any) -> None:
    """The institution states cause, measure, person and date of one low result, and what came of it."""
    page.goto(page.url.split("/reports/")[0] + "/reports/adjustments?state=due")
    page.get_by_role("link", name="Cơ sở vật chất").first.click()
    for field, words in {
        "cause": "Phòng học cũ",
        "measure": "Đổi phòng học",
        "responsible": "Phòng Hành chính",
    }.items():
        page.locator(f"[name={field}]").fill(words)
    page.locator("[name=due_on]").fill("2027-03-31")
    press(page, "Lưu")
    page.locator("[name=outcome]").fill("Đã chuyển lớp sang nhà B")
    press(page, "Đã thực hiện xong")
