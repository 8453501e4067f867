"""Lists that are counted and shown in numbered pages: a class of 3,000, the forms of a unit.

What has no end (the audit trail, all people) is read on from a key instead: :meth:`lms.core.pages.Page.cut`.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Select, func

from lms.core import arguments
from lms.core.database import db
from lms.core.pages import Page

T = TypeVar("T")
PAGE = 100
"""Rows of a numbered page; most classes stand on one."""


def numbered(
    statement: Select[*tuple[Any, ...]],
    make: Callable[..., T],
    *,
    size: int = PAGE,
    name: str = "page",
    anchor: str | None = None,
    rows: Callable[[Select[*tuple[Any, ...]]], Select[*tuple[Any, ...]]] | None = None,
) -> Page[T]:
    """Return the numbered page that the address asks for, in two statements, however long the list is.

    :param statement: the whole list, ordered without ties
    :param make: ``make(*row)``
    :param name: of the page's number in the address; the last page stands for those that do not exist
    :param anchor: where the list stands within its page
    :param rows: makes of the statement of one page's rows what is read: what costs much is not asked of rows passed by
    """
    counted = statement.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    total = db.session.scalar(counted) or 0
    last = max(1, -(-total // size))
    number = min(arguments.number(name, largest=arguments.COUNT_MAX) or 1, last)
    portion = statement.limit(size).offset((number - 1) * size)
    found = db.session.execute(portion if rows is None else rows(portion))
    next_key = str(number + 1) if number < last else None
    return Page([make(*row) for row in found], next_key, number, size, total, name, anchor)


def portion(rows: Sequence[T], *, size: int = PAGE, name: str = "page", anchor: str | None = None) -> Page[T]:
    """Return the numbered page that the address asks for, of rows that were read for more than the list."""
    last = max(1, -(-len(rows) // size))
    number = min(arguments.number(name, largest=arguments.COUNT_MAX) or 1, last)
    shown = rows[(number - 1) * size : number * size]
    return Page(shown, str(number + 1) if number < last else None, number, size, len(rows), name, anchor)
