"""The one search of lists: each word of what was typed stands somewhere, whatever its accents and case.

A list with a folded column (``search_text``) is asked by it; a name without one is folded by the database.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, or_

from lms.core.text import like_pattern

_MARKS = "[\u0300-\u036f]"


def matches(query: str, *columns: Any) -> ColumnElement[bool]:
    """Condition: every word of the query stands in one of these folded columns; true for no word at all.

    ``%``, ``_`` and backslashes are letters like others.
    """
    words = (like_pattern(word) for word in query.replace("\0", "").split())
    conditions = [or_(*(column.like(word, escape="\\") for column in columns)) for word in words]
    return and_(True, *conditions)


def folded(column: Any) -> ColumnElement[str]:
    """Fold a column in SQL as :func:`lms.core.text.fold` does, for texts that keep no folded twin."""
    plain = func.normalize(func.translate(column, "Đđ", "dd"), literal_column("NFD"))
    return func.lower(func.regexp_replace(plain, _MARKS, "", "g"))
