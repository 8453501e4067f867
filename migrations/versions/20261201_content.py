"""Launches know their browser and their sign-in; packages their hosts; a log of launches; materials of running classes.

Revision ID: 20261201_content
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261201_content"
down_revision = "20261201_marks_by_rubric"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns and the table; what was placed before stays required of all classes."""
    op.add_column("content_sessions", sa.Column("sign_in_id", sa.Uuid(), nullable=True))
    op.add_column("content_sessions", sa.Column("bound_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("content_sessions", sa.Column("preferences_read_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_content_sessions_sign_in", "content_sessions", ["sign_in_id"])
    hosts = sa.Column("allowed_hosts", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False)
    op.add_column("packages", hosts)
    op.add_column("module_materials", sa.Column("in_running", sa.Boolean(), server_default="true", nullable=False))
    op.create_table(
        "content_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("session_id", sa.Uuid(), sa.ForeignKey("content_sessions.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("about", sa.String(), server_default="", nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint("what IN ('launched', 'asked', 'sent', 'refused', 'blocked', 'ended')", name="what"),
    )
    op.create_index("ix_content_events_session", "content_events", ["session_id", "id"])


def downgrade() -> None:
    """Remove them."""
    op.drop_table("content_events")
    op.drop_column("module_materials", "in_running")
    op.drop_column("packages", "allowed_hosts")
    op.drop_index("ix_content_sessions_sign_in", "content_sessions")
    op.drop_column("content_sessions", "preferences_read_at")
    op.drop_column("content_sessions", "bound_at")
    op.drop_column("content_sessions", "sign_in_id")
