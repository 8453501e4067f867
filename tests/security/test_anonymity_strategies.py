"""What insiders tried through the product's own doors: the moment, lists of senders, judging oneself, subtracting.

Each strategy is played over many seeds and must guess no better than chance; with the rule that stops it taken away,
the same strategy succeeds. Chance is a blind guess at a point, or one drawn from what at least five people answered.
"""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from math import sqrt
from uuid import UUID

import pytest
from sqlalchemy import select

from lms.classes import services as classes
from lms.core.database import db, utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM, Actor
from lms.people.models import Account, Person, Unit
from lms.records.emit import Activity, emit
from lms.records.models import Statement
from lms.surveys import rules
from lms.surveys.models import Participation, Survey
from lms.surveys.queries import rights, states
from lms.surveys.rules import NONE
from lms.surveys.services import evaluations, paper, telling
from tests import factories as make
from tests.surveys.test_suppression import FORM, TOPICS

SEEDS = 24
POINTS = 5
QUESTION = "prog-fit"


@dataclass
class Score:
    """Right guesses, and how many chance would bring."""

    right: float = 0
    chance: float = 0

    def guess(self, left, truth, luck):
        """Guess a point from counts of what is left over, or blindly when nothing is."""
        total = sum(left)
        drawn = luck.choices(range(POINTS), left)[0] if total else luck.randrange(POINTS)
        self.right += drawn == truth - 1
        self.chance += left[truth - 1] / total if total >= 5 else 1 / POINTS

    @property
    def better(self):
        """Whether she guesses clearly better than chance."""
        return self.right > self.chance + 4 * sqrt(self.chance)


class Class:
    """A finished class; the truth is known to the test alone."""

    def __init__(self, app, luck, people=12, enrolled=()):
        self.keys, self.luck = app.config["SETTINGS"].keys_dir, luck
        self.institution = make.institution()
        self.run = make.class_run(self.institution)
        make.teaching(self.run, make.topics(self.run)[0], make.person(self.institution))
        self.people = [db.session.get(Person, make.trainee().person_id) for _ in range(people)]
        self.staff = [make.holder("institution_staff", self.institution) for _ in range(4)]
        self.colleagues = [db.session.get(Person, one.person_id) for one in self.staff]
        for person in [*self.people, *(self.colleagues if enrolled == "staff" else ())]:
            make.enrolment(self.run, person)
        db.session.commit()
        classes.finish_class(SYSTEM, self.run.id, reason="Thử", at=utcnow())
        self.survey = db.session.scalars(select(Survey).where(Survey.class_id == self.run.id)).one()
        self.truth = {}

    def send(self, person):
        point = self.luck.randint(1, POINTS)
        make.answered(self.survey, person, "4", **{QUESTION.replace("-", "_"): str(point)})
        self.truth[person.id] = point

    def attacker(self):
        path = db.session.get(Unit, self.institution.id).path
        one = self.staff[0]
        return Actor(one.id, one.person_id, "x", grants={"classes.manage": (path,), "surveys.close": (path,)})

    def close(self, actor=SYSTEM):
        evaluations.close(actor, self.survey.id, keys=self.keys, at=utcnow())
        telling.tell(self.survey.id)  # the job behind it

    def left(self, known):
        """What is left of the counts when known answers are taken away."""
        tally = states.tallies(self.survey.id).get((QUESTION, NONE))
        counts = list(tally.counts) if tally else [0] * POINTS
        for person in known if tally else ():
            counts[self.truth[person.id] - 1] -= 1
        return counts


# -- choosing the moment -----------------------------------------------------------------------------------------------


def _choose_the_moment(app):
    """Four accomplices send, then staff try to close after each further form and subtract what they know."""
    score = Score()
    for seed in range(SEEDS):
        one = Class(app, random.Random(seed))
        accomplices, victim, others = one.people[:4], one.people[4], one.people[5:]
        for person in [*accomplices, victim, *others[:-1]]:
            one.send(person)
            try:
                one.close(one.attacker())
                break
            except DomainError:
                continue
        if states.state_of(one.survey.id).state == "open":
            one.close()
        score.guess(one.left(accomplices), one.truth[victim.id], one.luck)
    return score


def test_choosing_the_moment_tells_nothing(app, session):
    assert not _choose_the_moment(app).better


def test_with_closing_at_any_moment_it_would(app, session, monkeypatch):
    monkeypatch.setattr(rules, "may_close", lambda *, answered, **_more: answered >= 5)
    assert _choose_the_moment(app).better


# -- listing who has sent ----------------------------------------------------------------------------------------------


def _names_in_order():
    rows = db.session.execute(select(Statement.raw).order_by(Statement.seq)).scalars()
    return [UUID(raw.split('"name":"')[1].split('"')[0]) for raw in rows if "/verbs/evaluated" in raw]


def _read_the_statements(app):
    """Order the senders by the statements; right is who stands in the place in which she sent."""
    score = Score()
    for seed in range(SEEDS):
        one, before = Class(app, random.Random(seed), people=8), len(_names_in_order())
        order = random.Random(seed).sample(one.people, 8)
        for person in order:
            one.send(person)
        score.right += len(_names_in_order()) - before  # listed while it is open
        one.close()
        db.session.commit()
        names = dict(db.session.execute(select(Account.person_id, Account.actor_name)).all())
        told = _names_in_order()[-8:]
        score.right += sum(names[person.id] == name for person, name in zip(order, told, strict=True))
        score.chance += 1
    return score


def test_statements_tell_neither_who_has_sent_nor_in_which_order(app, session):
    assert not _read_the_statements(app).better


def test_told_at_once_they_would(app, session, monkeypatch):
    answer = evaluations.answer

    def at_once(actor, survey_id, *args, **more):
        answer(actor, survey_id, *args, **more)
        run_id = db.session.get_one(Survey, survey_id).class_id
        mine = (Participation.survey_id == survey_id, Participation.person_id == actor.person_id)
        emit(
            learner=db.session.scalars(select(Account.actor_name).where(Account.person_id == actor.person_id)).one(),
            verb="evaluated",
            activity=Activity("class", str(run_id)),
            registration=db.session.scalars(select(Participation.enrolment_id).where(*mine)).one(),
            at=utcnow(),
        )
        db.session.commit()

    monkeypatch.setattr(evaluations, "answer", at_once)
    monkeypatch.setattr(telling, "tell", lambda _survey_id: 0)
    assert _read_the_statements(app).better


# -- judging oneself ---------------------------------------------------------------------------------------------------


def _enrol_staff(app):
    """Four who run the class enrol in it, send forms that they know, and subtract them from those of the other."""
    score = Score()
    for seed in range(SEEDS):
        one = Class(app, random.Random(seed), people=5, enrolled="staff")
        known = []
        for colleague in one.colleagues:
            try:
                one.send(colleague)
                known.append(colleague)
            except (AssertionError, DomainError):
                continue
        one.send(one.people[0])
        one.close()
        score.guess(one.left(known), one.truth[one.people[0].id], one.luck)
    return score


def test_staff_cannot_fill_a_class_with_forms_of_their_own(app, session):
    assert not _enrol_staff(app).better


def test_if_staff_were_invited_they_could(app, session, monkeypatch):
    bar = rights.barred("p.person_id", "s")
    monkeypatch.setattr(rights, "_RIGHT", rights._RIGHT.replace(bar, "NULL::text"))
    for name in ("_TAKE", "_ENTITLED"):
        text = getattr(evaluations, name).replace(bar, "NULL::text").replace(rights.barred("p.id", "s"), "NULL::text")
        monkeypatch.setattr(evaluations, name, text)
    assert _enrol_staff(app).better


# -- ticking forms on paper --------------------------------------------------------------------------------------------


def _tick_everybody(app):
    """Note a form on paper of each, and take those for senders of whom nothing new is noted."""
    score = Score()
    for seed in range(SEEDS // 3):
        one = Class(app, random.Random(seed), people=8)
        senders = set(one.luck.sample(range(8), 4))
        for number in senders:
            one.send(one.people[number])
        noted = [paper.hand_in(SYSTEM, one.survey.id, [person.id], at=utcnow()) for person in one.people]
        for number, count in enumerate(noted):
            score.right += (count == 0) == (number in senders)
            score.chance += 1 / 2
    return score


def test_ticking_does_not_tell_who_has_sent(app, session):
    assert not _tick_everybody(app).better


def test_if_only_those_who_had_not_sent_were_noted_it_would(app, session, monkeypatch):
    hand_in = paper.hand_in

    def telling(actor, survey_id, people, *, at):
        sent = select(Participation.person_id).where(
            Participation.survey_id == survey_id, Participation.person_id.in_(people), Participation.answered
        )
        had = set(db.session.scalars(sent))
        return hand_in(actor, survey_id, [one for one in people if one not in had], at=at)

    monkeypatch.setattr(paper, "hand_in", telling)
    score = _tick_everybody(app)
    assert score.right == 2 * score.chance


# -- subtracting results -----------------------------------------------------------------------------------------------


def _difference(sent, more, fewer, luck):
    told = rules.told(FORM, sent, [], luck)
    if more not in told or fewer not in told:
        return [0] * POINTS
    counted = rules.count(FORM, sent, told)
    return [one - other for one, other in zip(counted[more].counts, counted[fewer].counts, strict=True)]


def _subtract_conditions():
    """Two questions behind conditions that one person alone tells apart, answered alike by everybody."""
    score = Score()
    for seed in range(20 * SEEDS):
        luck = random.Random(seed)
        many = [{"q": 1, "v": point, "w": point} for point in luck.choices(range(1, 6), k=8)]
        others = [{"q": 5} for _ in range(8)]
        secret = luck.randint(1, 5)
        left = _difference([*many, {"q": 3, "v": secret}, *others], ("v", NONE), ("w", NONE), luck)
        score.guess(left, secret, luck)
    return score


def _subtract_topics():
    """One missed a topic, which is known; everybody gives both topics the same point."""
    score = Score()
    one, other = TOPICS[0], TOPICS[1]
    for seed in range(20 * SEEDS):
        luck = random.Random(seed)
        many = [{"q": 4, f"t.{one}": point, f"t.{other}": point} for point in luck.choices(range(1, 6), k=24)]
        secret = luck.randint(1, 5)
        sent = [*many, {"q": 4, f"t.{other}": secret}]
        score.guess(_difference(sent, ("t", other), ("t", one), luck), secret, luck)
    return score


def _compare_absentees():
    """As before, with four who missed it and answer alike: what they said is the whole of the difference."""
    sizes = Counter()
    for seed in range(SEEDS):
        luck = random.Random(seed)
        one, other = TOPICS[0], TOPICS[1]
        many = [{"q": 4, f"t.{one}": 5, f"t.{other}": 5}] * 24
        sent = [*many, *[{"q": 4, f"t.{other}": 1}] * 4]
        sizes[sum(_difference(sent, ("t", other), ("t", one), luck))] += 1
    return sizes


STRATEGIES = [_subtract_conditions, _subtract_topics]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_subtracting_results_tells_nothing(strategy):
    assert not strategy().better


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_without_groups_it_would(strategy, monkeypatch):
    monkeypatch.setattr(rules._Groups, "speak", lambda self, asked, spare: set(asked) if len(asked) >= 5 else set())
    assert strategy().better


def test_what_four_absentees_said_is_mixed_with_another():
    assert _compare_absentees() == {5: SEEDS}


# -- acting early from outside -----------------------------------------------------------------------------------------


def test_home_affairs_with_four_accomplices_meets_at_least_six_unknown(app, session):
    for seed in range(4):
        one = Class(app, random.Random(seed), people=14)
        one.survey.opens_at -= timedelta(days=9)
        db.session.commit()
        path = make.city().path
        officer = Actor(None, None, "officer", grants={"surveys.close": (path,)})
        for count, person in enumerate(one.people, 1):
            one.send(person)
            try:
                one.close(officer)
            except DomainError:
                continue
            assert count - 4 >= 6
            break
        assert sum(one.left(one.people[:4])) >= 6
