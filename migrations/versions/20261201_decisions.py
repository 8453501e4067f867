"""Excellence can be stated; decisions to send and the papers issued of them.

Revision ID: 20261201_decisions
"""

import sqlalchemy as sa
from alembic import op

revision = "20261201_decisions"
down_revision = "20261201_package_labels"
branch_labels = None
depends_on = None

OLD = "question IN ('managed', 'meant_unit', 'planned_post', 'field', 'age', 'service')"
NEW = "question IN ('managed', 'meant_unit', 'planned_post', 'field', 'age', 'service', 'excellent')"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_stated_facts_question"), "stated_facts", type_="check")
    op.create_check_constraint(op.f("ck_stated_facts_question"), "stated_facts", NEW)
    op.create_table(
        "signers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("capacity", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("capacity IN ('head', 'TM', 'KT', 'TL', 'TUQ')", name=op.f("ck_signers_capacity")),
        sa.CheckConstraint("capacity <> 'TUQ' OR ground <> ''", name=op.f("ck_signers_ground")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_signers_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signers")),
    )
    op.create_index(op.f("ix_signers_unit_id"), "signers", ["unit_id"])
    op.create_table(
        "issued_papers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("rests_on", sa.Uuid(), nullable=True),
        sa.Column("frozen", sa.Text(), nullable=False),
        sa.Column("stamp", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["units.id"], name=op.f("fk_issued_papers_body_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_issued_papers_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_issued_papers_unit_id")),
        sa.ForeignKeyConstraint(["rests_on"], ["issued_papers.id"], name=op.f("fk_issued_papers_rests_on")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_papers")),
    )
    for column in ("about", "person_id", "unit_id", "account_id"):
        op.create_index(op.f(f"ix_issued_papers_{column}"), "issued_papers", [column])
    op.create_table(
        "issued_paper_files",
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("renderer", sa.String(), nullable=False),
        sa.CheckConstraint("form IN ('docx', 'pdf')", name=op.f("ck_issued_paper_files_form")),
        sa.ForeignKeyConstraint(["paper_id"], ["issued_papers.id"], name=op.f("fk_issued_paper_files_paper_id")),
        sa.PrimaryKeyConstraint("paper_id", "form", name=op.f("pk_issued_paper_files")),
    )
    op.create_index(op.f("ix_issued_paper_files_sha256"), "issued_paper_files", ["sha256"])
    op.execute(
        "CREATE TRIGGER issued_papers_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON issued_papers "
        "FOR EACH STATEMENT EXECUTE FUNCTION lines_stay()"
    )


def downgrade() -> None:
    for table in ("issued_paper_files", "issued_papers", "signers"):
        op.drop_table(table)
    op.execute("DELETE FROM stated_facts WHERE question = 'excellent'")
    op.drop_constraint(op.f("ck_stated_facts_question"), "stated_facts", type_="check")
    op.create_check_constraint(op.f("ck_stated_facts_question"), "stated_facts", OLD)
