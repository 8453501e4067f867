"""The jobs that check and import rosters."""

import io
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from lms.core import files, jobs
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.i18n import speaking
from lms.people import exports
from lms.people.roster.reading import Choices, RosterError
from lms.people.services import rosters
from lms.people.sessions import actor_of

KEPT = 500


@jobs.task("people.forget_roster")
def forget_roster(progress: jobs.Progress, sha256: str) -> None:
    """Remove an uploaded roster from the file store when its time is over, unless it was uploaded again meanwhile."""
    uploaded = jobs.find(progress.id)
    over = uploaded is None or uploaded.created_at + rosters.KEPT <= utcnow()
    if over and not rosters.uploaded_again(sha256):
        files.remove(sha256)


@jobs.task("people.check_roster", attempts=1)
def check_roster(
    progress: jobs.Progress, sha256: str, filename: str, account_id: str, sheet: str = "", encoding: str = ""
) -> dict[str, Any]:
    """Check a stored file as the account that asked for it would import it; all problems are kept as a workbook."""
    at = utcnow()
    actor = actor_of(UUID(account_id), at=at)
    if actor is None or not actor.may(rosters.PERMISSION):
        return {"message": _("The account may no longer import rosters. Nothing was imported.")}
    checked: dict[str, Any] = {"sha256": sha256, "filename": filename, "sheet": sheet, "encoding": encoding}
    checked["next"] = f"/admin/people/import/{progress.id}/checked"
    with speaking(actor.locale or "vi"):
        try:
            with io.BytesIO(b"".join(files.read(sha256))) as stream:
                report = rosters.check_roster(
                    actor,
                    stream,
                    filename,
                    at=at,
                    choices=Choices(sheet, encoding),
                    tell=lambda done, total: progress.tell(done=done, total=total),
                )
        except RosterError as refused:
            return checked | {"refused": str(refused.message)}
        if not report.sound:
            stored = files.put(io.BytesIO(exports.problems(report)))
            rosters.forget_later(actor, stored.sha256, at=at)
            checked |= {"workbook": stored.sha256, "size": stored.size}
        return checked | {"report": rosters.as_json(report, most=KEPT)}


@jobs.task("people.import_roster")
def import_roster(
    progress: jobs.Progress, sha256: str, filename: str, account_id: str, sheet: str = "", encoding: str = ""
) -> dict[str, Any]:
    """Import a stored file in the name of the account that asked for it, with the rights it has now."""
    actor = actor_of(UUID(account_id), at=utcnow())
    if actor is None or not actor.may(rosters.PERMISSION):
        return {"message": _("The account may no longer import rosters. Nothing was imported.")}
    url = f"/admin/people/import/{progress.id}/result"
    try:
        with io.BytesIO(b"".join(files.read(sha256))) as stream:
            report = rosters.import_roster(
                actor,
                stream,
                filename,
                at=utcnow(),
                choices=Choices(sheet, encoding),
                tell=lambda done, total: progress.tell(done=done, total=total),
            )
    except rosters.RosterRefused as refused:
        listed = [[p.row, p.column, p.header, p.value, str(p.message)] for p in refused.report.problems[:KEPT]]
        result = {"problems": listed, "problem_count": refused.report.problem_count}
        return result | {"message": str(refused.message), "url": url, "filename": filename}
    except (RosterError, DomainError) as refused:
        return {"message": str(refused.message), "url": url, "filename": filename}
    summary = report.summary
    sheets = {"sheet": report.sheet, "others": [[other.name, other.visible] for other in report.others]}
    counts = sheets | {"new": summary.new, "changed": summary.changed, "unchanged": summary.unchanged}
    return counts | {
        "accounts": report.accounts,
        "sha256": sha256,
        "filename": filename,
        "message": _("%(number)s persons were read; all are in the system.", number=summary.total),
        "url": url,
    }
