"""Decisions about passwords, one-time codes and names of accounts: values in, an answer out."""

import hashlib
import re
import secrets
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from lms.core.states import Acts
from lms.core.text import fold, nfc, one_line

_EITHER = frozenset({"open", "locked"})
ACCOUNT = Acts(
    states=_EITHER,
    allowed={
        "lock": frozenset({"open"}),
        "unlock": frozenset({"locked"}),
        "issue_code": frozenset({"open"}),
        "set_password": _EITHER,
        "give_role": _EITHER,
    },
    reasons={"open": "account-open", "locked": "account-locked"},
    by_act={("lock", "locked"): "locked-already"},
    words={
        "account-open": _l("The account is not locked."),
        "account-locked": _l("The account is locked. Unlock it first."),
        "locked-already": _l("The account is locked already."),
    },
)
"""An account."""

PERSON = Acts(
    states=frozenset({"serving", "left"}),
    allowed={"give_role": frozenset({"serving"}), "leave": frozenset({"serving", "left"})},
    reasons={"left": "has-left"},
    words={"has-left": _l("This person has left the service and can be given no role.")},
)
"""Whose account it is; the day on which she left may be corrected."""

ROLE = Acts(
    states=frozenset({"ahead", "held", "ended"}),
    allowed={"end_role": frozenset({"ahead", "held"})},
    reasons={"ended": "role-ended"},
    words={"role-ended": _l("This role has ended already.")},
)
"""A role of an account; one that has ended is given anew with a new period."""

UNIT = Acts(
    states=frozenset({"open", "closed"}),
    allowed={"close": frozenset({"open"})},
    reasons={"closed": "unit-closed"},
    words={"unit-closed": _l("This unit is closed already.")},
)
"""A unit, whose last day may lie ahead."""

PASSWORD_MIN, PASSWORD_MAX = 12, 128

_COMMON = """
123456789012 1234567890123 12345678901234 123123123123 123456123456 012345678910 987654321012 111122223333
112233445566 121212121212 147258369147 123654789012 qwertyuiop12 qwertyuiop123 qwertyuiopasdf qwerty123456
1qaz2wsx3edc 1q2w3e4r5t6y asdfghjkl123 zxcvbnm12345 abcdefghijkl abcd12345678 abc123456789 abcdef123456
password1234 password12345 password123456 passw0rd1234 passwordpassword mypassword12 p@ssw0rd1234 p@ssword1234
iloveyou1234 iloveyou12345 welcome12345 welcome123456 letmein12345 administrator administrator1 administrator123
admin1234567 admin12345678 changeme1234 changemenow1 superman1234 football1234 princess1234 dragon123456
matkhau12345 matkhau123456 matkhaumatkhau matkhau@12345 matkhaucuatoi khongcomatkhau khongbietmatkhau
emyeuanh1234 anhyeuem1234 anhyeuemnhieu emyeuanhnhieu yeuemnhieulam giadinhlaso1 giadinhlatatca hanhphuc1234
vietnam12345 vietnam123456 vietnamvodich hanoi1234567 hanoi12345678 thanhphohanoi thudohanoi123 hanoimuathu12
doclaptudohanhphuc congchuc1234 congchuchanoi vienchuc1234 canbocongchuc sonoivuhanoi uybannhandan
xinchaovietnam quenmatkhau1 tinhyeu12345 hoilamgi1234
"""
COMMON = frozenset(_COMMON.split())
"""The passwords of at least twelve characters that everybody tries first, here and elsewhere, folded."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_CODE_BITS = 80

USERNAME = re.compile(r"[a-z0-9][a-z0-9._@/-]{1,63}")
STAFF_CODE = re.compile(r"[A-Z0-9][A-Z0-9._/-]{1,39}")
UNIT_CODE = re.compile(r"[A-Z0-9][A-Z0-9._/-]{0,39}")


def role_state(valid_from: date | None, valid_to: date | None, today: date) -> str:
    """Return the state of a role.

    :param valid_to: the first day on which it is no longer held
    """
    if valid_to is not None and valid_to <= today:
        return "ended"
    return "ahead" if valid_from is not None and valid_from > today else "held"


def password_fault(password: str, username: str) -> Any:
    """Return why a password is not good enough, None when it is.

    Length over variety, and a list of the usual ones, as NIST SP 800-63B advises (5.1.1.2).
    """
    text = nfc(password)
    plain = fold(text).replace(" ", "")
    if len(text) < PASSWORD_MIN:
        return _l("At least %(number)s characters, please. A short sentence is easy to remember.", number=PASSWORD_MIN)
    if len(text) > PASSWORD_MAX:
        return _l("At most %(number)s characters, please.", number=PASSWORD_MAX)
    if len(username) > 2 and username.casefold() in text.casefold():
        return _l("The password must not contain your username.")
    if plain in COMMON or len(set(plain)) < 5:
        return _l("This password is one of those that are guessed first. Please choose another.")
    return None


def new_code() -> str:
    """Return a one-time code of 80 random bits, in groups of four: ``7KQ2-M9XD-03TW-HZ5B``."""
    number = secrets.randbits(_CODE_BITS)
    digits = "".join(_ALPHABET[number >> shift & 31] for shift in range(_CODE_BITS - 5, -1, -5))
    return "-".join(digits[i : i + 4] for i in range(0, len(digits), 4))


def code_hash(code: str) -> bytes:
    """Return the SHA-256 of a code as typed: case, blanks, dashes and look-alike letters do not matter."""
    bare = "".join(c for c in code.upper() if c.isalnum()).translate(_MISREAD)
    return hashlib.sha256(bare.encode("utf-8", "replace")).digest()


def username_of(typed: str) -> str:
    """Return a username as it is stored: one word, lower case."""
    return one_line(typed).lower()
