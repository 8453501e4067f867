"""Who is meant in statements: names for opaque identifiers and the other way round, within the units one may read."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, func, literal, select

from lms.console.statements.sentences import person_of
from lms.core.database import db
from lms.core.guard import Actor
from lms.core.search import matches
from lms.people.access import visible_persons
from lms.people.models import Account, Person, Unit
from lms.records.shapes import agents_of
from lms.records.vocabulary import ACCOUNTS

PEOPLE = "people.read"
SUGGESTED = 10


class Known(NamedTuple):
    """A person of the product whom the reader may know."""

    actor_name: UUID
    name: str
    staff_code: str | None
    unit: str | None


def directory(actor: Actor, wanted: Iterable[UUID]) -> dict[UUID, Known]:
    """Return those of the persons whom the actor may know, in one SQL statement; nothing is asked for nobody."""
    names = set(wanted)
    if not names or not actor.may(PEOPLE):
        return {}
    rows = db.session.execute(_known(actor).where(Account.actor_name == any_(literal(list(names), ARRAY(Uuid)))))
    return {row.actor_name: Known(*row) for row in rows}


def persons_like(actor: Actor, query: str) -> list[Known]:
    """Return up to ``SUGGESTED`` + 1 persons by name or staff code whom the actor may know; a whole code finds one."""
    rows = db.session.execute(
        _known(actor)
        .where(matches(query, Person.search_text))
        .order_by(Person.sort_key, Person.id)
        .limit(SUGGESTED + 1)
    )
    persons = [Known(*row) for row in rows]
    exact = [person for person in persons if person.staff_code == query.upper()]
    return exact or persons


def persons_in(statements: Iterable[Mapping[str, Any]]) -> set[UUID]:
    """Return the opaque names of all persons of the product that statements name in any place."""
    persons = (_person(name) for statement in statements for name in agents_of(statement))
    return {person for person in persons if person}


def _person(identifier: str) -> UUID | None:
    kind, _, rest = identifier.partition("|")
    home, _, name = rest.rpartition("|")
    return person_of({"account": {"homePage": home, "name": name}}) if kind == "account" and home == ACCOUNTS else None


def _known(actor: Actor) -> Any:
    return (
        select(
            Account.actor_name,
            func.coalesce(Person.full_name, Account.display_name),
            Person.staff_code,
            Unit.name,
        )
        .outerjoin(Person, Person.id == Account.person_id)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(visible_persons(actor, PEOPLE))
    )
