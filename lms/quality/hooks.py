"""What floors above add to the pages of results."""

from typing import Literal, NamedTuple
from uuid import UUID

from markupsafe import Markup

from lms.core.guard import Actor
from lms.core.hooks import Hook


class Subject(NamedTuple):
    """What a page of results is about.

    :ivar path: of the institution; None where it is about more than one
    :ivar year: of all but a class
    """

    kind: Literal["class", "institution", "programme", "year"]
    path: str | None
    year: int = 0
    class_id: UUID | None = None
    unit_id: int | None = None
    programme_id: UUID | None = None
    code: str | None = None
    """Of the programme."""


below_results: Hook[[Actor, Subject], Markup] = Hook("quality.below-results")
"""What stands below the results for this reader, such as the reports that tell them; may be empty."""
