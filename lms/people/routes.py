"""The addresses of `lms.people`."""

from lms.core.guard import ANYONE, OWN, PUBLIC, SIGNED_IN, Route
from lms.people.views import own

GET_POST, POST = ("GET", "POST"), ("POST",)

ROUTES: list[Route] = [
    Route("/account/sign-in", own.sign_in, PUBLIC, ANYONE, GET_POST),
    Route("/account/activate", own.activate, PUBLIC, ANYONE, GET_POST),
    Route("/account/sign-out", own.sign_out, SIGNED_IN, OWN, POST),
    Route("/account", own.account, SIGNED_IN, OWN, GET_POST),
    Route("/account/password", own.password, SIGNED_IN, OWN, GET_POST),
    Route("/account/sessions", own.sessions, SIGNED_IN, OWN),
    Route("/account/sessions/end", own.end_session, SIGNED_IN, OWN, POST),
    Route("/account/sessions/end-all", own.end_all_sessions, SIGNED_IN, OWN, POST),
]
