"""What holds for every template: one form of breadcrumbs, and no decision that belongs to a view or a rule."""

import re
from pathlib import Path

LMS = Path(__file__).resolve().parents[2] / "lms"
TEMPLATES = {str(path.relative_to(LMS)): path.read_text("utf-8") for path in LMS.glob("*/templates/**/*.html")}
PAGE = "core/templates/core/page.html"


def having(pattern):
    return sorted(name for name, text in TEMPLATES.items() if re.search(pattern, text))


def test_breadcrumbs_come_from_the_one_macro():
    assert having("breadcrumb-line") == [PAGE]


def test_what_may_be_done_is_said_by_the_view():
    assert having(r"actor\(\)\s*\.may\b") == []


def test_no_template_adds_up_in_a_namespace():
    assert having(r"\{%-?\s*set (\w+\.\w+) = \1 \+") == []


def test_breadcrumbs_name_the_pages_above(app):
    with app.test_request_context():
        macro = app.jinja_env.get_template("core/page.html").module.breadcrumbs
        html = macro(("/classes", "Lớp"), "Lớp <A2>")
    assert [step.strip() for step in re.findall(r"<li>(.*?)</li>", html)] == [
        '<a href="/classes">Lớp</a>',
        "Lớp &lt;A2&gt;",
    ]
    assert re.search(r'<nav [^>]*aria-label="[^"]+"', html)


def test_tables_show_how_things_stand_among_their_first_columns():
    """A phone shows two or three columns; what somebody came to read must be among them."""
    heads = [
        (name, re.findall(r'_\("([^"]+)"\)', head))
        for name, text in TEMPLATES.items()
        for head in re.findall(r"table_head\(((?:[^()]|\([^()]*(?:\([^()]*\))?[^()]*\))*)\)", text)
    ]
    assert len(heads) > 25
    late = {
        (name, column)
        for name, columns in heads
        if "/printed_" not in name  # paper has room for all
        for column in ("Status", "State", "Completion rate")
        if column in columns[3:]
    }
    assert late == set()
