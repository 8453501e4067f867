"""When a part of a package is done: pure decisions over its units and what a learner has done in each."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from lms.library.kinds import UNIT_KINDS
from lms.library.kinds.completion import Done


class Part(NamedTuple):
    """A unit in short.

    :ivar launchable: whether it can be launched; otherwise it is done when all below it are, or as its rollup says
    """

    id: UUID
    parent_id: UUID | None
    kind: str
    launchable: bool
    properties: Mapping[str, Any]


def met(part: Part, done: Done) -> bool:
    """Tell whether a unit was waived, or what its kind asks for is met."""
    return done.waived or UNIT_KINDS[part.kind].done(part.properties, done)


def rolled_up(completed: bool | None, satisfied: bool | None) -> Done:
    """Return what a course has done by its own rollup (SCORM 2004 SN, RB.1); None stands for unknown.

    Satisfied counts while nothing in it is known to be unfinished: one may test out of parts, not leave halfway.
    """
    return Done(
        completed=completed is True, passed=satisfied is True and completed is not False, failed=satisfied is False
    )


def satisfied(parts: Sequence[Part], done: Mapping[UUID, Done]) -> list[UUID]:
    """Return all units whose criteria are met, each after those below it.

    :param parts: in the order of the walk over the tree
    """
    missing: set[UUID] = set()
    tracked = {part.parent_id for part in parts if _tracked(part)}
    fulfilled = []
    for part in reversed(parts):
        own = done.get(part.id, Done())
        good = met(part, own) if part.launchable else _whole(part, own, below=part.id not in missing)
        if good:
            fulfilled.append(part.id)
        elif part.parent_id is not None and (_tracked(part) or part.parent_id not in tracked):
            missing.add(part.parent_id)
    return sorted(fulfilled, key=_deepest_first({part.id: part for part in parts}))


def _tracked(part: Part) -> bool:
    """Tell whether a unit counts for what it stands in; where none does, all of them do after all (SN, 3.13.1)."""
    sequencing = part.properties.get("sequencing")
    delivery = sequencing.get("deliveryControls") if isinstance(sequencing, dict) else None
    return not (isinstance(delivery, dict) and delivery.get("tracked") is False)


def _whole(part: Part, own: Done, *, below: bool) -> bool:
    """Tell whether a block or course is done: by its rollup, or with all below it unless that says it was failed."""
    rolled_up = own.passed or own.completed
    return met(part, own) if rolled_up else below and not own.failed


def _deepest_first(parts: Mapping[UUID, Part]) -> Any:
    places = {id_: place for place, id_ in enumerate(parts)}

    def depth(id_: UUID) -> int:
        parent = parts[id_].parent_id
        return 0 if parent is None else 1 + depth(parent)

    return lambda id_: (-depth(id_), places[id_])
