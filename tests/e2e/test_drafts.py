"""A line that breaks, a session that ends, a form that is refused: nothing typed is lost, and the page says what happened."""

import re
from collections.abc import Callable
from typing import Any

import psycopg


def marking(visitor: Any) -> str:
    """Go to the form of an essay's mark; returns its address."""
    page = visitor.sign_in("giangvien")
    page.goto(visitor.address + "/classes")
    links = page.eval_on_selector_all("main a[href^='/classes/']", "found => found.map(one => one.pathname)")
    for address in links:
        if not re.fullmatch(r"/classes/[0-9a-f-]{36}", address):
            continue
        page.goto(f"{visitor.address}{address}/essays")
        essay = page.locator("main a[href*='/essays/']").first
        if essay.count():
            found = essay.get_attribute("href")
            page.goto(visitor.address + found)
            return found
    raise AssertionError("the demonstration has no essay")


def test_a_session_that_ended_loses_nothing_typed(visitor: Callable[..., Any], server_env: dict[str, str]) -> None:
    from lms.console.demo_people import PASSWORD

    lecturer = visitor()
    address = marking(lecturer)
    page = lecturer.page
    page.fill("[name=comment]", "Lập luận chặt chẽ, cần thêm số liệu.")
    url = server_env["LMS_DATABASE_URL"].replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE sign_in_sessions SET ended_at = now() WHERE ended_at IS NULL")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/account/sign-in**")
    assert page.locator(".notice-warning").count() == 1
    page.fill("[name=username]", "giangvien")
    page.fill("[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url(f"**{address}")
    assert page.input_value("[name=comment]") == "Lập luận chặt chẽ, cần thêm số liệu."
    assert page.locator("[data-draft-said]").count() == 1
    for points in page.locator("[name^=points-]").all():
        points.fill("8")
    page.get_by_role("button", name="Lưu", exact=False).last.click()
    page.wait_for_url("**/essays")
    page.goto(lecturer.address + address)
    assert page.locator("[data-draft-said]").count() == 0
    assert page.input_value("[name=comment]") == "Lập luận chặt chẽ, cần thêm số liệu."


def test_a_broken_line_loses_nothing_typed(visitor: Callable[..., Any]) -> None:
    lecturer = visitor()
    address = marking(lecturer)
    page = lecturer.page
    page.fill("[name=comment]", "Viết khi mất mạng.")
    lecturer.context.set_offline(True)
    page.click("main form button[type=submit]")
    page.wait_for_selector("[data-draft-said]")
    lecturer.context.set_offline(False)
    page.goto(lecturer.address + "/classes")
    page.goto(lecturer.address + address)
    assert page.input_value("[name=comment]") == "Viết khi mất mạng."


def test_back_to_a_refused_form_asks_nothing(visitor: Callable[..., Any]) -> None:
    staff = visitor()
    page = staff.sign_in("coso")
    page.goto(staff.address + "/classes/new")
    page.evaluate("document.querySelector('main form').noValidate = true")
    page.fill("[name=name]", "Lớp thử")
    page.click("main form button[type=submit]")
    page.wait_for_selector(".notice-error, .field-error")
    assert page.input_value("[name=name]") == "Lớp thử"
    page.goto(staff.address + "/classes")
    answer = page.go_back()
    assert answer is None or answer.status == 200
    assert page.input_value("[name=name]") == "Lớp thử"
