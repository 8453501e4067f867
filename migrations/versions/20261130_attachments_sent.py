"""Which statements came with the content of which attachment: whoever is given the statement is given the content.

Revision ID: 20261130_attachments_sent
"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_attachments_sent"
down_revision = "20261130_closed_is_closed"
branch_labels = None
depends_on = None

NAMED = """
    SELECT s.id, lower(a ->> 'sha2') AS sha2
    FROM statements s, LATERAL (
        SELECT json_array_elements(coalesce(s.raw::json -> 'attachments', '[]'))
        UNION ALL SELECT json_array_elements(coalesce(s.raw::json #> '{object,attachments}', '[]'))
    ) AS named (a)
    WHERE s.raw LIKE '%"attachments"%' AND a ->> 'fileUrl' IS NULL
"""
"""Without an address the content must have come with the statement; with one nobody can tell any more."""


def upgrade() -> None:
    """Note it for what is stored, where anything ever came."""
    op.create_table(
        "xapi_attachments_sent",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("sha2", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("statement_id", "sha2", name=op.f("pk_xapi_attachments_sent")),
    )
    if op.get_bind().scalar(sa.text("SELECT EXISTS (SELECT FROM xapi_attachments)")):
        op.execute(f"INSERT INTO xapi_attachments_sent (statement_id, sha2) SELECT DISTINCT id, sha2 FROM ({NAMED}) n")


def downgrade() -> None:
    """Forget it."""
    op.drop_table("xapi_attachments_sent")
