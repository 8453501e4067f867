"""The addresses of `lms.people`."""

from lms.core.guard import Route

ROUTES: list[Route] = []
