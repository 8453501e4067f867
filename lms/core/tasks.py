"""Jobs of the ground floor: files go after the commit that released them; what dead processes left is taken up."""

from datetime import datetime, timedelta

from lms.core import files, jobs, sort_keys
from lms.core.database import act, utcnow

AGAIN = timedelta(minutes=1)
"""When somebody holds a released file, its removal is tried again after this time."""


@jobs.task("core.remove_files", aliases=("personal.remove_files",))
def remove_files(progress: jobs.Progress, *, sha256s: list[str]) -> None:
    """Remove released files that nothing refers to; those that are being taken in again are looked at later."""
    del progress
    held = files.clear(sha256s)
    if held:
        _later(held, at=utcnow())


@jobs.task("core.remove_pieces")
def remove_pieces(progress: jobs.Progress, *, folder: str) -> None:
    """Remove what has arrived of an upload that has ended."""
    del progress
    files.remove_folder_of_pieces(folder)


@jobs.periodic("core.take_up_stalled", cron="* * * * *")
def take_up_stalled(*, at: datetime) -> None:
    """Take up jobs whose worker has died."""
    jobs.take_up_stalled(at=at)


@jobs.periodic("core.tidy", cron="25 * * * *")
def tidy(*, at: datetime) -> None:
    """Remove waiting files that dead processes left, and what is kept of jobs that ended long ago."""
    files.sweep(at=at)
    jobs.sweep(at=at)


@jobs.periodic("core.sort_keys", cron="40 19 * * *")
def fill_sort_keys(*, at: datetime) -> None:
    """Fill the sort keys that an older release left empty while a new one was taken in."""
    del at
    sort_keys.fill()


@act
def _later(sha256s: list[str], *, at: datetime) -> None:
    files.release(sha256s, at=at, after=AGAIN)
