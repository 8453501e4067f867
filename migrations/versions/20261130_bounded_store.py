"""Storing costs no more than the batch is long: references are followed sixteen levels deep, set by set.

Revision ID: 20261130_bounded_store
"""

from alembic import op

from lms.records.sql import function

revision = "20261130_bounded_store"
down_revision = "20261130_broken_off"
branch_labels = None
depends_on = None

DROP = "DROP FUNCTION xapi_store(uuid[], uuid[], boolean[], text[], text[], text[], uuid, integer[], uuid[], boolean[])"


def upgrade() -> None:
    """Load the new version; what was stored keeps the references that it has."""
    op.execute(DROP)
    op.execute(function("xapi_store", 2))


def downgrade() -> None:
    """Load the version before."""
    op.execute(DROP)
    op.execute(function("xapi_store", 1))
