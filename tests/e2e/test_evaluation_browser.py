"""What an evaluation leaves in a browser that others use too, and on the line that others watch."""

import pytest

from lms import create_app
from lms.core.config import Settings
from lms.core.database import db
from tests.bench.surveys_crowd import gather

DRAFTS = "Object.keys(localStorage).filter((name) => name.startsWith('khue-own:'))"


@pytest.fixture
def page(visitor, server_env):
    """A trainee before a form of her own."""
    app = create_app(Settings.from_environment(server_env))
    with app.app_context():
        crowd = gather(app, 1)
        db.session.remove()
        db.engine.dispose()
    one = visitor()
    name, _, value = crowd.members[0].cookie.partition("=")
    one.context.add_cookies([{"name": name, "value": value, "url": one.address}])
    return one.go(crowd.path)


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
