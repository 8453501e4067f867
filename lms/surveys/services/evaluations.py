"""The way of an evaluation: opened with the end of a class, answered, reminded, closed, released."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lms.classes.models import ClassRun, Enrolment, Teaching
from lms.core import audit
from lms.core.database import act, db, in_transaction, lock
from lms.core.errors import DomainError, NotFound
from lms.core.guard import SYSTEM, Actor
from lms.surveys import answers, ballots, life, rules, signals
from lms.surveys.answers import Check, Question
from lms.surveys.document import Form
from lms.surveys.models import Comment, CommentReading, Participation, Survey
from lms.surveys.queries import rights, states
from lms.surveys.services import instruments

OPEN_FOR = timedelta(days=14)


@act
def open_survey(actor: Actor, class_id: UUID, *, keys: Path, at: datetime, closes_at: datetime | None = None) -> Survey:
    """Open the evaluation of a class to its trainees. Opening it again gives the one that is there."""
    lock("survey", class_id)
    survey = db.session.scalar(select(Survey).where(Survey.class_id == class_id))
    if survey is not None:
        return survey
    run = db.session.get_one(ClassRun, class_id)
    survey = _opened(actor, run.institution_id, keys, at, closes_at or at + OPEN_FOR, class_id=class_id)
    enrolled = select(Enrolment.person_id, Enrolment.id).where(
        Enrolment.class_id == class_id, Enrolment.status != "withdrawn"
    )
    invite(survey, [(row.person_id, row.id) for row in db.session.execute(enrolled)])
    return survey


@act
def open_lecturers(actor: Actor, class_id: UUID, *, keys: Path, at: datetime) -> Survey:
    """Invite the lecturers of a finished class to the evaluation of this half-year at its institution.

    It is opened with the first class; a lecturer has one form in it, however many classes she taught.
    """
    run = db.session.get_one(ClassRun, class_id)
    period, closes_at = rules.half_year(at)
    lock("survey", run.institution_id, period)
    survey = db.session.scalar(
        select(Survey).where(Survey.institution_id == run.institution_id, Survey.period == period)
    )
    if survey is None:
        survey = _opened(actor, run.institution_id, keys, at, closes_at, period=period)
    if survey.state == "open":
        taught = select(Teaching.lecturer_id).where(Teaching.class_id == class_id).distinct()
        invite(survey, [(person_id, None) for person_id in db.session.scalars(taught)])
    return survey


def _opened(
    actor: Actor,
    institution_id: int,
    keys: Path,
    at: datetime,
    closes_at: datetime,
    *,
    class_id: UUID | None = None,
    period: str | None = None,
) -> Survey:
    survey_id, audience = uuid4(), "trainee" if class_id else "lecturer"
    survey = Survey(
        id=survey_id,
        audience=audience,
        class_id=class_id,
        institution_id=institution_id,
        period=period,
        instrument_id=instruments.for_audience(audience, rights.programme_of(class_id)).id,
        state="open",
        opens_at=at,
        closes_at=closes_at,
        public_key=ballots.make_keys(keys, survey_id),
    )
    db.session.add(survey)
    db.session.flush()
    after = {"class": class_id, "institution": institution_id, "audience": audience}
    audit.record(actor, "survey.open", "survey", survey_id, at=at, after=after)
    signals.survey_opened.send(survey_id, opens_at=at, closes_at=closes_at)
    return survey


def invite(survey: Survey, people: Sequence[tuple[UUID, UUID | None]]) -> None:
    """Give people (with their enrolments, where they are trainees) the right to one form each; again is no harm.

    Who judges herself or a class that she runs gets none.
    """
    may = {
        row[0]
        for row in in_transaction(
            _ENTITLED, {"survey": survey.id, "people": [person_id for person_id, _enrolment in people]}
        )
    }
    rows = [
        {"survey_id": survey.id, "person_id": person_id, "enrolment_id": enrolment}
        for person_id, enrolment in people
        if person_id in may
    ]
    if rows:
        db.session.execute(insert(Participation).on_conflict_do_nothing(), rows)


_ENTITLED = f"""
    SELECT p.id FROM persons p JOIN surveys s ON s.id = %(survey)s
    WHERE p.id = ANY(%(people)s) AND {rights.barred("p.id", "s")} IS NULL
"""  # noqa: S608 - constants


@act
def answer(
    actor: Actor, survey_id: UUID, submitted: Mapping[str, Sequence[str]], *, at: datetime, incomplete: bool = False
) -> None:
    """Take one person's form: note that she answered, seal what she answered.

    Neither the audit trail nor a statement tells of it; that she answered is told at closing, of all at once.

    :param given: field name -> values, as they were sent
    :param incomplete: she knows that too much is blank, and that the form will not be counted
    :raises DomainError: ``survey-closed``, ``already-answered``, ``teaches``, ``runs``, and those of :func:`checked`
    """
    right = rights.right_of(survey_id, actor.person_id)
    if right is None:
        raise NotFound
    _refuse_used(right, at)
    form = rights.document_of(right.instrument_id)
    values, check = checked(form, answers.questions(form, right.teachings), submitted, incomplete=incomplete)
    box = sealed(right.public_key, values, valid=check.valid)
    taken = in_transaction(_TAKE, {"survey": survey_id, "person": actor.person_id, "id": uuid4(), "box": box})
    if not taken:  # closed, or sent from another device, since it was read
        _refuse_used(rights.right_of(survey_id, actor.person_id) or right, at)


_TAKE = f"""
    WITH used AS (
        UPDATE participations p SET answered = true FROM surveys s
        WHERE s.id = p.survey_id AND s.state = 'open' AND p.survey_id = %(survey)s AND p.person_id = %(person)s
          AND NOT p.answered AND {rights.barred("p.person_id", "s")} IS NULL
        RETURNING s.id
    )
    INSERT INTO ballots.sealed (id, survey_id, box) SELECT %(id)s, used.id, %(box)b FROM used RETURNING true
"""  # noqa: S608 - constants


def _refuse_used(right: rights.Right, at: datetime) -> None:
    life.SURVEY.require("answer", life.survey_state(right.state, right.closes_at, at))
    life.RIGHT.require("answer", life.right_state(answered=right.answered, barred=right.barred))


def checked(
    form: Form, asked: Sequence[Question], submitted: Mapping[str, Sequence[str]], *, incomplete: bool = False
) -> tuple[dict[str, answers.Value], Check]:
    """Read a form and check whether it counts.

    :param incomplete: take it although it does not
    :raises DomainError: ``malformed``, ``too-long``, ``required``, ``unfinished``, ``too-many-blanks``
    """
    try:
        values = answers.read(form, asked, submitted)
    except answers.MalformedError:
        words = _l(
            "The form held an answer that is not part of it, so it was not taken. These are the questions that are "
            "asked of you: please check them and send the form again."
        )
        raise DomainError("malformed", words, 422) from None
    except answers.TooLongError:
        words = _l("A comment has more than %(most)d characters. Please shorten it.", most=answers.MAX_COMMENT)
        raise DomainError("too-long", words, 422) from None
    check = answers.check(form, asked, values)
    if check.required:
        raise DomainError("required", _l("Please answer the marked questions; the form needs them."), 422)
    if answers.unfinished(asked, submitted, values) and not incomplete:
        words = _l("Please give each line of the marked question a place of its own, or leave all of them blank.")
        raise DomainError("unfinished", words, 422)
    if not check.valid and not incomplete:
        words = _l(
            "%(blank)d of %(total)d questions are still blank. A form with more than %(limit)s%% blank is not valid "
            "and is not counted (Circular 10/2017/TT-BNV), so please answer the marked ones.",
            blank=len(check.blank),
            total=check.indicators,
            limit=f"{check.limit_percent:g}",
        )
        raise DomainError("too-many-blanks", words, 422)
    return values, check


def sealed(public_key: bytes, values: dict[str, answers.Value], *, valid: bool, paper: bool = False) -> bytes:
    """Seal a form; returns the box.

    :param paper: somebody typed it in

    :raises DomainError: ``too-long``
    """
    try:
        return ballots.seal(public_key, ballots.Sealed(values, valid, paper))
    except answers.TooLongError:
        words = _l("The comments are too long together. Please shorten them.")
        raise DomainError("too-long", words, 422) from None


@act
def remind(actor: Actor, survey_id: UUID, *, at: datetime) -> None:
    """Remind all who are missing, whoever and however many they are."""
    survey = _held(survey_id)
    life.SURVEY.require("remind", life.survey_state(survey.state, survey.closes_at, at))
    survey.reminded_at = at
    audit.record(actor, "survey.remind", "survey", survey_id, at=at)


@act
def close(actor: Actor, survey_id: UUID, *, keys: Path, at: datetime) -> int:
    """Close an evaluation: open and count all sealed forms at once; returns how many.

    That the product closes twice is no harm. Who answered is told afterwards, of all at once, by a job
    (:mod:`lms.surveys.services.telling`).

    The key is destroyed by :func:`forget_key`, after this act has been
    committed. The product itself closes when it must; people by :func:`lms.surveys.rules.may_close`.

    :raises DomainError: ``closed-already``, ``not-yet``
    """
    lock("ballots", survey_id)  # held by everybody whose form is on its way
    survey = _held(survey_id)
    state = life.survey_state(survey.state, survey.closes_at, at)
    if actor == SYSTEM and life.SURVEY.refusal("close", state):
        return 0
    life.SURVEY.require("close", state)
    part = states.taken_part(survey_id)
    if actor != SYSTEM:
        _refuse_early(actor, survey, part, at)
    form = rights.document_of(survey.instrument_id)
    counted = ballots.open_all(keys, survey_id, form, surplus=states.surplus_paper(survey_id))
    survey.state, survey.closed_at, survey.closes_at = "closed", at, min(survey.closes_at, at)
    survey.valid, survey.invalid = counted
    survey.invited, survey.answered = part.invited, part.answered
    audit.record(actor, "survey.close", "survey", survey_id, at=at, after=counted._asdict())
    signals.survey_closed.send(survey_id, at=at)
    return sum(counted)


def _refuse_early(actor: Actor, survey: Survey, part: states.TakenPart, at: datetime) -> None:
    outside = is_outside(actor, states.institution_path(survey.id) or "")
    when = {"opened": survey.opens_at, "closes": survey.closes_at, "at": at}
    if rules.may_close(outside=outside, invited=part.invited, answered=part.answered, **when):
        return
    if outside:
        words = _l(
            "An evaluation can be closed before its date when it has been open for %(days)d days and at least half of "
            "those invited, and at least %(forms)d people, have sent a form.",
            days=rules.EARLY_AFTER.days,
            forms=rules.EARLY_FORMS,
        )
    else:
        words = _l(
            "An evaluation closes at its date, or before when all have sent their forms, so that nobody can choose "
            "the moment. Home Affairs may close it earlier on request."
        )
    raise DomainError("not-yet", words)


def is_outside(actor: Actor, institution_path: str) -> bool:
    """Tell whether somebody may close evaluations of an institution whose classes she does not run."""
    return actor.may("surveys.close", institution_path) and not actor.may("classes.manage", institution_path)


def forget_key(survey_id: UUID, *, keys: Path) -> None:
    """Destroy a survey's private key once its closing has been committed."""
    state = db.session.scalar(select(Survey.state).where(Survey.id == survey_id))
    if state is not None and state != "open":
        ballots.destroy_key(keys, survey_id)


@act
def release(actor: Actor, survey_id: UUID, *, at: datetime) -> None:
    """Let lecturers see their own results; from then on they may answer them once.

    :raises DomainError: ``not-closed``, ``released``, ``unread-comments`` (the trusted reader has not read them all)
    """
    survey = _held(survey_id)
    life.SURVEY.require("release", life.survey_state(survey.state, survey.closes_at, at))
    unread = rules.publishable(survey.valid or 0) and db.session.scalar(
        select(Comment.id)
        .outerjoin(CommentReading, CommentReading.comment_id == Comment.id)
        .where(Comment.survey_id == survey_id, CommentReading.comment_id.is_(None))
        .limit(1)
    )
    if unread:
        raise DomainError("unread-comments", _l("The comments have not all been read yet by the trusted reader."))
    survey.state, survey.released_at = "released", at
    audit.record(actor, "survey.release", "survey", survey_id, at=at)
    signals.survey_released.send(survey_id, at=at)


def _held(survey_id: UUID) -> Survey:
    survey = db.session.scalar(select(Survey).where(Survey.id == survey_id).with_for_update())
    if survey is None:
        raise NotFound
    return survey
