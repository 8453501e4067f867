"""The evaluations of the demonstration: answered, closed and followed by what was put right, through the real acts."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from lms.classes.models import Enrolment
from lms.console import demo_texts as texts
from lms.core.edits import Edit
from lms.core.guard import SYSTEM, Actor
from lms.quality.queries import adjustments as queries
from lms.quality.services import adjustments
from lms.surveys.queries import rights
from lms.surveys.services import comments, evaluations


def answer(
    actors: Mapping[UUID, Actor],
    chance: random.Random,
    members: Sequence[Enrolment],
    survey_id: UUID,
    at: datetime,
    *,
    facilities: float = 3.7,
) -> None:
    """Send the forms of some trainees.

    :param facilities: around which point they judge them
    """
    for number, member in enumerate(members):
        form = rights.form_of(survey_id, member.person_id)
        if form is None:
            continue
        answers: dict[str, list[str]] = {}
        for question in form.questions:
            name = question.name
            if question.item.kind == "scale":
                answers[name] = [str(_point(chance, question.section.key, question.teaching, facilities))]
            elif question.item.kind == "ranking":
                order = chance.sample(question.item.options, len(question.item.options))
                answers |= {f"{name}/{option.key}": [str(place)] for place, option in enumerate(order, 1)}
            elif question.item.kind == "multiple":
                answers[name] = [chance.choice(question.item.options).key]
        if number % 3 == 0:
            answers["eff-comment"] = [texts.COURSE_COMMENTS[number // 3 % len(texts.COURSE_COMMENTS)]]
        teachings = [str(topic.teaching_id) for topic in form.taught]
        if number % 4 == 1 and teachings:
            comment = texts.LECTURER_COMMENTS[number // 4 % len(texts.LECTURER_COMMENTS)]
            answers[f"lect-comment.{teachings[number % len(teachings)]}"] = [comment]
        evaluations.answer(actors[member.person_id], survey_id, answers, at=at)


def _point(chance: random.Random, section: str, teaching: str, facilities: float) -> int:
    centre = {"facilities": facilities, "programme": 4.2, "lecturer": 4.5, "course": 4.3}.get(section, 4.2)
    if teaching:
        centre -= (UUID(teaching).int % 3) * 0.25
    return max(1, min(5, round(chance.gauss(centre, 0.6))))


def close(survey_id: UUID, keys: Path, at: datetime) -> None:
    """Close an evaluation and let its comments be read."""
    evaluations.close(SYSTEM, survey_id, keys=keys, at=at)
    evaluations.forget_key(survey_id, keys=keys)
    comments.pass_all(SYSTEM, survey_id, at=at + timedelta(days=1))


def adjust(actor: Actor, class_id: UUID, at: datetime) -> None:
    """State and carry out the adjustments that the results of a class ask for about its facilities."""
    for line in queries.of_class(class_id):
        if line.section == "facilities":
            due_on = (at + timedelta(days=20)).date()
            stated = {"cause": texts.CAUSE, "measure": texts.MEASURE, "responsible": texts.RESPONSIBLE}
            adjustments.state(actor, line.id, Edit(stated | {"due_on": due_on}), at=at)
            adjustments.finish(actor, line.id, texts.OUTCOME, at=at + timedelta(days=15))
