"""The addresses of results of evaluations and of adjustments."""

from lms.classes.access import institution_path
from lms.core.guard import HELD, Route, predicate_scope, unit_scope
from lms.people.access import unit_path
from lms.quality import access
from lms.quality.queries.adjustments import institution_path as adjusted_path
from lms.quality.views import adjustments, classes, lecturers, summaries

INSTITUTION = unit_scope("institution of the class", institution_path)
OWN_TOPIC = predicate_scope("own topic, released", access.teaches)
ADJUSTED = unit_scope("institution of the class", adjusted_path)
OWN_INSTITUTION = unit_scope("the institution", unit_path)
GET_POST = ("GET", "POST")
CLASS = "/reports/classes/<uuid:class_id>"
YEAR = "/reports/results"
SCHOOL = f"{YEAR}/institutions/<bigint:unit_id>"
PROGRAMME = f"{YEAR}/programmes/<code>"
SEES = "reports.quality"

ROUTES = [
    Route("/reports/quality", classes.index, SEES, HELD),
    Route(f"{CLASS}/quality", classes.class_results, SEES, INSTITUTION),
    Route(f"{CLASS}/quality.xlsx", classes.workbook, SEES, INSTITUTION, endpoint="class_workbook"),
    Route(f"{CLASS}/charts/<name>.svg", classes.chart, SEES, INSTITUTION, endpoint="class_chart"),
    Route(YEAR, summaries.page, SEES, HELD, endpoint="year"),
    Route(f"{YEAR}.xlsx", summaries.workbook, SEES, HELD, endpoint="year_workbook"),
    Route(f"{YEAR}/charts/<name>.svg", summaries.chart, SEES, HELD, endpoint="year_chart"),
    Route(SCHOOL, summaries.page, SEES, OWN_INSTITUTION, endpoint="institution"),
    Route(f"{SCHOOL}.xlsx", summaries.workbook, SEES, OWN_INSTITUTION, endpoint="institution_workbook"),
    Route(f"{SCHOOL}/charts/<name>.svg", summaries.chart, SEES, OWN_INSTITUTION, endpoint="institution_chart"),
    Route(PROGRAMME, summaries.page, SEES, HELD, endpoint="programme"),
    Route(f"{PROGRAMME}.xlsx", summaries.workbook, SEES, HELD, endpoint="programme_workbook"),
    Route(f"{PROGRAMME}/charts/<name>.svg", summaries.chart, SEES, HELD, endpoint="programme_chart"),
    Route("/reports/lecturers/<uuid:person_id>", lecturers.lecturer, SEES, HELD),
    Route("/reports/own", lecturers.own, "classes.teach", HELD),
    Route("/reports/own/chart.svg", lecturers.own_chart, "classes.teach", HELD),
    Route("/reports/own/<uuid:teaching_id>/chart.svg", lecturers.own_topic_chart, "classes.teach", OWN_TOPIC),
    Route("/reports/own/<uuid:teaching_id>", lecturers.own_topic, "classes.teach", OWN_TOPIC, GET_POST),
    Route("/reports/adjustments", adjustments.index, SEES, HELD, endpoint="adjustments"),
    Route("/reports/adjustments/<uuid:adjustment_id>", adjustments.adjustment, "classes.manage", ADJUSTED, GET_POST),
]
