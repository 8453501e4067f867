"""What trainees do on the pages of lessons is kept.

Revision ID: 20261130_work_in_lessons
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261130_work_in_lessons"
down_revision = "20261130_sort_keys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "lesson_work",
        sa.Column("registration", sa.Uuid(), sa.ForeignKey("enrolments.id"), primary_key=True),
        sa.Column("lesson_id", sa.Uuid(), sa.ForeignKey("lessons.id"), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("state", postgresql.JSONB(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("lesson_work")
