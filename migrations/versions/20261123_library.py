"""Materials: uploads, packages and versions, learners' registrations and launches, placements in modules.

Revision ID: 20261123_library
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "20261123_library"
down_revision = "20261123_record_store"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "h5p_libraries",
        sa.Column("library", sa.String(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("library", "path", name=op.f("pk_h5p_libraries")),
    )
    op.create_index(op.f("ix_h5p_libraries_sha256"), "h5p_libraries", ["sha256"], unique=False)
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["institution_id"], ["units.id"], name=op.f("fk_api_keys_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_api_keys_secret_hash")),
    )
    op.create_index(op.f("ix_api_keys_institution_id"), "api_keys", ["institution_id"], unique=False)
    op.create_table(
        "packages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["institution_id"], ["units.id"], name=op.f("fk_packages_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packages")),
    )
    op.create_index(op.f("ix_packages_institution_id"), "packages", ["institution_id"], unique=False)
    op.create_table(
        "storage_quotas",
        sa.Column("institution_id", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["units.id"], name=op.f("fk_storage_quotas_institution_id")),
        sa.PrimaryKeyConstraint("institution_id", name=op.f("pk_storage_quotas")),
    )
    op.create_table(
        "package_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("package_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("unpacked", sa.BigInteger(), nullable=False),
        sa.Column("properties", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["package_id"], ["packages.id"], name=op.f("fk_package_versions_package_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_versions")),
        sa.UniqueConstraint("package_id", "number", name=op.f("uq_package_versions_package_id_number")),
    )
    op.create_table(
        "uploads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("package_id", sa.Uuid(), nullable=True),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("checksum", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(), server_default="receiving", nullable=False),
        sa.Column("step", sa.String(), server_default="", nullable=False),
        sa.Column("done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('receiving', 'checking', 'taken', 'refused')", name=op.f("ck_uploads_state")),
        sa.CheckConstraint("received BETWEEN 0 AND size", name=op.f("ck_uploads_received")),
        sa.ForeignKeyConstraint(["institution_id"], ["units.id"], name=op.f("fk_uploads_institution_id")),
        sa.ForeignKeyConstraint(["package_id"], ["packages.id"], name=op.f("fk_uploads_package_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_index(op.f("ix_uploads_account_id"), "uploads", ["account_id"], unique=False)
    op.create_index(op.f("ix_uploads_institution_id"), "uploads", ["institution_id"], unique=False)
    op.create_index(op.f("ix_uploads_package_id"), "uploads", ["package_id"], unique=False)
    op.create_table(
        "content_registrations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("account_home", sa.String(), nullable=False),
        sa.Column("account_name", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("context_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("satisfied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_content_registrations_person_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["package_versions.id"], name=op.f("fk_content_registrations_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_registrations")),
    )
    op.create_index(op.f("ix_content_registrations_context_id"), "content_registrations", ["context_id"], unique=False)
    op.create_index(
        "ix_content_registrations_learner", "content_registrations", ["account_home", "account_name"], unique=False
    )
    op.create_index(op.f("ix_content_registrations_person_id"), "content_registrations", ["person_id"], unique=False)
    op.create_index(op.f("ix_content_registrations_version_id"), "content_registrations", ["version_id"], unique=False)
    op.create_table(
        "content_units",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("description", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("href", sa.String(), nullable=True),
        sa.Column("properties", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["content_units.id"], name=op.f("fk_content_units_parent_id")),
        sa.ForeignKeyConstraint(["version_id"], ["package_versions.id"], name=op.f("fk_content_units_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_units")),
        sa.UniqueConstraint("version_id", "position", name=op.f("uq_content_units_version_id_position")),
    )
    op.create_index(op.f("ix_content_units_parent_id"), "content_units", ["parent_id"], unique=False)
    op.create_table(
        "module_materials",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("module_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.BigInteger(), nullable=False),
        sa.Column("package_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["institution_id"], ["units.id"], name=op.f("fk_module_materials_institution_id")),
        sa.ForeignKeyConstraint(["module_id"], ["modules.id"], name=op.f("fk_module_materials_module_id")),
        sa.ForeignKeyConstraint(["package_id"], ["packages.id"], name=op.f("fk_module_materials_package_id")),
        sa.ForeignKeyConstraint(["version_id"], ["package_versions.id"], name=op.f("fk_module_materials_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_module_materials")),
        sa.UniqueConstraint(
            "module_id",
            "institution_id",
            "package_id",
            name=op.f("uq_module_materials_module_id_institution_id_package_id"),
        ),
    )
    op.create_index(op.f("ix_module_materials_institution_id"), "module_materials", ["institution_id"], unique=False)
    op.create_index(op.f("ix_module_materials_package_id"), "module_materials", ["package_id"], unique=False)
    op.create_index(op.f("ix_module_materials_version_id"), "module_materials", ["version_id"], unique=False)
    op.create_table(
        "package_files",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["package_versions.id"], name=op.f("fk_package_files_version_id")),
        sa.PrimaryKeyConstraint("version_id", "path", name=op.f("pk_package_files")),
    )
    op.create_index(op.f("ix_package_files_sha256"), "package_files", ["sha256"], unique=False)
    op.create_table(
        "upload_pieces",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["uploads.id"], name=op.f("fk_upload_pieces_upload_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("upload_id", "start", name=op.f("pk_upload_pieces")),
    )
    op.create_table(
        "class_materials",
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("material_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["class_id"], ["class_runs.id"], name=op.f("fk_class_materials_class_id")),
        sa.ForeignKeyConstraint(
            ["material_id"], ["module_materials.id"], name=op.f("fk_class_materials_material_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["version_id"], ["package_versions.id"], name=op.f("fk_class_materials_version_id")),
        sa.PrimaryKeyConstraint("class_id", "material_id", name=op.f("pk_class_materials")),
    )
    op.create_index(op.f("ix_class_materials_version_id"), "class_materials", ["version_id"], unique=False)
    op.create_table(
        "content_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("launched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("credential_id", sa.Uuid(), nullable=True),
        sa.Column("initialized_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("terminated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("abandoned", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", postgresql.ARRAY(Text()), server_default="{}", nullable=False),
        sa.CheckConstraint("mode IN ('Normal', 'Browse', 'Review')", name=op.f("ck_content_sessions_mode")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["content_registrations.id"], name=op.f("fk_content_sessions_registration_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["content_units.id"], name=op.f("fk_content_sessions_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_sessions")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_content_sessions_credential_id")),
    )
    op.create_index(
        "ix_content_sessions_open",
        "content_sessions",
        ["expires_at"],
        unique=False,
        postgresql_where="ended_at IS NULL",
    )
    op.create_index(
        "ix_content_sessions_registration", "content_sessions", ["registration_id", "launched_at"], unique=False
    )
    op.create_table(
        "content_unit_states",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("satisfied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress", sa.Integer(), server_default="0", nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("seconds", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_content_unit_states_progress")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["content_registrations.id"], name=op.f("fk_content_unit_states_registration_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["content_units.id"], name=op.f("fk_content_unit_states_unit_id")),
        sa.PrimaryKeyConstraint("registration_id", "unit_id", name=op.f("pk_content_unit_states")),
    )
    op.create_table(
        "scorm_states",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["content_registrations.id"], name=op.f("fk_scorm_states_registration_id")
        ),
        sa.PrimaryKeyConstraint("registration_id", "identifier", name=op.f("pk_scorm_states")),
    )
    op.create_table(
        "scorm_commits",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["content_sessions.id"], name=op.f("fk_scorm_commits_session_id")),
        sa.PrimaryKeyConstraint("session_id", "sequence", name=op.f("pk_scorm_commits")),
    )


def downgrade() -> None:
    op.drop_table("scorm_commits")
    op.drop_table("scorm_states")
    op.drop_table("content_unit_states")
    op.drop_index("ix_content_sessions_registration", table_name="content_sessions")
    op.drop_index("ix_content_sessions_open", table_name="content_sessions", postgresql_where="ended_at IS NULL")
    op.drop_table("content_sessions")
    op.drop_index(op.f("ix_class_materials_version_id"), table_name="class_materials")
    op.drop_table("class_materials")
    op.drop_table("upload_pieces")
    op.drop_index(op.f("ix_package_files_sha256"), table_name="package_files")
    op.drop_table("package_files")
    op.drop_index(op.f("ix_module_materials_version_id"), table_name="module_materials")
    op.drop_index(op.f("ix_module_materials_package_id"), table_name="module_materials")
    op.drop_index(op.f("ix_module_materials_institution_id"), table_name="module_materials")
    op.drop_table("module_materials")
    op.drop_index(op.f("ix_content_units_parent_id"), table_name="content_units")
    op.drop_table("content_units")
    op.drop_index(op.f("ix_content_registrations_version_id"), table_name="content_registrations")
    op.drop_index(op.f("ix_content_registrations_person_id"), table_name="content_registrations")
    op.drop_index("ix_content_registrations_learner", table_name="content_registrations")
    op.drop_index(op.f("ix_content_registrations_context_id"), table_name="content_registrations")
    op.drop_table("content_registrations")
    op.drop_index(op.f("ix_uploads_package_id"), table_name="uploads")
    op.drop_index(op.f("ix_uploads_institution_id"), table_name="uploads")
    op.drop_index(op.f("ix_uploads_account_id"), table_name="uploads")
    op.drop_table("uploads")
    op.drop_table("package_versions")
    op.drop_table("storage_quotas")
    op.drop_index(op.f("ix_packages_institution_id"), table_name="packages")
    op.drop_table("packages")
    op.drop_index(op.f("ix_api_keys_institution_id"), table_name="api_keys")
    op.drop_table("api_keys")
    op.drop_index(op.f("ix_h5p_libraries_sha256"), table_name="h5p_libraries")
    op.drop_table("h5p_libraries")
