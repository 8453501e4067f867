"""An essay is marked by the criteria of its rubric.

Revision ID: 20261201_marks_by_rubric
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261201_marks_by_rubric"
down_revision = "20261201_nominations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("submissions", sa.Column("marks", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    """Remove it."""
    op.drop_column("submissions", "marks")
