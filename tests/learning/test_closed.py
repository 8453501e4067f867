"""Every act of a trainee in every state of her class and of her result, as a page opened earlier sends it.

The acts of staff are walked by tests/classes/test_states.py.
"""

import io
import re
from types import SimpleNamespace

import pytest
from sqlalchemy import select, text

from lms.assessment import services as assessment
from lms.assessment.models import Question, Quiz
from lms.classes import rules
from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM
from lms.learning.materials import services as materials
from lms.library.models import ContentUnit
from lms.packages.structure import Unit
from lms.people import models as people
from tests import factories as make
from tests.classes.test_states import TRAINEES
from tests.data import media
from tests.learning.worlds import World

WORDS = {
    "left-class": "thôi học",
    "results-fixed": "đã được chốt",
    "class-cancelled": "đã bị hủy",
    "class-closed": "đã kết thúc",
    "class-planned": "mới ở trạng thái dự kiến",
    "class-ahead": "chưa khai giảng",
    "class-postponed": "đang tạm hoãn",
}


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def door(world, session, sign_in):
    """``door(act)`` is what a page opened before the state changed sends: a call that returns the answer."""
    client = sign_in(world.account)
    quiz = session.scalars(select(Quiz).where(Quiz.module_id == world.modules[0].id)).one()
    other = session.scalars(select(Quiz).where(Quiz.module_id == world.modules[1].id)).one()
    attempt = assessment.start_attempt(quiz.id, world.registration, world.person.id, at=utcnow())
    question = session.scalars(select(Question).where(Question.quiz_id == quiz.id, Question.kind == "single")).first()
    placed = _material(world)
    session.commit()
    page = client.get(f"/attempts/{attempt.id}").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
    units = select(ContentUnit).where(ContentUnit.version_id == placed.version_id, ContentUnit.href.is_not(None))
    unit = session.scalars(units).first()

    def post(url, **data):
        return client.post(url, data={"csrf_token": token} | data)

    doors = {
        "study": lambda: post(f"{world.lesson}/progress", percent="40", seconds="30"),
        "start_quiz": lambda: post(f"{world.course}/quizzes/{other.id}/start"),
        "answer": lambda: client.put(
            f"/attempts/{attempt.id}/answers/{question.id}",
            json={"response": "a", "revision": 1},
            headers={"X-CSRFToken": token},
        ),
        "hand_in_quiz": lambda: post(f"/attempts/{attempt.id}", action="submit", confirmed="1"),
        "hand_in_essay": lambda: post(f"{world.course}/essay", file=(io.BytesIO(media.pdf()), "a.pdf")),
        "open_material": lambda: post(f"{world.course}/materials/{placed.id}/units/{unit.id}/launch"),
        "read_lesson": lambda: client.get(world.lesson),
    }
    return SimpleNamespace(doors=doors, client=client, attempt=attempt, question=question)


def _material(world):
    unit = Unit("au", "https://nxb.example/bai", {"vi": "Bài"}, "index.html", properties={"moveOn": "Completed"})
    root = Unit("course", "https://nxb.example/khoa", {"vi": "Khóa"}, children=(unit,))
    version = make.package_version(root, db.session.get(people.Unit, world.run.institution_id))
    return materials.place(SYSTEM, world.modules[0].id, version.package_id, required=False, at=utcnow())


def everything(session):
    session.expire_all()
    return session.execute(
        text(
            """SELECT (SELECT count(*) FROM statements), (SELECT count(*) FROM attempts),
                      (SELECT array_agg(a::text) FROM answers a), (SELECT count(*) FROM submissions),
                      (SELECT count(*) FROM lesson_progress), (SELECT count(*) FROM content_sessions),
                      (SELECT count(submitted_at) FROM attempts)"""
        )
    ).one()


STATES = [(result, "running") for result in sorted(rules.ENROLMENT.states)]
STATES += [("enrolled", state) for state in sorted(rules.CLASS.states - {"running"})]


@pytest.mark.parametrize(("result", "state"), STATES)
@pytest.mark.parametrize("act", sorted(TRAINEES | {"read_lesson"}))
def test_a_trainee_does_an_act_exactly_where_the_tables_allow_it(world, session, door, act, result, state):
    world.enrolment.status, world.run.status = result, state
    session.commit()
    before = everything(session)
    reason = rules.ENROLMENT.refusal(act, result)
    reason = reason or (rules.CLASS.refusal(act, state) if act in rules.CLASS.allowed else None)
    answer = door.doors[act]()
    if reason is None:
        assert answer.status_code in (200, 302), answer.get_data(as_text=True)[-2000:]
        assert act == "read_lesson" or everything(session) != before
    else:
        assert answer.status_code == 409
        said = answer.json["error"] if answer.is_json else answer.get_data(as_text=True)
        assert WORDS[reason] in said
        assert everything(session) == before


def test_who_was_withdrawn_while_a_quiz_was_open_is_told_and_sees_what_she_answered(world, session, door):
    door.doors["answer"]()
    world.enrolment.status = "withdrawn"
    session.commit()
    html = door.client.get(f"/attempts/{door.attempt.id}").get_data(as_text=True)
    assert WORDS["left-class"] in html
    assert "Nộp bài" not in html
    assert re.search(rf'name="q-{door.question.id}" value="a" checked', html)


def test_every_refusal_of_every_table_has_words():
    for table in _tables():
        for act, allowed in table.allowed.items():
            assert allowed <= table.states, act
            for state in table.states - allowed:
                assert str(table.words[table.refusal(act, state)]), (act, state)


def _tables():
    import gc

    from lms.core.states import Acts

    return [one for one in gc.get_objects() if isinstance(one, Acts)]
