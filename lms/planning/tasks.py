"""Jobs of planning."""

from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from lms.core.jobs import Progress, task
from lms.planning import services


@task("planning.draw_papers")
def draw_papers(progress: Progress, *, class_id: str) -> dict[str, Any]:
    """Make the files of summonses that were issued; until then they are drawn for whoever asks."""
    services.draw_papers(UUID(class_id), lambda done, total: progress.tell(done=done, total=total))
    return {"message": _("The summonses are ready."), "url": f"/classes/{class_id}/nominations"}
