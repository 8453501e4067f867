"""Which migration a database stands at, and which is the newest that this version knows."""

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from lms.core.config import ROOT
from lms.core.database import db

FOLDER = ROOT / "migrations"


def newest() -> str:
    """Return the newest migration of this version."""
    return str(ScriptDirectory(str(FOLDER)).get_current_head())


def current() -> str | None:
    """Return the migration that the database stands at; none when none has run."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
