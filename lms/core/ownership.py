"""Whether something belongs to the person or account that asks; nobody's things belong to nobody.

An account without a staff record has no ``person_id``, a stranger no ``account_id``. ``column == None`` would be
``IS NULL`` in SQL and match every row that belongs to nobody, and ``None == None`` is true in Python. So what an actor
lacks is compared only here; ``tests/security/test_ownership.py`` finds who compares it elsewhere.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false


def owned_by(column: Any, own: UUID | None) -> ColumnElement[bool]:
    """Condition: the column holds this person or account; never true for None."""
    return false() if own is None else column == own


def is_own(value: UUID | None, own: UUID | None) -> bool:
    """Tell whether a value is this person or account; never true for None."""
    return value is not None and value == own
