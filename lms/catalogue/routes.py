"""The addresses of `lms.catalogue`."""

from lms.core.guard import Route

ROUTES: list[Route] = []
