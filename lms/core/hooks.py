"""Questions a domain asks without knowing who answers; news travel by signals, questions by hooks (decision 0025)."""

from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


class Hook(Generic[Asked, Answer]):
    """One question, declared in ``hooks.py`` of the domain that asks it; floors above register who answers.

    A receiver is a plain function, registered in ``init_app`` of its domain::

        uses_of_package: Hook[[UUID], list[str]] = Hook("library.uses-of-package")
        uses_of_package.register(materials.uses_of_package)  # in a domain above
        answers = uses_of_package.ask(package_id)  # one answer from each, in the order of the floors
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._receivers: list[Callable[Asked, Answer]] = []

    def __repr__(self) -> str:
        return f"<Hook {self.name}>"

    def register(self, receiver: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
        """Let a function answer from now on; once, however many applications a process makes. Also a decorator."""
        if receiver not in self._receivers:
            self._receivers.append(receiver)
        return receiver

    def unregister(self, receiver: Callable[Asked, Answer]) -> None:
        """Let a function answer no more; one that never did is no error."""
        if receiver in self._receivers:
            self._receivers.remove(receiver)

    def ask(self, *args: Asked.args, **kwargs: Asked.kwargs) -> list[Answer]:
        """Return one answer from each receiver, in the order they were registered."""
        return [receiver(*args, **kwargs) for receiver in self._receivers]
