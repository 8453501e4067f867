"""Results over many classes: who was invited and who answered is kept as two numbers at closing.

Revision ID: 20261128_results
"""

import sqlalchemy as sa
from alembic import op

revision = "20261128_results"
down_revision = "20261128_instrument_uses"
branch_labels = None
depends_on = None

COUNTED = """
UPDATE surveys v SET invited = p.invited, answered = p.answered
FROM (SELECT s.id, count(p.person_id) AS invited, count(p.person_id) FILTER (WHERE p.answered) AS answered
      FROM surveys s LEFT JOIN participations p ON p.survey_id = s.id GROUP BY s.id) p
WHERE p.id = v.id AND v.state <> 'open'
"""


def upgrade() -> None:
    for name in ("invited", "answered"):
        op.add_column("surveys", sa.Column(name, sa.Integer(), nullable=True))
    op.execute(COUNTED)
    for name in ("invited", "answered"):
        op.create_check_constraint(op.f(f"ck_surveys_{name}"), "surveys", f"(state = 'open') = ({name} IS NULL)")


def downgrade() -> None:
    for name in ("invited", "answered"):
        op.drop_column("surveys", name)
