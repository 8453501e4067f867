import pytest

from lms import create_app
from lms.core import guard
from lms.core.config import Settings
from lms.core.guard import Actor


def test_an_application_with_an_undeclared_route_does_not_boot():
    app = create_app(Settings.from_environment({"LMS_DEMO": "1"}))
    app.add_url_rule("/hidden", "hidden", lambda: "hello")
    with pytest.raises(RuntimeError, match="hidden"):
        guard.check(app)


def test_making_the_application_touches_no_database():
    settings = Settings.from_environment(
        {"LMS_DEMO": "1", "LMS_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:9/none"}
    )
    assert create_app(settings).test_client().get("/healthz").json == {"status": "ok"}


def test_readiness_tells_when_the_database_is_away():
    settings = Settings.from_environment(
        {"LMS_DEMO": "1", "LMS_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:9/none"}
    )
    assert create_app(settings).test_client().get("/readyz").status_code == 503


def test_a_permission_covers_the_unit_and_all_below_it_and_no_neighbour():
    actor = Actor(account_id=None, person_id=None, name="", grants={"x": ("/1/7/",)})
    assert actor.may("x")
    assert actor.may("x", "/1/7/")
    assert actor.may("x", "/1/7/33/")
    assert not actor.may("x", "/1/")
    assert not actor.may("x", "/1/70/")
    assert not actor.may("y", "/1/7/")


def test_strangers_are_asked_to_sign_in_and_come_back(client):
    answer = client.get("/learn?x=1")
    assert answer.status_code == 302
    assert answer.location == "/account/sign-in?next=/learn?x%3D1"


def test_every_page_carries_the_protecting_headers(client):
    answer = client.get("/account/sign-in")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Request-ID"]


def test_outside_demo_cookies_are_secure_and_https_is_kept(app):
    settings = Settings.from_environment(
        {"LMS_SECRET_KEY": "k" * 40, "LMS_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"]}
    )
    production = create_app(settings)
    assert production.config["SESSION_COOKIE_SECURE"]
    assert production.config["SESSION_COOKIE_NAME"].startswith("__Host-")
    answer = production.test_client().get("/healthz")
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


def test_error_pages_have_the_products_look_and_a_request_id(client):
    answer = client.get("/no-such-page")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert "Không tìm thấy trang" in html
    assert answer.headers["X-Request-ID"] in html
    client.set_cookie("lang", "en")
    english = client.get("/no-such-page").get_data(as_text=True)
    assert "Page not found" in english


def test_a_form_without_its_token_is_refused(client):
    assert client.post("/account/sign-in", data={"username": "a", "password": "b"}).status_code == 400


def test_too_large_a_request_is_refused_with_its_own_page(client):
    answer = client.post("/account/sign-in", data={"username": "x" * (3 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "quá lớn" in answer.get_data(as_text=True)


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_redirects_stay_on_this_site(client, target):
    assert client.get("/language/en", query_string={"next": target}).location == "/"
