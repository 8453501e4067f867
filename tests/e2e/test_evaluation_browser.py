"""What an evaluation leaves in a browser that others use too, and on the line that others watch."""

import re

import pytest

DRAFTS = "Object.keys(localStorage).filter((name) => name.startsWith('khue-own:'))"


@pytest.fixture
def page(visitor):
    """A trainee before the form that waits for her; nothing is sent."""
    one = visitor()
    page = one.sign_in("hocvien2")
    address = re.search(r"/evaluations/[0-9a-f-]{36}", page.content())
    assert address is not None
    page.goto(one.address + address.group())
    return page


def test_forms_of_different_length_leave_in_requests_of_one_size(page):
    sizes, lengths = [], []

    def note(route):
        if route.request.method != "POST":
            route.continue_()
            return
        body = route.request.post_data_buffer
        sizes.append(len(body))
        lengths.append(len(body.split(b"padding=")[0]))
        route.fulfill(status=204)

    page.route("**/evaluations/*", note)
    for said in ("", "Tốt", "Cần thêm thời gian thực hành.\nVà tài liệu.\n" * 20):
        page.fill("[name=eff-comment]", said)
        with page.expect_request(lambda request: request.method == "POST"):
            page.evaluate("document.querySelector('form[data-survey]').requestSubmit()")
        page.evaluate("delete document.querySelector('form[data-survey]').dataset.sent")
    assert len(set(lengths)) == 3
    assert sizes == [32768] * 3


def test_a_draft_comes_back_and_goes_when_she_signs_out(page):
    page.fill("[name=eff-comment]", "Nửa chừng")
    assert len(page.evaluate(DRAFTS)) == 1
    page.reload()
    assert page.input_value("[name=eff-comment]") == "Nửa chừng"
    page.evaluate("document.querySelector('form[data-sign-out]').requestSubmit()")
    page.wait_for_function("() => !document.querySelector('form[data-sign-out]')")
    assert page.evaluate(DRAFTS) == []
    page.go_back()
    assert "Nửa chừng" not in page.content()
    assert page.locator("[name=eff-comment]").count() == 0


def test_what_somebody_else_began_in_this_browser_is_removed(page):
    survey = page.get_attribute("form[data-survey]", "data-survey")
    page.evaluate(f"localStorage.setItem('khue-own:evaluation:{survey}:0123456789abcdef', '[]')")
    page.reload()
    assert page.evaluate(DRAFTS) == []
