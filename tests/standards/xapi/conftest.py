"""What the conformance tests share: a client program that may do everything, once for each version."""

import pytest

from lms.core.guard import SYSTEM
from lms.records.services import make_credential
from tests.conftest import NOW
from tests.standards.xapi.client import VERSIONS, Lrs


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where a test has two dimensions beside the version and is marked so, take one version for each pair of them.

    The versions take turns, so that each meets every value of each dimension: any two values are met together.
    """
    kept, left = [], []
    for item in items:
        spec = getattr(item, "callspec", None)
        indices = dict(spec.indices) if spec and item.get_closest_marker("in_pairs") else {}
        version = indices.pop("version", None)
        met = version is None or len(indices) < 2 or sum(indices.values()) % len(VERSIONS) == version
        (kept if met else left).append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept


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
