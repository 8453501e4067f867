"""What WTForms says of a field that is not valid, in the words of this house; WTForms has no Vietnamese of its own.

Its English messages are the keys here (``tests/core/test_form_words.py`` reads them from its source), ours the values:
message ids of the house's catalogues, with WTForms' own places for values (``%(max)d``).
"""

from lms.core import i18n
from lms.core.pages import N_

_REQUIRED = N_("Please fill in this field.")
_CHOICE = N_("Please choose from the list.")
_EXPIRED = N_("This form has expired. Please reload the page and send it again.")
_SHORTEST = N_("Please write at least %(min)d characters.")
_LONGEST = N_("Please write at most %(max)d characters.")
_EXACTLY = N_("Please write exactly %(max)d characters.")
_WHOLE = N_("Please write a whole number.")
_NUMBER = N_("Please write a number.")
_VALUE = N_("This value is not possible here. Please check it.")
_MOMENT = N_("Please write a day and time, such as 30/11/2026 08:00.")
_DAY = N_("Please write a day, month and year, such as 30/11/2026.")
_KIND = N_("This kind of file cannot be taken here.")

WORDS = {
    "This field is required.": _REQUIRED,
    "Not a valid choice.": _CHOICE,
    "Invalid Choice: could not coerce.": _CHOICE,
    "Invalid choice(s): one or more data inputs could not be coerced.": _CHOICE,
    "'%(value)s' is not a valid choice for this field.": N_("“%(value)s” is not in the list. Please choose again."),
    "'%(value)s' are not valid choices for this field.": N_("“%(value)s” is not in the list. Please choose again."),
    "Choices cannot be None.": _CHOICE,
    "Invalid value, must be one of: %(values)s.": N_("Please give one of these: %(values)s."),
    "Invalid value, can't be any of: %(values)s.": N_("Please give something other than these: %(values)s."),
    "Field must be at least %(min)d character long.": _SHORTEST,
    "Field must be at least %(min)d characters long.": _SHORTEST,
    "Field cannot be longer than %(max)d character.": _LONGEST,
    "Field cannot be longer than %(max)d characters.": _LONGEST,
    "Field must be exactly %(max)d character long.": _EXACTLY,
    "Field must be exactly %(max)d characters long.": _EXACTLY,
    "Field must be between %(min)d and %(max)d characters long.": N_(
        "Please write between %(min)d and %(max)d characters."
    ),
    "Number must be at least %(min)s.": N_("Please give a number of at least %(min)s."),
    "Number must be at most %(max)s.": N_("Please give a number of at most %(max)s."),
    "Number must be between %(min)s and %(max)s.": N_("Please give a number from %(min)s to %(max)s."),
    "Date must be at least %(min)s.": N_("Please give a day from %(min)s on."),
    "Date must be at most %(max)s.": N_("Please give a day until %(max)s."),
    "Date must be between %(min)s and %(max)s.": N_("Please give a day from %(min)s to %(max)s."),
    "Not a valid integer value.": _WHOLE,
    "Not a valid decimal value.": _NUMBER,
    "Not a valid float value.": _NUMBER,
    "Not a valid datetime value.": _MOMENT,
    "Not a valid date value.": _DAY,
    "Not a valid time value.": N_("Please write a time of day, such as 08:00."),
    "Not a valid week value.": N_("Please write a week, such as 2026-W48."),
    "Field must be equal to %(other_name)s.": N_("The two entries differ. Please write the same twice."),
    "Invalid field name '%s'.": _VALUE,
    "Invalid input.": _VALUE,
    "Invalid email address.": N_("Please write an e-mail address, such as ten@hanoi.gov.vn."),
    "Invalid IP address.": N_("Please write an IP address."),
    "Invalid Mac address.": N_("Please write a MAC address."),
    "Invalid URL.": N_("Please write a web address, such as https://hanoi.gov.vn/."),
    "Invalid UUID.": _VALUE,
    "This field cannot be edited.": N_("This field cannot be changed here."),
    "This field is disabled and cannot have a value.": N_("This field cannot be changed here."),
    "File does not have an approved extension.": _KIND,
    "File does not have an approved extension: {extensions}": N_("Please choose a file of these kinds: {extensions}."),
    "Invalid CSRF Token.": _EXPIRED,
    "CSRF token missing.": _EXPIRED,
    "CSRF failed.": _EXPIRED,
    "CSRF token expired.": _EXPIRED,
}


class Words:
    """What WTForms asks for translations: the house's words in the reader's language."""

    def gettext(self, message: str) -> str:
        """Return our words for WTForms' message; WTForms fills in the values."""
        return i18n.translated(WORDS[message]) if message in WORDS else message

    def ngettext(self, _one: str, many: str, _count: int) -> str:
        """Return our words for WTForms' message about a number; ours do not differ by it."""
        return self.gettext(many)
