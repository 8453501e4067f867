"""From what the reader filled in to a question to the store, and who the reader of the answer may know.

Whoever holds ``records.read`` over any unit reads the whole store, for a statement belongs to no unit; but a person in
it has a name only for those who hold ``people.read`` over her unit. All others read an opaque identifier. Persons of
other systems belong to no unit of ours: their names, and raw texts that may hold names, are open to those who hold
``people.read`` over the whole city.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from lms.console.statements import queries
from lms.console.statements.forms import FilterForm
from lms.console.statements.queries import PEOPLE, Known
from lms.console.statements.sentences import Reader
from lms.core.guard import Actor
from lms.core.i18n import select_language
from lms.records.parameters import StatementQuery
from lms.records.shapes import account_ifi

_IDENTIFIERS = ("mbox|", "mbox_sha1sum|", "openid|", "account|")


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked of the store.

    :ivar person: the person of the product it is about, if any
    :ivar choices: persons who may be meant, when the answer is not clear
    """

    query: StatementQuery | None
    person: UUID | None = None
    choices: tuple[Known, ...] = ()


def select(form: FilterForm, actor: Actor, *, size: int, after: int | None = None) -> Selection:
    """Return the question of a valid form; it has none when the person is not clear, and the form then says why."""
    query = StatementQuery(**form.question(), limit=size, after=after)
    text = form.person.data or ""
    if not text:
        return Selection(query)
    if text.startswith(_IDENTIFIERS) and actor.holds_whole(PEOPLE):
        return Selection(replace(query, agent=text))
    person = _uuid(text)
    persons = [] if person else _looked_up(form, actor, text)
    if len(persons) == 1:
        person = persons[0].actor_name
    if person:
        return Selection(replace(query, agent=account_ifi(person)), person)
    return Selection(None, choices=tuple(persons))


def _looked_up(form: FilterForm, actor: Actor, text: str) -> list[Known]:
    persons = queries.persons_like(actor, text) if actor.may(PEOPLE) else []
    if persons and len(persons) <= queries.SUGGESTED:
        return persons
    if persons:
        message = _("More than ten persons match. Please give more of the name, or the staff code.")
    elif actor.may(PEOPLE):
        message = _("Nobody whom you may look up has this name or staff code.")
    else:
        message = _("Please give the whole identifier, as a record shows it.")
    form.person.errors = [*form.person.errors, message]
    return []


def reader_of(
    actor: Actor, statements: Iterable[Mapping[str, Any]], *also: UUID | None
) -> tuple[Reader, dict[UUID, Known]]:
    """Return for whom the sentences are written, and the persons whom she may know."""
    known = queries.directory(actor, queries.persons_in(statements) | {person for person in also if person})
    names = {person: entry.name for person, entry in known.items()}
    return Reader(select_language(), names, strangers=actor.holds_whole(PEOPLE)), known


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
