"""The operations of the API, each declared once: its address, scope, shapes and words make route and description."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import msgspec
from flask import request

from lms.core.errors import DomainError
from lms.core.guard import PUBLIC, Route
from lms.library.api.access import key_scope
from lms.library.services import uploads

PREFIX = "/api/v1"


class NoQuery(msgspec.Struct, forbid_unknown_fields=True):
    """A query string without parameters."""


@dataclass(frozen=True, slots=True)
class Header:
    """A header of a request."""

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
    :ivar query: what its query string may hold; the view's first argument, unless it is empty
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
    query: type[msgspec.Struct] = NoQuery
    headers: Mapping[str, Header] = field(default_factory=dict)
    answered: Mapping[str, str] = field(default_factory=dict)
    refuses: Mapping[int, str] = field(default_factory=dict)

    @property
    def route(self) -> Route:
        """Its route behind the guard."""
        return Route(
            PREFIX + self.path,
            self._answer(),
            PUBLIC,
            key_scope(self.scope),
            (self.method,),
            endpoint=f"api_{self.view.__name__}",
            csrf=False,
            upload=self.takes is bytes,
            largest=uploads.LARGEST if self.takes is bytes else 0,
        )

    def _answer(self) -> Callable[..., Any]:
        @wraps(self.view)
        def answer(**in_path: Any) -> Any:
            query = _checked(self.query)
            return self.view(**in_path) if self.query is NoQuery else self.view(query, **in_path)

        return answer


def _checked(query: type[msgspec.Struct]) -> msgspec.Struct:
    """Return the checked query string.

    :raises DomainError: it holds what the description does not, or something twice.
    """
    fields = request.args.to_dict(flat=False)
    for name, values in fields.items():
        if len(values) > 1:
            raise DomainError("bad-request", f"Repeated field `{name}`", 400)
    try:
        return msgspec.convert({name: values[0] for name, values in fields.items()}, query, strict=False)
    except msgspec.ValidationError as error:
        raise DomainError("bad-request", str(error), 400) from None
