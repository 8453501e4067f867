"""What a database's text cannot hold comes back from a column as it was."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from lms.core import exact

ODD = st.sampled_from(["\0", "\ud83d", "\ude00", "\ufdd0", "\ufdd00000", "\U0001f600", "é", "a", "\\u0000", "\\ud800"])
TEXTS = st.lists(ODD | st.text(st.characters(exclude_categories=()), max_size=3), max_size=5).map("".join)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def joined(value):
    """Return the value as JSON gives it: a high and a low half beside one another are one character."""
    import json

    return json.loads(json.dumps(value))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(VALUES)
def test_a_column_gives_back_what_it_was_given(session, value):
    query = text("SELECT CAST(:value AS jsonb)").bindparams(bindparam("value", type_=JSONB(none_as_null=False)))
    assert session.scalar(query, {"value": joined(value)}) == joined(value)


@given(VALUES)
def test_what_is_storable_is_text_of_the_same_shape(value):
    mended = exact.storable(value)
    assert exact.storable(mended) == mended and type(mended) is type(value)
    exact.dumps(mended).encode()
    if "\\u" not in exact.dumps(value):
        assert mended == value


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_of_json_is_refused(number):
    with pytest.raises(ValueError, match="JSON"):
        exact.dumps({"a": number})
