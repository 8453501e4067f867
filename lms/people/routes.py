"""The addresses of `lms.people`."""

from lms.core.guard import ANYONE, HELD, OWN, PUBLIC, SIGNED_IN, Route, predicate_scope, unit_scope
from lms.people import access
from lms.people.views import admin, imports, own, units

GET_POST, POST = ("GET", "POST"), ("POST",)
READ, MANAGE, IMPORT = "people.read", "people.manage", "people.import"
SEEN = predicate_scope("unit of the account", access.may_see_account)
MANAGED = predicate_scope("unit and roles of the account", access.may_manage_account)
UNIT = unit_scope("unit", access.unit_path)

ROUTES: list[Route] = [
    Route("/account/sign-in", own.sign_in, PUBLIC, ANYONE, GET_POST),
    Route("/account/activate", own.activate, PUBLIC, ANYONE, GET_POST),
    Route("/account/sign-out", own.sign_out, SIGNED_IN, OWN, POST),
    Route("/account", own.account, SIGNED_IN, OWN, GET_POST),
    Route("/account/password", own.password, SIGNED_IN, OWN, GET_POST),
    Route("/account/sessions", own.sessions, SIGNED_IN, OWN),
    Route("/account/sessions/end", own.end_session, SIGNED_IN, OWN, POST),
    Route("/account/sessions/end-all", own.end_all_sessions, SIGNED_IN, OWN, POST),
    Route("/admin/people", admin.people, READ, HELD),
    Route("/admin/people/import", imports.import_page, IMPORT, HELD, GET_POST, upload=True),
    Route("/admin/people/import/template", imports.template_file, IMPORT, HELD),
    Route("/admin/people/import/problems", imports.problems, IMPORT, HELD, POST),
    Route("/admin/people/import/again", imports.check_again, IMPORT, HELD, POST),
    Route("/admin/people/import/start", imports.start_import, IMPORT, HELD, POST),
    Route("/admin/people/import/<uuid:job_id>/checked", imports.checked, IMPORT, HELD),
    Route("/admin/people/import/<uuid:job_id>/problems", imports.checked_problems, IMPORT, HELD),
    Route("/admin/people/import/<uuid:job_id>/result", imports.import_result, IMPORT, HELD),
    Route("/admin/people/<uuid:account_id>", admin.person_account, READ, SEEN),
    Route("/admin/people/<uuid:account_id>/roles", admin.give_role, MANAGE, MANAGED, POST),
    Route("/admin/people/<uuid:account_id>/roles/end", admin.end_role, MANAGE, MANAGED, POST),
    Route("/admin/people/<uuid:account_id>/lock", admin.lock, MANAGE, MANAGED, POST),
    Route("/admin/people/<uuid:account_id>/unlock", admin.unlock, MANAGE, MANAGED, POST),
    Route("/admin/people/<uuid:account_id>/code", admin.issue_code, MANAGE, MANAGED, POST),
    Route("/admin/units", units.units, READ, HELD),
    Route("/admin/units/new", units.new_unit, MANAGE, HELD, GET_POST),
    Route("/admin/units/<bigint:unit_id>", units.unit, READ, UNIT),
    Route("/admin/units/<bigint:unit_id>/close", units.close_unit, MANAGE, UNIT, POST),
    Route("/admin/units/<bigint:unit_id>/codes", admin.issue_codes, MANAGE, UNIT, POST),
]
