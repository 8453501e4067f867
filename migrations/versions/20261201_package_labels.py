"""Labels of packages, by which staff keep many materials in order.

Revision ID: 20261201_package_labels
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261201_package_labels"
down_revision = "20261201_content"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; packages have no label so far."""
    labels = sa.Column("labels", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False)
    op.add_column("packages", labels)


def downgrade() -> None:
    """Remove it."""
    op.drop_column("packages", "labels")
