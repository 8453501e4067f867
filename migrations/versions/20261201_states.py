"""Lines of what became of things, registers of numbers, and the life of classes.

Revision ID: 20261201_states
"""

import sqlalchemy as sa
from alembic import op

revision = "20261201_states"
down_revision = "20261201_commitments"
branch_labels = None
depends_on = None

GUARD = """
CREATE FUNCTION lines_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
CREATE TRIGGER transitions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transitions
FOR EACH STATEMENT EXECUTE FUNCTION lines_stay();
CREATE TRIGGER register_numbers_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON register_numbers
FOR EACH STATEMENT EXECUTE FUNCTION lines_stay();
"""

# Classes began as running, whenever their first day was. Those that have not begun are confirmed when somebody is in them
# (they were called), otherwise planned; the days are those of Hà Nội.
SENSIBLE = """
UPDATE class_runs c SET status = CASE
    WHEN EXISTS (SELECT 1 FROM enrolments e WHERE e.class_id = c.id AND e.status <> 'withdrawn') THEN 'confirmed'
    ELSE 'planned' END
WHERE status = 'running' AND starts_on > (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
"""
TAKEN_OVER = """
INSERT INTO transitions (kind, object_id, from_state, to_state, act, at, source)
SELECT 'class', id::text, NULL, status, 'taken_over', now(), 'release' FROM class_runs ORDER BY starts_on, id
"""

# Issued quality reports stand in the register of the body whose symbol they carry; where a number was given twice (that
# was possible), the first stands in it.
ISSUED = """
INSERT INTO register_numbers (unit_id, kind, year, number, symbol, by_hand, carrier, carrier_id, account_id, at)
SELECT coalesce(u.id, r.unit_id), 'BC', r.number_year,
       nullif(substring(r.number FROM '^0*([1-9][0-9]{0,6})(?:/|$)'), '')::int, r.number, true, 'quality_report', r.id,
       r.issued_by, r.issued_at
FROM quality_reports r
LEFT JOIN LATERAL (SELECT min(id) AS id FROM units WHERE code = substring(r.number FROM '[^-]+$')) u ON true
WHERE r.state = 'issued' ORDER BY r.issued_at, r.id
ON CONFLICT DO NOTHING
"""
FURTHEST = """
INSERT INTO registers (unit_id, kind, year, last)
SELECT unit_id, kind, year, max(coalesce(number, 0)) FROM register_numbers GROUP BY unit_id, kind, year
"""

OLD_STATES = "status IN ('planned', 'running', 'finished', 'cancelled')"
NEW_STATES = "status IN ('planned', 'open', 'confirmed', 'running', 'finished', 'postponed', 'cancelled')"


def upgrade() -> None:
    op.create_table(
        "transitions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=True),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("on_behalf_of", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.CheckConstraint(
            "source IN ('page', 'spreadsheet', 'job', 'api', 'command', 'release')", name=op.f("ck_transitions_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transitions")),
    )
    op.create_index("ix_transitions_object", "transitions", ["kind", "object_id", "id"])
    op.create_index(op.f("ix_transitions_account_id"), "transitions", ["account_id"])
    op.create_table(
        "registers",
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_registers_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "kind", "year", name=op.f("pk_registers")),
    )
    op.create_table(
        "register_numbers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("symbol", sa.String(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("carrier_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_register_numbers_number")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_register_numbers_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_numbers")),
        sa.UniqueConstraint(
            "unit_id", "kind", "year", "number", name=op.f("uq_register_numbers_unit_id_kind_year_number")
        ),
        sa.UniqueConstraint("unit_id", "year", "symbol", name=op.f("uq_register_numbers_unit_id_year_symbol")),
    )
    op.create_index(op.f("ix_register_numbers_carrier_id"), "register_numbers", ["carrier_id"])
    op.create_index(op.f("ix_register_numbers_account_id"), "register_numbers", ["account_id"])
    op.add_column("class_runs", sa.Column("minimum", sa.Integer(), server_default="0", nullable=False))
    op.add_column("class_runs", sa.Column("nominations_until", sa.Date(), nullable=True))
    op.add_column("class_runs", sa.Column("copied_from", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_class_runs_copied_from"), "class_runs", "class_runs", ["copied_from"], ["id"])
    op.create_check_constraint(op.f("ck_class_runs_minimum"), "class_runs", "minimum BETWEEN 0 AND capacity")
    op.drop_constraint(op.f("ck_class_runs_status"), "class_runs", type_="check")
    op.create_check_constraint(op.f("ck_class_runs_status"), "class_runs", NEW_STATES)
    op.execute(SENSIBLE)
    op.execute(TAKEN_OVER)
    op.execute(ISSUED)
    op.execute(FURTHEST)
    op.execute(GUARD)


def downgrade() -> None:
    op.execute("UPDATE class_runs SET status = 'running' WHERE status IN ('open', 'confirmed')")
    op.execute("UPDATE class_runs SET status = 'cancelled' WHERE status = 'postponed'")
    op.drop_constraint(op.f("ck_class_runs_status"), "class_runs", type_="check")
    op.create_check_constraint(op.f("ck_class_runs_status"), "class_runs", OLD_STATES)
    op.drop_constraint(op.f("ck_class_runs_minimum"), "class_runs", type_="check")
    op.drop_constraint(op.f("fk_class_runs_copied_from"), "class_runs", type_="foreignkey")
    for column in ("copied_from", "nominations_until", "minimum"):
        op.drop_column("class_runs", column)
    op.drop_table("register_numbers")
    op.drop_table("registers")
    op.drop_table("transitions")
    op.execute("DROP FUNCTION lines_stay")
