"""The addresses of `lms.learning`."""

from lms.core.guard import Route

ROUTES: list[Route] = []
