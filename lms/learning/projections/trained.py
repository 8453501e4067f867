"""How many have completed each programme, counted anew (``programmes.trained``, which each completion moves by one)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from lms.catalogue.models import Programme, ProgrammeVersion
from lms.catalogue.services import count_completion
from lms.classes.models import ClassRun, Enrolment
from lms.core import audit
from lms.core.database import act, db
from lms.core.guard import SYSTEM


@dataclass(slots=True)
class Recount:
    """What a recount found.

    :ivar programmes: programmes counted
    :ivar differing: programmes whose number is another than that of the enrolments completed in them
    :ivar repaired: of these, those that were made good
    :ivar differences: the same in words, for an operator
    """

    programmes: int = 0
    differing: int = 0
    repaired: int = 0
    differences: list[str] = field(default_factory=list)


@act
def recount_trained(*, write: bool, at: datetime) -> Recount:
    """Compare each programme's number of trained people with the enrolments completed in it; repair it if asked.

    The programmes are held meanwhile, so that nobody counts a completion between the two readings.

    :param write: whether to repair
    :param at: time of the audit entries
    """
    held = select(Programme.id, Programme.code, Programme.trained).order_by(Programme.code).with_for_update()
    programmes: Sequence[Any] = db.session.execute(held).all()
    completed = (
        select(ProgrammeVersion.programme_id, func.count().label("trained"))
        .join(ClassRun, ClassRun.version_id == ProgrammeVersion.id)
        .join(Enrolment, Enrolment.class_id == ClassRun.id)
        .where(Enrolment.status == "completed")
        .group_by(ProgrammeVersion.programme_id)
    )
    counted = {row.programme_id: row.trained for row in db.session.execute(completed)}
    recount = Recount(programmes=len(programmes))
    for programme in programmes:
        trained = counted.get(programme.id, 0)
        if trained == programme.trained:
            continue
        recount.differing += 1
        recount.differences.append(f"{programme.code}: {programme.trained} trained, {trained} completed it")
        if write:
            count_completion(programme.id, trained - programme.trained)
            before, after = {"trained": programme.trained}, {"trained": trained}
            audit.record(SYSTEM, "projection.rebuild", "programme", programme.id, at=at, before=before, after=after)
            recount.repaired += 1
    return recount
