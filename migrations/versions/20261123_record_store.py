"""The whole record store: one relation for all queries, documents, attachments, and storing in one call.

Revision ID: 20261123_record_store
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text

from lms.records.sql import function

revision = "20261123_record_store"
down_revision = "20261123_foundation"
branch_labels = None
depends_on = None

_MENTION = "encode(substring(sha256(convert_to({}, 'UTF8')) FROM 1 FOR 16), 'hex')::uuid"


def upgrade():
    op.create_table(
        "xapi_attachments",
        sa.Column("sha2", Text(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha2", name=op.f("pk_xapi_attachments")),
    )
    op.create_table(
        "xapi_documents",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=True),
        sa.Column("registration", sa.Uuid(), nullable=True),
        sa.Column("document_id", Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_type", Text(), nullable=False),
        sa.Column("etag", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_xapi_documents")),
    )
    op.create_index("ix_xapi_documents_owner", "xapi_documents", ["owner", "updated_at"])
    op.create_index(op.f("ix_xapi_documents_agent"), "xapi_documents", ["agent"])
    op.create_table(
        "statement_mentions",
        sa.Column("mention", sa.Uuid(), nullable=False),
        sa.Column("direct", sa.Boolean(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("mention", "direct", "seq", name=op.f("pk_statement_mentions")),
    )
    op.create_table(
        "statement_references",
        sa.Column("target", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("target", "seq", name=op.f("pk_statement_references")),
    )
    op.create_index(op.f("ix_statement_references_seq"), "statement_references", ["seq"])
    op.create_table(
        "personal_archives",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_personal_archives_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_archives")),
    )
    op.create_index(op.f("ix_personal_archives_account_id"), "personal_archives", ["account_id"])
    op.create_table(
        "erasure_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'withdrawn', 'refused', 'done')", name=op.f("ck_erasure_requests_state")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_erasure_requests_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_requests")),
    )
    op.create_index(op.f("ix_erasure_requests_account_id"), "erasure_requests", ["account_id"])
    op.create_index(
        "uq_erasure_requests_one_open",
        "erasure_requests",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "xapi_forwarders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("endpoint", Text(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("key", Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("verbs", sa.ARRAY(Text()), nullable=False),
        sa.Column("activities", sa.ARRAY(Text()), nullable=False),
        sa.Column("classes", sa.ARRAY(Text()), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_success_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_xapi_forwarders")),
    )
    op.create_table(
        "xapi_dead_letters",
        sa.Column("forwarder_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("registration", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("message", Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["forwarder_id"],
            ["xapi_forwarders.id"],
            name=op.f("fk_xapi_dead_letters_forwarder_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("forwarder_id", "seq", name=op.f("pk_xapi_dead_letters")),
    )
    op.add_column("xapi_credentials", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("xapi_credentials", sa.Column("agent", Text(), nullable=True))
    op.add_column("xapi_credentials", sa.Column("registration", sa.Uuid(), nullable=True))
    op.add_column("xapi_credentials", sa.Column("activity", Text(), nullable=True))
    op.execute("CREATE SEQUENCE statements_place CACHE 32")
    _carry_over()
    for index in ("ix_statements_registration", "ix_statements_stored", "ix_statements_references"):
        op.drop_index(index, table_name="statements")
    op.drop_index("ix_statements_verb_stored", table_name="statements")
    op.drop_index(op.f("ix_statements_target_id"), table_name="statements")
    for column in ("stored", "timestamp", "verb", "registration", "voided", "digest"):
        op.drop_column("statements", column)
    op.create_index("ix_statements_target_id", "statements", ["target_id"], postgresql_where="target_id IS NOT NULL")
    op.create_index("ix_statements_voiding", "statements", ["target_id"], postgresql_where="voiding")
    op.drop_table("statement_activities")
    op.drop_table("statement_agents")
    op.drop_constraint("fk_statements_credential_id", "statements", type_="foreignkey")
    op.execute(function("xapi_store", 1))


def _carry_over():
    """Statements that are there already get their new order and their mentions."""
    op.execute("ALTER TABLE statements ALTER COLUMN seq DROP IDENTITY")
    op.execute("ALTER TABLE statement_agents DROP CONSTRAINT fk_statement_agents_seq")
    op.execute("ALTER TABLE statement_activities DROP CONSTRAINT fk_statement_activities_seq")
    op.add_column("statements", sa.Column("voiding", sa.Boolean(), server_default="false", nullable=False))
    op.execute("ALTER TABLE statements ALTER COLUMN voiding DROP DEFAULT")
    op.execute("UPDATE statements SET voiding = true WHERE verb = 'http://adlnet.gov/expapi/verbs/voided'")
    new = "((extract(epoch FROM s.stored) * 1000000)::bigint << 10) | (s.seq & 1023)"
    named = [
        ("statement_agents a JOIN statements s USING (seq)", "'agent|' || a.ifi", "a.direct"),
        ("statement_activities a JOIN statements s USING (seq)", "'activity|' || a.iri", "a.direct"),
        ("statements s", "'verb|' || s.verb", "true"),
        ("statements s WHERE s.registration IS NOT NULL", "'registration|' || s.registration", "true"),
        ("statements s WHERE s.credential_id IS NOT NULL", "'credential|' || s.credential_id", "true"),
    ]
    for source, name, direct in named:
        op.execute(
            f"INSERT INTO statement_mentions SELECT {_MENTION.format(name)}, {direct}, {new} FROM {source} "
            "ON CONFLICT DO NOTHING"
        )
    op.execute(f"UPDATE statements s SET seq = {new}")
    op.execute(
        "WITH RECURSIVE chain AS (SELECT r.seq, t.seq AS target, t.target_id FROM statements r "
        "JOIN statements t ON t.id = r.target_id "
        "UNION SELECT c.seq, t.seq, t.target_id FROM chain c JOIN statements t ON t.id = c.target_id) "
        "INSERT INTO statement_references SELECT DISTINCT target, seq FROM chain WHERE target <> seq"
    )


def downgrade():
    stored = op.get_bind().scalar(sa.text("SELECT EXISTS (SELECT FROM statements)"))
    if stored:
        raise RuntimeError("The older layout cannot hold these statements; export them and restore a backup instead.")
    op.execute(
        "DROP FUNCTION xapi_store(uuid[], uuid[], boolean[], text[], text[], text[], uuid, integer[], uuid[], boolean[])"
    )
    op.execute("DROP SEQUENCE statements_place")
    for column in ("activity", "registration", "agent", "expires_at"):
        op.drop_column("xapi_credentials", column)
    op.create_foreign_key(
        "fk_statements_credential_id", "statements", "xapi_credentials", ["credential_id"], ["id"]
    )
    op.drop_table("xapi_dead_letters")
    op.drop_table("xapi_forwarders")
    op.drop_table("erasure_requests")
    op.drop_table("personal_archives")
    op.drop_table("statement_references")
    op.drop_table("statement_mentions")
    op.drop_table("xapi_documents")
    op.drop_table("xapi_attachments")
    op.drop_index("ix_statements_voiding", table_name="statements")
    op.drop_index("ix_statements_target_id", table_name="statements")
    op.drop_column("statements", "voiding")
    op.execute("ALTER TABLE statements ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY")
    for column in (
        sa.Column("stored", sa.DateTime(timezone=True), nullable=False),
        sa.Column("timestamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verb", Text(), nullable=False),
        sa.Column("registration", sa.Uuid(), nullable=True),
        sa.Column("voided", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
    ):
        op.add_column("statements", column)
    op.create_index(
        "ix_statements_registration",
        "statements",
        ["registration", "seq"],
        postgresql_where="registration IS NOT NULL",
    )
    op.create_index("ix_statements_stored", "statements", ["stored", "seq"])
    op.create_index("ix_statements_references", "statements", ["seq"], postgresql_where="target_id IS NOT NULL")
    op.create_index(op.f("ix_statements_target_id"), "statements", ["target_id"])
    op.create_index("ix_statements_verb_stored", "statements", ["verb", "seq"])
    for table, name in (("statement_agents", "ifi"), ("statement_activities", "iri")):
        op.create_table(
            table,
            sa.Column("seq", sa.BigInteger(), nullable=False),
            sa.Column(name, Text(), nullable=False),
            sa.Column("direct", sa.Boolean(), nullable=False),
            sa.ForeignKeyConstraint(["seq"], ["statements.seq"], name=op.f(f"fk_{table}_seq"), ondelete="CASCADE"),
            sa.PrimaryKeyConstraint("seq", name, name=op.f(f"pk_{table}")),
        )
        op.create_index(f"ix_{table}_{name}", table, [name, "seq"])
