"""What the domains hold on a person: each says it in its ``personal.py``; the console composes the answers.

A domain answers the question :data:`held` with a :class:`PersonalData`. Its SQL is asked with these values:

``:account``, ``:person``, ``:path``
    ids of the account and of its staff record, and the path of her unit
``:ifi``, ``:agent``; ``:ifis``, ``:agents``
    the name by which statements know her, and all by which other programs may; each as text and as the store's key
``:at``, ``:throttle``, ``:traces``
    when erasing: the time, the key of her failed sign-ins, and LIKE patterns of everything that names her
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lms.core.hooks import Hook


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What one domain holds on a person.

    A test demands that every table with a column that refers to a person or an account is among ``tables`` of the
    domain it belongs to.
    """

    tables: Mapping[str, str]
    """Table -> what it holds on a person, and what is left of that when the link to her is removed."""
    collect: Mapping[str, str] = field(default_factory=dict)
    """Section of her archive -> SQL that gives its rows; nothing of anybody else, no secret and no hash of one."""
    unlink: Mapping[str, str] = field(default_factory=dict)
    """Name in the audit trail -> SQL that empties or removes what leads to her."""
    files: str | None = None
    """SQL that gives the SHA-256 of files to be removed when the link to her is."""
    own: str | None = None
    """SQL that gives the ids of subjects that are hers alone: what the audit trail says of them is about her."""
    shared: str | None = None
    """SQL that gives the ids of subjects that are hers and others': what names her there is about her."""


held: Hook[[], PersonalData] = Hook("core.personal-data")


def of_core() -> PersonalData:
    """What the ground floor holds."""
    return PersonalData(
        tables={
            "job_progress": "Jobs she started. Removed.",
            "audit_entries": "Who did what, by an opaque id; told in her archive, kept as it is: the chain must hold.",
            "transitions": "Who changed the state of what, by an opaque id; kept as it is, as the audit trail is.",
        },
        collect={
            "jobs": "SELECT kind, state, created_at, updated_at FROM job_progress WHERE account_id = :account "
            "ORDER BY created_at",
        },
        unlink={
            "throttles": "DELETE FROM throttles WHERE starts_with(key, :throttle)",
            "job_progress": "DELETE FROM job_progress WHERE account_id = :account",
        },
    )


held.register(of_core)
