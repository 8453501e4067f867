"""The typed hook: questions to floors above."""

import pytest

from lms.core.hooks import Hook


def test_each_receiver_answers_once_in_the_order_of_registration() -> None:
    length: Hook[[str], int] = Hook("test.length")
    assert length.ask("Khuê") == []

    def letters(word: str) -> int:
        return len(word)

    def octets(word: str) -> int:
        return len(word.encode())

    for _application in range(2):  # each application a process makes registers anew
        length.register(letters)
        length.register(octets)
    assert length.ask("Khuê") == [4, 5]
    assert length.ask(word="Khuê") == [4, 5]
    length.unregister(letters)
    length.unregister(letters)
    assert length.ask("Khuê") == [5]


def test_a_receiver_that_fails_fails_the_question() -> None:
    hook: Hook[[], None] = Hook("test.fails")

    @hook.register
    def refuse() -> None:
        raise LookupError("no")

    with pytest.raises(LookupError):
        hook.ask()
    assert "test.fails" in repr(hook)
