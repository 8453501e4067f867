"""The floor: a bare Flask application with one Jinja page, as large as the page it is compared with.

The page is a base template, a block and a loop over rows with four values each: what any server-rendered page is made of.
"""

from flask import Flask, render_template, request
from jinja2 import DictLoader

BASE = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{% block title %}{% endblock %}</title>
<link rel="stylesheet" href="/static/app.css"></head><body><header><nav><ul>{% for item in menu %}<li><a href="{{ item }}">{{ item }}</a></li>{% endfor %}</ul></nav></header>
<main>{% block main %}{% endblock %}</main><footer><p>Khuê</p></footer></body></html>"""
PAGE = """{% extends "base.html" %}{% block title %}Floor{% endblock %}{% block main %}<h1>Floor</h1><ul>
{% for row in rows %}<li><a href="/p/{{ row.code }}">{{ row.code }}</a> <strong>{{ row.name }}</strong> <span>{{ row.text }}</span> <em>{{ row.count }}</em></li>
{% endfor %}</ul>{% endblock %}"""
TEXT = (
    "Công chức các sở, cơ quan tương đương sở làm công tác quản lý và phát triển đô thị ở các lĩnh vực: tài chính và kế hoạch - đầu tư; giao thông vận tải. "
    * 3
)

app = Flask(__name__, static_folder=None)
app.jinja_loader = DictLoader({"base.html": BASE, "page.html": PAGE})  # type: ignore[assignment]


@app.get("/")
def page() -> str:
    """A page of about ``size`` bytes."""
    size = int(request.args["size"])
    each = len(TEXT.encode()) + 110
    rows = [{"code": f"A{n}", "name": "Quản lý", "text": TEXT, "count": n} for n in range(max(1, (size - 500) // each))]
    return render_template("page.html", rows=rows, menu=["/", "/programmes", "/learn", "/account"])
