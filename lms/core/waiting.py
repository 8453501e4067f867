"""What waits for somebody: each domain answers for its own acts, and the first page shows it as a work list.

A domain registers a function in its ``init_app`` (decision 0025). It asks the database once, by :func:`rows` over one
:func:`part` for each kind of work, and shows nothing that the actor may not do.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, Select, Text, cast, func, literal, null, select, union_all

from lms.core.database import db
from lms.core.guard import Actor
from lms.core.hooks import Hook
from lms.core.i18n import days_until

SHOWN = 5
"""Lines of one kind; the oldest."""


@dataclass(frozen=True, slots=True)
class Line:
    """One place where something waits.

    :ivar subject: the class, the person or the paper it is about, in words
    :ivar count: how much waits there
    :ivar since: when the oldest of it began to wait
    :ivar due_on: the last day for it, where there is one
    :ivar url: the page on which it is done
    """

    subject: str
    count: int
    since: datetime
    due_on: date | None
    url: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """All that waits for somebody of one kind.

    :ivar kind: a key, such as ``essays``
    :ivar title: what is to be done, in words
    :ivar count: how much waits, also where no line says so
    :ivar places: how many lines there are, of which at most SHOWN are told
    :ivar url: the list of all of them
    """

    kind: str
    title: str
    count: int
    places: int
    lines: tuple[Line, ...]
    url: str

    def place(self, at: datetime) -> tuple[bool, datetime]:
        """Return its place in the list: what is overdue first, then what has waited longest."""
        late = any(line.due_on is not None and days_until(line.due_on, at) < 0 for line in self.lines)
        return not late, min(line.since for line in self.lines)


waiting: Hook[[Actor, datetime], Sequence[Waiting]] = Hook("core.waiting")
"""What can this actor do now that waits for her?"""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of :func:`rows`; ``ref`` and ``other`` name what its page is about."""

    kind: str
    subject: str
    ref: str
    other: str | None
    count: int
    since: datetime
    due_on: date | None
    total: int
    places: int


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work: its words, the page of a line, and the page of the list."""

    title: Any
    page: Callable[[Row], str]
    url: Callable[[], str]


def part(
    kind: str,
    *,
    subject: Any,
    ref: Any,
    since: Any,
    count: Any = None,
    other: Any = None,
    due_on: Any = None,
) -> Select[Any]:
    """Begin the statement of one kind of work: its columns; the caller adds joins, conditions and the grouping.

    :param since: a moment; rows are told oldest first
    :param count: an aggregate, where rows are grouped; otherwise each row is one
    """
    counted: ColumnElement[int] = literal(1) if count is None else count
    columns: Any = (
        select(
            literal(kind, Text).label("kind"),
            cast(subject, Text).label("subject"),
            cast(ref, Text).label("ref"),
            cast(null() if other is None else other, Text).label("other"),
            counted.label("count"),
            cast(since, DateTime(timezone=True)).label("since"),
            cast(null() if due_on is None else due_on, Date).label("due_on"),
            func.sum(counted).over().label("total"),
            func.count().over().label("places"),
        )
        .order_by("due_on", "since", "ref")
        .limit(SHOWN)
    )
    answer: Select[Any] = columns
    return answer


def rows(*parts: Select[Any]) -> list[Row]:
    """Return the rows of all kinds with one statement, those of a kind together; without parts none is asked."""
    if not parts:
        return []
    everything = union_all(*(select(statement.subquery()) for statement in parts))
    return [Row(*row) for row in db.session.execute(everything)]


def gathered(found: Sequence[Row], kinds: dict[str, Kind]) -> list[Waiting]:
    """Put rows into words and addresses, kind by kind."""
    answers = []
    for key, kind in kinds.items():
        own = [row for row in found if row.kind == key]
        if own:
            lines = tuple(Line(row.subject, row.count, row.since, row.due_on, kind.page(row)) for row in own)
            answers.append(Waiting(key, str(kind.title), int(own[0].total), own[0].places, lines, kind.url()))
    return answers


def work_list(actor: Actor, at: datetime) -> list[Waiting]:
    """Return all that waits for somebody: what is overdue first, then what has waited longest."""
    answers = [entry for told in waiting.ask(actor, at) for entry in told]
    return sorted(answers, key=lambda entry: entry.place(at))


def last_day(closes_at: Any) -> Any:
    """Return, as SQL, the last day of a period that ends at a moment: at midnight, the day before."""
    return cast(func.timezone("Asia/Ho_Chi_Minh", closes_at - func.make_interval(0, 0, 0, 0, 0, 0, 1)), Date)
