"""Whose data a table holds is known: every one that refers to a person is claimed by the domain it belongs to."""

import re

import pytest

from lms.core.database import Base
from lms.core.personal import held

PEOPLE = {"persons.id", "accounts.id"}
NAMES = re.compile(r"(^|_)(person|account|lecturer|agent|owner)(_id|_name)?$|_by$")
"""How columns are called that refer to a person without a foreign key."""
DESCRIBES_NOBODY = {
    "plans.needs_by",  # a day
    "content_registrations.account_home",  # the home page of agents, the same for all
}


def _columns():
    for mapper in Base.registry.mappers:
        table = mapper.local_table
        for column in table.columns:
            keys = {key.target_fullname for key in column.foreign_keys}
            if keys & PEOPLE or NAMES.search(column.name):
                yield ".".join(mapper.class_.__module__.split(".")[:2]), table.name, column.name


def test_every_table_that_refers_to_a_person_is_claimed(app):
    claimed = {table for domain in held.ask() for table in domain.tables}
    missing = {(table, column) for _domain, table, column in _columns() if table not in claimed}
    assert not {f"{table}.{column}" for table, column in missing} - DESCRIBES_NOBODY


def test_a_table_is_claimed_once_by_its_own_domain(app):
    owners = {mapper.local_table.name: mapper.class_.__module__ for mapper in Base.registry.mappers}
    answers = {answer.__module__: answer() for answer in held._receivers}
    claims = [(module, table) for module, domain in answers.items() for table in domain.tables]
    assert len({table for _module, table in claims}) == len(claims)
    for module, table in claims:
        assert owners[table].split(".")[:2] == module.split(".")[:2], table


def test_sections_and_removals_are_named_once(app):
    for kind in ("collect", "unlink"):
        names = [name for domain in held.ask() for name in getattr(domain, kind)]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", ["tables", "collect", "unlink"])
def test_a_domain_says_something_of_each(app, kind):
    assert all(text.strip() for domain in held.ask() for text in getattr(domain, kind).values())
