"""When a course is done: by its parts, or by its own rollup."""

from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from lms.library.progress import Done, Part, rolled_up, satisfied

KNOWN = st.sampled_from([True, False, None])
PARTS = st.lists(st.builds(Done, st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=5)


def course(done, own):
    root = Part(uuid4(), None, "course", launchable=False, properties={})
    parts = [Part(uuid4(), root.id, "sco", launchable=True, properties={}) for _ in done]
    found = satisfied([root, *parts], {root.id: own} | {part.id: one for part, one in zip(parts, done, strict=True)})
    return root.id in found, all(part.id in found for part in parts)


@given(PARTS)
def test_without_a_rollup_a_course_is_done_with_all_its_parts(done):
    whole, parts = course(done, rolled_up(None, None))
    assert whole is parts


@given(PARTS, KNOWN)
def test_a_course_that_its_rollup_calls_failed_is_never_done(done, completed):
    assert course(done, rolled_up(completed, satisfied=False))[0] is False


@given(PARTS)
def test_a_course_that_its_rollup_calls_satisfied_is_done_whatever_its_parts(done):
    assert course(done, rolled_up(True, satisfied=True))[0]
    assert course(done, rolled_up(None, satisfied=True))[0]


@given(PARTS, KNOWN)
def test_what_is_known_to_be_unfinished_is_not_done_before_its_parts_are(done, met):
    whole, parts = course(done, rolled_up(completed=False, satisfied=met))
    assert whole is (parts and met is not False)
