"""Keys of the materials API may have a last day.

Revision ID: 20261128_api_key_days
"""

import sqlalchemy as sa
from alembic import op

revision = "20261128_api_key_days"
down_revision = "20261128_unit_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the day."""
    op.add_column("api_keys", sa.Column("last_day", sa.Date(), nullable=True))


def downgrade() -> None:
    """Forget the days; keys with one are revoked, since they were not to be good for ever."""
    op.execute("UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE last_day IS NOT NULL")
    op.drop_column("api_keys", "last_day")
