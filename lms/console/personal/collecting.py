"""Everything the domains hold about one person, section by section, read row by row; nothing of anybody else.

No password, no secret and no hash of one; nobody else's name: what others did to her records is told without telling
who they are. Evaluations are not here, for nothing in them leads to her (docs/decisions/0012-evaluation.md).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import text

from lms.core.database import db
from lms.core.exact import storable
from lms.core.personal import held
from lms.records.shapes import account_ifi, mention

Row = dict[str, Any]

_SUBJECT = text(
    "SELECT a.id, a.person_id, a.actor_name, a.display_name, u.path FROM accounts a "
    "LEFT JOIN persons p ON p.id = a.person_id LEFT JOIN units u ON u.id = p.unit_id WHERE a.id = :account_id"
)

_AUDIT = text(
    "SELECT id, at, action, subject_type, subject_id, account_id = :account AS hers, before, after FROM audit_entries "
    "WHERE account_id = :account OR subject_id = ANY(:subjects) ORDER BY id"
)
_OTHERS = frozenset({"marked_by", "recorded_by", "account_id", "created_by", "lecturer_id"})
"""What in an audit entry names whoever acted."""
_DOCUMENTS = text(
    "SELECT document_id, registration, content_type, updated_at, content FROM xapi_documents WHERE agent = :agent "
    "ORDER BY updated_at, key"
)


@dataclass(frozen=True)
class Subject:
    """The person whose data are collected."""

    account_id: UUID
    person_id: UUID | None
    actor_name: UUID
    name: str
    path: str | None

    @cached_property
    def values(self) -> dict[str, Any]:
        """What the SQL of the sections is asked with."""
        return {
            "account": self.account_id,
            "person": self.person_id,
            "path": self.path,
            "ifi": account_ifi(self.actor_name),
            "agent": UUID(mention("agent", account_ifi(self.actor_name))),
        }


def subject(account_id: UUID) -> Subject | None:
    """Return whose data an account's are."""
    row = db.session.execute(_SUBJECT, {"account_id": account_id}).first()
    return None if row is None else Subject(*row)


def sections() -> tuple[str, ...]:
    """Return the names of all sections, in the order of the domains."""
    return (*_sections(), "audit")


def rows(of: Subject, section: str) -> Iterator[Row]:
    """Yield the rows of a section, a few hundred in memory at a time."""
    if section == "audit":
        yield from _audit(of)
        return
    with db.session.execute(text(_sections()[section]), of.values, execution_options={"yield_per": 500}) as rows:
        yield from (storable(dict(row)) for row in rows.mappings())


def documents(of: Subject) -> Iterator[Row]:
    """Yield what launched content keeps about her (xAPI states and profiles), one at a time with its content."""
    with db.session.execute(_DOCUMENTS, of.values, execution_options={"yield_per": 1}) as rows:
        yield from (dict(row) for row in rows.mappings())


def _audit(of: Subject) -> Iterator[Row]:
    """Yield the entries of the audit trail that she made, or that are about her, as far as they are hers."""
    domains = held.ask()
    own = {str(of.account_id), str(of.person_id), *_ids((domain.own for domain in domains), of)}
    shared = _ids((domain.shared for domain in domains), of)
    values = {"account": of.account_id, "subjects": sorted(own | shared)}
    with db.session.execute(_AUDIT, values, execution_options={"yield_per": 500}) as rows:
        for entry in rows.mappings():
            told = _entry(entry, own)
            if told is not None:
                yield told


def _sections() -> dict[str, str]:
    return {name: sql for domain in held.ask() for name, sql in domain.collect.items()}


def _ids(questions: Iterable[str | None], of: Subject) -> set[str]:
    return {value for sql in questions if sql for value in db.session.scalars(text(sql), of.values)}


def _entry(entry: Any, own: set[str]) -> Row | None:
    about, before, after = entry["subject_id"] in own, entry["before"], entry["after"]
    if about:
        before, after = _without_others(before), _without_others(after)
    else:
        before, after = _hers(before, own), _hers(after, own)
    about = about or bool(before or after)
    if not about and not entry["hers"]:
        return None
    told = {name: entry[name] for name in ("at", "action", "subject_type")}
    return told | {"by_her": entry["hers"], "about_her": about, "before": before, "after": after}


def _without_others(values: Mapping[str, Any] | None) -> Row | None:
    return None if values is None else {key: value for key, value in values.items() if key not in _OTHERS}


def _hers(values: Mapping[str, Any] | None, own: set[str]) -> Row | None:
    """Return what of an entry about many persons is hers: her mark in a list of attendance, herself in an enrolment."""
    if not values:
        return None
    marks = {key: value for key, value in values.items() if key in own}
    persons = values.get("persons")
    if isinstance(persons, list) and (listed := [person for person in persons if person in own]):
        marks["persons"] = listed
    return marks or None
