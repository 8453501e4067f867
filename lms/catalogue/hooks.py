"""The questions the catalogue asks of floors above."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from lms.core.guard import Actor
from lms.core.hooks import Hook


@dataclass(frozen=True, slots=True)
class VersionNote:
    """What a floor above says of a version on its page: a title, a sentence, and where to read on (empty: nowhere)."""

    title: str
    text: str
    url: str


version_notes: Hook[[UUID, Actor], Sequence[VersionNote]] = Hook("catalogue.version-notes")
"""The actor, who reviews programmes, opens the page of this version: what is to be said of it?"""
version_questions: Hook[[UUID], Sequence[tuple[str, str, tuple[str, ...]]]] = Hook("catalogue.version-questions")
"""Which questions does a version ask: code, title, and the words that are compared?"""
