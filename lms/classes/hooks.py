"""The questions classes ask of floors above."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from lms.classes.rules import Objection
from lms.core.errors import DomainError
from lms.core.guard import Actor
from lms.core.hooks import Hook

lecturer_histories: Hook[[Actor, Sequence[UUID]], Mapping[UUID, str]] = Hook("classes.lecturer-histories")
"""The actor is about to give topics to these lecturers: what is known of them, in words, such as how their topics were
evaluated so far?"""

reopening: Hook[[UUID], DomainError | None] = Hook("classes.reopening")
"""A finished class is about to be opened again: is there a reason against it?"""

objections: Hook[[UUID, Sequence[UUID]], Sequence[Objection]] = Hook("classes.objections")
"""These people are about to be enrolled in a class: what stands against it, or must be answered first?"""
