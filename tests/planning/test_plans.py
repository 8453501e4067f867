"""Targets and yearly plans: counted, needs gathered, quotas shared out, decided on, amended (mục II, V)."""

import re
from datetime import timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lms.catalogue.models import Programme
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.planning.models import Nomination, Quota
from lms.planning.plans import queries, services
from lms.planning.plans.models import Plan, PlanNeed, PlanQuota, PopulationMember
from lms.planning.plans.rules import Counter, needed, shared_out
from lms.planning.queries.people import officials
from lms.planning.rules.eligibility import findings
from tests import factories as make

NEEDS = st.dictionaries(st.integers(1, 40), st.integers(0, 500), max_size=25)


@given(st.integers(0, 3000), NEEDS)
def test_places_are_shared_out_by_the_largest_remainder(places, needs):
    shared, total = shared_out(places, needs), sum(needs.values())
    assert set(shared) == set(needs)
    assert sum(shared.values()) == min(places, total)
    for unit, need in needs.items():
        assert 0 <= shared[unit] <= need
        if total > places:
            assert abs(shared[unit] - places * need / total) < 1, "each gets its share, rounded down or up"


@given(st.integers(0, 3000), NEEDS)
def test_who_needs_more_never_gets_less(places, needs):
    shared = shared_out(places, needs)
    order = sorted(needs, key=lambda unit: needs[unit])
    assert all(shared[one] <= shared[other] for one, other in pairwise(order) if needs[one] < needs[other])


@given(st.integers(0, 10_000), st.integers(0, 100))
def test_a_percent_of_a_population_is_reached(counts, percent):
    assert 100 * needed(counts, percent) >= counts * percent > 100 * (needed(counts, percent) - 1)


def _official(unit, **values):
    known = {"category": "civil_servant", "position": "Chuyên viên quản lý quy hoạch", "sex": "female"}
    return make.person(unit, **(known | {"birth_date": make.date(1985, 5, 1)} | values))


@pytest.fixture
def town(session, acting, sign_in):
    city = make.city()
    one = make.unit(city, name="Sở Quy hoạch - Kiến trúc", kind="department")
    two = make.unit(city, name="Sở Xây dựng", kind="department")
    people = [_official(one) for _ in range(6)] + [_official(two) for _ in range(3)]
    leaving = _official(one, service_ends_on=make.today() + timedelta(days=200))
    outside = make.person(one, category="public_employee")
    managers = [make.holder("unit_manager", unit) for unit in (one, two)]
    officer, authority = make.holder("home_affairs_officer"), make.holder("approving_authority")
    session.commit()
    return SimpleNamespace(
        one=one, two=two, people=people, leaving=leaving, outside=outside, managers=managers,
        officer=officer, authority=authority, decides=acting(officer), approves=acting(authority),
        a21=session.scalars(select(Programme.id).where(Programme.code == "A2.1")).one(),
    )  # fmt: skip


def _counted(session, town):
    taken = services.take_population(town.decides, make.today(), at=utcnow())
    rows = select(PopulationMember).where(
        PopulationMember.population_id == taken.id, PopulationMember.programme_id == town.a21
    )
    return taken, {row.person_id: row for row in session.scalars(rows)}


def test_a_population_is_counted_person_by_person_and_stays_as_it_was(session, town, sign_in):
    run = make.class_run(status="finished", starts_on=make.date(2026, 3, 2), ends_on=make.date(2026, 3, 6))
    make.enrolment(run, town.people[0], status="completed")
    session.commit()
    taken, members = _counted(session, town)
    assert {one.id for one in town.people} <= set(members)
    assert town.leaving.id not in members and town.outside.id not in members, "too little service left; other staff"
    assert members[town.people[0].id].trained and not members[town.people[1].id].trained
    town.people[1].unit_id = town.two.id
    session.commit()
    counts = dict(queries.by_unit(taken.id, town.a21, make.Unit.id.is_not(None), day=taken.as_of, new=True))
    assert counts["Sở Quy hoạch - Kiến trúc"].counts == 7, "frozen; her manager counts too"
    page = sign_in(town.officer).get(f"/planning/populations/{taken.id}/A2.1?which=left").text
    assert town.people[1].staff_code in page and town.leaving.staff_code not in page


def test_a_manager_sees_her_own_people_only(session, town, sign_in):
    taken, _members = _counted(session, town)
    client = sign_in(town.managers[1])
    page = client.get(f"/planning/populations/{taken.id}/A2.1").text
    assert town.people[-1].staff_code in page and town.people[0].staff_code not in page
    assert client.get("/planning/targets").status_code == 200
    assert client.get("/planning/plans").status_code == 403


def test_units_that_ended_are_counted_with_who_took_over(session, town):
    old = make.ended_unit(make.city(), town.two, name="Sở Giao thông vận tải", kind="department")
    _official(old)
    session.commit()
    taken, _members = _counted(session, town)
    anywhere = make.Unit.id.is_not(None)
    new = dict(queries.by_unit(taken.id, town.a21, anywhere, day=taken.as_of, new=True))
    was = dict(queries.by_unit(taken.id, town.a21, anywhere, day=taken.as_of, new=False))
    assert new["Sở Xây dựng"].counts == 5 and "Sở Giao thông vận tải" not in new
    assert was["Sở Xây dựng"].counts == 4 and was["Sở Giao thông vận tải"].counts == 1


def test_the_counter_says_what_the_rules_say_of_each(session, town):
    """Judging what positions and units tell once for all gives what judging everybody gives."""
    session.commit()
    rows = list(queries.roster(make.today()))
    counter = Counter(queries.targets(), queries.all_units(), make.today())
    found = {(one.row.person_id, one.target.code): set(one.questions) for one in counter.members(rows, {})}
    for target in queries.targets():
        everybody = officials([row.person_id for row in rows], target.programme_id)
        for person_id, (_code, _name, official) in everybody.items():
            said = findings(official._replace(completed=False), target.audience, target.limits, day=make.today())
            expected = None if any(one.bars for one in said) else {one.code for one in said}
            assert found.get((person_id, target.code)) == expected, (official, target.code)


def _form(submit, client, url, **fields):
    answer = submit(client, url, fields, page="/account")
    assert answer.status_code == 302, answer.get_data(as_text=True)[-2500:]
    return answer


@pytest.fixture
def gathering(session, town, sign_in, submit):
    officer = sign_in(town.officer)
    _form(submit, officer, "/planning/targets/count", day=make.today().isoformat())
    population = queries.latest_population()
    _form(submit, officer, "/planning/plans/new", year=str(make.today().year), population_id=str(population.id))
    plan = session.scalars(select(Plan)).one()
    at = f"/planning/plans/{plan.id}"
    _form(submit, officer, f"{at}/lines", programme="A2.1", classes="1", places="6", month="5", institution="")
    _form(submit, officer, f"{at}/moves/gather", needs_by=(make.today() + timedelta(days=9)).isoformat(), reason="")
    return SimpleNamespace(plan=plan, at=at)


def _need(session, town, unit):
    return session.scalars(select(PlanNeed.id).where(PlanNeed.unit_id == unit.id)).one()


def _approved(session, town, gathering, sign_in, submit):
    _form(submit, sign_in(town.officer), f"{gathering.at}/moves/balance", reason="")
    _form(submit, sign_in(town.officer), f"{gathering.at}/moves/submit", reason="")
    decision = {"number": "8/QĐ-UBND", "dated": make.today().isoformat(), "signer": "Phó Chủ tịch Trần Văn B"}
    _form(submit, sign_in(town.authority), f"{gathering.at}/moves/approve", reason="", **decision)


def test_a_plan_goes_from_the_population_to_the_quotas_of_a_class(session, town, gathering, sign_in, submit):
    manager, need = sign_in(town.managers[0]), _need(session, town, town.one)
    assert str(need) in manager.get("/").text, "it waits in her work list"
    shown = manager.get(f"/planning/needs/{need}").text
    fields = dict.fromkeys(_wanted(shown), "0") | {"w_A2.1": "9"}
    refused = submit(manager, f"/planning/needs/{need}", fields | {"wishes": "Tháng 5"}, page="/account")
    assert refused.status_code == 422 and 'value="9"' in refused.text and "Tháng 5" in refused.text
    _form(submit, manager, f"/planning/needs/{need}", **fields, **{"r_A2.1": "Có người mới tuyển"}, wishes="Tháng 5")
    _approved(session, town, gathering, sign_in, submit)
    rows = session.scalars(select(PlanQuota).where(PlanQuota.programme_id == town.a21)).all()
    assert {row.unit_id: row.places for row in rows} == shared_out(6, queries.wanted(gathering.plan.id)[town.a21])
    first = make.today() + timedelta(days=2)
    run = make.class_run(status="open", capacity=4, starts_on=first, ends_on=first + timedelta(days=3))
    session.commit()
    if first.year == gathering.plan.year:
        _form(submit, sign_in(town.officer), f"{gathering.at}/classes/{run.id}")
        given = {row.unit_id: row.places for row in session.scalars(select(Quota).where(Quota.class_id == run.id))}
        assert sum(given.values()) == 4 and given == shared_out(4, {row.unit_id: row.places for row in rows})
    page = sign_in(town.authority).get(gathering.at).text
    assert "8/QĐ-UBND" in page


def _wanted(html):
    return sorted(set(re.findall(r'name="(w_[^"]+)"', html)))


def test_a_quota_is_changed_by_hand_with_a_reason_and_never_past_the_places(session, town, gathering, sign_in, submit):
    officer = sign_in(town.officer)
    _form(submit, officer, f"{gathering.at}/moves/balance", reason="")
    url = f"{gathering.at}/quotas/A2.1/set"
    without = {"unit": str(town.two.id), "places": "5", "reason": ""}
    assert submit(officer, url, without, page="/account").status_code == 422
    _form(submit, officer, url, **(without | {"reason": "Nhiều dự án mới"}))
    refused = submit(officer, f"{gathering.at}/moves/submit", {"reason": ""}, page="/account")
    assert refused.status_code == 409 and "Chỉ tiêu nhiều hơn số chỗ" in refused.text
    assert "Nhiều dự án mới" in officer.get(f"{gathering.at}/quotas/A2.1").text


def test_an_amendment_is_never_below_decided_seats(session, town, gathering, sign_in, submit):
    _approved(session, town, gathering, sign_in, submit)
    first = make.date(gathering.plan.year, 12, 20)
    run = make.class_run(status="open", starts_on=first, ends_on=first)
    for person in town.people[:2]:
        values = {"class_id": run.id, "person_id": person.id, "unit_id": town.one.id, "submitted_at": utcnow()}
        make.add(Nomination(status="approved", priority=1, **values))
    session.commit()
    amendment = services.amend(town.decides, gathering.plan.id, at=utcnow())
    with pytest.raises(DomainError, match="amended-already"):
        services.amend(town.decides, gathering.plan.id, at=utcnow())
    with pytest.raises(DomainError, match="quota-decided"):
        services.set_quota(town.decides, amendment.id, "A2.1", town.one.id, 1, "Giảm", at=utcnow())
    services.set_quota(town.decides, amendment.id, "A2.1", town.one.id, 2, "Giảm", at=utcnow())
    services.move(town.decides, amendment.id, "submit", at=utcnow())
    decision = services.Decision("9/QĐ-UBND", make.today(), "Phó Chủ tịch")
    services.move(town.approves, amendment.id, "approve", at=utcnow(), decision=decision)
    session.expire_all()
    assert (gathering.plan.status, amendment.status) == ("amended", "approved")
    old = sign_in(town.officer).get(gathering.at)
    assert old.status_code == 200 and "8/QĐ-UBND" in old.text, "the old one stays readable"


def test_a_page_takes_at_most_twelve_statements(town, gathering, sign_in, queries):
    officer, population = sign_in(town.officer), gathering.plan.population_id
    for url in (
        "/planning/targets", "/planning/plans", gathering.at, f"{gathering.at}/needs", f"{gathering.at}/quotas/A2.1",
        f"/planning/populations/{population}/A2.1",
    ):  # fmt: skip
        officer.get(url)
        queries.clear()
        assert officer.get(url).status_code == 200
        assert len(queries) <= 12, (url, queries)
