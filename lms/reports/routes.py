"""The addresses of reports."""

from lms.core.guard import HELD, SIGNED_IN, Route, predicate_scope, unit_scope
from lms.reports import access, views
from lms.reports.adjustments import queries as adjusted
from lms.reports.adjustments import views as adjustments
from lms.reports.quality import access as results
from lms.reports.quality import views as quality
from lms.reports.unit_reports import routes as unit_reports

INSTITUTION = unit_scope("institution of the class", access.institution_path)
RECORD = predicate_scope("own record, or a person of units held", access.may_read_record)
OWN_TOPIC = predicate_scope("own topic, released", results.teaches)
ADJUSTED = unit_scope("institution of the class", adjusted.institution_path)
GET_POST = ("GET", "POST")
CLASS = "/reports/classes/<uuid:class_id>"

ROUTES = [
    Route("/reports/completion", views.completion, "reports.completion", HELD),
    Route("/reports/completion.xlsx", views.completion_workbook, "reports.completion", HELD),
    Route("/reports/completion/trainees", views.trainees, "reports.completion", HELD),
    Route("/reports/quality", quality.index, "reports.quality", HELD, endpoint="quality_index"),
    Route(f"{CLASS}/quality", quality.of_class, "reports.quality", INSTITUTION, endpoint="quality"),
    Route(f"{CLASS}/quality.xlsx", quality.workbook, "reports.quality", INSTITUTION, endpoint="quality_workbook"),
    Route(f"{CLASS}/charts/<name>.svg", quality.chart, "reports.quality", INSTITUTION),
    Route("/reports/lecturers/<uuid:person_id>", quality.history, "reports.quality", HELD, endpoint="lecturer"),
    Route("/reports/own", quality.own, "classes.teach", HELD),
    Route("/reports/own/<uuid:teaching_id>", quality.own_topic, "classes.teach", OWN_TOPIC, GET_POST),
    Route("/reports/adjustments", adjustments.index, "reports.quality", HELD, endpoint="adjustments"),
    Route("/reports/adjustments/<uuid:adjustment_id>", adjustments.adjustment, "classes.manage", ADJUSTED, GET_POST),
    Route("/records/<uuid:person_id>", views.record, SIGNED_IN, RECORD),
    Route("/records/<uuid:person_id>.xlsx", views.record_workbook, SIGNED_IN, RECORD),
    *unit_reports.ROUTES,
]
