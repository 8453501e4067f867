"""The addresses of `lms.assessment`."""

from lms.core.guard import Route

ROUTES: list[Route] = []
