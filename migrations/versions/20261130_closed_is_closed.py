"""Quizzes draw from a bank, and an attempt keeps what was drawn; classes remember when they were finished, and why so;
enrolments end as incomplete too.

Revision ID: 20261130_closed_is_closed
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261130_closed_is_closed"
down_revision = "20261130_evaluation_rights"
branch_labels = None
depends_on = None

RESULTS = "'enrolled', 'completed', 'failed', 'withdrawn'"


def upgrade() -> None:
    """Add the columns and allow the result."""
    op.add_column("quizzes", sa.Column("draw", sa.Integer(), nullable=True))
    op.add_column("attempts", sa.Column("asked", postgresql.ARRAY(sa.Uuid()), nullable=True))
    op.add_column("class_runs", sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("class_runs", sa.Column("finished_reason", sa.String(), nullable=True))
    op.execute(
        """UPDATE class_runs c SET finished_at = coalesce(
             (SELECT max(at) FROM audit_entries WHERE action = 'class.finish' AND subject_id = c.id::text),
             c.ends_on + interval '1 day') WHERE status = 'finished'"""
    )
    _allow(f"{RESULTS}, 'incomplete'")


def downgrade() -> None:
    """An incomplete result is one without a result."""
    op.execute("UPDATE enrolments SET status = 'enrolled' WHERE status = 'incomplete'")
    _allow(RESULTS)
    for table, column in (
        ("class_runs", "finished_reason"),
        ("class_runs", "finished_at"),
        ("attempts", "asked"),
        ("quizzes", "draw"),
    ):
        op.drop_column(table, column)


def _allow(results: str) -> None:
    op.drop_constraint(op.f("ck_enrolments_status"), "enrolments")
    op.create_check_constraint(op.f("ck_enrolments_status"), "enrolments", f"status IN ({results})")
