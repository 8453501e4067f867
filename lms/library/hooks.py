"""The questions the library asks of floors above."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from lms.core.hooks import Hook

uses_of_package: Hook[[UUID], Sequence[Any]] = Hook("library.uses-of-package")
"""The package is about to be removed: who still uses it? Words that say where; with any of them it stays."""

uses_of_version: Hook[[UUID], Sequence[Any]] = Hook("library.uses-of-version")
"""The version is about to be removed: who still uses it? Answered like :data:`uses_of_package`."""

uses_to_show: Hook[[Sequence[UUID]], Mapping[UUID, Sequence[tuple[Any, str]]]] = Hook("library.uses-to-show")
"""A page shows where these packages are used: words that say where and the address of the page, by package."""

trainee_of: Hook[[UUID, int], bool] = Hook("library.trainee-of")
"""A key of an institution asks for a person: is she, or was she, a trainee of a class that the institution runs?"""
