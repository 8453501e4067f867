"""The life of a class: what may be done in which state, and the moves from one state to the next."""

from datetime import date
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from lms.core.errors import DomainError
from lms.core.states import Life, Move

OPEN = frozenset({"planned", "open", "confirmed", "running"})
"""States of a class in which its timetable changes and its days hold."""
ENROLS = OPEN - {"planned"}
"""States in which people come into a class: never while it is only planned."""
HELD = frozenset({"running", "finished"})
"""States of a class that takes place or took place; work in it can still be marked and corrected."""
TIMED = OPEN | HELD
"""States in which the hours of a class are somebody's hours."""
AHEAD = frozenset({"planned", "open", "confirmed", "postponed"})
"""States of a class that has not begun."""


class ClassFacts(NamedTuple):
    """What the moves of a class ask about it.

    :ivar approved: whether its programme version was ever approved; one replaced before that never was
    :ivar sessions: how many meetings its timetable has
    :ivar untaught: how many topics nobody teaches
    """

    today: date
    starts_on: date
    ends_on: date
    approved: bool
    trainees: int
    minimum: int
    sessions: int
    untaught: int


def approved(known: ClassFacts) -> DomainError | None:
    """The programme version has been approved (mục IV.3)."""
    if known.approved:
        return None
    return DomainError(
        "not-approved",
        _l("The programme version has not been approved by the People's Committee yet; nothing unapproved is taught."),
    )


def lies_ahead(known: ClassFacts) -> DomainError | None:
    """The first day is today or later."""
    if known.starts_on >= known.today:
        return None
    return DomainError("first-day-passed", _l("The first day has passed. Please set new dates first."))


def empty(known: ClassFacts) -> DomainError | None:
    """Nobody is in the class."""
    if not known.trainees:
        return None
    return DomainError("has-trainees", _l("There are trainees in the class already."))


def enough(known: ClassFacts) -> DomainError | None:
    """The class has as many trainees as it needs, and at least one."""
    needed = max(known.minimum, 1)
    if known.trainees >= needed:
        return None
    words = _l("The class has %(number)s trainees and needs %(needed)s.", number=known.trainees, needed=needed)
    return DomainError("too-few-trainees", words)


def taught(known: ClassFacts) -> DomainError | None:
    """Each topic has a lecturer."""
    if not known.untaught:
        return None
    words = _l("Topics without a lecturer: %(number)s. Please assign lecturers first.", number=known.untaught)
    return DomainError("untaught", words)


def timed(known: ClassFacts) -> DomainError | None:
    """The timetable has a session."""
    if known.sessions:
        return None
    return DomainError("no-session", _l("There is no timetable yet. Please add the sessions first."))


def begun(known: ClassFacts) -> DomainError | None:
    """The first day has come."""
    if known.starts_on <= known.today:
        return None
    words = _l("The class begins on %(day)s.", day=known.starts_on.strftime("%d/%m/%Y"))
    return DomainError("not-begun", words)


REASONS = {
    "too-few": _l("Too few trainees"),
    "no-lecturer": _l("Lecturers cannot be found for these days"),
    "no-place": _l("No room or equipment for these days"),
    "plan": _l("The plan was changed"),
    "budget": _l("No budget"),
    "emergency": _l("Natural disaster, epidemic or other emergency"),
    "mistake": _l("The class was set up by mistake"),
    "other": _l("Another reason"),
}
"""Why a class is postponed, moved or cancelled; the list is ours, since the Decision has none."""
_MANAGE, _DECIDE = "classes.manage", "classes.decide"
_STAYS = _l("Trainees, lecturers and timetable stay as they are.")


def _one(state: str) -> frozenset[str]:
    return frozenset({state})


MOVES = (
    Move("create", frozenset(), "planned", _MANAGE, _l("Set up the class"), _l("Planned")),
    Move(
        "open", _one("planned"), "open", _DECIDE, _l("Open for nomination"), _l("Opened for nomination"),
        guards=(approved, lies_ahead),
        effects=(_l("From now on trainees can be added. The units name whom they send until the day you give."),),
    ),
    Move(
        "take_back", _one("open"), "planned", _DECIDE, _l("Take the opening back"), _l("Opening taken back"),
        guards=(empty,),
        effects=(_l("The class is only planned again; nobody can be added."),),
        asks_reason=True,
    ),
    Move(
        "confirm", _one("open"), "confirmed", _DECIDE, _l("Confirm the class"), _l("Confirmed"),
        guards=(approved, enough, taught, timed),
        effects=(_l("The class takes place. It begins by itself on its first day."),),
    ),
    Move(
        "begin", _one("confirmed"), "running", _MANAGE, _l("Begin the class"), _l("The class began"),
        guards=(begun,),
        effects=(_l("Lessons, quizzes and attendance open."),),
    ),
    Move("finish", _one("running"), "finished", _MANAGE, _l("Finish the class"), _l("Finished")),
    Move(
        "reopen", _one("finished"), "running", "classes.reopen", _l("Open the class again"), _l("Opened again"),
        asks_reason=True,
    ),
    *(
        Move(
            "reschedule", _one(state), state, _DECIDE if state != "planned" else _MANAGE,
            _l("Move to other days"), _l("Moved to other days"),
            effects=(_l("All sessions move by as many days as the first day."),),
            asks_reason=state != "planned",
        )
        for state in ("planned", "open", "confirmed")
    ),
    Move(
        "postpone", frozenset({"open", "confirmed"}), "postponed", _DECIDE,
        _l("Postpone without a date"), _l("Postponed"),
        effects=(_STAYS, _l("The days of the class bind nobody until new ones are set.")),
        asks_reason=True,
        codes=REASONS,
    ),
    Move(
        "resume", _one("postponed"), "open", _DECIDE, _l("Set new dates"), _l("Taken up again with new dates"),
        guards=(approved,),
        effects=(_l("The class is open for nomination again, and is confirmed anew."),
                 _l("All sessions move by as many days as the first day.")),
    ),
    Move(
        "cancel", AHEAD | {"running"}, "cancelled", _DECIDE, _l("Cancel the class"), _l("Cancelled"),
        effects=(
            _l("The class does not take place, or not to its end. This cannot be undone: another class is set up."),
            _l("Its days and hours bind nobody any more. What was done stays on record."),
        ),
        asks_reason=True,
        codes=REASONS,
    ),
)  # fmt: skip

CLASS = Life(
    kind="class",
    title=_l("Class"),
    states=TIMED | AHEAD | {"cancelled"},
    names={
        "planned": _l("Planned"),
        "open": _l("Open for nomination"),
        "confirmed": _l("Confirmed"),
        "running": _l("Running"),
        "finished": _l("Finished"),
        "postponed": _l("Postponed"),
        "cancelled": _l("Cancelled"),
    },
    moves=MOVES,
    allowed={
        "edit": AHEAD | {"running"},
        "nominate": frozenset({"open"}),
        "decide_nomination": frozenset({"open", "confirmed"}),
        "summon": frozenset({"confirmed", "running"}),
        "enrol": ENROLS,
        "withdraw": ENROLS | {"postponed"},
        "assign_lecturer": OPEN | {"postponed"},
        "remove_lecturer": OPEN | {"postponed"},
        "add_session": OPEN,
        "change_session": OPEN,
        "remove_session": OPEN,
        "move_material": OPEN,
        "record_attendance": HELD,
        "mark_essay": HELD,
        "conclude": HELD,
        # what a trainee does; work that comes late counts until the results are fixed (rules.RESULTS_AFTER)
        "study": HELD,
        "start_quiz": HELD,
        "answer": HELD,
        "hand_in_quiz": HELD,
        "hand_in_essay": HELD,
        "open_material": HELD,
    },
    reasons={
        "planned": "class-planned",
        "postponed": "class-postponed",
        "running": "class-runs",
        "finished": "class-closed",
        "cancelled": "class-cancelled",
    }
    | dict.fromkeys(("open", "confirmed"), "class-ahead"),
    by_act={("reopen", state): "class-open" for state in AHEAD | {"running"}}
    | {("open", state): "opened-already" for state in ("open", "confirmed")}
    | {("nominate", state): "list-closed" for state in ("confirmed", "running")}
    | {("summon", "open"): "not-confirmed"}
    | {("take_back", "planned"): "class-planned", ("confirm", "confirmed"): "confirmed-already"},
    words={
        "class-planned": _l("The class is only planned. It must first be opened for nomination."),
        "class-ahead": _l("The class has not begun yet."),
        "class-postponed": _l("The class is postponed. New dates must be set first."),
        "class-runs": _l("The class has begun; this is no longer possible."),
        "list-closed": _l("The list of this class is closed; nobody can be nominated any more."),
        "class-open": _l("The class is not finished."),
        "class-closed": _l("The class is over; this can no longer be changed."),
        "class-cancelled": _l("The class was cancelled; this can no longer be changed."),
        "opened-already": _l("The class has been opened for nomination already."),
        "not-confirmed": _l("The class must first be confirmed."),
        "confirmed-already": _l("The class has been confirmed already."),
    },
)
"""A class. Nothing unapproved is taught: only an approved version is opened, and people come in after that."""
