"""The addresses of classes."""

from lms.classes import access, views
from lms.core.guard import HELD, OWN, Route, predicate_scope, unit_scope

READABLE = predicate_scope("classes run, taught or overseen", access.may_read)
RUN = unit_scope("institution of the class", access.institution_path)
TAKES = predicate_scope("own session, or institution of the class", access.may_take_attendance)
MARKS = predicate_scope("own class, or institution of the class", access.may_mark)
ESSAY = predicate_scope("essay of an own class, or of the institution", access.may_mark_submission)
GET_POST = ("GET", "POST")

ROUTES = [
    Route("/classes", views.index, "classes.read", HELD),
    Route("/classes/new", views.new, "classes.manage", HELD, GET_POST),
    Route("/classes/timetable", views.timetable, "classes.teach", OWN),
    Route("/classes/<uuid:class_id>", views.class_page, "classes.read", READABLE),
    Route("/classes/<uuid:class_id>/finish", views.finish, "classes.manage", RUN, GET_POST),
    Route("/classes/<uuid:class_id>/reopen", views.reopen, "classes.reopen", RUN, GET_POST),
    Route("/classes/<uuid:class_id>/enrol", views.enrol, "classes.manage", RUN, GET_POST),
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
        views.attendance,
        "classes.teach",
        TAKES,
        GET_POST,
    ),
    Route("/classes/<uuid:class_id>/essays", views.essays, "classes.teach", MARKS),
    Route("/classes/<uuid:class_id>/essays/<uuid:submission_id>", views.essay, "classes.teach", ESSAY, GET_POST),
    Route("/classes/<uuid:class_id>/essays/<uuid:submission_id>/file", views.essay_file, "classes.teach", ESSAY),
    Route("/classes/<uuid:class_id>/essays/<uuid:submission_id>/text", views.essay_text, "classes.teach", ESSAY),
]
