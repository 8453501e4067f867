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
        [_("Lecturer"), local(item.text), local(one.topic), one.lecturer, *_figures(item)]
        for one in report.teachings
        for item in one.items
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
        [local(text), local(one.theme.title) if one.theme else _("Other"), comment]
        for text, groups in report.comments
        for one in groups
        for comment in one.comments
    ]
    said += [[local(one.topic), one.lecturer, comment] for one in report.teachings for comment in one.comments]
    book.sheet(_("Comments"), title, [(_("About"), 40), (_("Theme or lecturer"), 30), (_("Comment"), 90)], said)
    return book.content()


def _figures(item: ItemResult) -> list[Any]:
    one = item.summary
    if one is None:
        return [0, item.na]
    return [one.count, item.na, round(one.mean, 2), one.median, round(one.spread, 2), *one.counts]
