"""Walking a table of acts: every act in every state, through its door, as a page opened earlier would send it."""

from collections.abc import Collection
from itertools import product
from typing import Any

from flask_babel import force_locale
from markupsafe import escape
from sqlalchemy import select, text

from lms.core.states import Acts

TRACES = """SELECT (SELECT count(*) FROM audit_entries), (SELECT count(*) FROM statements),
                   (SELECT count(*) FROM procrastinate_jobs)"""


def pairs(table: Acts, but: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return each act of a table with each state; ``but``: acts that have no door of their own."""
    return list(product(sorted(set(table.allowed) - set(but)), sorted(table.states)))


def everything(session: Any, *models: Any) -> Any:
    """What acts may change: the rows of these tables, the audit trail, statements, jobs."""
    session.expire_all()
    rows = [session.execute(select(model.__table__).order_by(*model.__table__.primary_key)).all() for model in models]
    return rows, session.execute(text(TRACES)).one()


def check(table: Acts, act: str, state: str, answer: Any, before: Any, after: Any) -> None:
    """An allowed act is done; any other is answered 409 with its reason in Vietnamese and changes nothing."""
    said = answer.get_data(as_text=True)
    reason = table.refusal(act, state)
    if reason is None:
        assert answer.status_code in (200, 302), said[-3000:]
        assert after != before, (act, state)
        return
    with force_locale("vi"):
        words = str(table.words[reason])
    assert answer.status_code == 409, (act, state, answer.status_code)
    assert str(escape(words)) in said, (act, state, reason)
    assert after == before, (act, state)
