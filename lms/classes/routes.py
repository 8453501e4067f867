"""The addresses of classes."""

from lms.classes import access
from lms.classes.views import life, sheets
from lms.classes.views import pages as views
from lms.core.guard import HELD, OWN, Route, predicate_scope, unit_scope

READABLE = predicate_scope("classes run, taught or overseen", access.may_read)
RUN = unit_scope("institution of the class", access.institution_path)
DAYS = predicate_scope("institution of the class, or who decides on it", access.may_move)
TAKES = predicate_scope("own session, or institution of the class", access.may_take_attendance)
MARKS = predicate_scope("own class, or institution of the class", access.may_mark)
ESSAY = predicate_scope("essay of an own class, or of the institution", access.may_mark_submission)
GET_POST = ("GET", "POST")

ROUTES = [
    Route("/classes", views.index, "classes.read", HELD),
    Route("/classes/new", life.new, "classes.manage", HELD, GET_POST),
    Route("/classes/timetable", views.timetable, "classes.teach", OWN),
    Route("/classes/<uuid:class_id>", views.class_page, "classes.read", READABLE),
    Route("/classes/<uuid:class_id>/edit", life.edit, "classes.manage", RUN, GET_POST),
    Route("/classes/<uuid:class_id>/open", life.open_, "classes.decide", RUN, GET_POST, "open"),
    Route("/classes/<uuid:class_id>/take-back", life.take_back, "classes.decide", RUN, GET_POST),
    Route("/classes/<uuid:class_id>/confirm", life.confirm, "classes.decide", RUN, GET_POST),
    Route("/classes/<uuid:class_id>/begin", life.begin, "classes.manage", RUN, GET_POST),
    Route("/classes/<uuid:class_id>/days", life.days, "classes.read", DAYS, GET_POST),
    Route("/classes/<uuid:class_id>/postpone", life.postpone, "classes.decide", RUN, GET_POST),
    Route("/classes/<uuid:class_id>/cancel", life.cancel, "classes.decide", RUN, GET_POST),
    Route("/classes/<uuid:class_id>/finish", life.finish, "classes.manage", RUN, GET_POST),
    Route("/classes/<uuid:class_id>/reopen", life.reopen, "classes.reopen", RUN, GET_POST),
    Route("/classes/<uuid:class_id>/enrol", views.enrol, "planning.decide", RUN, GET_POST),
    Route(
        "/classes/<uuid:class_id>/enrolments/<uuid:enrolment_id>/withdraw",
        views.withdraw,
        "classes.manage",
        RUN,
        GET_POST,
    ),
    Route("/classes/<uuid:class_id>/lecturers", views.add_lecturer, "classes.manage", RUN, ("POST",)),
    Route(
        "/classes/<uuid:class_id>/lecturers/<uuid:teaching_id>/remove",
        views.remove_lecturer,
        "classes.manage",
        RUN,
        ("POST",),
    ),
    Route("/classes/<uuid:class_id>/sessions/new", views.new_session, "classes.manage", RUN, GET_POST),
    Route("/classes/<uuid:class_id>/sessions/<uuid:session_id>", views.edit_session, "classes.manage", RUN, GET_POST),
    Route(
        "/classes/<uuid:class_id>/sessions/<uuid:session_id>/remove",
        views.remove_session,
        "classes.manage",
        RUN,
        ("POST",),
    ),
    Route(
        "/classes/<uuid:class_id>/sessions/<uuid:session_id>/attendance",
        sheets.attendance,
        "classes.teach",
        TAKES,
        GET_POST,
    ),
    Route(
        "/classes/<uuid:class_id>/sessions/<uuid:session_id>/attendance/paper",
        sheets.printed_sheet,
        "classes.teach",
        TAKES,
    ),
    Route("/classes/<uuid:class_id>/trainees/paper", sheets.printed_list, "classes.read", READABLE),
    Route("/classes/<uuid:class_id>/essays", views.essays, "classes.teach", MARKS),
    Route("/classes/<uuid:class_id>/essays/<uuid:submission_id>", views.essay, "classes.teach", ESSAY, GET_POST),
    Route("/classes/<uuid:class_id>/essays/<uuid:submission_id>/file", views.essay_file, "classes.teach", ESSAY),
    Route("/classes/<uuid:class_id>/essays/<uuid:submission_id>/text", views.essay_text, "classes.teach", ESSAY),
]
