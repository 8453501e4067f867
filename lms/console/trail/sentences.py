"""An entry of the audit trail as a sentence: who did what to whom."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _

from lms.classes.rules import RESULTS
from lms.console.trail.phrases import ACTIONS, DETAILS
from lms.core import i18n
from lms.core.states import LIVES
from lms.people.permissions import ROLES

_LONGEST = 300


def sentence(action: str, who: str | None, what: str, values: Mapping[str, Any] | None) -> str:
    """Return the sentence of an entry; an action that no version of the product knows any more is told by its code.

    :param who: None for the product itself
    :param values: what was written
    """
    actor = who or _("The system")
    if (moved := _moved(action, values)) is not None:
        said = _("%(who)s: %(moved)s – %(what)s.", who=actor, moved=moved, what=what)
        return said if not (why := (values or {}).get("reason")) else f"{said[:-1]} ({_plain(why)})."
    if action not in ACTIONS:
        return str(_("%(who)s did “%(action)s” to %(what)s.", who=actor, action=action, what=what))
    said = str(i18n.translated(ACTIONS[action][1]) % {"who": actor, "what": what})
    told = [_detail(name, value) for name, value in (values or {}).items() if name in DETAILS and _tells(value)]
    return said if not told else f"{said[:-1]} ({'; '.join(told)})."


def _moved(action: str, values: Mapping[str, Any] | None) -> str | None:
    """What the table of a life says of a move, such as "Postponed"; None of any other action."""
    kind, _dot, act = action.partition(".")
    life = LIVES.get(kind)
    ways = [move for move in life.moves if move.act == act] if life else []
    if not life or not ways:
        return None
    to = (values or {}).get(life.column)
    return str(next((move for move in ways if move.to == to), ways[0]).said)


def named(kind: str, key: str, known: Mapping[tuple[str, str], str], *values: Mapping[str, Any] | None) -> str:
    """Return what a thing is called: by its name, by the one that it had, or by its id."""
    name = known.get((kind, key))
    if name is None:
        kept = [given.get(part) for given in values if given for part in ("title", "name", "code", "username")]
        name = next((text for text in kept if isinstance(text, str) and text), None)
    return f"“{name}”" if name else key if len(key) <= 40 else f"{key[:12]}…"


def _tells(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""


def _detail(name: str, value: Any) -> str:
    shown = _of_role(value) if name == "role" else _of_result(value) if name == "status" else _plain(value)
    return str(i18n.translated(DETAILS[name]) % {"value": shown})


def _of_role(value: Any) -> str:
    return i18n.translated(ROLES[value]) if value in ROLES else _plain(value)


def _of_result(value: Any) -> str:
    return str(RESULTS[value]) if value in RESULTS else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, int | float):
        return i18n.number(value)
    try:
        return i18n.day(date.fromisoformat(value))
    except ValueError:
        return str(value)[:_LONGEST]
