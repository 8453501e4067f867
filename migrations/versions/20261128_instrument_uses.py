"""Which evaluation form an audience gets: in the city, or in a programme of its own.

Revision ID: 20261128_instrument_uses
"""

import sqlalchemy as sa
from alembic import op

revision = "20261128_instrument_uses"
down_revision = "20261124_evaluation"
branch_labels = None
depends_on = None

IN_USE = """
INSERT INTO instrument_uses (id, audience, code)
SELECT gen_random_uuid(), audience, code FROM (
    SELECT DISTINCT ON (audience) audience, code FROM instruments WHERE state = 'published'
    ORDER BY audience, loaded_at DESC, version DESC
) newest
"""


def upgrade() -> None:
    """Add the table; what was taken so far stays in use."""
    op.create_table(
        "instrument_uses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_instrument_uses_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_uses")),
        sa.UniqueConstraint(
            "audience",
            "programme_id",
            name=op.f("uq_instrument_uses_audience_programme_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_instrument_uses_programme_id"), "instrument_uses", ["programme_id"])
    op.execute(IN_USE)


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("instrument_uses")
