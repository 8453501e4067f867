"""The addresses of `lms.classes`."""

from lms.core.guard import Route

ROUTES: list[Route] = []
