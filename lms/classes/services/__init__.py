"""What can be done with classes: set them up and end them, enrol, teach, meet, take attendance, mark and conclude."""

from lms.classes.services.attendance import record_attendance
from lms.classes.services.copying import copy_timetable
from lms.classes.services.dates import Unresolved, begin_due, reschedule_class
from lms.classes.services.enrolment import Enrolled, enrol, enrol_by_codes, withdraw
from lms.classes.services.held import class_for, refusal_of, require_work
from lms.classes.services.lifecycle import (
    create_class,
    decide,
    edit_class,
    finish_class,
    open_class,
    reopen_class,
)
from lms.classes.services.results import conclude, conclude_all, mark_essay
from lms.classes.services.timetable import (
    add_session,
    assign_lecturer,
    change_session,
    remove_lecturer,
    remove_session,
)

__all__ = [
    "Enrolled",
    "Unresolved",
    "add_session",
    "assign_lecturer",
    "begin_due",
    "change_session",
    "class_for",
    "conclude",
    "conclude_all",
    "copy_timetable",
    "create_class",
    "decide",
    "edit_class",
    "enrol",
    "enrol_by_codes",
    "finish_class",
    "mark_essay",
    "open_class",
    "record_attendance",
    "refusal_of",
    "remove_lecturer",
    "remove_session",
    "reopen_class",
    "require_work",
    "reschedule_class",
    "withdraw",
]
