"""The workbook behind a class's quality report."""

from typing import Any

from flask_babel import gettext as _

from lms.core.i18n import local
from lms.core.workbooks import Workbook
from lms.quality.queries import classes as queries
from lms.quality.rules.class_results import ClassResults, ItemResult


def workbook(head: queries.ClassHead, report: ClassResults) -> bytes:
    """Return the figures of a class's quality report as XLSX."""
    book, title = Workbook(), f"{head.code} – {head.name}"
    labels = [local(label) for label in report.form.scales[report.form.scale]]
    columns = [
        (_("Section"), 28),
        (_("Question"), 60),
        (_("Topic"), 40),
        (_("Lecturer"), 26),
        (_("Answers"), 10),
        (_("Not applicable"), 12),
        (_("Mean"), 10),
        (_("Median"), 10),
        (_("Standard deviation"), 12),
        *[(label, 12) for label in labels],
    ]
    rows: list[list[Any]] = [
        [local(section.title), local(item.text), None, None, *_figures(item)]
        for section in report.sections
        for item in section.items
        if item.kind == "scale"
    ]
    rows += [
        [_("Lecturer"), local(item.text), local(teaching.topic), teaching.lecturer, *_figures(item)]
        for teaching in report.teachings
        for item in teaching.items
        if item.kind == "scale"
    ]
    book.sheet(_("Results"), title, columns, rows)
    choices = [
        [local(item.text), local(bar.label), item.n, bar.count, bar.share, bar.place]
        for section in report.sections
        for item in section.items
        for bar in item.bars
    ]
    heads = [(_("Question"), 60), (_("Option"), 40), (_("Answers"), 10), (_("Chosen"), 10), (_("Share"), 10)]
    book.sheet(_("Choices"), title, [*heads, (_("Mean place"), 12)], choices, shares=frozenset({4}))
    said = [
        [local(text), local(group.theme.title) if group.theme else _("Other"), comment]
        for text, groups in report.comments
        for group in groups
        for comment in group.comments
    ]
    said += [
        [local(teaching.topic), teaching.lecturer, comment]
        for teaching in report.teachings
        for comment in teaching.comments
    ]
    book.sheet(_("Comments"), title, [(_("About"), 40), (_("Theme or lecturer"), 30), (_("Comment"), 90)], said)
    return book.content()


def _figures(item: ItemResult) -> list[Any]:
    summary = item.summary
    if summary is None:
        return [0, item.na]
    return [summary.count, item.na, round(summary.mean, 2), summary.median, round(summary.spread, 2), *summary.counts]
