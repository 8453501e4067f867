"""The circle of a programme version's approval; population of targets; yearly plans.

Revision ID: 20261201_plans
"""

import sqlalchemy as sa
from alembic import op

revision = "20261201_plans"
down_revision = "20261201_decisions"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OLD = "status IN ('proposed', 'approved', 'retired')"
NEW = "status IN ('proposed', 'in_review', 'with_home_affairs', 'submitted', 'approved', 'retired', 'withdrawn')"


def upgrade() -> None:
    """Add the tables and the states."""
    _circle()
    _population()
    _plans()


def downgrade() -> None:
    """Take them away again; versions under way are proposals, a withdrawn one is no longer offered."""
    for name in ("plan_quotas", "plan_need_lines", "plan_needs", "plan_lines", "plans"):
        op.drop_table(name)
    op.drop_table("population_members")
    op.drop_table("populations")
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


def _population() -> None:
    op.create_table(
        "populations",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("people", sa.Integer(), nullable=False),
    )
    op.create_table(
        "population_members",
        sa.Column("population_id", sa.Uuid(), sa.ForeignKey("populations.id"), primary_key=True),
        sa.Column("programme_id", sa.Uuid(), sa.ForeignKey("programmes.id"), primary_key=True),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("persons.id"), primary_key=True),
        sa.Column("unit_id", sa.BigInteger(), sa.ForeignKey("units.id"), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("questions", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("trained", sa.Boolean(), nullable=False),
        sa.CheckConstraint("verdict IN ('counts', 'asked')", name="verdict"),
    )
    op.create_index("ix_population_members_person_id", "population_members", ["person_id"])
    op.create_index("ix_population_members_unit", "population_members", ["population_id", "unit_id", "programme_id"])


STATES = "status IN ('draft', 'gathering', 'balanced', 'submitted', 'approved', 'amended', 'dropped', 'closed')"
FIRST = "status NOT IN ('amended', 'dropped') AND base_id IS NULL"


def _plans() -> None:
    op.create_table(
        "plans",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("base_id", sa.Uuid(), sa.ForeignKey("plans.id")),
        sa.Column("population_id", sa.Uuid(), sa.ForeignKey("populations.id")),
        sa.Column("needs_by", sa.Date()),
        sa.Column("reminded_at", MOMENT),
        sa.Column("document_number", sa.String()),
        sa.Column("document_date", sa.Date()),
        sa.Column("signer", sa.String()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(STATES, name="status"),
    )
    op.create_index("ix_plans_base_id", "plans", ["base_id"])
    op.create_index("uq_plans_year", "plans", ["year"], unique=True, postgresql_where=sa.text(FIRST))
    op.create_index(
        "uq_plans_in_force", "plans", ["year"], unique=True, postgresql_where=sa.text("status = 'approved'")
    )
    op.create_table(
        "plan_lines",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("plan_id", sa.Uuid(), sa.ForeignKey("plans.id"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), sa.ForeignKey("programmes.id"), nullable=False),
        sa.Column("institution_id", sa.BigInteger(), sa.ForeignKey("units.id")),
        sa.Column("classes", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("month", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("classes > 0 AND places > 0", name="size"),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name="month"),
    )
    op.create_index("ix_plan_lines_plan_id", "plan_lines", ["plan_id"])
    op.create_table(
        "plan_needs",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("plan_id", sa.Uuid(), sa.ForeignKey("plans.id"), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), sa.ForeignKey("units.id"), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.Column("wishes", sa.Text(), nullable=False),
        sa.Column("returned_because", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('asked', 'sent', 'returned')", name="status"),
    )
    op.create_index("ix_plan_needs_plan_id", "plan_needs", ["plan_id"])
    op.create_index("ix_plan_needs_unit_id", "plan_needs", ["unit_id"])
    op.create_table(
        "plan_need_lines",
        sa.Column("need_id", sa.Uuid(), sa.ForeignKey("plan_needs.id"), primary_key=True),
        sa.Column("programme_id", sa.Uuid(), sa.ForeignKey("programmes.id"), primary_key=True),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("wanted >= 0 AND known >= 0", name="counts"),
    )
    op.create_table(
        "plan_quotas",
        sa.Column("plan_id", sa.Uuid(), sa.ForeignKey("plans.id"), primary_key=True),
        sa.Column("programme_id", sa.Uuid(), sa.ForeignKey("programmes.id"), primary_key=True),
        sa.Column("unit_id", sa.BigInteger(), sa.ForeignKey("units.id"), primary_key=True),
        sa.Column("proposed", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("proposed >= 0 AND places >= 0", name="places"),
    )
    op.create_index("ix_plan_quotas_unit_id", "plan_quotas", ["unit_id"])
