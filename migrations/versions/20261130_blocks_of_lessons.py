"""Lessons keep their blocks, and the glossary has its table.

Revision ID: 20261130_blocks_of_lessons
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261130_blocks_of_lessons"
down_revision = "20261130_steps_of_lessons"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns and table."""
    op.add_column("lessons", sa.Column("blocks", postgresql.JSONB(), nullable=True))
    op.add_column("lessons", sa.Column("drawn", sa.Text(), nullable=True))
    op.create_table(
        "glossary_terms",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("document", postgresql.JSONB(), nullable=False),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("glossary_terms")
    op.drop_column("lessons", "drawn")
    op.drop_column("lessons", "blocks")
