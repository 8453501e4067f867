"""Who may be sent to a programme (mục IV.4): pure rules, each with its clause. Plain values in, findings out.

Three answers: nothing found, she may be sent; something that bars, she may not; otherwise something that the roster
cannot tell, which the unit answers (``stated``). Priority (young, female, excellent) never bars; it stands elsewhere.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal, NamedTuple

from flask_babel import lazy_gettext as _l

from lms.planning.audiences import Audience, fields_of, is_outside, names_one, posts_of, register
from lms.planning.rules.retirement import retires_on

Stated = Literal["managed", "meant_unit", "planned_post", "field", "age", "service", "excellent"]
"""What a unit can answer where the roster is silent; ``excellent`` gives priority and bars nobody."""


class Official(NamedTuple):
    """A person as the rules see her.

    :ivar unit_kind: of the unit she works in
    :ivar completed: whether she has completed this programme
    :ivar stated: what has been answered about her
    """

    category: str
    position: str
    unit: str
    unit_kind: str
    birth_date: date | None
    sex: str | None
    service_ends_on: date | None
    completed: bool = False
    stated: Mapping[str, bool] = {}


class Limits(NamedTuple):
    """The numbers of a programme.

    :ivar years_left: of service that must be left
    :ivar age: that may not have been passed
    :ivar first_time: whether the age counts only for who is sent for the first time
    :ivar clause: where they stand
    """

    years_left: int | None = None
    age: int | None = None
    first_time: bool = False
    clause: str = "IV.4"


class Finding(NamedTuple):
    """What stands against sending somebody.

    :ivar asks: what can be answered by the unit; None when it bars
    :ivar clause: key of the clause in the register
    """

    code: str
    clause: str
    asks: Stated | None = None
    values: Mapping[str, Any] = {}

    @property
    def bars(self) -> bool:
        """Whether she may not be sent because of it."""
        return self.asks is None


WORDS = {
    "outside-scheme": _l("works for the Party or a mass organisation, to which the scheme does not extend"),
    "managed": _l("holds a post of leaders managed by the Standing Board of the City Party Committee"),
    "managed-asked": _l("may be managed by the Standing Board of the City Party Committee; the roster does not tell"),
    "category": _l("does not belong to the group of staff for whom the programme is meant"),
    "unit": _l("works in a unit for which the programme is not meant"),
    "unit-asked": _l("works in a unit that the Decision does not name; its tasks may have come from one that it names"),
    "post": _l("does not hold a post for which the programme is meant"),
    "post-asked": _l("does not hold a post for which the programme is meant; the roster does not tell who is planned"),
    "post-left-out": _l("holds a post for which another programme is meant"),
    "field": _l("works in another field"),
    "field-asked": _l("the roster does not tell her field of work"),
    "age": _l("is %(age)d years old on %(day)s; the limit is %(limit)d"),
    "age-asked": _l("is over %(limit)d, the limit for who is sent for the first time"),
    "age-unknown": _l("the roster has no date of birth"),
    "service": _l("has service left until %(until)s; %(years)d years after %(day)s are needed"),
    "service-unknown": _l("the roster does not tell how long she will serve"),
    "completed": _l("has completed this programme"),
}
"""Each finding in words that follow a person's name."""


def findings(official: Official, audience: Audience | None, limits: Limits, *, day: date) -> list[Finding]:
    """Return what stands against sending somebody, bars first.

    :param audience: None when the register does not know the programme
    :param day: the day that counts, on which the class begins
    """
    found = list(_found(official, audience, limits, day))
    if not found:
        return found
    answered = [_answered(finding, official.stated) for finding in found]
    return sorted((finding for finding in answered if finding is not None), key=lambda finding: not finding.bars)


def _answered(finding: Finding, stated: Mapping[str, bool]) -> Finding | None:
    """What is left of a question when the unit has answered it: nothing, or a bar."""
    if finding.asks is None or finding.asks not in stated:
        return finding
    return None if stated[finding.asks] else finding._replace(asks=None, code=finding.code.removesuffix("-asked"))


def _found(official: Official, audience: Audience | None, limits: Limits, day: date) -> Iterator[Finding]:
    yield from _scope(official)
    if audience is not None:
        yield from _post(official, audience)
    yield from _age(official, limits, day)
    yield from _service(official, limits, day)
    if official.completed:
        yield Finding("completed", audience.clause if audience else "III")


def _scope(official: Official) -> Iterator[Finding]:
    if is_outside(official.unit):
        yield Finding("outside-scheme", "I.2")
    managed = posts_of(official.position) & register().managed
    if official.stated.get("managed") is False:
        return
    if official.stated.get("managed"):
        yield Finding("managed", "I.2")
    elif managed:
        yield Finding("managed-asked", "I.2", "managed")


def _post(official: Official, audience: Audience) -> Iterator[Finding]:
    clause = audience.clause
    if official.category not in audience.categories:
        yield Finding("category", clause)
        return
    yield from _unit(official, audience)
    posts = posts_of(official.position)
    if posts & audience.but:
        yield Finding("post-left-out", "II.2.1.b")
    elif audience.posts and not posts & audience.posts:
        yield Finding("post-asked", clause, "planned_post") if audience.planned else Finding("post", clause)
    if audience.fields:
        told = fields_of(official.position)
        if not (told | fields_of(official.unit)) & audience.fields:
            yield Finding("field", clause) if told else Finding("field-asked", clause, "field")


def _unit(official: Official, audience: Audience) -> Iterator[Finding]:
    if official.unit_kind in audience.asked:
        yield Finding("unit-asked", audience.clause, "meant_unit")
    elif official.unit_kind not in audience.units:
        yield Finding("unit", audience.clause)
    elif audience.named and not names_one(official.unit, audience.named):
        if names_one(official.unit, audience.asked_named):
            yield Finding("unit-asked", audience.clause, "meant_unit")
        else:
            yield Finding("unit", audience.clause)


def _age(official: Official, limits: Limits, day: date) -> Iterator[Finding]:
    if limits.age is None:
        return
    if official.birth_date is None:
        yield Finding("age-unknown", limits.clause, "age")
        return
    age = age_on(official.birth_date, day)
    if age > limits.age:
        values = {"age": age, "limit": limits.age, "day": day}
        yield (
            Finding("age-asked", limits.clause, "age", values)
            if limits.first_time
            else Finding("age", limits.clause, None, values)
        )


def _service(official: Official, limits: Limits, day: date) -> Iterator[Finding]:
    if limits.years_left is None:
        return
    until = official.service_ends_on
    if until is None and official.birth_date is not None and official.sex is not None:
        until = retires_on(official.birth_date, official.sex)
    if until is None:
        yield Finding("service-unknown", limits.clause, "service")
    elif until < years_after(day, limits.years_left):
        yield Finding("service", limits.clause, None, {"until": until, "years": limits.years_left, "day": day})


def age_on(born: date, day: date) -> int:
    """Return somebody's age in completed years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def years_after(day: date, years: int) -> date:
    """Return the same day some years later; the last of February for the 29th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
