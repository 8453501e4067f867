"""The addresses of the units' yearly reports."""

from lms.core.guard import CITY, HELD, SIGNED_IN, WHOLE, Route, predicate_scope, unit_scope
from lms.reports.unit_reports import access
from lms.reports.unit_reports.access import COLLECT, READ, WRITE
from lms.reports.unit_reports.views import campaigns, reports, summary

REPORTING = unit_scope("unit that reports", access.unit_path)
COLLECTED = unit_scope("unit that reports, of the whole city", access.unit_path, reach=WHOLE)
READABLE = predicate_scope("report of a unit held; of others, once submitted", access.may_read)
GET_POST, POST = ("GET", "POST"), ("POST",)
YEAR, ONE = "/reports/campaigns/<year:year>", "/reports/units/<uuid:report_id>"
FORM = "<any(docx, pdf):form>"

ROUTES = [
    Route("/reports/campaigns", campaigns.index, READ, CITY, endpoint="campaigns"),
    Route("/reports/campaigns/new", campaigns.new, COLLECT, CITY, GET_POST, "open_campaign"),
    Route(YEAR, campaigns.campaign, READ, CITY),
    Route(f"{YEAR}/extend", campaigns.extend, COLLECT, CITY, POST, "extend_campaign"),
    Route(f"{YEAR}/close", campaigns.close, COLLECT, CITY, POST, "close_campaign"),
    Route(f"{YEAR}/remind", campaigns.remind, COLLECT, CITY, POST, "remind_units"),
    Route(f"{YEAR}/update", campaigns.update, COLLECT, CITY, POST, "update_campaign"),
    Route(f"{YEAR}/summary", summary.page, READ, CITY, endpoint="unit_summary"),
    Route(f"{YEAR}/summary.xlsx", summary.workbook, READ, CITY, endpoint="unit_summary_workbook"),
    Route(f"{YEAR}/summary.{FORM}", summary.paper, READ, CITY, endpoint="unit_summary_paper"),
    Route(f"{YEAR}/charts/<name>.svg", summary.chart, READ, CITY, endpoint="unit_summary_chart"),
    Route("/reports/units", reports.own, WRITE, HELD, endpoint="unit_reports"),
    Route(ONE, reports.report, SIGNED_IN, READABLE, endpoint="unit_report"),
    Route(f"{ONE}.{FORM}", reports.paper, SIGNED_IN, READABLE, endpoint="unit_report_paper"),
    Route(f"{ONE}/edit", reports.edit, WRITE, REPORTING, GET_POST, "edit_unit_report"),
    Route(f"{ONE}/return", reports.give_back, COLLECT, COLLECTED, POST, "return_unit_report"),
    Route(f"{ONE}/accept", reports.accept, COLLECT, COLLECTED, POST, "accept_unit_report"),
]
