"""Two designers have the same page of a draft open."""

import pytest

from lms.surveys.services import instruments
from tests import factories as make
from tests.pages import fields_of


@pytest.fixture
def designers(session, sign_in):
    """Two designers and the address of a draft's builder."""
    from lms.core.database import utcnow
    from lms.core.guard import SYSTEM

    draft = instruments.begin_draft(SYSTEM, instruments.for_audience("trainee").code, at=utcnow())
    session.commit()
    first, second = (sign_in(make.holder("home_affairs_officer")) for _ in range(2))
    return first, second, f"/instruments/{draft.id}"


def test_settings_changed_by_two(designers):
    first, second, draft = designers
    page = f"{draft}/settings"
    one, other = (fields_of(client.get(page).text) for client in (first, second))
    assert first.post(page, data=one | {"threshold": "3.2"}).status_code == 302
    assert second.post(page, data=other | {"title_vi": "Phiếu mới"}).status_code == 302
    now = fields_of(first.get(page).text)
    assert (now["threshold"], now["title_vi"]) == ("3.2", "Phiếu mới")
    answer = second.post(page, data=other | {"threshold": "2.5", "title_vi": "Phiếu mới"})
    assert answer.status_code == 409
    assert "3.2" in answer.text and fields_of(answer.text)["threshold"] == "2.5"
