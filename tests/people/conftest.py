"""People who sign in with a password."""

from typing import Any

import pytest

from lms.people.passwords import make_hash
from tests import factories as make

PASSWORD = "mưa rơi trên phố Huế"
_HASH = make_hash(PASSWORD)


@pytest.fixture
def owner(session: Any) -> Any:
    """A member of staff with a password."""
    who = make.person(staff_code="HN00071", full_name="Trần Thị Hương Giang")
    account = make.account(who, password_hash=_HASH)
    session.commit()
    return account
