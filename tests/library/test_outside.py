"""Hosts outside: named when a package is taken in, allowed by its institution's staff, noted where asked in vain."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from lms.core.database import db
from lms.library.models import ContentEvent, Package
from lms.packages.inspection.outside import origin_of, origins
from tests import factories
from tests.library.test_origin import web

LOADS = {
    "a script": ("a.html", "<script src='https://cdn.vn/x.js'></script>", ["https://cdn.vn"]),
    "a style sheet": ("a.html", '<link rel="stylesheet" href="//cdn.vn/x.css">', ["https://cdn.vn"]),
    "a font": ("a.css", "@font-face { src: url(https://cdn.vn/f.woff2) }", ["https://cdn.vn"]),
    "an import": ("a.css", "@import 'https://cdn.vn/a.css';", ["https://cdn.vn"]),
    "a module": ("a.js", "import x from 'https://cdn.vn/x.js'", ["https://cdn.vn"]),
    "a frame": (
        "a.html",
        '<iframe width="3" src="https://www.youtube.com/embed/x"></iframe>',
        ["https://i.ytimg.com", "https://www.youtube-nocookie.com", "https://www.youtube.com"],
    ),
    "a film in H5P": (
        "content/content.json",
        json.dumps({"sources": [{"path": "https://youtu.be/x"}]}).replace("/", "\\/"),
        ["https://i.ytimg.com", "https://www.youtube-nocookie.com", "https://www.youtube.com"],
    ),
    "a port": ("a.html", "<img src=http://CDN.vn:8080/a.png>", ["http://cdn.vn:8080"]),
    "a link that is followed": ("a.html", "<a href='https://vbpl.vn/'>Luật</a>", []),
    "a namespace": ("a.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>', []),
    "a canonical address": ("a.html", '<link rel="canonical" href="https://e.vn/">', []),
    "its own file": ("a.html", "<img src=a.png><script src='/js/a.js'></script>", []),
}


@pytest.mark.parametrize("name", LOADS)
def test_what_loads_by_itself_is_named(name: str) -> None:
    path, text, expected = LOADS[name]
    assert origins([(path, text)]) == expected


@pytest.mark.parametrize(
    "address", ["javascript:1", "https://", "https://a b/", "https://x:99999999/", "ftp://e.vn/", ""]
)
def test_what_is_no_host_is_none(address: str) -> None:
    assert origin_of(address) is None


@pytest.fixture
def office(session: Any, sign_in: Any) -> Any:
    institution = factories.institution()
    version = factories.package_version(web(), institution, "html", {"index.html": b"<p>"})
    return institution, version, sign_in(factories.holder("institution_staff", institution))


def hosts(version: Any) -> list[str]:
    found = db.session.scalar(select(Package.allowed_hosts).where(Package.id == version.package_id))
    db.session.commit()
    return list(found or ())


def test_staff_allow_hosts_for_one_package(office: Any, submit: Any, play: Any) -> None:
    _, version, staff = office
    page = f"/library/packages/{version.package_id}"
    data = {"hosts": ["https://cdn.vn"], "more": "https://www.youtube.com/"}
    assert submit(staff, f"{page}/hosts", data, page=page).status_code == 302
    assert hosts(version) == ["https://cdn.vn", "https://www.youtube.com"]
    policy = play(version).get("index.html").headers["Content-Security-Policy"]
    for directive in ("default-src", "img-src", "media-src", "font-src", "style-src", "frame-src", "connect-src"):
        found = next(part for part in policy.split("; ") if part.startswith(directive))
        assert "https://cdn.vn https://www.youtube.com" in found, directive
    other = factories.package_version(web(), None, "html", {"index.html": b"<p>"})
    assert "cdn.vn" not in play(other).get("index.html").headers["Content-Security-Policy"]
    assert submit(staff, f"{page}/hosts", {}, page=page).status_code == 302
    assert hosts(version) == []


@pytest.mark.parametrize("more", ["cdn", "*", "https://*", "javascript:alert(1)", "https://e.vn/a b", "'self' data:"])
def test_what_is_no_host_is_refused_at_its_field(office: Any, submit: Any, more: str) -> None:
    _, version, staff = office
    page = f"/library/packages/{version.package_id}"
    refused = submit(staff, f"{page}/hosts", {"more": more}, page=page)
    assert refused.status_code == 422 and "không phải là địa chỉ máy chủ" in refused.get_data(as_text=True)
    assert hosts(version) == []


def test_others_allow_nothing_and_read_no_log(office: Any, submit: Any, sign_in: Any, play: Any) -> None:
    _, version, _ = office
    session_id = play(version).launched.session_id
    stranger = sign_in(factories.holder("institution_staff", factories.institution()))
    page = f"/library/packages/{version.package_id}"
    assert submit(stranger, f"{page}/hosts", {"more": "https://e.vn"}, page="/account").status_code == 403
    assert stranger.get(f"{page}/launches").status_code == 403
    assert stranger.get(f"{page}/launches/{session_id}").status_code == 403


def test_what_was_asked_in_vain_is_noted_and_shown(office: Any, play: Any) -> None:
    _, version, staff = office
    played = play(version)
    report = {"csp-report": {"blocked-uri": "https://lost.vn/a.png?token=x", "violated-directive": "img-src"}}
    body = json.dumps(report)
    assert played.post("_khue/blocked", data=body, content_type="application/csp-report").status_code == 204
    (event,) = db.session.scalars(select(ContentEvent).where(ContentEvent.what == "blocked")).all()
    assert event.about == "https://lost.vn"
    page = staff.get(f"/library/packages/{version.package_id}").get_data(as_text=True)
    assert "https://lost.vn" in page and "bị chặn 1 lần" in page
    for bad in ("", "{", "[]", '{"csp-report": {}}'):
        assert played.post("_khue/blocked", data=bad, content_type="application/csp-report").status_code == 400


def test_staff_read_the_log_of_a_launch(office: Any, play: Any) -> None:
    _, version, staff = office
    played = play(version)
    page = staff.get(f"/library/packages/{version.package_id}/launches").get_data(as_text=True)
    assert "hv-1" in page and str(played.launched.session_id) in page
    one = staff.get(f"/library/packages/{version.package_id}/launches/{played.launched.session_id}")
    assert "bắt đầu" in one.get_data(as_text=True)
    other = factories.package_version(web(), office[0], "html", {"index.html": b"<p>"})
    crossed = f"/library/packages/{other.package_id}/launches/{played.launched.session_id}"
    assert staff.get(crossed).status_code in (403, 404)


def test_pages_get_storage_and_files_stay_as_they_were(session: Any, package: Any, play: Any) -> None:
    pages = {
        "a.html": b"<!doctype html><html lang=vi><head lang=vi><title>A</title></head><script>1</script>",
        "b.html": b"<!DOCTYPE html>\n<script>1</script>",
        "c.html": b"\xef\xbb\xbf<p>C</p>",
        "d.html": "<p>D</p>".encode("utf-16"),
    }
    played = play(package(web(*pages), kind="html", files=pages))
    opened = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
    script = b'<script src="/_khue/storage.js"></script>'
    for path, content in pages.items():
        assert played.get(path).data == content
        sent = played.get(path, headers=opened).data
        assert sent.replace(script, b"") == content
        assert (script in sent) is (path != "d.html")
        if path != "d.html" and b"<script>" in content:
            assert sent.index(script) < sent.index(b"<script>1")
        assert played.get(path).data == content
