"""What the conformance tests share: a client program that may do everything, once for each version."""

import pytest

from lms.core.guard import SYSTEM
from lms.records.services import make_credential
from tests.conftest import NOW
from tests.standards.xapi.client import VERSIONS, Lrs


@pytest.fixture(params=VERSIONS)
def version(request):
    """The version that the client program speaks."""
    return request.param


@pytest.fixture
def lrs_with(client, session, version):
    """``lrs_with("statements/read", …)`` returns a client program whose key has these scopes."""

    def make(*scopes: str) -> Lrs:
        return Lrs(client, *make_credential(SYSTEM, name="Thử nghiệm", scopes=scopes, at=NOW), version)

    return make


@pytest.fixture
def lrs(lrs_with):
    """A client program that may do everything."""
    return lrs_with("all")
