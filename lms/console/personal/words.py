"""The words of the readable page: headings, roles, statuses, and what the audit trail's actions mean."""

from flask_babel import gettext as _
from markupsafe import Markup

from lms.console.statements.phrases import STATUSES
from lms.core.pages import N_
from lms.people.forms import CATEGORY_LABELS
from lms.people.permissions import ROLES

HEADINGS = {
    "person": N_("Person and account"),
    "classes": N_("Classes and results"),
    "attendance": N_("Attendance"),
    "lessons": N_("Lessons and reading times"),
    "quizzes": N_("Quizzes"),
    "essays": N_("Essays"),
    "teaching": N_("Teaching"),
    "sessions": N_("Sign-ins"),
    "audit": N_("What was done and recorded"),
    "statements": N_("Learning records"),
    "files": N_("The files of this copy"),
    "missing": N_("What is not in this copy, and why"),
}
ACTIONS = {
    "account.activate": N_("The account was activated"),
    "account.change_password": N_("The password was changed"),
    "account.create": N_("The account was made"),
    "account.issue_code": N_("A one-time code was issued"),
    "account.lock": N_("The account was locked"),
    "account.set_locale": N_("The language was chosen"),
    "account.set_password": N_("A password was set by an administrator"),
    "account.unlock": N_("The account was unlocked"),
    "archive.download": N_("A copy of the data was downloaded"),
    "archive.hand_over": N_("A copy of the data was made for a request on paper"),
    "archive.order": N_("A copy of the data was ordered"),
    "attempt.submit": N_("A quiz was handed in"),
    "attendance.record": N_("Attendance was recorded"),
    "class.assign_lecturer": N_("A topic was assigned to the lecturer"),
    "class.enrol": N_("Enrolment in a class"),
    "class.remove_lecturer": N_("A topic was taken from the lecturer"),
    "class.withdraw": N_("Withdrawal from a class"),
    "enrolment.conclude": N_("The result of a class was set"),
    "erasure.ask": N_("Removal of the link to the learning records was asked for"),
    "erasure.refused": N_("The removal was refused"),
    "erasure.withdrawn": N_("The request for removal was withdrawn"),
    "person.create": N_("The staff record was made"),
    "person.leave": N_("Leaving the service was noted"),
    "projection.rebuild": N_("Results were made equal to the learning records"),
    "role.end": N_("A role was taken away"),
    "role.give": N_("A role was given"),
    "session.end": N_("A browser was signed out"),
    "session.end_all": N_("All browsers were signed out"),
    "submission.hand_in": N_("An essay was handed in"),
    "submission.mark": N_("An essay was marked"),
}


def action(code: str) -> str:
    """Return what an action of the audit trail means; its code when it is none of those about a person."""
    return str(_(ACTIONS[code])) if code in ACTIONS else code


def category(code: str) -> str:
    """Return a category of staff in words."""
    return str(CATEGORY_LABELS.get(code, code))


def role(code: str) -> str:
    """Return a role in words."""
    return str(_(ROLES.get(code, code)))


def status(code: str) -> str:
    """Return a status of attendance or enrolment in words."""
    return STATUSES[code].say("vi") if code in STATUSES else code


def nothing(columns: int) -> Markup:
    """Return the row of an empty table."""
    return Markup('<tr><td colspan="{}" class="muted">{}</td></tr>').format(columns, _("Nothing is recorded."))
