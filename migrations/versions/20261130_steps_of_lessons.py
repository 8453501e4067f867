"""Of a lesson it is kept which sections were read; those studied before stay studied.

Revision ID: 20261130_steps_of_lessons
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261130_steps_of_lessons"
down_revision = "20261130_attachments_sent"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    steps = sa.Column("steps", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False)
    op.add_column("lesson_progress", steps)


def downgrade() -> None:
    """Remove it."""
    op.drop_column("lesson_progress", "steps")
