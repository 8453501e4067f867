"""Words and charts that pages, workbooks and the summary share."""

from flask_babel import gettext as _

from lms.documents import charts
from lms.people.forms import KIND_LABELS
from lms.reports.unit_reports import rules
from lms.reports.unit_reports.queries.summary import Summary

STATES = {
    "due": lambda: _("nothing written yet"),
    "draft": lambda: _("being written"),
    "submitted": lambda: _("submitted"),
    "returned": lambda: _("returned"),
    "accepted": lambda: _("accepted"),
}
CHARTS = ("reporting", "use", "quality")
_COLOURS = (charts.SCALE[0], charts.SCALE[1], charts.SCALE[4])


def state_word(state: str) -> str:
    """Return how far a report has come, in words."""
    return str(STATES[state]())


def level_word(kind: str) -> str:
    """Return a level in words."""
    return str(KIND_LABELS[kind])


def use_words() -> list[str]:
    """Return the ways in which trained staff are used, in the order of Sums.uses."""
    return [
        _("promoted or planned for a higher post"),
        _("given work in the field of the training"),
        _("same work as before"),
        _("moved to another unit"),
        _("left the service"),
    ]


def chart(name: str, summary: Summary) -> str:
    """Draw a chart of the summary, one of CHARTS; returns SVG."""
    if name == "reporting":
        rows: list[tuple[str, tuple[int, ...]]] = [
            (level_word(level.key), (level.missing, level.late, level.reported - level.late))
            for level in summary.levels
        ]
        labels = [_("not reported"), _("late"), _("in time")]
        return charts.distribution_chart(rows, labels, _("Share of units"), _COLOURS)
    if name == "use":
        spread = [(programme.key, programme.uses[::-1]) for programme in summary.trained]
        return charts.distribution_chart(spread, use_words()[::-1], _("Share of those trained"))
    means = [(programme.key, programme.quality) for programme in summary.trained if programme.quality is not None]
    return charts.means_chart(means, rules.POINTS, _("Mean of the units' ratings"))
