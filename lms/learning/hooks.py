"""The questions learning asks of floors above."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lms.core.guard import Actor
from lms.core.hooks import Hook


@dataclass(frozen=True, slots=True)
class DueItem:
    """Something that waits for the reader."""

    kind: str
    """session, lesson, quiz, essay, evaluation or report."""
    title: str
    detail: str
    url: str
    action: str
    """The words on its button."""
    rank: int
    """Order: the lowest first."""


due_in_classes: Hook[[Sequence[UUID], datetime], Sequence[DueItem]] = Hook("learning.due-in-classes")
"""What waits for the trainee of these registrations now?"""


@dataclass(frozen=True, slots=True)
class CourseForm:
    """A form about what a trainee does with a course she has completed."""

    title: str
    detail: str
    url: str


after_course: Hook[[UUID], Sequence[CourseForm]] = Hook("learning.after-course")
"""Which forms are there about the use of a course, for the page of this registration?"""

due: Hook[[Actor, datetime], Sequence[DueItem]] = Hook("learning.due")
"""What waits for this actor now, whether or not she is in a class?"""
