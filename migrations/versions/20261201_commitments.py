"""Days of people in classes, which may not overlap.

Revision ID: 20261201_commitments
"""

import sqlalchemy as sa
from alembic import op

revision = "20261201_commitments"
down_revision = "20261130_work_in_lessons"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and fill it of the classes that run; of two that overlap the earlier holds."""
    op.execute("CREATE TYPE uuidrange AS RANGE (subtype = uuid)")
    op.create_table(
        "commitments",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("persons.id"), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), sa.ForeignKey("enrolments.id"), unique=True),
        sa.Column("class_id", sa.Uuid(), sa.ForeignKey("class_runs.id")),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name="dates"),
        sa.CheckConstraint("enrolment_id IS NULL OR class_id IS NOT NULL", name="source"),
    )
    op.create_index("ix_commitments_person_id", "commitments", ["person_id"])
    op.create_index("ix_commitments_class_id", "commitments", ["class_id"])
    op.execute(
        """
        INSERT INTO commitments (id, person_id, enrolment_id, class_id, title, starts_on, ends_on, holds)
        SELECT gen_random_uuid(), e.person_id, e.id, c.id, c.name, c.starts_on, c.ends_on,
            e.status = 'enrolled' AND c.status IN ('planned', 'running')
        FROM enrolments e JOIN class_runs c ON c.id = e.class_id
        """
    )
    op.execute(
        """
        UPDATE commitments SET holds = false WHERE holds AND EXISTS (
            SELECT FROM commitments other WHERE other.person_id = commitments.person_id AND other.holds
            AND other.starts_on <= commitments.ends_on AND commitments.starts_on <= other.ends_on
            AND (other.starts_on, other.id) < (commitments.starts_on, commitments.id))
        """
    )
    op.execute(
        """
        ALTER TABLE commitments ADD CONSTRAINT one_class_at_a_time EXCLUDE USING gist (
            uuidrange(person_id, person_id, '[]') WITH &&, daterange(starts_on, ends_on, '[]') WITH &&)
        WHERE (holds) DEFERRABLE INITIALLY IMMEDIATE
        """
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("commitments")
    op.execute("DROP TYPE uuidrange")
