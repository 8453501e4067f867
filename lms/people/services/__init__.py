"""What can be done with units, persons, accounts and roles: named acts, in four parts."""

from lms.people.services.accounts import (
    create_account,
    end_role,
    give_role,
    issue_activation_code,
    issue_codes_of_unit,
    leave,
    lock_account,
    set_locale,
    set_password,
    unlock_account,
)
from lms.people.services.persons import create_person
from lms.people.services.rosters import Report, RosterRefused, check_roster, forget_later, import_roster, request
from lms.people.services.sign_in import (
    Refused,
    Throttled,
    activate,
    change_password,
    end_all_sessions,
    end_session,
    sign_in,
    sign_out,
)
from lms.people.services.units import close_unit, create_unit, succeed

__all__ = [
    "Refused",
    "Report",
    "RosterRefused",
    "Throttled",
    "activate",
    "change_password",
    "check_roster",
    "close_unit",
    "create_account",
    "create_person",
    "create_unit",
    "end_all_sessions",
    "end_role",
    "end_session",
    "forget_later",
    "give_role",
    "import_roster",
    "issue_activation_code",
    "issue_codes_of_unit",
    "leave",
    "lock_account",
    "request",
    "set_locale",
    "set_password",
    "sign_in",
    "sign_out",
    "succeed",
    "unlock_account",
]
