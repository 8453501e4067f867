"""What the audit trail speaks of, by its name: one table says where each kind of thing is found."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, literal_column, or_, select, text

from lms.core.audit import AuditEntry
from lms.core.database import db
from lms.core.search import folded, matches

_ID = {"uuid": re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"), "int": re.compile(r"[0-9]{1,9}")}


class Subject(NamedTuple):
    """A kind of thing.

    :ivar source: what it is read from, as SQL after FROM; its own table is ``t``
    :ivar label: how it is called, as SQL
    :ivar kept: folded columns in which its name is found, as SQL; by its label where there is none
    """

    source: str
    label: str
    kept: str = ""
    key: str = "t.id"
    cast: str = "uuid"


_CLASS = "c.code || ' – ' || c.name"
_PERSON = "p.full_name || ' (' || p.staff_code || ')'"
_OF_CLASS = "LEFT JOIN class_runs c ON c.id = t.class_id"
_ENROLLED = "JOIN persons p ON p.id = e.person_id LEFT JOIN class_runs c ON c.id = e.class_id"
_TRAINEE = f"{_PERSON} || coalesce(', ' || c.code, '')"
_ACCOUNT = "a.display_name || ' (' || a.username || ')'"
_PROGRAMME = "g.code || ' – ' || (g.name ->> 'vi')"

SUBJECTS: dict[str, Subject] = {
    "account": Subject(
        "accounts t LEFT JOIN persons p ON p.id = t.person_id",
        "t.display_name || ' (' || t.username || ')'",
        "coalesce(p.search_text || ' ', '') || t.username",
    ),
    "sign_in_session": Subject("sign_in_sessions t JOIN accounts a ON a.id = t.account_id", _ACCOUNT, "a.username"),
    "person": Subject("persons t", "t.full_name || ' (' || t.staff_code || ')'", "t.search_text"),
    "unit": Subject("units t", "t.name || ' (' || t.code || ')'", "t.search_text", cast="int"),
    "class": Subject("class_runs t", "t.code || ' – ' || t.name"),
    "class_run": Subject("class_runs t", "t.code || ' – ' || t.name"),
    "session": Subject(f"sessions t {_OF_CLASS}", "t.title || coalesce(', ' || c.code, '')"),
    "nomination": Subject(
        "nominations t JOIN nominations e ON e.id = t.id JOIN persons p ON p.id = e.person_id "
        "LEFT JOIN class_runs c ON c.id = e.class_id",
        _TRAINEE,
        "p.search_text",
    ),
    "issued_paper": Subject("issued_papers t", "t.number || ' – ' || t.subject"),
    "signer": Subject("signers t", "t.name || ', ' || t.title"),
    "enrolment": Subject(f"enrolments t JOIN enrolments e ON e.id = t.id {_ENROLLED}", _TRAINEE, "p.search_text"),
    "registration": Subject(
        "content_registrations t JOIN persons p ON p.id = t.person_id JOIN package_versions v ON v.id = t.version_id"
        " JOIN packages k ON k.id = v.package_id",
        f"{_PERSON} || ', ' || k.title",
        "p.search_text",
    ),
    "teaching": Subject(
        f"teachings t JOIN persons p ON p.id = t.lecturer_id JOIN topics o ON o.id = t.topic_id {_OF_CLASS}",
        "p.full_name || ', ' || (o.title ->> 'vi') || coalesce(', ' || c.code, '')",
    ),
    "submission": Subject(
        f"submissions t JOIN enrolments e ON e.id = t.registration {_ENROLLED}", _TRAINEE, "p.search_text"
    ),
    "attempt": Subject(
        f"attempts t JOIN quizzes q ON q.id = t.quiz_id JOIN enrolments e ON e.id = t.registration {_ENROLLED}",
        f"{_TRAINEE} || ', ' || (q.title ->> 'vi')",
        "p.search_text",
    ),
    "survey": Subject(
        f"surveys t JOIN units u ON u.id = t.institution_id {_OF_CLASS}",
        f"coalesce({_CLASS}, u.name || ', ' || t.period)",
    ),
    "follow_up": Subject(
        f"follow_ups t JOIN enrolments e ON e.id = t.enrolment_id {_ENROLLED}", _TRAINEE, "p.search_text"
    ),
    "instrument": Subject("instruments t", "(t.title ->> 'vi') || ' (' || t.code || ', ' || t.version || ')'"),
    "adjustment": Subject(f"adjustments t {_OF_CLASS}", _CLASS),
    "plan": Subject("plans t", "t.year::text"),
    "plan_need": Subject(
        "plan_needs t JOIN plans y ON y.id = t.plan_id JOIN units u ON u.id = t.unit_id",
        "u.name || ', ' || y.year::text",
    ),
    "population": Subject("populations t", "to_char(t.as_of, 'DD/MM/YYYY')"),
    "programme": Subject("programmes t", "t.code || ' – ' || (t.name ->> 'vi')", "t.search_text"),
    "programme_version": Subject(
        "programme_versions t JOIN programmes g ON g.id = t.programme_id",
        f"{_PROGRAMME} || ' (' || t.number || ')'",
        "g.search_text",
    ),
    "module_material": Subject(
        "module_materials t JOIN packages k ON k.id = t.package_id JOIN modules m ON m.id = t.module_id",
        "k.title || ', ' || (m.title ->> 'vi')",
    ),
    "package": Subject("packages t", "t.title", "t.search_text"),
    "package_version": Subject(
        "package_versions t JOIN packages k ON k.id = t.package_id",
        "k.title || ' (' || t.number || ')'",
        "k.search_text",
    ),
    "api_key": Subject("api_keys t", "t.name"),
    "credential": Subject("xapi_credentials t", "t.name"),
    "forwarder": Subject("xapi_forwarders t", "t.name"),
    "quality_report": Subject(
        "quality_reports t JOIN units u ON u.id = t.unit_id LEFT JOIN class_runs c ON c.id = t.class_id",
        "coalesce(t.number || ', ', '') || u.name || ', ' || coalesce(c.code, t.year::text)",
    ),
    "unit_report": Subject("unit_reports t JOIN units u ON u.id = t.unit_id", "u.name || ', ' || t.year"),
}
"""By the name that the trail gives to a kind of thing; what is in none has no name, or is its own (a year, a file)."""


def names(entries: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the names of things, by kind and id, those that are there; one statement for each kind."""
    asked: dict[str, set[str]] = defaultdict(set)
    for kind, key in entries:
        subject = SUBJECTS.get(kind)
        if subject is not None and _ID[subject.cast].fullmatch(key):
            asked[kind].add(key)
    known: dict[tuple[str, str], str] = {}
    for kind, keys in asked.items():
        one = SUBJECTS[kind]
        query = text(
            f"SELECT {one.key}::text, {one.label} FROM {one.source} WHERE {one.key} = ANY(CAST(:keys AS {one.cast}[]))"  # noqa: S608 - constants
        )
        known |= {(kind, key): name for key, name in db.session.execute(query, {"keys": sorted(keys)}) if name}
    return known


def about(words: str) -> ColumnElement[bool]:
    """Return the condition that an entry is about a thing with these words in its name."""
    return or_(
        *(
            and_(AuditEntry.subject_type == kind, AuditEntry.subject_id.in_(_found(subject, words)))
            for kind, subject in SUBJECTS.items()
        )
    )


def _found(subject: Subject, words: str) -> Any:
    column: ColumnElement[str] = literal_column(subject.kept or f"({subject.label})")
    where = matches(words, column if subject.kept else folded(column))
    return select(literal_column(f"{subject.key}::text")).select_from(text(subject.source)).where(where)
