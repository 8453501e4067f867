"""The whole record store: one relation for all queries, documents, attachments, and storing in one call.

Revision ID: 20261123_record_store
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text

revision = "20261123_record_store"
down_revision = "20261123_foundation"
branch_labels = None
depends_on = None

_STORE = r"""
CREATE FUNCTION xapi_store(
    ids uuid[], targets uuid[], voidings boolean[], heads text[], middles text[], tails text[], credential uuid,
    places integer[], mentions uuid[], directs boolean[]
) RETURNS SETOF uuid LANGUAGE plpgsql
-- plans made while the tables were small must not be kept when they have grown
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
-- Stores a batch, all or nothing, at the database's own clock. Returns nothing when it did so; otherwise the ids that
-- were there already, and then nothing was stored. The n-th statement of a batch is n - 1 microseconds after the first.
-- Expressions rather than PERFORM and sub-selects where one will do: PL/pgSQL evaluates those without the executor.
DECLARE
    refers boolean := cardinality(array_remove(targets, NULL)) > 0;
    number text;
    first bigint;
    seqs bigint[];
    added bigint;
BEGIN
    IF credential IS NOT NULL AND NOT EXISTS (
        SELECT FROM xapi_credentials c
        WHERE c.id = credential AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > now())
    ) THEN
        RAISE EXCEPTION 'this credential opens nothing any more' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- nobody stores a statement unseen while another that may refer to it is being stored
    IF refers THEN
        number := pg_advisory_xact_lock(7207101);
    ELSE
        number := pg_advisory_xact_lock_shared(7207101);
    END IF;
    RETURN QUERY SELECT s.id FROM statements s WHERE s.id = ANY(ids);
    IF FOUND THEN RETURN; END IF;
    number := pg_current_xact_id();  -- before the clock is read: see Consistent-Through in lms/records/access.py
    first := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
    IF cardinality(ids) = 1 THEN
        seqs := ARRAY[(first << 10) | (nextval('statements_place') & 1023)];
    ELSE
        seqs := ARRAY(
            SELECT ((first + n - 1) << 10) | (nextval('statements_place') & 1023)
            FROM generate_series(1, cardinality(ids)) AS n ORDER BY n
        );
    END IF;
    INSERT INTO statements (seq, id, target_id, voiding, credential_id, raw)
    SELECT seqs[n.place], n.id, n.target, n.voiding, credential,
           n.head || n.stored || coalesce(n.middle || n.stored, '') || n.tail
    FROM (
        SELECT u.*, to_char(to_timestamp(0) AT TIME ZONE 'UTC' + (first + u.place - 1) * interval '1 microsecond',
                            'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS stored
        FROM unnest(ids, targets, voidings, heads, middles, tails) WITH ORDINALITY
             AS u (id, target, voiding, head, middle, tail, place)
    ) n
    ON CONFLICT (id) DO NOTHING;
    GET DIAGNOSTICS added = ROW_COUNT;
    IF added < cardinality(ids) THEN
        RAISE EXCEPTION 'another writer stored one of these ids just now' USING ERRCODE = 'serialization_failure';
    END IF;
    INSERT INTO statement_mentions (mention, direct, seq)
    SELECT m.mention, m.direct, seqs[m.place] FROM unnest(places, mentions, directs) AS m (place, mention, direct);
    IF refers OR EXISTS (SELECT FROM statements r WHERE r.target_id = ANY(ids)) THEN
        WITH RECURSIVE down AS (
            SELECT s.seq AS start, s.seq, s.target_id FROM statements s WHERE s.id = ANY(ids)
            UNION
            SELECT d.start, t.seq, t.target_id FROM down d JOIN statements t ON t.id = d.target_id
        ), up AS (
            SELECT s.seq AS start, s.seq, s.id FROM statements s WHERE s.id = ANY(ids)
            UNION
            SELECT u.start, r.seq, r.id FROM up u JOIN statements r ON r.target_id = u.id
        )
        INSERT INTO statement_references (target, seq)
        SELECT DISTINCT d.seq, u.seq FROM down d JOIN up u USING (start) WHERE d.seq <> u.seq
        ON CONFLICT DO NOTHING;
    END IF;
END
$$
"""

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
        sa.Column("registration", sa.Uuid(), nullable=True),
        sa.Column("document_id", Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_type", Text(), nullable=False),
        sa.Column("etag", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_xapi_documents")),
    )
    op.create_index("ix_xapi_documents_owner", "xapi_documents", ["owner", "updated_at"])
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
    op.execute(_STORE)


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
