"""The addresses of reports."""

from lms.core.guard import HELD, SIGNED_IN, Route, predicate_scope, unit_scope
from lms.reports import access, views

INSTITUTION = unit_scope("institution of the class", access.institution_path)
RECORD = predicate_scope("own record, or a person of units held", access.may_read_record)

ROUTES = [
    Route("/reports/completion", views.completion, "reports.completion", HELD),
    Route("/reports/completion.xlsx", views.completion_workbook, "reports.completion", HELD),
    Route("/reports/completion/trainees", views.trainees, "reports.completion", HELD),
    Route("/reports/quality", views.quality_index, "reports.quality", HELD),
    Route("/reports/classes/<uuid:class_id>/quality", views.quality, "reports.quality", INSTITUTION),
    Route("/reports/classes/<uuid:class_id>/quality.xlsx", views.quality_workbook, "reports.quality", INSTITUTION),
    Route("/reports/classes/<uuid:class_id>/charts/<name>.svg", views.chart, "reports.quality", INSTITUTION),
    Route("/records/<uuid:person_id>", views.record, SIGNED_IN, RECORD),
    Route("/records/<uuid:person_id>.xlsx", views.record_workbook, SIGNED_IN, RECORD),
]
