"""The operations of the API, each declared once: its address, scope, shapes and words make route and description."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lms.core.guard import PUBLIC, Route
from lms.library.api.access import key_scope

PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True)
class Given:
    """A parameter of the query string, or a header."""

    schema: Mapping[str, Any]
    words: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    :ivar path: with ``<uuid:name>`` for parameters
    :ivar scope: what its key must be good for
    :ivar takes: type of its JSON body; ``bytes`` for a file or a piece of one, of the type ``media_type``
    :ivar bare: whether it may come without a body
    :ivar gives: status of success -> type of its JSON answer, None for an empty one
    :ivar answered: headers of a successful answer, with words
    :ivar refuses: further statuses than 400, 401, 403 and 429, with words
    """

    method: str
    path: str
    view: Callable[..., Any]
    scope: str
    words: str
    gives: Mapping[int, Any]
    takes: Any = None
    bare: bool = False
    media_type: str = "application/octet-stream"
    query: Mapping[str, Given] = field(default_factory=dict)
    headers: Mapping[str, Given] = field(default_factory=dict)
    answered: Mapping[str, str] = field(default_factory=dict)
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
