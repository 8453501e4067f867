"""The console for those whose rights ended, and for accounts without a staff record."""

import pytest

from tests import factories as make


@pytest.fixture
def pages(app):
    """The addresses of the console's lists, with a role that opens each."""
    rules = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules()}
    return {
        rules["console.statements"]: "auditor",
        rules["console.audit"]: "auditor",
        rules["console.erasures"]: "administrator",
    }


@pytest.mark.parametrize("kind", [make.holder, make.operator], ids=["staff", "operator"])
def test_the_lists_open_while_the_role_is_held(sign_in, session, pages, kind):
    for url, role in pages.items():
        for days, status in (({}, 200), (make.ENDING, 200), (make.ENDED, 403), (make.TO_COME, 403)):
            account = kind(role, **make.period(days))
            session.commit()
            assert sign_in(account).get(url).status_code == status, (url, days)


def test_who_left_opens_none_of_the_lists_and_keeps_the_page_of_her_own_data(sign_in, session, pages):
    for url, role in pages.items():
        account = make.leaver(make.city(), role)
        session.commit()
        client = sign_in(account)
        assert client.get(url).status_code == 403
        assert url not in client.get("/account").text


def test_an_operator_has_no_learning_records_to_be_removed(sign_in, submit, session):
    operator = make.operator()
    session.commit()
    answer = submit(sign_in(operator), "/my/data/erasure", page="/account")
    assert answer.status_code == 422


def test_records_of_a_whole_identifier_are_for_who_reads_people_of_the_city(sign_in, session, pages):
    """An identifier names somebody; whoever holds a part of the city has no such page."""
    (url,) = (one for one in pages if "statement" in one or "record" in one)
    whole, part = make.holder("auditor"), make.holder("auditor", make.unit(make.city()))
    session.commit()
    asked = {"person": "mbox|mailto:ai.do@hanoi.gov.vn"}
    refusal = "không có ai mang họ tên hoặc mã"
    assert refusal not in sign_in(whole).get(url, query_string=asked).text
    assert sign_in(part).get(url, query_string=asked).status_code == 403
