"""The yearly reports of employing units: campaigns, reports, whom they cover, figures by programme.

Revision ID: 20261128_unit_reports
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "20261128_unit_reports"
down_revision = "20261128_quality_reports"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
FIGURES = ("sent", "enrolled", "completed", "hours", "trained", "city_trained", "target")
USES = ("placed", "promoted", "moved", "departed", "quota")
TEXTS = ("quality_text", "use_text", "difficulties", "proposals", "return_reason")


def upgrade() -> None:
    op.create_table(
        "report_campaigns",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("levels", pg.ARRAY(sa.Text()), nullable=False),
        sa.Column("quota_from", sa.Integer(), nullable=False),
        sa.Column("quota_to", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.CheckConstraint("quota_to >= quota_from", name=op.f("ck_report_campaigns_quota_period")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_report_campaigns")),
    )
    op.create_table(
        "unit_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in TEXTS),
        sa.Column("signer_title", sa.String(), nullable=False),
        sa.Column("signer_name", sa.String(), nullable=False),
        sa.Column("after_training", pg.JSONB(), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        *(
            sa.Column(f"{name}_at", MOMENT, nullable=True)
            for name in ("saved", "first_submitted", "submitted", "returned", "accepted", "reminded")
        ),
        sa.CheckConstraint(
            "state IN ('due', 'draft', 'submitted', 'returned', 'accepted')", name=op.f("ck_unit_reports_state")
        ),
        sa.ForeignKeyConstraint(["year"], ["report_campaigns.year"], name=op.f("fk_unit_reports_year")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_unit_reports_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_reports")),
        sa.UniqueConstraint("year", "unit_id", name=op.f("uq_unit_reports_year_unit_id")),
    )
    op.create_index("ix_unit_reports_year_state", "unit_reports", ["year", "state"])
    op.create_index(op.f("ix_unit_reports_unit_id"), "unit_reports", ["unit_id"])
    op.create_table(
        "unit_report_covers",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["year"], ["report_campaigns.year"], name=op.f("fk_unit_report_covers_year")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_unit_report_covers_unit_id")),
        sa.ForeignKeyConstraint(["report_id"], ["unit_reports.id"], name=op.f("fk_unit_report_covers_report_id")),
        sa.PrimaryKeyConstraint("year", "unit_id", name=op.f("pk_unit_report_covers")),
    )
    op.create_index(op.f("ix_unit_report_covers_report_id"), "unit_report_covers", ["report_id"])
    op.create_table(
        "unit_report_lines",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in FIGURES),
        sa.Column("quality", sa.SmallInteger(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in USES),
        sa.CheckConstraint("quality BETWEEN 1 AND 5", name=op.f("ck_unit_report_lines_quality")),
        sa.CheckConstraint(
            "least(placed, promoted, moved, departed, quota) >= 0", name=op.f("ck_unit_report_lines_counts")
        ),
        sa.CheckConstraint(
            "placed + promoted + moved + departed <= completed", name=op.f("ck_unit_report_lines_use")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["unit_reports.id"], name=op.f("fk_unit_report_lines_report_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_unit_report_lines_programme_id")),
        sa.PrimaryKeyConstraint("report_id", "programme_id", name=op.f("pk_unit_report_lines")),
    )
    op.create_index(op.f("ix_unit_report_lines_programme_id"), "unit_report_lines", ["programme_id"])


def downgrade() -> None:
    for table in ("unit_report_lines", "unit_report_covers", "unit_reports", "report_campaigns"):
        op.drop_table(table)
