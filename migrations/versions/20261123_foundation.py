"""The first tables of all domains, the queue, and the audit trail's guard.

Revision ID: 20261123_foundation
Revises:
Create Date: 2026-11-23
"""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql as pg

revision = "20261123_foundation"
down_revision = None
branch_labels = None
depends_on = None

AUDIT_GUARD = """
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$;
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
"""


def upgrade() -> None:
    op.execute("CREATE SCHEMA ballots")
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject_type", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("before", pg.JSONB(astext_type=Text()), nullable=True),
        sa.Column("after", pg.JSONB(astext_type=Text()), nullable=True),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index(op.f("ix_audit_entries_account_id"), "audit_entries", ["account_id"], unique=False)
    op.create_index(op.f("ix_audit_entries_action"), "audit_entries", ["action"], unique=False)
    op.create_index(op.f("ix_audit_entries_subject_id"), "audit_entries", ["subject_id"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.SmallInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "throttles",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("window_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttles")),
    )
    op.create_index(op.f("ix_throttles_window_ends_at"), "throttles", ["window_ends_at"], unique=False)
    op.create_table(
        "response_comments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("teaching", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_comments")),
        schema="ballots",
    )
    op.create_index(
        op.f("ix_response_comments_survey_id"), "response_comments", ["survey_id"], unique=False, schema="ballots"
    )
    op.create_table(
        "responses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responses")),
        schema="ballots",
    )
    op.create_index(op.f("ix_responses_survey_id"), "responses", ["survey_id"], unique=False, schema="ballots")
    op.create_table(
        "sealed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed")),
        schema="ballots",
    )
    op.create_index(op.f("ix_sealed_survey_id"), "sealed", ["survey_id"], unique=False, schema="ballots")
    op.create_table(
        "instruments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", pg.JSONB(astext_type=Text()), nullable=False),
        sa.Column("document", pg.JSONB(astext_type=Text()), nullable=False),
        sa.Column("checksum", sa.String(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruments")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_instruments_code_version")),
    )
    op.create_table(
        "job_progress",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("result", pg.JSONB(astext_type=Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_progress")),
    )
    op.create_index(op.f("ix_job_progress_account_id"), "job_progress", ["account_id"], unique=False)
    op.create_table(
        "programmes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("group_code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", pg.JSONB(astext_type=Text()), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("audience_kinds", pg.ARRAY(Text()), nullable=False),
        sa.Column("forms", pg.ARRAY(Text()), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("trained", sa.Integer(), server_default="0", nullable=False),
        sa.Column("document", pg.JSONB(astext_type=Text()), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("checksum", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programmes")),
        sa.UniqueConstraint("code", name=op.f("uq_programmes_code")),
    )
    op.create_table(
        "units",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_units_period")),
        sa.ForeignKeyConstraint(["parent_id"], ["units.id"], name=op.f("fk_units_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("code", name=op.f("uq_units_code")),
    )
    op.create_index(op.f("ix_units_parent_id"), "units", ["parent_id"], unique=False)
    op.create_index("ix_units_path", "units", ["path"], unique=False, postgresql_ops={"path": "text_pattern_ops"})
    op.create_table(
        "xapi_credentials",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", pg.ARRAY(Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_xapi_credentials")),
        sa.UniqueConstraint("key", name=op.f("uq_xapi_credentials_key")),
    )
    op.create_table(
        "response_scores",
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("teaching", sa.String(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["response_id"], ["ballots.responses.id"], name=op.f("fk_response_scores_response_id")),
        sa.PrimaryKeyConstraint("response_id", "item", "teaching", name=op.f("pk_response_scores")),
        schema="ballots",
    )
    op.create_index(
        op.f("ix_response_scores_survey_id"), "response_scores", ["survey_id"], unique=False, schema="ballots"
    )
    op.create_table(
        "persons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_code", sa.String(collation="C"), nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("search_text", sa.String(collation="C"), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("sex", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("position", sa.String(), nullable=False),
        sa.Column("rank", sa.String(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("service_ends_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.CheckConstraint("sex IN ('female', 'male')", name=op.f("ck_persons_sex")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_persons_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint("staff_code", name=op.f("uq_persons_staff_code")),
    )
    op.create_index(op.f("ix_persons_unit_id"), "persons", ["unit_id"], unique=False)
    op.create_table(
        "programme_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("checksum", sa.String(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("notice", pg.JSONB(astext_type=Text()), nullable=False),
        sa.Column("attendance_min_percent", sa.Integer(), nullable=False),
        sa.Column("document", pg.JSONB(astext_type=Text()), nullable=False),
        sa.CheckConstraint("status IN ('proposed', 'approved', 'retired')", name=op.f("ck_programme_versions_status")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_programme_versions_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_versions")),
        sa.UniqueConstraint("programme_id", "number", name=op.f("uq_programme_versions_programme_id_number")),
    )
    op.create_table(
        "statements",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stored", sa.DateTime(timezone=True), nullable=False),
        sa.Column("timestamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("registration", sa.Uuid(), nullable=True),
        sa.Column("target_id", sa.Uuid(), nullable=True),
        sa.Column("voided", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("credential_id", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["credential_id"], ["xapi_credentials.id"], name=op.f("fk_statements_credential_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_statements")),
        sa.UniqueConstraint("id", name=op.f("uq_statements_id")),
    )
    op.create_index(
        "ix_statements_registration",
        "statements",
        ["registration", "seq"],
        unique=False,
        postgresql_where="registration IS NOT NULL",
    )
    op.create_index("ix_statements_stored", "statements", ["stored", "seq"], unique=False)
    op.create_index(
        "ix_statements_references", "statements", ["seq"], unique=False, postgresql_where="target_id IS NOT NULL"
    )
    op.create_index(op.f("ix_statements_target_id"), "statements", ["target_id"], unique=False)
    op.create_index("ix_statements_verb_stored", "statements", ["verb", "seq"], unique=False)
    op.create_table(
        "unit_successions",
        sa.Column("predecessor_id", sa.BigInteger(), nullable=False),
        sa.Column("successor_id", sa.BigInteger(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["predecessor_id"], ["units.id"], name=op.f("fk_unit_successions_predecessor_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["units.id"], name=op.f("fk_unit_successions_successor_id")),
        sa.PrimaryKeyConstraint("predecessor_id", "successor_id", name=op.f("pk_unit_successions")),
    )
    op.create_index(op.f("ix_unit_successions_successor_id"), "unit_successions", ["successor_id"], unique=False)
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(collation="C"), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("locale", sa.String(), nullable=True),
        sa.Column("actor_name", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_accounts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("actor_name", name=op.f("uq_accounts_actor_name")),
        sa.UniqueConstraint("person_id", name=op.f("uq_accounts_person_id")),
        sa.UniqueConstraint("username", name=op.f("uq_accounts_username")),
    )
    op.create_table(
        "assignments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", pg.JSONB(astext_type=Text()), nullable=False),
        sa.Column("instructions", pg.JSONB(astext_type=Text()), nullable=False),
        sa.Column("max_score", sa.Integer(), nullable=False),
        sa.Column("pass_score", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["programme_versions.id"], name=op.f("fk_assignments_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        sa.UniqueConstraint("version_id", "code", name=op.f("uq_assignments_version_id_code")),
    )
    op.create_table(
        "class_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('planned', 'running', 'finished', 'cancelled')", name=op.f("ck_class_runs_status")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_class_runs_dates")),
        sa.ForeignKeyConstraint(["institution_id"], ["units.id"], name=op.f("fk_class_runs_institution_id")),
        sa.ForeignKeyConstraint(["version_id"], ["programme_versions.id"], name=op.f("fk_class_runs_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_runs")),
        sa.UniqueConstraint("code", name=op.f("uq_class_runs_code")),
    )
    op.create_index(op.f("ix_class_runs_institution_id"), "class_runs", ["institution_id"], unique=False)
    op.create_index(op.f("ix_class_runs_version_id"), "class_runs", ["version_id"], unique=False)
    op.create_table(
        "figures",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["programme_versions.id"], name=op.f("fk_figures_version_id")),
        sa.PrimaryKeyConstraint("version_id", "name", name=op.f("pk_figures")),
    )
    op.create_table(
        "modules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", pg.JSONB(astext_type=Text()), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("outcomes", pg.JSONB(astext_type=Text()), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["programme_versions.id"], name=op.f("fk_modules_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modules")),
        sa.UniqueConstraint("version_id", "code", name=op.f("uq_modules_version_id_code")),
    )
    op.create_table(
        "statement_activities",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("direct", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["seq"], ["statements.seq"], name=op.f("fk_statement_activities_seq"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", "iri", name=op.f("pk_statement_activities")),
    )
    op.create_index("ix_statement_activities_iri", "statement_activities", ["iri", "seq"], unique=False)
    op.create_table(
        "statement_agents",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("ifi", sa.Text(), nullable=False),
        sa.Column("direct", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["statements.seq"], name=op.f("fk_statement_agents_seq"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("seq", "ifi", name=op.f("pk_statement_agents")),
    )
    op.create_index("ix_statement_agents_ifi", "statement_agents", ["ifi", "seq"], unique=False)
    op.create_table(
        "topics",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", pg.JSONB(astext_type=Text()), nullable=False),
        sa.Column("objectives", pg.JSONB(astext_type=Text()), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["programme_versions.id"], name=op.f("fk_topics_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topics")),
        sa.UniqueConstraint("version_id", "code", name=op.f("uq_topics_version_id_code")),
    )
    op.create_table(
        "activation_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_activation_codes_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activation_codes")),
    )
    op.create_index(op.f("ix_activation_codes_account_id"), "activation_codes", ["account_id"], unique=False)
    op.create_table(
        "enrolments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('enrolled', 'completed', 'failed', 'withdrawn')", name=op.f("ck_enrolments_status")
        ),
        sa.ForeignKeyConstraint(["class_id"], ["class_runs.id"], name=op.f("fk_enrolments_class_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_enrolments_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_enrolments_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
        sa.UniqueConstraint("class_id", "person_id", name=op.f("uq_enrolments_class_id_person_id")),
    )
    op.create_index("ix_enrolments_person", "enrolments", ["person_id"], unique=False)
    op.create_index(op.f("ix_enrolments_unit_id"), "enrolments", ["unit_id"], unique=False)
    op.create_table(
        "lessons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("module_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", pg.JSONB(astext_type=Text()), nullable=False),
        sa.Column("summary", pg.JSONB(astext_type=Text()), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("headings", pg.JSONB(astext_type=Text()), nullable=False),
        sa.Column("sources", pg.JSONB(astext_type=Text()), nullable=False),
        sa.ForeignKeyConstraint(["module_id"], ["modules.id"], name=op.f("fk_lessons_module_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons")),
        sa.UniqueConstraint("module_id", "code", name=op.f("uq_lessons_module_id_code")),
    )
    op.create_index("ix_lessons_module_position", "lessons", ["module_id", "position"], unique=False)
    op.create_table(
        "quizzes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("module_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", pg.JSONB(astext_type=Text()), nullable=False),
        sa.Column("pass_percent", sa.Integer(), nullable=False),
        sa.Column("attempts_allowed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["module_id"], ["modules.id"], name=op.f("fk_quizzes_module_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quizzes")),
        sa.UniqueConstraint("module_id", name=op.f("uq_quizzes_module_id")),
    )
    op.create_table(
        "role_holdings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_role_holdings_account_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_role_holdings_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_holdings")),
        sa.UniqueConstraint("account_id", "role", "unit_id", name=op.f("uq_role_holdings_account_id_role_unit_id")),
    )
    op.create_index(op.f("ix_role_holdings_unit_id"), "role_holdings", ["unit_id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=True),
        sa.Column("lecturer_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("attendance_taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_sessions_times")),
        sa.ForeignKeyConstraint(["class_id"], ["class_runs.id"], name=op.f("fk_sessions_class_id")),
        sa.ForeignKeyConstraint(["lecturer_id"], ["persons.id"], name=op.f("fk_sessions_lecturer_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name=op.f("fk_sessions_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_class_id"), "sessions", ["class_id"], unique=False)
    op.create_index(op.f("ix_sessions_lecturer_id"), "sessions", ["lecturer_id"], unique=False)
    op.create_table(
        "sign_in_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_agent", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_sign_in_sessions_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_sessions_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_sessions_account_id"), "sign_in_sessions", ["account_id"], unique=False)
    op.create_table(
        "submissions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("registration", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score", sa.Numeric(precision=5, scale=2, asdecimal=False), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("marked_by", sa.Uuid(), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("score IS NULL OR marked_at IS NOT NULL", name=op.f("ck_submissions_marked")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name=op.f("fk_submissions_assignment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
        sa.UniqueConstraint(
            "assignment_id", "registration", "number", name=op.f("uq_submissions_assignment_id_registration_number")
        ),
    )
    op.create_index(op.f("ix_submissions_registration"), "submissions", ["registration"], unique=False)
    op.create_table(
        "surveys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("instrument_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'closed', 'released')", name=op.f("ck_surveys_state")),
        sa.ForeignKeyConstraint(["class_id"], ["class_runs.id"], name=op.f("fk_surveys_class_id")),
        sa.ForeignKeyConstraint(["instrument_id"], ["instruments.id"], name=op.f("fk_surveys_instrument_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
        sa.UniqueConstraint("class_id", name=op.f("uq_surveys_class_id")),
    )
    op.create_table(
        "teachings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("lecturer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["class_id"], ["class_runs.id"], name=op.f("fk_teachings_class_id")),
        sa.ForeignKeyConstraint(["lecturer_id"], ["persons.id"], name=op.f("fk_teachings_lecturer_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name=op.f("fk_teachings_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teachings")),
        sa.UniqueConstraint(
            "class_id", "topic_id", "lecturer_id", name=op.f("uq_teachings_class_id_topic_id_lecturer_id")
        ),
    )
    op.create_index(op.f("ix_teachings_lecturer_id"), "teachings", ["lecturer_id"], unique=False)
    op.create_table(
        "attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("registration", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("max_score", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_attempts_quiz_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint("registration", "quiz_id", "number", name=op.f("uq_attempts_registration_quiz_id_number")),
    )
    op.create_index(op.f("ix_attempts_quiz_id"), "attempts", ["quiz_id"], unique=False)
    op.create_index(
        "uq_attempts_one_open",
        "attempts",
        ["registration", "quiz_id"],
        unique=True,
        postgresql_where=sa.text("submitted_at IS NULL"),
    )
    op.create_table(
        "attendance",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('present', 'late', 'excused', 'absent')", name=op.f("ck_attendance_status")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_attendance_enrolment_id")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_attendance_session_id")),
        sa.PrimaryKeyConstraint("session_id", "enrolment_id", name=op.f("pk_attendance")),
    )
    op.create_index(op.f("ix_attendance_enrolment_id"), "attendance", ["enrolment_id"], unique=False)
    op.create_table(
        "lesson_progress",
        sa.Column("registration", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.String(), nullable=True),
        sa.Column("seconds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_lesson_progress_percent")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lessons.id"], name=op.f("fk_lesson_progress_lesson_id")),
        sa.ForeignKeyConstraint(["registration"], ["enrolments.id"], name=op.f("fk_lesson_progress_registration")),
        sa.PrimaryKeyConstraint("registration", "lesson_id", name=op.f("pk_lesson_progress")),
    )
    op.create_table(
        "participations",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("answered", sa.Boolean(), server_default="false", nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_participations_enrolment_id")),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_participations_survey_id")),
        sa.PrimaryKeyConstraint("survey_id", "enrolment_id", name=op.f("pk_participations")),
    )
    op.create_index(op.f("ix_participations_enrolment_id"), "participations", ["enrolment_id"], unique=False)
    op.create_table(
        "questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", pg.JSONB(astext_type=Text()), nullable=False),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_questions_quiz_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("quiz_id", "code", name=op.f("uq_questions_quiz_id_code")),
    )
    op.create_table(
        "answers",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("response", pg.JSONB(astext_type=Text()), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("correct", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_answers_attempt_id")),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_answers_question_id")),
        sa.PrimaryKeyConstraint("attempt_id", "question_id", name=op.f("pk_answers")),
    )

    op.execute(AUDIT_GUARD)
    op.execute("INSERT INTO audit_head (id, count, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'))")
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))


def downgrade() -> None:
    for (table,) in (
        op.get_bind()
        .execute(
            sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'procrastinate_%'")
        )
        .fetchall()
    ):
        op.execute(f"DROP TABLE {table} CASCADE")
    for (name,) in (
        op.get_bind()
        .execute(
            sa.text(
                "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
                "WHERE n.nspname = 'public' AND p.proname LIKE 'procrastinate_%'"
            )
        )
        .fetchall()
    ):
        op.execute(f"DROP FUNCTION {name} CASCADE")
    for (name,) in (
        op.get_bind()
        .execute(sa.text("SELECT typname FROM pg_type WHERE typname LIKE 'procrastinate_%' AND typtype IN ('e', 'c')"))
        .fetchall()
    ):
        op.execute(f"DROP TYPE {name} CASCADE")
    op.drop_table("answers")
    op.drop_table("questions")
    op.drop_index(op.f("ix_participations_enrolment_id"), table_name="participations")
    op.drop_table("participations")
    op.drop_table("lesson_progress")
    op.drop_index(op.f("ix_attendance_enrolment_id"), table_name="attendance")
    op.drop_table("attendance")
    op.drop_index("uq_attempts_one_open", table_name="attempts", postgresql_where=sa.text("submitted_at IS NULL"))
    op.drop_index(op.f("ix_attempts_quiz_id"), table_name="attempts")
    op.drop_table("attempts")
    op.drop_index(op.f("ix_teachings_lecturer_id"), table_name="teachings")
    op.drop_table("teachings")
    op.drop_table("surveys")
    op.drop_index(op.f("ix_submissions_registration"), table_name="submissions")
    op.drop_table("submissions")
    op.drop_index(op.f("ix_sign_in_sessions_account_id"), table_name="sign_in_sessions")
    op.drop_table("sign_in_sessions")
    op.drop_index(op.f("ix_sessions_lecturer_id"), table_name="sessions")
    op.drop_index(op.f("ix_sessions_class_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_index(op.f("ix_role_holdings_unit_id"), table_name="role_holdings")
    op.drop_table("role_holdings")
    op.drop_table("quizzes")
    op.drop_index("ix_lessons_module_position", table_name="lessons")
    op.drop_table("lessons")
    op.drop_index(op.f("ix_enrolments_unit_id"), table_name="enrolments")
    op.drop_index("ix_enrolments_person", table_name="enrolments")
    op.drop_table("enrolments")
    op.drop_index(op.f("ix_activation_codes_account_id"), table_name="activation_codes")
    op.drop_table("activation_codes")
    op.drop_table("topics")
    op.drop_index("ix_statement_agents_ifi", table_name="statement_agents")
    op.drop_table("statement_agents")
    op.drop_index("ix_statement_activities_iri", table_name="statement_activities")
    op.drop_table("statement_activities")
    op.drop_table("modules")
    op.drop_table("figures")
    op.drop_index(op.f("ix_class_runs_version_id"), table_name="class_runs")
    op.drop_index(op.f("ix_class_runs_institution_id"), table_name="class_runs")
    op.drop_table("class_runs")
    op.drop_table("assignments")
    op.drop_table("accounts")
    op.drop_index(op.f("ix_unit_successions_successor_id"), table_name="unit_successions")
    op.drop_table("unit_successions")
    op.drop_index("ix_statements_verb_stored", table_name="statements")
    op.drop_index(op.f("ix_statements_target_id"), table_name="statements")
    op.drop_index("ix_statements_references", table_name="statements", postgresql_where="target_id IS NOT NULL")
    op.drop_index("ix_statements_stored", table_name="statements")
    op.drop_index("ix_statements_registration", table_name="statements", postgresql_where="registration IS NOT NULL")
    op.drop_table("statements")
    op.drop_table("programme_versions")
    op.drop_index(op.f("ix_persons_unit_id"), table_name="persons")
    op.drop_table("persons")
    op.drop_index(op.f("ix_response_scores_survey_id"), table_name="response_scores", schema="ballots")
    op.drop_table("response_scores", schema="ballots")
    op.drop_table("xapi_credentials")
    op.drop_index("ix_units_path", table_name="units", postgresql_ops={"path": "text_pattern_ops"})
    op.drop_index(op.f("ix_units_parent_id"), table_name="units")
    op.drop_table("units")
    op.drop_table("programmes")
    op.drop_index(op.f("ix_job_progress_account_id"), table_name="job_progress")
    op.drop_table("job_progress")
    op.drop_table("instruments")
    op.drop_index(op.f("ix_sealed_survey_id"), table_name="sealed", schema="ballots")
    op.drop_table("sealed", schema="ballots")
    op.drop_index(op.f("ix_responses_survey_id"), table_name="responses", schema="ballots")
    op.drop_table("responses", schema="ballots")
    op.drop_index(op.f("ix_response_comments_survey_id"), table_name="response_comments", schema="ballots")
    op.drop_table("response_comments", schema="ballots")
    op.drop_index(op.f("ix_throttles_window_ends_at"), table_name="throttles")
    op.drop_table("throttles")
    op.drop_table("audit_head")
    op.drop_index(op.f("ix_audit_entries_subject_id"), table_name="audit_entries")
    op.drop_index(op.f("ix_audit_entries_action"), table_name="audit_entries")
    op.drop_index(op.f("ix_audit_entries_account_id"), table_name="audit_entries")
    op.drop_table("audit_entries")

    op.execute("DROP FUNCTION audit_is_append_only() CASCADE")
    op.execute("DROP SCHEMA ballots")
