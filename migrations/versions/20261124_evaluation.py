"""Evaluation: forms for four audiences, counts instead of answers, comments read before shown, named follow-ups.

Of older evaluations the single answers become counts; those with fewer than five answers are forgotten, as from now on.

Revision ID: 20261124_evaluation
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "20261124_evaluation"
down_revision = "20261123_library"
branch_labels = None
depends_on = None

NONE = "00000000-0000-0000-0000-000000000000"
_COUNTS = ", ".join(f"count(*) FILTER (WHERE s.value = {point})" for point in range(1, 6))
COUNTED = f"""
INSERT INTO ballots.tallies (survey_id, item, teaching, section, kind, n, na, counts)
SELECT s.survey_id, s.item, coalesce(nullif(s.teaching, ''), '{NONE}')::uuid, part->>'key', 'scale', count(*), 0,
       ARRAY[{_COUNTS}]
FROM ballots.response_scores s
JOIN surveys v ON v.id = s.survey_id
JOIN instruments i ON i.id = v.instrument_id
CROSS JOIN jsonb_array_elements(i.document->'sections') AS parts(part)
CROSS JOIN jsonb_array_elements(part->'items') AS items(asked)
WHERE asked->>'code' = s.item
GROUP BY s.survey_id, s.item, s.teaching, part->>'key' HAVING count(*) >= 5;

INSERT INTO ballots.section_means (survey_id, section, teaching, n, mean, points, counts)
SELECT survey_id, section, about, max(n), sum(total) / sum(given), 5, ARRAY[sum(c1), sum(c2), sum(c3), sum(c4), sum(c5)]
FROM (
    SELECT survey_id, section, teaching AS about, n, n AS given,
           counts[1] + 2 * counts[2] + 3 * counts[3] + 4 * counts[4] + 5 * counts[5]::float AS total,
           counts[1] AS c1, counts[2] AS c2, counts[3] AS c3, counts[4] AS c4, counts[5] AS c5
    FROM ballots.tallies
) one GROUP BY survey_id, section, about;

INSERT INTO ballots.section_means (survey_id, section, teaching, n, mean, points, counts)
SELECT survey_id, section, '{NONE}', sum(n), sum(mean * n) / sum(n), 5,
       ARRAY[sum(counts[1]), sum(counts[2]), sum(counts[3]), sum(counts[4]), sum(counts[5])]
FROM ballots.section_means WHERE teaching <> '{NONE}' GROUP BY survey_id, section;

INSERT INTO ballots.section_means (survey_id, section, teaching, n, mean, points, counts)
SELECT survey_id, '', '{NONE}', max(n), avg(mean), 5,
       ARRAY[sum(counts[1]), sum(counts[2]), sum(counts[3]), sum(counts[4]), sum(counts[5])]
FROM ballots.section_means WHERE teaching = '{NONE}' GROUP BY survey_id;

UPDATE surveys v SET valid = (SELECT count(*) FROM ballots.responses r WHERE r.survey_id = v.id), invalid = 0
WHERE state <> 'open';
"""
FORMS = """
UPDATE instruments SET document = jsonb_strip_nulls(document - 'scale') || jsonb_build_object(
    'audience', 'trainee', 'scale', 'satisfaction',
    'scales', jsonb_build_object('satisfaction', document->'scale'),
    'sections', (SELECT jsonb_agg(part || jsonb_build_object('object', part->'key'))
                 FROM jsonb_array_elements(jsonb_strip_nulls(document->'sections')) AS parts(part)))
"""


def upgrade() -> None:
    waiting = op.get_bind().execute(sa.text("SELECT count(*) FROM ballots.sealed")).scalar()
    if waiting:
        raise RuntimeError("Forms of open evaluations are sealed in the old way: close these evaluations first.")
    op.create_table(
        "tallies",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("teaching", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("na", sa.Integer(), nullable=False),
        sa.Column("counts", pg.ARRAY(sa.Integer()), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "item", "teaching", name=op.f("pk_tallies")),
        schema="ballots",
    )
    op.create_table(
        "section_means",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("teaching", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("mean", sa.Float(), nullable=False),
        sa.Column("points", sa.SmallInteger(), nullable=False),
        sa.Column("counts", pg.ARRAY(sa.Integer()), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "section", "teaching", name=op.f("pk_section_means")),
        schema="ballots",
    )
    op.create_index(op.f("ix_section_means_teaching"), "section_means", ["teaching"], schema="ballots")
    _surveys()
    op.execute(COUNTED)
    op.execute(FORMS)
    op.drop_table("response_scores", schema="ballots")
    op.drop_table("responses", schema="ballots")
    _comments()
    _participations()
    op.create_table(
        "evaluation_replies",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("teaching_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_evaluation_replies_survey_id")),
        sa.ForeignKeyConstraint(["teaching_id"], ["teachings.id"], name=op.f("fk_evaluation_replies_teaching_id")),
        sa.PrimaryKeyConstraint("survey_id", "teaching_id", name=op.f("pk_evaluation_replies")),
    )
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("instrument_id", sa.Uuid(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answers", pg.JSONB(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("audience IN ('follow_up', 'employer')", name=op.f("ck_follow_ups_audience")),
        sa.ForeignKeyConstraint(["answered_by"], ["persons.id"], name=op.f("fk_follow_ups_answered_by")),
        sa.ForeignKeyConstraint(["class_id"], ["class_runs.id"], name=op.f("fk_follow_ups_class_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_follow_ups_enrolment_id")),
        sa.ForeignKeyConstraint(["instrument_id"], ["instruments.id"], name=op.f("fk_follow_ups_instrument_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        sa.UniqueConstraint("enrolment_id", "audience", name=op.f("uq_follow_ups_enrolment_id_audience")),
    )
    op.create_index(op.f("ix_follow_ups_class_id"), "follow_ups", ["class_id"])
    op.create_table(
        "adjustments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("teaching_id", sa.Uuid(), nullable=True),
        sa.Column("mean", sa.Float(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("measure", sa.Text(), nullable=True),
        sa.Column("responsible", sa.String(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("state IN ('due', 'stated', 'done')", name=op.f("ck_adjustments_state")),
        sa.ForeignKeyConstraint(["answered_by"], ["programme_versions.id"], name=op.f("fk_adjustments_answered_by")),
        sa.ForeignKeyConstraint(["class_id"], ["class_runs.id"], name=op.f("fk_adjustments_class_id")),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_adjustments_survey_id")),
        sa.ForeignKeyConstraint(["teaching_id"], ["teachings.id"], name=op.f("fk_adjustments_teaching_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustments")),
        sa.UniqueConstraint(
            "survey_id",
            "section",
            "teaching_id",
            name=op.f("uq_adjustments_survey_id_section_teaching_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_adjustments_class_id"), "adjustments", ["class_id"])
    op.create_index(op.f("ix_adjustments_answered_by"), "adjustments", ["answered_by"])


def _surveys() -> None:
    op.add_column("instruments", sa.Column("audience", sa.String(), nullable=False, server_default="trainee"))
    op.add_column("instruments", sa.Column("state", sa.String(), nullable=False, server_default="published"))
    op.alter_column("instruments", "audience", server_default=None)
    op.alter_column("instruments", "state", server_default=None)
    op.create_check_constraint(op.f("ck_instruments_state"), "instruments", "state IN ('draft', 'published')")
    op.create_index(
        "uq_instruments_one_draft", "instruments", ["code"], unique=True, postgresql_where=sa.text("state = 'draft'")
    )
    op.add_column("surveys", sa.Column("audience", sa.String(), nullable=False, server_default="trainee"))
    op.alter_column("surveys", "audience", server_default=None)
    op.add_column("surveys", sa.Column("institution_id", sa.BigInteger(), nullable=True))
    op.execute("UPDATE surveys v SET institution_id = c.institution_id FROM class_runs c WHERE c.id = v.class_id")
    op.alter_column("surveys", "institution_id", nullable=False)
    op.alter_column("surveys", "class_id", nullable=True)
    op.add_column("surveys", sa.Column("period", sa.String(), nullable=True))
    for name in ("released_at", "reminded_at"):
        op.add_column("surveys", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("surveys", sa.Column("paper_typed", sa.Integer(), server_default="0", nullable=False))
    op.add_column("surveys", sa.Column("valid", sa.Integer(), nullable=True))
    op.add_column("surveys", sa.Column("invalid", sa.Integer(), nullable=True))
    op.create_foreign_key(op.f("fk_surveys_institution_id"), "surveys", "units", ["institution_id"], ["id"])
    op.create_index(op.f("ix_surveys_institution_id"), "surveys", ["institution_id"])
    op.create_unique_constraint(op.f("uq_surveys_institution_id_period"), "surveys", ["institution_id", "period"])
    for name, condition in (
        ("audience", "audience IN ('trainee', 'lecturer')"),
        ("class", "(audience = 'trainee') = (class_id IS NOT NULL)"),
        ("period", "(audience = 'lecturer') = (period IS NOT NULL)"),
    ):
        op.create_check_constraint(op.f(f"ck_surveys_{name}"), "surveys", condition)


def _comments() -> None:
    op.execute(
        f"""
        CREATE TABLE ballots.comments AS
        SELECT id, survey_id, item, coalesce(nullif(teaching, ''), '{NONE}')::uuid AS teaching, text
        FROM ballots.response_comments;
        ALTER TABLE ballots.comments ALTER id SET NOT NULL, ALTER survey_id SET NOT NULL, ALTER item SET NOT NULL,
            ALTER teaching SET NOT NULL, ALTER text SET NOT NULL, ADD CONSTRAINT pk_comments PRIMARY KEY (id);
        DELETE FROM ballots.comments c WHERE NOT EXISTS (SELECT FROM ballots.tallies t WHERE t.survey_id = c.survey_id);
        """
    )
    op.drop_table("response_comments", schema="ballots")
    op.create_index(op.f("ix_comments_survey_id"), "comments", ["survey_id"], schema="ballots")
    op.create_table(
        "comment_readings",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("reader_id", sa.Uuid(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["ballots.comments.id"], name=op.f("fk_comment_readings_comment_id")),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_comment_readings_survey_id")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_comment_readings")),
    )
    op.create_index(op.f("ix_comment_readings_survey_id"), "comment_readings", ["survey_id"])


def _participations() -> None:
    op.add_column("participations", sa.Column("person_id", sa.Uuid(), nullable=True))
    op.add_column("participations", sa.Column("on_paper", sa.Boolean(), server_default="false", nullable=False))
    op.execute("UPDATE participations p SET person_id = e.person_id FROM enrolments e WHERE e.id = p.enrolment_id")
    op.drop_constraint(op.f("pk_participations"), "participations")
    op.alter_column("participations", "enrolment_id", nullable=True)
    op.alter_column("participations", "person_id", nullable=False)
    op.create_primary_key(op.f("pk_participations"), "participations", ["survey_id", "person_id"])
    op.create_foreign_key(op.f("fk_participations_person_id"), "participations", "persons", ["person_id"], ["id"])
    op.create_index(op.f("ix_participations_person_id"), "participations", ["person_id"])


def downgrade() -> None:
    op.drop_table("adjustments")
    op.drop_table("follow_ups")
    op.drop_table("evaluation_replies")
    op.execute("DELETE FROM participations WHERE enrolment_id IS NULL")
    op.drop_index(op.f("ix_participations_person_id"), table_name="participations")
    op.drop_constraint(op.f("pk_participations"), "participations")
    op.drop_column("participations", "person_id")
    op.drop_column("participations", "on_paper")
    op.alter_column("participations", "enrolment_id", nullable=False)
    op.create_primary_key(op.f("pk_participations"), "participations", ["survey_id", "enrolment_id"])
    op.drop_table("comment_readings")
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
    op.execute(
        f"INSERT INTO ballots.response_comments SELECT id, survey_id, item, "
        f"replace(teaching::text, '{NONE}', ''), text FROM ballots.comments"
    )
    op.create_index(op.f("ix_response_comments_survey_id"), "response_comments", ["survey_id"], schema="ballots")
    op.drop_table("comments", schema="ballots")
    op.execute("DELETE FROM surveys WHERE audience = 'lecturer'")
    for name in ("audience", "class", "period"):
        op.drop_constraint(op.f(f"ck_surveys_{name}"), "surveys")
    for name in ("audience", "institution_id", "period", "released_at", "reminded_at"):
        op.drop_column("surveys", name)
    for name in ("paper_typed", "valid", "invalid"):
        op.drop_column("surveys", name)
    op.alter_column("surveys", "class_id", nullable=False)
    op.drop_column("instruments", "audience")
    op.drop_column("instruments", "state")
    op.create_table(
        "responses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responses")),
        schema="ballots",
    )
    op.create_index(op.f("ix_responses_survey_id"), "responses", ["survey_id"], schema="ballots")
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
    op.create_index(op.f("ix_response_scores_survey_id"), "response_scores", ["survey_id"], schema="ballots")
    op.drop_table("section_means", schema="ballots")
    op.drop_table("tallies", schema="ballots")
