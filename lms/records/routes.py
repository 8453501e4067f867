"""The addresses of `lms.records`."""

from lms.core.guard import Route

ROUTES: list[Route] = []
