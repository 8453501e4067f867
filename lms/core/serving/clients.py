"""Clients that leave before they are answered: what is done for them is cancelled in the database.

A request is watched once it has run for a while, so that a short one costs nothing. Reading is cancelled always;
what is written only where its code says so (:func:`may_cancel`): a page that is closed sends its last words and leaves,
and those must be kept.
"""

import threading
from dataclasses import dataclass, field

from lms.core import connections

WATCHED_AFTER = 1.0
"""Seconds after which it is looked whether the client is still there, and between two tries to cancel."""


@dataclass(slots=True)
class Work:
    """A request that a thread answers."""

    cancellable: bool
    thread: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        """Note that this thread answers it."""
        self.thread, _own.work = threading.get_ident(), self

    def end(self) -> None:
        """Note that it was answered; what is being cancelled for it is cancelled before the thread goes on."""
        with self.lock:
            self.thread, _own.work = 0, None

    def cancel(self) -> int:
        """Cancel what it asks the database at this moment; returns how many statements."""
        with self.lock:
            return connections.cancel(self.thread) if self.thread and self.cancellable else 0


class _Own(threading.local):
    work: Work | None = None


_own = _Own()


def may_cancel() -> None:
    """Let what this thread's request writes be cancelled when its client leaves: it will be sent again."""
    if _own.work is not None:
        _own.work.cancellable = True
