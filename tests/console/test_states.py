"""Every act upon a request for erasure in every state, through its door; and who may carry it out."""

import pytest

from lms.console.personal.models import ErasureRequest
from lms.console.personal.rules import REQUEST
from lms.people.models import Account, Person
from tests import factories as make
from tests.console.studying import ADMIN, CODE, URL
from tests.walking import check, everything, pairs

TABLES = (ErasureRequest, Account, Person)


@pytest.mark.parametrize(("act", "state"), pairs(REQUEST))
def test_a_request(gone, session, sign_in, submit, ask, act, state):
    request_id = ask(gone.hers)
    session.get(ErasureRequest, request_id).state = state
    session.commit()
    who, url, form = {
        "withdraw": (gone.hers, f"{URL}/erasure/withdraw", {}),
        "refuse": (gone.admin, f"{ADMIN}/{request_id}/refuse", {"reason": "Hồ sơ còn cần"}),
        "note_leaving": (gone.admin, f"{ADMIN}/{request_id}/leaving", {"left_on": make.today().isoformat()}),
        "carry_out": (gone.admin, f"{ADMIN}/{request_id}/carry-out", {"staff_code": CODE}),
    }[act]
    client = sign_in(who)
    before = everything(session, *TABLES)
    answer = submit(client, url, form, page="/account")
    check(REQUEST, act, state, answer, before, everything(session, *TABLES))


def test_who_noted_a_request_is_shown_no_button_to_carry_it_out_but_why(gone, session, sign_in, submit):
    client = sign_in(gone.admin)
    form = {"staff_code": CODE, "document": "Đơn ngày 02/11/2026"}
    page = submit(client, ADMIN, form).location
    html = client.get(page).text
    assert "Người khác phải thực hiện" in html
    assert f"{page}/carry-out" not in html
    assert client.get(f"{page}/carry-out").status_code == 409
    second = sign_in(make.holder("administrator"))
    html = second.get(page).text
    assert "Người khác phải thực hiện" not in html
    assert f"{page}/carry-out" in html
    assert second.get(f"{page}/carry-out").status_code == 200
