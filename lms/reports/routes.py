"""The addresses of reports."""

from lms.classes.access import institution_path
from lms.core.guard import HELD, SIGNED_IN, Route, predicate_scope, unit_scope
from lms.people.access import unit_path
from lms.reports.completion import access, views
from lms.reports.issued import access as issued_access
from lms.reports.issued import views as issued
from lms.reports.issued.queries import reports as issued_queries
from lms.reports.unit_reports import routes as unit_reports

INSTITUTION = unit_scope("institution of the class", institution_path)
RECORD = predicate_scope("own record, or a person of units held", access.may_read_record)
CITY = unit_scope("the city", issued_queries.city_path)
REPORT = unit_scope("unit of the report", issued_queries.unit_path)
DECIDED = predicate_scope("report of others, below a unit held", issued_access.may_decide)
OWN_INSTITUTION = unit_scope("the institution", unit_path)
GET_POST = ("GET", "POST")
POST = ("POST",)
CLASS = "/reports/classes/<uuid:class_id>"
ONE = "/reports/issued/<uuid:report_id>"
YEAR = "/reports/results"
SCHOOL = f"{YEAR}/institutions/<bigint:unit_id>"
PROGRAMME = f"{YEAR}/programmes/<code>"

ROUTES = [
    Route("/reports/completion", views.completion, "reports.completion", HELD),
    Route("/reports/completion.xlsx", views.completion_workbook, "reports.completion", HELD),
    Route("/reports/completion/trainees", views.trainees, "reports.completion", HELD),
    Route("/reports/issued", issued.index, "reports.read", HELD, endpoint="issued"),
    Route(f"{CLASS}/report", issued.begin_class, "reports.write", INSTITUTION, POST, endpoint="begin_class"),
    Route(
        f"{SCHOOL}/<year:year>/report",
        issued.begin_institution,
        "reports.write",
        OWN_INSTITUTION,
        POST,
    ),
    Route(f"{PROGRAMME}/<year:year>/report", issued.begin_programme, "reports.write", CITY, POST),
    Route(f"{YEAR}/<year:year>/report", issued.begin_year, "reports.write", CITY, POST),
    Route(ONE, issued.report, "reports.read", REPORT, endpoint="issued_report"),
    Route(f"{ONE}/texts", issued.texts, "reports.write", REPORT, GET_POST, endpoint="issued_texts"),
    Route(f"{ONE}/submit", issued.submit, "reports.write", REPORT, POST, endpoint="issued_submit"),
    Route(f"{ONE}/approve", issued.approve, "reports.approve", DECIDED, POST, endpoint="issued_approve"),
    Route(f"{ONE}/send-back", issued.send_back, "reports.approve", DECIDED, POST, endpoint="issued_send_back"),
    Route(f"{ONE}/issue", issued.issue, "reports.write", REPORT, GET_POST, endpoint="issued_issue"),
    Route(f"{ONE}/correct", issued.correct, "reports.write", REPORT, GET_POST, endpoint="issued_correct"),
    Route(f"{ONE}/discard", issued.discard, "reports.write", REPORT, POST, endpoint="issued_discard"),
    Route(f"{ONE}/verify", issued.verify, "reports.read", REPORT, endpoint="issued_verify"),
    Route(f"{ONE}/files/<any(docx, pdf, xlsx):form>", issued.file, "reports.read", REPORT, endpoint="issued_file"),
    Route("/records/<uuid:person_id>", views.record, SIGNED_IN, RECORD),
    Route("/records/<uuid:person_id>.xlsx", views.record_workbook, SIGNED_IN, RECORD),
    *unit_reports.ROUTES,
]
