"""The institution of these tests."""

import pytest

from tests import factories as make


@pytest.fixture
def school(session):
    return make.institution(code="TBD", name="Trường Bồi dưỡng cán bộ")
