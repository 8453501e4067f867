"""The circle of a programme version's approval; population of targets; yearly plans.

Revision ID: 20261201_plans
"""

import sqlalchemy as sa
from alembic import op

revision = "20261201_plans"
down_revision = "20261201_marks_by_rubric"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OLD = "status IN ('proposed', 'approved', 'retired')"
NEW = "status IN ('proposed', 'in_review', 'with_home_affairs', 'submitted', 'approved', 'retired', 'withdrawn')"


def upgrade() -> None:
    """Add the tables and the states."""
    _circle()


def downgrade() -> None:
    """Take them away again; versions under way are proposals, a withdrawn one is no longer offered."""
    op.drop_table("version_papers")
    op.drop_table("version_comments")
    op.execute(
        "UPDATE programme_versions SET status = CASE status WHEN 'withdrawn' THEN 'retired' ELSE 'proposed' END "
        "WHERE status IN ('in_review', 'with_home_affairs', 'submitted', 'withdrawn')"
    )
    op.drop_constraint(op.f("ck_programme_versions_status"), "programme_versions", type_="check")
    op.create_check_constraint(op.f("ck_programme_versions_status"), "programme_versions", OLD)
    op.drop_column("programme_versions", "moved_at")
    op.drop_column("programme_versions", "review_unit_id")


def _circle() -> None:
    op.drop_constraint(op.f("ck_programme_versions_status"), "programme_versions", type_="check")
    op.create_check_constraint(op.f("ck_programme_versions_status"), "programme_versions", NEW)
    op.add_column("programme_versions", sa.Column("review_unit_id", sa.BigInteger(), sa.ForeignKey("units.id")))
    op.create_index("ix_programme_versions_review_unit_id", "programme_versions", ["review_unit_id"])
    op.add_column("programme_versions", sa.Column("moved_at", MOMENT))
    op.create_table(
        "version_comments",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version_id", sa.Uuid(), sa.ForeignKey("programme_versions.id"), nullable=False),
        sa.Column("given_on", sa.Uuid(), sa.ForeignKey("programme_versions.id"), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("answer_kind", sa.String()),
        sa.Column("answer", sa.Text()),
        sa.Column("answered_by", sa.Uuid()),
        sa.Column("answered_at", MOMENT),
        sa.CheckConstraint("answer_kind IN ('changed', 'kept')", name="answer_kind"),
        sa.CheckConstraint("(answered_at IS NULL) = (answer_kind IS NULL)", name="answered"),
    )
    op.create_index("ix_version_comments_version_id", "version_comments", ["version_id"])
    op.create_table(
        "version_papers",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version_id", sa.Uuid(), sa.ForeignKey("programme_versions.id"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("signer", sa.String(), nullable=False),
        sa.Column("checksum", sa.String(), nullable=False),
        sa.Column("sha256", sa.String()),
        sa.Column("filename", sa.String()),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('opinion', 'memorandum', 'decision', 'withdrawal')", name="kind"),
    )
    op.create_index("ix_version_papers_version_id", "version_papers", ["version_id"])
    op.create_index("ix_version_papers_sha256", "version_papers", ["sha256"])
