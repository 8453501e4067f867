"""What tests of the library share."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from lms.library import queries
from lms.library.services import launches, registrations
from lms.library.services.registrations import Learner
from tests import factories

NOW = datetime.now(UTC).replace(microsecond=0)
APPLICATION = "http://localhost:8000"


class Played:
    """A launched unit, as a browser meets it on the content origin."""

    def __init__(self, content: Flask, launched: Any, registration: Any) -> None:
        self.launched, self.registration = launched, registration
        parts = urlsplit(launched.url)
        self.host, self.token = parts.netloc, parts.path.split("/")[1]
        self.client = content.test_client()

    def get(self, path: str, **kw: Any) -> Any:
        return self.client.get(f"/{self.token}/{path}", base_url=f"http://{self.host}/", **kw)

    def post(self, path: str, **kw: Any) -> Any:
        return self.client.post(f"/{self.token}/{path}", base_url=f"http://{self.host}/", **kw)


@pytest.fixture
def play(app: Flask, session: Any) -> Callable[..., Played]:
    """``play(version, name="…", mode="Normal")`` launches the first (or a named) unit of a version for a learner."""

    def make(version: Any, *, name: str = "", learner: str = "hv-1", mode: str = "Normal", **kw: Any) -> Played:
        registration = registrations.register(version.id, Learner("https://ngoai.example", learner), at=NOW)
        units = queries.units(version.id)
        unit = next((u for u in units if (u.identifier == name if name else u.href is not None)), units[0])
        launched = launches.launch(registration.id, unit.id, application=APPLICATION, at=kw.pop("at", NOW), mode=mode)
        return Played(app.extensions["content"], launched, registration)

    return make


@pytest.fixture
def package() -> Callable[..., Any]:
    """A version of a new package: :func:`tests.factories.package_version`."""
    return factories.package_version
