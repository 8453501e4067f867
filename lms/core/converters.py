"""Parameters of addresses: what no column could hold is no address of ours, and answered 404 before anything is asked.

``int`` and ``bigint`` hold what columns of these kinds hold, ``year`` the years in which things happen here; texts
(codes, keys, names, tokens, paths) have no control characters and a length that somebody could have typed.
"""

from flask import Flask
from werkzeug.routing import IntegerConverter, PathConverter, UnicodeConverter

from lms.core.fields import FIRST_YEAR, LAST_YEAR

_LONGEST = 1000
"""Characters in a part of an address; the longest of ours are the tokens of launches and the paths of content."""


class _Whole(IntegerConverter):
    """A whole number from 0, of ASCII digits."""

    regex = "[0-9]{1,10}"
    most = 2**31 - 1

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **{"max": self.most} | kwargs)  # type: ignore[arg-type] # of a rule's text


class _Big(_Whole):
    """A number as columns of type bigint hold it: ids of units, places in the record store."""

    regex = "[0-9]{1,19}"
    most = 2**63 - 1


class _Year(_Whole):
    """A year in which things happen here."""

    regex = "[0-9]{4}"
    most = LAST_YEAR

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **{"min": FIRST_YEAR} | kwargs)


class _Text(UnicodeConverter):
    """A code, key, name or token: one part of the path."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # of a rule's text
        self.regex = rf"[^/\x00-\x1f\x7f]{{1,{_LONGEST}}}"


class _Path(PathConverter):
    """The path of a file."""

    regex = r"[^/\x00-\x1f\x7f][^\x00-\x1f\x7f]{0,4095}?"


CONVERTERS = {"int": _Whole, "bigint": _Big, "year": _Year, "default": _Text, "string": _Text, "path": _Path}


def init_app(app: Flask) -> None:
    """Take these for the addresses that are added from now on."""
    app.url_map.converters |= CONVERTERS
