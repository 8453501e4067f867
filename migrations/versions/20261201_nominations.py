"""Quotas of units for classes, what units state about their people, and nominations.

Revision ID: 20261201_nominations
"""

import sqlalchemy as sa
from alembic import op

revision = "20261201_nominations"
down_revision = "20261201_states"
branch_labels = None
depends_on = None

QUESTIONS = "question IN ('managed', 'meant_unit', 'planned_post', 'field', 'age', 'service')"
STATES = (
    "status IN ('submitted', 'waitlisted', 'approved', 'sent', 'refused', 'withdrawn', 'substituted', 'expired')"
)
LIVE = "status IN ('submitted', 'waitlisted', 'approved', 'sent')"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "class_quotas",
        sa.Column("class_id", sa.Uuid(), sa.ForeignKey("class_runs.id"), primary_key=True),
        sa.Column("unit_id", sa.BigInteger(), sa.ForeignKey("units.id"), primary_key=True),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.CheckConstraint("places > 0", name="places"),
    )
    op.create_index("ix_class_quotas_unit_id", "class_quotas", ["unit_id"])
    op.create_table(
        "stated_facts",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("persons.id"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), sa.ForeignKey("programmes.id")),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answer", sa.Boolean(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(QUESTIONS, name="question"),
    )
    op.create_index("ix_stated_facts_person", "stated_facts", ["person_id", "question", "at"])
    op.create_table(
        "nominations",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("class_id", sa.Uuid(), sa.ForeignKey("class_runs.id"), nullable=False),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("persons.id"), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), sa.ForeignKey("units.id"), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waiting_rank", sa.Integer()),
        sa.Column("replaces_id", sa.Uuid(), sa.ForeignKey("nominations.id"), unique=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("cannot_because", sa.Text()),
        sa.CheckConstraint(STATES, name="status"),
        sa.CheckConstraint("(status = 'waitlisted') <= (waiting_rank IS NOT NULL)", name="rank"),
    )
    op.create_index("ix_nominations_person_id", "nominations", ["person_id"])
    op.create_index("ix_nominations_unit_id", "nominations", ["unit_id"])
    op.create_index(
        "uq_nominations_live", "nominations", ["class_id", "person_id"], unique=True, postgresql_where=sa.text(LIVE)
    )
    op.create_index("uq_nominations_rank", "nominations", ["class_id", "waiting_rank"], unique=True)


def downgrade() -> None:
    """Remove them."""
    op.drop_table("nominations")
    op.drop_table("stated_facts")
    op.drop_table("class_quotas")
