"""The API against its own description: schemathesis sends what the description allows, and what it does not."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from lms.core.guard import SYSTEM
from lms.library.api import resumable, routes
from lms.library.services import keys
from lms.library.tus import PIECE_TYPE
from tests import factories
from tests.library.conftest import NOW
from tests.library.test_api import SCOPES

pytestmark = pytest.mark.long
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
REJECTED = ["400", "401", "403", "404", "405", "409", "410", "411", "412", "413", "415", "422", "429", "460"]
"""How wrong requests may be refused; tus has statuses of its own."""


@schemathesis.serializer(PIECE_TYPE)
def piece(_context: Any, value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
@pytest.mark.parametrize(
    "operation", [*routes.OPERATIONS, *resumable.OPERATIONS], ids=lambda one: f"{one.method} {one.path}"
)
def test_every_operation_answers_as_described(app: Any, session: Any, operation: Any, mode: Any) -> None:
    _, secret = keys.make_key(SYSTEM, factories.institution().id, name="Thử", scopes=SCOPES, at=NOW)
    session.commit()
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    schema.config.checks.negative_data_rejection.expected_statuses = REJECTED
    path = operation.path.replace("<uuid:", "{").replace("<", "{").replace(">", "}")
    found = next(one for name, one in schema.items() if name.endswith(path))[operation.method.lower()]

    @settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=found.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {secret}"})
        sent = parse_qs(urlsplit(answer.request.url).query, keep_blank_values=True)
        assume(set(case.query or ()) <= set(sent))  # an empty list is no parameter: such a request may be right
        case.validate_response(answer, checks=CHECKS)

    send()
