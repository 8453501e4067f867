"""What a page that plays a package needs: the units to choose from, the frame's policy, the answer to a launch."""

from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from flask import Flask, Response, make_response

from lms.core.security import policy
from lms.library import queries
from lms.library.addresses import isolation, plain_url
from lms.library.kinds import UNIT_KINDS
from lms.library.kinds.policies import SANDBOX
from lms.library.models import ContentUnit, UnitState
from lms.library.origin.outside import Outside
from lms.library.services.launches import Launched
from lms.library.titles import shown as title_of


class Line(NamedTuple):
    """A unit in the list beside the player.

    :ivar launchable: whether it can be opened by itself
    """

    id: UUID
    title: str
    level: int
    launchable: bool
    kind: str
    done: bool
    waived: bool
    percent: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What a player page shows.

    :ivar current: the unit that is opened first; None when nothing can be
    """

    lines: list[Line]
    current: Line | None


def shown(version_id: UUID, registration_id: UUID | None, *, asked: str | None = None) -> Shown:
    """Return the units of a version with a learner's progress; the current one is asked for, or the first not done.

    A SCORM package is opened as a whole: its own run-time leads through its parts.
    """
    units = queries.units(version_id)
    states = queries.states(registration_id) if registration_id else {}
    if units and units[0].href is None and any(UNIT_KINDS[unit.kind].whole for unit in units):
        root = _line(units[0], 0, states, launchable=True)
        return Shown([root], root)
    levels: dict[UUID, int] = {}
    lines = []
    for unit in units:
        levels[unit.id] = level = 0 if unit.parent_id is None else levels[unit.parent_id] + 1
        if unit.parent_id is not None or unit.href is not None:
            lines.append(_line(unit, max(level - 1, 0), states, launchable=unit.href is not None))
    open_ = [line for line in lines if line.launchable]
    requested = next((line for line in open_ if str(line.id) == asked), None)
    current = requested or next((line for line in open_ if not line.done), open_[0] if open_ else None)
    return Shown(lines, current)


def framing(page: str, app: Flask, outside: Outside) -> Response:
    """Return a page that may show content of the content origin in a frame, and what its package has elsewhere.

    A unit may open a window of its own and must find the way back to its run-time, so the page lets go of nothing that
    it opened; what opens the page itself is let go of still.
    """
    elsewhere = " ".join((*outside.units, *outside.hosts))
    if outside.leads_away:
        elsewhere = "https: http:"  # a link leads on from where it leads to; what it shows knows nothing of ours
    response = make_response(page)
    url = app.config["SETTINGS"].content_url
    origin = f"{url} {plain_url(app) or ''}".strip() if url else "'self'"
    sources = f"frame-src {origin} {elsewhere}; connect-src 'self' {origin if url else ''}"
    response.headers["Content-Security-Policy"] = policy(f"{sources.strip()}; ")
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"
    return response


def sandbox(app: Flask) -> str:
    """Return what content may do in its frame."""
    return SANDBOX if isolation(app) == "opaque" else f"{SANDBOX} allow-same-origin"


def answer(launched: Launched) -> dict[str, Any]:
    """Return a launch as the page's script reads it."""
    return {"url": launched.url, "own_window": launched.own_window, "session": str(launched.session_id)}


def _line(unit: ContentUnit, level: int, states: dict[UUID, UnitState], *, launchable: bool) -> Line:
    state = states.get(unit.id)
    return Line(
        unit.id,
        title_of(unit.title),
        level,
        launchable,
        unit.kind,
        bool(state and state.satisfied_at),
        bool(state and state.waived_at),
        state.progress if state else 0,
    )
