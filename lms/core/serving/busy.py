"""What a server says that cannot take a request at all: a page of its own, since no thread is free to make one.

What a form held stands in it, to be sent again; it is what its sender sent, with her own CSRF token and nothing more.
"""

from html import escape
from typing import Any
from urllib.parse import parse_qsl

from lms.core.drafts import SECRET

STATUS, RETRY_AFTER = 503, "5"
MOST = 64 * 1024
"""Bytes of a form that is given back; a longer one is kept by the page it came from."""
_FORM = "application/x-www-form-urlencoded"
_TEXT = "Busy; please try again.\n"
_PAGE = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Hệ thống đang bận · Khuê</title></head>
<body><main><h1>Hệ thống đang bận</h1>
<p>Rất nhiều người đang sử dụng cùng lúc. Anh/Chị vui lòng chờ ít giây rồi {act}. Nội dung đã nhập vẫn được giữ.</p>
<p lang="en">Very many people are using the system at this moment. Please wait a few seconds, then {act_en}.</p>
{form}</main></body></html>
"""
_BUTTON = '<p><button type="submit">Gửi lại <span lang="en">/ Send again</span></button></p>'


def answer(environ: dict[str, Any]) -> tuple[list[tuple[str, str]], str]:
    """Return headers and text of the answer; closes the request's body."""
    with environ["wsgi.input"] as body:
        if "text/html" not in environ.get("HTTP_ACCEPT", ""):
            return [("Content-Type", "text/plain; charset=utf-8"), ("Retry-After", RETRY_AFTER)], _TEXT
        fields = _fields(environ, body)
    if fields:
        hidden = "".join(f'<input type="hidden" name="{escape(n)}" value="{escape(v)}">' for n, v in fields)
        form = f'<form method="post" accept-charset="utf-8">{hidden}{_BUTTON}</form>'
        text = _PAGE.format(act="bấm “Gửi lại”", act_en="press the button", form=form)
    else:
        text = _PAGE.format(act="quay lại trang trước và thử lại", act_en="go back and try again", form="")
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Retry-After", RETRY_AFTER),
        ("Cache-Control", "no-store"),
    ]
    return [
        *headers,
        ("Content-Security-Policy", "default-src 'none'; form-action 'self'; frame-ancestors 'none'"),
    ], text


def _fields(environ: dict[str, Any], body: Any) -> list[tuple[str, str]]:
    if (
        environ.get("CONTENT_TYPE", "").partition(";")[0] != _FORM
        or environ.get("HTTP_SEC_FETCH_SITE") != "same-origin"
    ):
        return []
    sent = body.read(MOST + 1)
    if len(sent) > MOST:
        return []
    fields = parse_qsl(sent.decode("utf-8", "replace"), keep_blank_values=True)
    return [] if any(name in SECRET for name, _ in fields) else fields
