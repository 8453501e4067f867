"""Excellence can be stated; decisions to send and the papers issued of them.

Revision ID: 20261201_decisions
"""

import sqlalchemy as sa
from alembic import op

revision = "20261201_decisions"
down_revision = "20261201_marks_by_rubric"
branch_labels = None
depends_on = None

OLD = "question IN ('managed', 'meant_unit', 'planned_post', 'field', 'age', 'service')"
NEW = "question IN ('managed', 'meant_unit', 'planned_post', 'field', 'age', 'service', 'excellent')"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_stated_facts_question"), "stated_facts", type_="check")
    op.create_check_constraint(op.f("ck_stated_facts_question"), "stated_facts", NEW)


def downgrade() -> None:
    op.execute("DELETE FROM stated_facts WHERE question = 'excellent'")
    op.drop_constraint(op.f("ck_stated_facts_question"), "stated_facts", type_="check")
    op.create_check_constraint(op.f("ck_stated_facts_question"), "stated_facts", OLD)
