"""Where the web server listens."""

import pytest

from lms.core.serving import ServingError, address_of


@pytest.mark.parametrize(("host", "address"), [("localhost", "127.0.0.1"), ("127.0.0.1", "127.0.0.1"), ("::1", "::1")])
def test_a_host_by_name_or_address(host, address):
    assert address_of(host) == address


def test_a_host_that_is_none_is_named():
    with pytest.raises(ServingError, match="LMS_HOST=nowhere"):
        address_of("nowhere.invalid")
