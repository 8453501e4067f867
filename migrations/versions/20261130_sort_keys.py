"""Persons, units, classes and packages keep what their lists sort by; ``flask prepare`` fills it for those that are there.

Revision ID: 20261130_sort_keys
"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_sort_keys"
down_revision = "20261130_blocks_of_lessons"
branch_labels = None
depends_on = None

TABLES = ("persons", "units", "class_runs", "packages")


def upgrade() -> None:
    """Add the columns, empty, and the index of the longest list."""
    for table in TABLES:
        op.add_column(table, sa.Column("sort_key", sa.String(collation="C"), server_default="", nullable=False))
    op.create_index("ix_persons_sort_key_id", "persons", ["sort_key", "id"])


def downgrade() -> None:
    """Remove them."""
    op.drop_index("ix_persons_sort_key_id", table_name="persons")
    for table in TABLES:
        op.drop_column(table, "sort_key")
