"""What is kept of people, why and for how long, in their words; a test holds it against what the domains declare.

The tables named here are together those of :data:`lms.core.personal.held`. The periods are those of the code.
"""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from lms.console.personal.services.archives import LIFETIME as ARCHIVE
from lms.core.jobs import KEPT as JOBS
from lms.people.guessing import LIFETIME as BROWSER
from lms.people.services.accounts import CODE_LIFETIME
from lms.people.sessions import LIFETIME as SESSION

BROWSER_DAYS = BROWSER.days
SESSION_HOURS = int(SESSION.total_seconds() // 3600)


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of data: what it is, what for, how long, and who reads it; and the tables that hold it."""

    key: str
    title: Any
    what: Any
    why: Any
    how_long: Any
    who: Any
    tables: frozenset[str]


def sections(years: int) -> tuple[Section, ...]:
    """Return all kinds of data.

    :param years: for how long records keep the name of who has left the service (``LMS_RECORD_RETENTION_YEARS``)
    """
    return (_staff(years), _account(), _learning(years), _teaching(), _evaluations(), _acts(), _requests())


def _staff(years: int) -> Section:
    return Section(
        "staff",
        _l("Your staff record"),
        _l(
            "Name, staff code, birth date, sex, e-mail, category, job position, rank, unit, and when your service "
            "ends or has ended. They come from the personnel roster of your unit."
        ),
        _l("To know who may be sent to which programme, to list classes, and to report how many have been trained."),
        _l(
            "While you serve, and for %(years)s years after you have left. Then your name and what leads to you are "
            "removed when you ask for it; unit and category stay for statistics.",
            years=years,
        ),
        _l("Administrators and managers of your unit and of those above it, and who runs or teaches your classes."),
        frozenset({"persons"}),
    )


def _account() -> Section:
    return Section(
        "account",
        _l("Your account and your signing in"),
        _l(
            "Username, your roles, a fingerprint of your password (never the password), one-time codes, and for each "
            "browser in which you sign in: its kind, its network address, when it began and when it was last used."
        ),
        _l("To let you in and nobody else, and to show you where you are signed in."),
        _l(
            "A sign-in lasts %(hours)s hours, a one-time code %(days)s days. The list of sign-ins stays until the link "
            "to your records is removed.",
            hours=SESSION_HOURS,
            days=CODE_LIFETIME.days,
        ),
        _l("You. Administrators see that you have an account and its roles, not your password."),
        frozenset({"accounts", "role_holdings", "activation_codes", "sign_in_sessions"}),
    )


def _learning(years: int) -> Section:
    return Section(
        "learning",
        _l("Your learning"),
        _l(
            "Your classes here, the days of training elsewhere, results, attendance, "
            "lessons read and for how long, tasks, quizzes with your answers, "
            "essays with their marks, and what course packages keep about your place in them."
        ),
        _l(
            "To bring you on where you were, to mark, and to state who has completed: results of training are a basis "
            "for rating staff under the Decision."
        ),
        _l(
            "While you serve, and for %(years)s years after. When the link to you is removed, essays with their files "
            "and remarks go; results stay without a name, so that sums stay right.",
            years=years,
        ),
        _l("You, who runs and teaches your class, your unit, and Home Affairs."),
        frozenset(
            (
                *(
                    "enrolments",
                    "commitments",
                    "nominations",
                    "stated_facts",
                    "population_members",
                    "issued_papers",
                    "attendance",
                    "lesson_progress",
                    "lesson_work",
                    "attempts",
                    "submissions",
                ),
                *("content_registrations", "xapi_documents", "xapi_credentials"),
            )
        ),
    )


def _teaching() -> Section:
    return Section(
        "teaching",
        _l("Your teaching"),
        _l("The topics and sessions you teach, and the measures that were agreed on after an evaluation of them."),
        _l("For the timetable, and because each lecturer is evaluated per topic."),
        _l("As long as the class is on record; the words of measures are emptied when the link to you is removed."),
        _l("The class, its institution and Home Affairs; results of your topics only after they were released."),
        frozenset({"teachings", "sessions", "adjustments"}),
    )


def _evaluations() -> Section:
    return Section(
        "evaluations",
        _l("Your evaluation forms"),
        _l(
            "Of an anonymous form only that you have sent one. Your answers are sealed until the evaluation closes; "
            "then they are counted and the form is destroyed. Forms after training carry names and say so."
        ),
        _l("To improve programmes and teaching, without anybody seeing who wrote what."),
        _l(
            "Counts and comments stay without a way back to you. Forms with names are kept as forms; their words are "
            "emptied when the link to you is removed."
        ),
        _l(
            "Nobody reads single anonymous forms. Comments are read first by one reader, who removes names. Named "
            "forms are read by you, by your unit, the institution and Home Affairs."
        ),
        frozenset({"participations", "follow_ups"}),
    )


def _acts() -> Section:
    return Section(
        "acts",
        _l("What you do in an office"),
        _l(
            "Who opened a class, gave a role, approved or issued a report, uploaded material or made a key; and the "
            "audit trail, which names people by a code that only the system can resolve."
        ),
        _l("So that official acts can be traced and nobody can change them unseen."),
        _l(
            "The audit trail and issued papers are kept for good. Notes of finished jobs go after %(days)s days.",
            days=JOBS.days,
        ),
        _l("Administrators and auditors."),
        frozenset(
            (
                *("audit_entries", "job_progress", "uploads", "packages", "package_versions", "module_materials"),
                *(
                    "api_keys",
                    "xapi_forwarders",
                    "quality_reports",
                    "unit_reports",
                    "register_numbers",
                    "transitions",
                    "version_comments",
                    "version_papers",
                    "populations",
                    "signers",
                ),
            )
        ),
    )


def _requests() -> Section:
    return Section(
        "requests",
        _l("What you ask us for"),
        _l("Copies of your data that you order, and requests that your records no longer lead to you."),
        _l("To answer them, and to prove that they were answered."),
        _l("A copy lasts %(days)s days. A request stays without its words.", days=ARCHIVE.days),
        _l("A copy is open to you alone; a request to the administrators who decide on it."),
        frozenset({"personal_archives", "erasure_requests"}),
    )
