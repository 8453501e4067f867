"""The addresses of the top floor."""

from lms.console import views
from lms.console.about import views as about
from lms.console.personal import access
from lms.console.personal import views as personal
from lms.console.statements import views as statements
from lms.console.trail import views as trail
from lms.core.guard import ANYONE, CITY, HELD, OWN, PUBLIC, SIGNED_IN, Route, predicate_scope

GET_POST, POST = ("GET", "POST"), ("POST",)
RECORDS, MANAGE = "records.read", "people.manage"
ASKED = predicate_scope("unit and roles of the person who asks", access.may_decide)

ROUTES = [
    Route("/", views.home, PUBLIC, ANYONE),
    Route("/help", about.help_, PUBLIC, ANYONE, endpoint="help"),
    Route("/help/<key>", about.guide, PUBLIC, ANYONE),
    Route("/contact", about.contact, PUBLIC, ANYONE),
    Route("/privacy", about.personal_data, PUBLIC, ANYONE, endpoint="privacy"),
    Route("/accessibility", about.accessibility, PUBLIC, ANYONE),
    Route("/admin/audit", trail.audit, "audit.read", CITY),
    Route("/admin/audit/export", trail.export, "audit.read", CITY, POST, "audit_export"),
    Route("/admin/xapi/statements", statements.browse, RECORDS, CITY, endpoint="statements"),
    Route("/admin/xapi/statements/export", statements.export, RECORDS, CITY, ("POST",), "statements_export"),
    Route("/admin/xapi/statements/<uuid:statement_id>", statements.one, RECORDS, CITY, endpoint="statement"),
    Route("/my/records", statements.mine, "learning.study", OWN, endpoint="my_records"),
    Route("/my/records.csv", statements.mine_csv, "learning.study", OWN, endpoint="my_records_csv"),
    Route("/my/data", personal.mine, SIGNED_IN, OWN, endpoint="personal"),
    Route("/my/data/archive", personal.order, SIGNED_IN, OWN, POST, "order_archive"),
    Route("/my/data/archive/<uuid:archive_id>", personal.fetch, SIGNED_IN, OWN, POST, "fetch_archive"),
    Route("/my/data/erasure", personal.ask, SIGNED_IN, OWN, POST, "ask_erasure"),
    Route("/my/data/erasure/withdraw", personal.withdraw, SIGNED_IN, OWN, POST, "withdraw_erasure"),
    Route("/admin/erasure", personal.requests, MANAGE, HELD, GET_POST, "erasures"),
    Route("/admin/erasure/<uuid:request_id>", personal.one, MANAGE, ASKED, endpoint="erasure"),
    Route("/admin/erasure/<uuid:request_id>/leaving", personal.note_leaving, MANAGE, ASKED, POST),
    Route("/admin/erasure/<uuid:request_id>/refuse", personal.refuse, MANAGE, ASKED, POST, "refuse_erasure"),
    Route("/admin/erasure/<uuid:request_id>/carry-out", personal.carry_out, MANAGE, ASKED, GET_POST),
]
