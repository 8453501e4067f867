"""The store's functions stand in files; its tables are read in one place."""

import ast
import hashlib
import re
from pathlib import Path

import pytest
from sqlalchemy import text

from lms.core.config import ROOT
from lms.core.database import Base
from lms.records import sql

LANDED = {
    "xapi_store_1.sql": "6c119b1f03821c8c18bee2fadb9befe98f37f2c4daf333317dfa75cf56889054",
    "xapi_store_2.sql": "00b3c2c294a8317aaccfbc5d42bd4b96d57fed23fce5bfa59fefb0576d820dfd",
}
"""SHA-256 of the files that migrations name: they are never edited, a change is the next version."""

TABLES = {
    table.name for table in Base.metadata.tables.values() if table.name.startswith(("xapi_", "statement"))
}  # fmt: skip


def made(session, name):
    return session.scalars(
        text("SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = :name"),
        {"name": name},
    ).one()


@pytest.mark.parametrize("name", sorted(sql.newest()))
def test_a_migrated_database_has_the_function_of_the_newest_file(session, name):
    migrated = made(session, name)
    again = re.sub(r"^CREATE (OR REPLACE )?FUNCTION", "CREATE OR REPLACE FUNCTION", sql.newest()[name], flags=re.M)
    session.connection().exec_driver_sql(again)
    assert made(session, name) == migrated


def test_files_that_migrations_name_stay_as_they_are():
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sql.FOLDER.glob("*.sql")} == LANDED


def test_functions_stand_in_files_only():
    """No migration of the store writes a function out; a later version is a file as well."""
    for path in Path(ROOT, "migrations/versions").glob("*.py"):
        assert "FUNCTION xapi_" not in path.read_text().replace("DROP FUNCTION xapi_", ""), path.name


# one's copy of one's data and the erasure know every table with a person in it: they go table by table
KNOWING = ("lms/console/personal/",)


def test_no_other_domain_reads_the_tables_of_the_store():
    assert {"statements", "statement_mentions", "xapi_documents"} <= TABLES
    reading = re.compile(rf"\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+(?:{'|'.join(TABLES)})\b")
    faults = []
    for path in Path(ROOT, "lms").rglob("*.py"):
        where = str(path.relative_to(ROOT))
        if where.startswith(("lms/records/", *KNOWING)):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            words = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            models = isinstance(node, ast.ImportFrom) and node.module == "lms.records.models"
            if models or reading.search(words):
                faults.append(f"{where}:{node.lineno}")
    assert not faults
