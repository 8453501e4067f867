"""The addresses of results of evaluations and of adjustments."""

from lms.classes.access import institution_path
from lms.core.guard import HELD, Route, predicate_scope, unit_scope
from lms.people.access import unit_path
from lms.quality import access, result_views, views
from lms.quality.adjustments import queries as adjusted
from lms.quality.adjustments import views as adjustments

INSTITUTION = unit_scope("institution of the class", institution_path)
OWN_TOPIC = predicate_scope("own topic, released", access.teaches)
ADJUSTED = unit_scope("institution of the class", adjusted.institution_path)
OWN_INSTITUTION = unit_scope("the institution", unit_path)
GET_POST = ("GET", "POST")
CLASS = "/reports/classes/<uuid:class_id>"
YEAR = "/reports/results"
SCHOOL = f"{YEAR}/institutions/<int:unit_id>"
PROGRAMME = f"{YEAR}/programmes/<code>"
SEES = "reports.quality"

ROUTES = [
    Route("/reports/quality", views.index, SEES, HELD),
    Route(f"{CLASS}/quality", views.class_results, SEES, INSTITUTION),
    Route(f"{CLASS}/quality.xlsx", views.workbook, SEES, INSTITUTION, endpoint="class_workbook"),
    Route(f"{CLASS}/charts/<name>.svg", views.chart, SEES, INSTITUTION, endpoint="class_chart"),
    Route(YEAR, result_views.page, SEES, HELD, endpoint="year"),
    Route(f"{YEAR}.xlsx", result_views.workbook, SEES, HELD, endpoint="year_workbook"),
    Route(f"{YEAR}/charts/<name>.svg", result_views.chart, SEES, HELD, endpoint="year_chart"),
    Route(SCHOOL, result_views.page, SEES, OWN_INSTITUTION, endpoint="institution"),
    Route(f"{SCHOOL}.xlsx", result_views.workbook, SEES, OWN_INSTITUTION, endpoint="institution_workbook"),
    Route(f"{SCHOOL}/charts/<name>.svg", result_views.chart, SEES, OWN_INSTITUTION, endpoint="institution_chart"),
    Route(PROGRAMME, result_views.page, SEES, HELD, endpoint="programme"),
    Route(f"{PROGRAMME}.xlsx", result_views.workbook, SEES, HELD, endpoint="programme_workbook"),
    Route(f"{PROGRAMME}/charts/<name>.svg", result_views.chart, SEES, HELD, endpoint="programme_chart"),
    Route("/reports/lecturers/<uuid:person_id>", views.lecturer, SEES, HELD),
    Route("/reports/own", views.own, "classes.teach", HELD),
    Route("/reports/own/<uuid:teaching_id>", views.own_topic, "classes.teach", OWN_TOPIC, GET_POST),
    Route("/reports/adjustments", adjustments.index, SEES, HELD, endpoint="adjustments"),
    Route("/reports/adjustments/<uuid:adjustment_id>", adjustments.adjustment, "classes.manage", ADJUSTED, GET_POST),
]
