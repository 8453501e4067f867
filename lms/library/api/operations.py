"""The operations of the API, each declared once: its address, scope, shapes and words make route and description."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lms.core.guard import PUBLIC, Route
from lms.library.api.access import key_scope

PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True)
class Query:
    """A parameter of the query string."""

    schema: Mapping[str, Any]
    words: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    :ivar path: with ``<uuid:name>`` for parameters
    :ivar scope: what its key must be good for
    :ivar takes: type of its JSON body; ``bytes`` for a file
    :ivar gives: status of success -> type of its JSON answer, None for an empty one
    :ivar refuses: further statuses than 400, 401, 403 and 429, with words
    """

    method: str
    path: str
    view: Callable[..., Any]
    scope: str
    words: str
    gives: Mapping[int, Any]
    takes: Any = None
    query: Mapping[str, Query] = field(default_factory=dict)
    refuses: Mapping[int, str] = field(default_factory=dict)

    @property
    def route(self) -> Route:
        """Its route behind the guard."""
        return Route(
            PREFIX + self.path,
            self.view,
            PUBLIC,
            key_scope(self.scope),
            (self.method,),
            endpoint=f"api_{self.view.__name__}",
            csrf=False,
            upload=self.takes is bytes,
        )
