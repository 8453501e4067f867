"""Requests to remove the link: when the law lets it go, who asks, who answers, and how."""

from datetime import date, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from lms.console.personal.models import ErasureRequest
from lms.console.personal.rules import may_remove_link, retention_ends
from lms.console.personal.services import erasure
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM
from lms.people.models import Person
from lms.surveys.services import evaluations as surveys
from tests import factories as make
from tests.conftest import NOW
from tests.console.studying import ADMIN, CODE, NAME, URL, actions, actor_of

# -- the rule ----------------------------------------------------------------------------------------------------------

days = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@given(left=st.none() | days, today=days, years=st.integers(1, 70), classes_open=st.integers(0, 3))
def test_the_rule_allows_exactly_when_no_ground_stands_against_it(left, today, years, classes_open):
    verdict = may_remove_link(left_on=left, today=today, retention_years=years, open_classes=classes_open)
    against = []
    if left is None or left > today:
        against.append("in-service")
    elif (today.year, today.month, today.day) < (left.year + years, left.month, left.day):
        against.append("retention")
    elif classes_open:
        against.append("class-running")
    assert [verdict.code] == (against or ["allowed"])
    assert verdict.allowed == (not against)
    assert "91/2025/QH15" in str(verdict.ground) and str(verdict.reason)


@given(left=days, today=days, years=st.integers(1, 69))
def test_more_time_never_takes_the_right_away_and_a_longer_period_never_gives_it(left, today, years):
    def allowed(day, period):
        return may_remove_link(left_on=left, today=day, retention_years=period, open_classes=0).allowed

    assert allowed(today, years) <= allowed(today + timedelta(days=1), years)
    assert allowed(today, years + 1) <= allowed(today, years)


def test_the_period_of_somebody_who_left_on_a_leap_day_ends_on_the_first_of_march():
    assert retention_ends(date(2020, 2, 29), 5) == date(2025, 3, 1)
    assert retention_ends(date(2020, 2, 29), 4) == date(2024, 2, 29)


# -- asking and answering ----------------------------------------------------------------------------------------------


def test_one_asks_once_and_may_withdraw(gone, session, sign_in, submit, ask):
    first = ask(gone.hers)
    assert ask(gone.hers) == first
    assert submit(sign_in(gone.hers), f"{URL}/erasure/withdraw", page=URL).status_code == 302
    assert session.get(ErasureRequest, first).state == "withdrawn"
    assert session.get(Person, gone.person_id).full_name == NAME
    assert [one for one in actions(session) if one.startswith("erasure.")] == ["erasure.ask", "erasure.withdrawn"]


@pytest.mark.parametrize(
    ("left_on", "status", "code"),
    [(None, "finished", "in-service"), (date(2100, 1, 1), "finished", "in-service"),
     (date(2025, 1, 1), "finished", "retention"), (date(2020, 1, 1), "running", "class-running")],
)  # fmt: skip
def test_each_ground_stands_in_the_way(gone, session, sign_in, submit, ask, left_on, status, code):
    session.get(Person, gone.person_id).left_on = left_on
    gone.run.status = status
    session.commit()
    request_id = ask(gone.hers)
    with time_machine.travel(NOW, tick=False):
        client = sign_in(gone.admin)
        page = client.get(f"{ADMIN}/{request_id}").text
        assert "91/2025/QH15" in page and f"{ADMIN}/{request_id}/carry-out" not in page
        refused = submit(client, f"{ADMIN}/{request_id}/carry-out", {"staff_code": CODE}, page=f"{ADMIN}/{request_id}")
        assert refused.status_code == 409 and "91/2025/QH15" in refused.text
    assert session.get(Person, gone.person_id).full_name == NAME
    assert session.get(ErasureRequest, request_id).state == "open"

    with pytest.raises(DomainError) as error:
        erasure.carry_out(actor_of(gone.admin), request_id, retention_years=5, at=NOW)
    assert error.value.code == code


def test_an_open_evaluation_stands_in_the_way(app, gone, session, ask, sign_in):
    survey = surveys.open_survey(SYSTEM, gone.run.id, keys=app.config["SETTINGS"].keys_dir, at=NOW)
    request_id = ask(gone.hers)
    client = sign_in(gone.admin)
    assert f"{ADMIN}/{request_id}/carry-out" not in client.get(f"{ADMIN}/{request_id}").text
    surveys.close(SYSTEM, survey.id, keys=app.config["SETTINGS"].keys_dir, at=NOW)
    assert f"{ADMIN}/{request_id}/carry-out" in client.get(f"{ADMIN}/{request_id}").text


def test_a_refusal_is_told_with_its_reason(gone, session, sign_in, submit, ask):
    request_id = ask(gone.hers)
    client, url = sign_in(gone.admin), f"{ADMIN}/{request_id}"
    assert submit(client, f"{url}/refuse", {"reason": ""}, page=url).status_code == 422
    reason = "Hồ sơ đang được thanh tra <b>đến</b> hết năm."
    assert submit(client, f"{url}/refuse", {"reason": reason}, page=url).status_code == 302
    page = sign_in(gone.hers).get(URL).text
    assert "Hồ sơ đang được thanh tra &lt;b&gt;đến&lt;/b&gt; hết năm." in page
    assert actions(session)[-1] == "erasure.refused"
    assert submit(client, f"{url}/refuse", {"reason": "x"}, page=ADMIN).status_code == 409


def test_a_written_request_and_the_day_of_leaving(gone, session, sign_in, submit):
    idle = make.trainee(gone.unit, staff_code="HN77001")
    session.commit()
    client = sign_in(gone.admin)
    assert submit(client, ADMIN, {"staff_code": "HN00000", "document": "Đơn 1"}).status_code == 422
    answer = submit(client, ADMIN, {"staff_code": "hn77001", "document": "Đơn số 12, ngày 02/11/2026"})
    url = answer.location
    assert "Đơn số 12" in client.get(url).text
    assert submit(client, f"{url}/leaving", {"left_on": "2100-01-01"}, page=url).status_code == 422
    assert submit(client, f"{url}/leaving", {"left_on": "2020-06-30"}, page=url).status_code == 302
    assert session.get(Person, idle.person_id).left_on == date(2020, 6, 30)
    assert f"{url}/carry-out" not in client.get(url).text
    assert actions(session)[-2:] == ["erasure.ask", "person.leave"]
    alone = submit(client, f"{url}/carry-out", {"staff_code": "HN77001"})
    assert alone.status_code == 409 and "Người thứ hai" in alone.text
    other = sign_in(make.holder("administrator"))
    assert f"{url}/carry-out" in other.get(url).text
    assert submit(other, f"{url}/carry-out", {"staff_code": "HN77001"}).status_code == 302
    assert actions(session)[-1] == "erasure.carry_out"


def test_nobody_left_before_what_she_did_in_the_service(gone, session, ask, sign_in, submit):
    session.get(Person, gone.person_id).left_on = None
    session.commit()
    client, url = sign_in(gone.admin), f"{ADMIN}/{ask(gone.hers)}"
    answer = submit(client, f"{url}/leaving", {"left_on": "2020-06-30"}, page=url)
    assert answer.status_code == 422 and "vẫn tham gia" in answer.text
    assert session.get(Person, gone.person_id).left_on is None


def test_the_second_step_wants_the_staff_code(gone, session, ask, carry_out):
    request_id = ask(gone.hers)
    assert carry_out(gone.admin, request_id, "HN99999").status_code == 422
    assert session.get(Person, gone.person_id).full_name == NAME


def test_nobody_carries_out_their_own(gone, session, ask, sign_in, submit):
    session.get(Person, gone.person_id).left_on = None  # who left holds no role
    make.role(gone.hers, "administrator")
    request_id = ask(gone.hers)
    client, url = sign_in(gone.hers), f"{ADMIN}/{request_id}"
    assert client.get(url).status_code == 200
    assert submit(client, f"{url}/carry-out", {"staff_code": CODE}, page=url).status_code == 409
    with pytest.raises(DomainError, match="own-account"):
        erasure.carry_out(actor_of(gone.hers), request_id, retention_years=5, at=NOW)
    assert session.get(Person, gone.person_id).full_name == NAME


def test_who_administers_another_unit_sees_and_decides_nothing(gone, session, ask, sign_in, submit):
    request_id = ask(gone.hers)
    client = sign_in(make.holder("administrator", make.unit(make.city())))
    assert NAME not in client.get(ADMIN).text
    assert client.get(f"{ADMIN}/{request_id}").status_code == 403
    assert submit(client, f"{ADMIN}/{request_id}/carry-out", {"staff_code": CODE}, page=ADMIN).status_code == 403
    assert submit(client, ADMIN, {"staff_code": CODE, "document": "x"}).status_code == 422
    for role in ("home_affairs_officer", "auditor", "unit_manager"):
        assert sign_in(make.holder(role)).get(ADMIN).status_code == 403
