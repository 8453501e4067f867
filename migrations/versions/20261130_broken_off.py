"""An upload whose check was given up is broken off: it must be sent again and takes no room any more.

Revision ID: 20261130_broken_off
"""

from alembic import op

revision = "20261130_broken_off"
down_revision = "20261128_api_key_days"
branch_labels = None
depends_on = None

STATES = "'receiving', 'checking', 'taken', 'refused'"


def upgrade() -> None:
    """Allow the state."""
    _allow(f"{STATES}, 'broken_off'")


def downgrade() -> None:
    """Such uploads are refused ones without a reason."""
    op.execute("UPDATE uploads SET state = 'refused' WHERE state = 'broken_off'")
    _allow(STATES)


def _allow(states: str) -> None:
    op.drop_constraint(op.f("ck_uploads_state"), "uploads")
    op.create_check_constraint(op.f("ck_uploads_state"), "uploads", f"state IN ({states})")
