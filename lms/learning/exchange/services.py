"""Handing a course on: the package is written, and that it left is kept in the audit log."""

from collections.abc import Callable
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO
from uuid import UUID

from flask_babel import lazy_gettext as _l

from lms.assessment.hooks import refuse_answers
from lms.core import audit
from lms.core.database import act
from lms.core.errors import NotFound
from lms.core.guard import Actor
from lms.learning.exchange import queries
from lms.packages.course import Course
from lms.packages.exports import cartridge, cmi5, folder, scorm12

FORMS: dict[str, tuple[object, str, Callable[[Course, IO[bytes]], None]]] = {
    "cmi5": (_l("cmi5 course"), "zip", cmi5.write),
    "scorm12": (_l("SCORM 1.2 package"), "zip", scorm12.write),
    "cartridge": (_l("Common Cartridge 1.3"), "imscc", cartridge.write),
    "folder": (_l("Folder form of this system"), "zip", folder.write),
}
"""Name, ending and writer of each form."""


@act
def export(
    actor: Actor, version_id: UUID, form: str, *, module_id: UUID | None, quizzes: bool = False, at: datetime
) -> IO[bytes]:
    """Write a version, or one module of it, and return the package, to be read from its beginning.

    :param quizzes: with the quizzes and their right answers
    :raises NotFound: there is no such version, module or form.
    :raises DomainError: ``own-quiz``, the actor is to take these quizzes
    """
    if quizzes:
        refuse_answers(actor, version_id)
    course = queries.collect(version_id, module_id=module_id, quizzes=quizzes)
    if course is None or form not in FORMS:
        raise NotFound
    out: IO[bytes] = SpooledTemporaryFile(max_size=8 * 1024 * 1024)  # noqa: SIM115 - the response closes it
    FORMS[form][2](course, out)
    out.seek(0)
    after = {"form": form, "module_id": str(module_id) if module_id else None, "quizzes": quizzes}
    audit.record(actor, "exchange.export", "programme_version", version_id, at=at, after=after)
    return out
