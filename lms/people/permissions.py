"""Which role may do what. A role is held over a unit and all below it; so is each of its permissions.

Those of CITY_WIDE concern what belongs to no unit (the record store, the audit trail, the forms, the library's safety):
a role over a unit does not give them (:meth:`lms.core.guard.Actor.paths`).
"""

from functools import cache

from lms.core import guard
from lms.core.pages import N_

ROLES: dict[str, str] = {
    "trainee": N_("Trainee"),
    "lecturer": N_("Lecturer"),
    "institution_staff": N_("Training institution staff"),
    "comment_reader": N_("Trusted reader of comments"),
    "unit_manager": N_("Unit manager"),
    "department_reviewer": N_("Department reviewer"),
    "home_affairs_officer": N_("Home Affairs officer"),
    "approving_authority": N_("Approving authority"),
    "finance_reader": N_("Finance reader"),
    "administrator": N_("Administrator"),
    "auditor": N_("Auditor"),
}

# finance_reader is in none of these yet: the Department of Finance reads estimates and settlements, which are still to
# come. Until then the role opens what every account may see.
PERMISSIONS: dict[str, frozenset[str]] = {
    # learning: every account of a staff member is a trainee of its own unit
    "learning.study": frozenset({"trainee"}),
    # evaluation forms: own ones; named ones about people of units held
    "surveys.answer": frozenset({"trainee", "lecturer", "unit_manager"}),
    "surveys.follow_up": frozenset({"unit_manager"}),
    # teaching: further narrowed to the sessions and essays of one's own classes
    "classes.teach": frozenset({"lecturer", "institution_staff"}),
    # running classes: over the institution
    "classes.manage": frozenset({"institution_staff"}),
    # reading classes: those one runs, teaches or oversees
    "classes.read": frozenset(
        {"institution_staff", "lecturer", "home_affairs_officer", "approving_authority", "auditor"}
    ),
    "classes.oversee": frozenset({"home_affairs_officer", "approving_authority", "auditor"}),
    # deciding on a class: opened, confirmed, moved, postponed, cancelled
    "classes.decide": frozenset({"home_affairs_officer"}),
    # undoing the end of a class: not by the institution that finished it
    "classes.reopen": frozenset({"home_affairs_officer"}),
    # naming people of one's unit for a class, and deciding on whom units named (mục IV.4)
    "planning.nominate": frozenset({"unit_manager"}),
    "planning.decide": frozenset({"home_affairs_officer"}),
    # the population of targets, of units held (mục II); what a unit needs; the yearly plan (mục V)
    "plans.population": frozenset({"unit_manager", "home_affairs_officer", "approving_authority", "auditor"}),
    "plans.need": frozenset({"unit_manager"}),
    "plans.read": frozenset({"home_affairs_officer", "approving_authority", "auditor"}),
    "plans.manage": frozenset({"home_affairs_officer"}),
    "plans.approve": frozenset({"approving_authority"}),
    # reading programmes and materials in full, before and after approval
    "catalogue.review": frozenset(
        {"institution_staff", "lecturer", "department_reviewer", "home_affairs_officer", "approving_authority"}
    ),
    # sending a version for an opinion, and answering comments; the department's opinion; putting it forward (mục IV.3)
    "catalogue.propose": frozenset({"institution_staff"}),
    "catalogue.opinion": frozenset({"department_reviewer"}),
    "catalogue.forward": frozenset({"home_affairs_officer"}),
    # approving a version before it is delivered (Decision, mục IV.3)
    "catalogue.approve": frozenset({"approving_authority"}),
    # materials: uploaded packages, over the institution that keeps them
    "library.read": frozenset(
        {
            "institution_staff",
            "lecturer",
            "home_affairs_officer",
            "approving_authority",
            "department_reviewer",
            "auditor",
            "administrator",
        }
    ),
    "library.manage": frozenset({"institution_staff", "administrator"}),
    # quotas, and how packages are kept apart and checked
    "library.administer": frozenset({"administrator"}),
    # closing an evaluation before its date: who runs the class once all have sent, others after a time and a share
    "surveys.close": frozenset({"institution_staff", "home_affairs_officer"}),
    # forms after training, which carry names and say that these read them: over the institution that ran the class
    "surveys.read_named": frozenset({"institution_staff", "home_affairs_officer"}),
    # comments of evaluations before anybody else reads them: one trusted person of the institution
    "surveys.moderate": frozenset({"comment_reader"}),
    # the forms themselves: for the whole city
    "surveys.design": frozenset({"home_affairs_officer", "administrator"}),
    # the quality report of a class: over the institution that runs it
    "reports.quality": frozenset({"institution_staff", "home_affairs_officer", "approving_authority", "auditor"}),
    # quality reports as documents, over their institution or the city: reading, writing, approving those of others
    "reports.read": frozenset(
        {"institution_staff", "unit_manager", "home_affairs_officer", "approving_authority", "auditor"}
    ),
    "reports.write": frozenset({"institution_staff", "home_affairs_officer"}),
    "reports.approve": frozenset({"unit_manager", "home_affairs_officer", "approving_authority"}),
    # completion records: over the unit of the trainee
    "reports.completion": frozenset({"home_affairs_officer", "unit_manager", "approving_authority", "auditor"}),
    # the yearly report of a unit: over the unit that reports
    "reports.write_unit": frozenset({"unit_manager"}),
    # collecting them, and reading them once submitted: for the whole city
    "reports.collect": frozenset({"home_affairs_officer"}),
    "reports.read_units": frozenset({"home_affairs_officer", "approving_authority", "auditor"}),
    # people, accounts and roles
    "people.read": frozenset({"administrator", "home_affairs_officer", "auditor"}),
    "people.manage": frozenset({"administrator"}),
    "people.import": frozenset({"administrator", "home_affairs_officer"}),
    # the record store
    "records.manage": frozenset({"administrator"}),
    # reading it: persons have names only for those who hold people.read over their unit
    "records.read": frozenset({"administrator", "auditor", "home_affairs_officer"}),
    # the audit trail
    "audit.read": frozenset({"administrator", "auditor"}),
}

CITY_WIDE_WORDS = {
    "plans.read": N_("reading yearly plans"),
    "plans.manage": N_("drawing up yearly plans"),
    "plans.approve": N_("approving yearly plans"),
    "catalogue.forward": N_("putting programmes forward for approval"),
    "catalogue.approve": N_("approving programmes"),
    "library.administer": N_("quotas, keys and checks of materials"),
    "surveys.design": N_("designing evaluation forms"),
    "reports.collect": N_("collecting the units' yearly reports"),
    "reports.read_units": N_("reading the units' yearly reports"),
    "records.manage": N_("keys and forwarding of learning records"),
    "records.read": N_("looking up learning records"),
    "audit.read": N_("reading the audit trail"),
}
"""What each of them is for, as who gives a role reads it."""
CITY_WIDE = frozenset(CITY_WIDE_WORDS)
guard.declare(PERMISSIONS, city_wide=CITY_WIDE)


@cache
def permissions_of(role: str) -> frozenset[str]:
    """Return the permissions that a role carries."""
    return frozenset(name for name, roles in PERMISSIONS.items() if role in roles)


def left_out(role: str) -> list[str]:
    """Return in words what a role over a unit does not give, although the same role over the whole city does."""
    return [words for name, words in CITY_WIDE_WORDS.items() if name in permissions_of(role)]
