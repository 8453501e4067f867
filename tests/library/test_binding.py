"""A launch belongs to the browser that opened it first, with cookies or without them."""

from typing import Any

import pytest

from lms.library import addresses
from lms.library.origin import binding
from lms.packages.structure import Unit
from tests.library.test_origin import FILES, web
from tests.library.test_scorm_commits import INCOMPLETE, launch, send, version  # noqa: F401 - a fixture

PAGE = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
TYPED = {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
LOADED = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}
POPUP = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


def elsewhere(app: Any, played: Any, path: str, method: str = "GET", **kw: Any) -> Any:
    """Ask from another browser."""
    client = app.extensions["content"].test_client()
    return client.open(f"/{played.token}/{path}", method=method, base_url=f"http://{played.host}/", **kw)


@pytest.fixture
def page(session: Any, package: Any, play: Any) -> Any:
    """A web page that one browser has open."""
    played = play(package(web(), kind="html", files=FILES))
    assert played.get("index.html", headers=PAGE).status_code == 200
    return played


@pytest.mark.parametrize("headers", [{}, PAGE, TYPED, {"Sec-Fetch-Site": "same-site"}])
@pytest.mark.parametrize("path", ["index.html", "", "data.bin", "khong-co.html"])
def test_another_browser_opens_nothing(app: Any, page: Any, headers: Any, path: str) -> None:
    refused = elsewhere(app, page, path, headers=headers)
    assert refused.status_code == 403 and "trình duyệt khác" in refused.text
    assert "Set-Cookie" not in refused.headers
    assert page.get("index.html", headers=headers).status_code == 200


def test_the_secret_is_kept_from_programs_and_in_its_place(session: Any, package: Any, play: Any) -> None:
    played = play(package(web(), kind="html", files=FILES))
    cookies = played.get("index.html", headers=PAGE).headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert "HttpOnly" in cookie and "Secure" in cookie and "SameSite=None" in cookie
        assert f"Path=/{played.token}/" in cookie and "Domain" not in cookie
    assert sum("Partitioned" in cookie for cookie in cookies) == 1
    assert "Set-Cookie" not in played.get("index.html", headers=PAGE).headers


@pytest.mark.parametrize("headers", [LOADED, POPUP])
def test_what_an_opened_page_loads_comes_without_any_cookie(app: Any, page: Any, headers: Any) -> None:
    assert elsewhere(app, page, "data.bin", headers=headers).status_code == 200


@pytest.mark.parametrize("headers", [{}, PAGE, TYPED, LOADED, POPUP])
def test_a_stranger_with_the_players_address_sets_no_score(
    app: Any,
    play: Any,
    version: Any,  # noqa: F811
    headers: Any,
) -> None:
    played = launch(play, version)
    assert played.get("_khue/play", headers=PAGE).status_code == 200
    assert elsewhere(app, played, "_khue/play", headers=headers).status_code == 403
    sent = {"unit": "MOT", "sequence": 1, "cmi": INCOMPLETE, "course": None}
    assert elsewhere(app, played, "_khue/commit", "POST", json=sent, headers=headers).status_code == 403
    assert elsewhere(app, played, "_khue/close", "POST", headers=headers).status_code == 403
    forged = {"X-Khue-Launch": "0" * 64} | headers
    assert elsewhere(app, played, "_khue/commit", "POST", json=sent, headers=forged).status_code == 403
    assert send(played, "MOT", 1, INCOMPLETE).status_code == 200


def test_a_browser_without_cookies_reports_by_what_its_player_page_holds(
    app: Any,
    play: Any,
    version: Any,  # noqa: F811
) -> None:
    played = launch(play, version)
    page = elsewhere(app, played, "_khue/play", headers=PAGE)
    secret = addresses.browser_secret(played.launched.session_id)
    assert page.status_code == 200 and secret in page.text
    sent = {"unit": "MOT", "sequence": 1, "cmi": INCOMPLETE, "course": None}
    headers = {"X-Khue-Launch": secret, "Sec-Fetch-Site": "same-origin"}
    assert elsewhere(app, played, "_khue/commit", "POST", json=sent, headers=headers).status_code == 200
    assert secret not in played.launched.url


def test_each_launch_has_a_secret_of_its_own(app: Any, page: Any, play: Any, package: Any) -> None:
    other = play(package(Unit("course", "c", {"vi": "C"}, children=web().children), kind="html", files=FILES))
    hers = {binding.COOKIES[0]: addresses.browser_secret(other.launched.session_id)}
    cookie = "; ".join(f"{name}={value}" for name, value in hers.items())
    assert elsewhere(app, page, "index.html", headers={"Cookie": cookie}).status_code == 403


def test_content_elsewhere_comes_back_without_anything(app: Any, page: Any) -> None:
    assert elsewhere(app, page, "_khue/return", headers=PAGE).status_code == 200


def test_the_short_way_knows_the_browser_outside_of_any_application(app: Any, page: Any) -> None:
    """The server asks it without an application's context, unlike the test client."""
    from contextvars import copy_context

    content = app.extensions["content"]
    cookie = f"{binding.COOKIES[1]}={addresses.browser_secret(page.launched.session_id)}"

    def ask(headers: dict[str, str]) -> str:
        from werkzeug.test import EnvironBuilder, run_wsgi_app

        path = f"/{page.token}/data.bin"
        environ = EnvironBuilder(path, base_url=f"http://{page.host}/", headers=headers).get_environ()
        return str(run_wsgi_app(content.wsgi_app, environ)[1])

    assert page.get("data.bin", headers=LOADED).status_code == 200
    for headers, status in (({"Cookie": cookie}, "200"), (LOADED, "200"), ({"Cookie": "khue-launch=x"}, "403")):
        assert copy_context().run(ask, headers).startswith(status)
