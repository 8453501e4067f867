"""Quality reports that are written, approved and issued; an issued one is never changed again.

Revision ID: 20261128_quality_reports
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "20261128_quality_reports"
down_revision = "20261128_results"
branch_labels = None
depends_on = None

GUARD = """
CREATE FUNCTION issued_reports_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'an issued report is never changed'; END $$;
CREATE TRIGGER quality_reports_stay BEFORE UPDATE OR DELETE ON quality_reports
FOR EACH ROW WHEN (OLD.state = 'issued') EXECUTE FUNCTION issued_reports_stay();
CREATE TRIGGER quality_report_files_stay BEFORE UPDATE OR DELETE ON quality_report_files
FOR EACH ROW EXECUTE FUNCTION issued_reports_stay();
"""


def upgrade() -> None:
    op.create_table(
        "quality_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=True),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("texts", pg.JSONB(), nullable=False),
        sa.Column("writers", pg.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_reason", sa.Text(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_figures", sa.String(), nullable=True),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("number_year", sa.SmallInteger(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen", sa.Text(), nullable=True),
        sa.Column("stamp", sa.String(), nullable=True),
        sa.Column("renderer", sa.String(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('class', 'institution', 'programme', 'year')", name=op.f("ck_quality_reports_kind")
        ),
        sa.CheckConstraint("(kind = 'class') = (class_id IS NOT NULL)", name=op.f("ck_quality_reports_class")),
        sa.CheckConstraint(
            "(kind = 'programme') = (programme_id IS NOT NULL)", name=op.f("ck_quality_reports_programme")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'issued')", name=op.f("ck_quality_reports_state")
        ),
        sa.CheckConstraint("(state = 'issued') = (frozen IS NOT NULL)", name=op.f("ck_quality_reports_frozen")),
        sa.CheckConstraint("(replaces_id IS NULL) = (reason IS NULL)", name=op.f("ck_quality_reports_reason")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_quality_reports_unit_id")),
        sa.ForeignKeyConstraint(["class_id"], ["class_runs.id"], name=op.f("fk_quality_reports_class_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_quality_reports_programme_id")),
        sa.ForeignKeyConstraint(["approved_by"], ["accounts.id"], name=op.f("fk_quality_reports_approved_by")),
        sa.ForeignKeyConstraint(["issued_by"], ["accounts.id"], name=op.f("fk_quality_reports_issued_by")),
        sa.ForeignKeyConstraint(["replaces_id"], ["quality_reports.id"], name=op.f("fk_quality_reports_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_reports")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_quality_reports_replaces_id")),
        sa.UniqueConstraint(
            "unit_id", "number", "number_year", name=op.f("uq_quality_reports_unit_id_number_number_year")
        ),
    )
    op.create_index(op.f("ix_quality_reports_year"), "quality_reports", ["year"])
    op.create_index(op.f("ix_quality_reports_class_id"), "quality_reports", ["class_id"])
    op.create_index(
        "uq_quality_reports_first",
        "quality_reports",
        ["kind", "unit_id", "year", "class_id", "programme_id"],
        unique=True,
        postgresql_where=sa.text("replaces_id IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "quality_report_files",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("form IN ('docx', 'pdf', 'xlsx')", name=op.f("ck_quality_report_files_form")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["quality_reports.id"], name=op.f("fk_quality_report_files_report_id")
        ),
        sa.PrimaryKeyConstraint("report_id", "form", name=op.f("pk_quality_report_files")),
    )
    op.create_index(op.f("ix_quality_report_files_sha256"), "quality_report_files", ["sha256"])
    op.execute(GUARD)


def downgrade() -> None:
    op.drop_table("quality_report_files")
    op.drop_table("quality_reports")
    op.execute("DROP FUNCTION issued_reports_stay")
