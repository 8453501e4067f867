"""Noting a form on paper tells nobody any more whether its author had sent one: both are kept, and one is left out.

Revision ID: 20261130_evaluation_rights
"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_evaluation_rights"
down_revision = "20261130_bounded_store"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the mark."""
    op.add_column("participations", sa.Column("also_sent", sa.Boolean(), server_default="false", nullable=False))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("participations", "also_sent")
