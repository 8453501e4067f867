"""A thread's own connection is closed with the thread, and when another takes its place."""

import threading
import warnings

import pytest

from lms.core import database
from tests.conftest import make_database


@pytest.fixture
def addresses():
    return [make_database(f"lms_own_{name}_{threading.get_native_id()}") for name in "ab"]


def test_a_thread_leaves_no_connection_behind(app, addresses, monkeypatch):
    seen = []

    def work() -> None:
        for address in addresses:
            monkeypatch.setitem(app.config, "SQLALCHEMY_DATABASE_URI", address)
            with app.app_context():
                assert database.direct("SELECT 1", {}) == [(1,)]
                seen.append(database.cursor().connection)
                assert database.cursor().connection is seen[-1]

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert [one.closed for one in seen] == [True, True]
    assert not told


def test_a_closed_connection_is_opened_anew(app):
    with app.app_context():
        first = database.cursor().connection
        database.disconnect()
        assert first.closed
        assert database.direct("SELECT 1", {}) == [(1,)]
