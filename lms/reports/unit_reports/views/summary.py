"""The reports of a year put together: on the page, as a workbook, as an official document."""

from typing import Any

from flask import Response, abort, render_template, request

from lms import documents
from lms.core import downloads
from lms.core.admission import costly
from lms.core.database import utcnow
from lms.core.guard import current_actor
from lms.reports.unit_reports import access, exports, wording
from lms.reports.unit_reports.papers import city_paper
from lms.reports.unit_reports.queries import campaigns
from lms.reports.unit_reports.queries import summary as queries
from lms.reports.unit_reports.views.reports import sent


def page(year: int) -> Any:
    """The sums by programme, by level and for the city."""
    summary = _summary(year)
    return render_template(
        "reports/unit_reports/summary.html",
        summary=summary,
        voices=queries.voices(year),
        level_word=wording.level_word,
        use_words=wording.use_words(),
        now=utcnow(),
        collects=current_actor().holds_whole(access.COLLECT),
    )


@costly()
def workbook(year: int) -> Any:
    """The same, and all that the units wrote, as XLSX."""
    summary, texts = _summary(year), queries.voices(year).texts
    units = campaigns.units(year, "all", None, "", size=None)
    content = exports.workbook(summary, units, texts, at=utcnow())
    return downloads.workbook(content, f"tong-hop-bao-cao-cua-don-vi-{year}.xlsx")


@costly()
def paper(year: int, form: str) -> Any:
    """The same as a report to the People's Committee."""
    missing = campaigns.units(year, "missing", None, "", size=None)
    document = city_paper.document(_summary(year), queries.voices(year), missing, at=utcnow())
    content = documents.pdf(document) if form == "pdf" else documents.docx(document)
    return sent(content, form, f"bao-cao-tong-hop-chat-luong-dao-tao-{year}")


@costly()
def chart(year: int, name: str) -> Any:
    """One chart, as SVG."""
    if name not in wording.CHARTS:
        abort(404)
    response = Response(wording.chart(name, _summary(year)), mimetype="image/svg+xml")
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)


def _summary(year: int) -> queries.Summary:
    summary = queries.summary(year)
    if summary is None:
        abort(404)
    return summary
