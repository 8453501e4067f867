"""Jobs: make an archive, sweep archives whose time is over."""

import tempfile
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from lms.console.personal.services import archives
from lms.core.database import utcnow
from lms.core.jobs import Progress, task


@task("personal.make_archive")
def make_archive(progress: Progress, *, archive_id: str) -> dict[str, Any]:
    """Make the archive that a person ordered."""
    with tempfile.TemporaryFile() as file:
        ready = archives.make(
            UUID(archive_id), file, at=utcnow(), tell=lambda number: progress.tell(done=number, total=number)
        )
    archives.sweep(at=utcnow())
    message = _("The copy of your data is ready.") if ready else _("The copy is no longer wanted.")
    return {"message": message, "url": "/my/data"}


@task("personal.sweep_archives")
def sweep_archives(progress: Progress) -> None:
    """Remove archives whose time is over."""
    del progress
    archives.sweep(at=utcnow())
