"""The life of a report: begun, written, submitted, approved or sent back, issued for ever, replaced by another."""

import io
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lms.catalogue.models import Programme
from lms.classes.models import ClassRun
from lms.core import audit, files
from lms.core.database import act, db
from lms.core.edits import Edit, settle
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.core.i18n import ZONE
from lms.documents import register
from lms.reports.issued import access
from lms.reports.issued.models import QualityReport, ReportFile
from lms.reports.issued.papers import frozen
from lms.reports.issued.papers.document import issue_stamp, official
from lms.reports.issued.papers.sheets import sheets
from lms.reports.issued.queries import gathering
from lms.reports.issued.queries import reports as queries
from lms.reports.issued.rules import life, wording
from lms.reports.issued.rules.figures import Figures, fingerprint
from lms.reports.issued.rules.report import Issue, Report


@act
def begin_class(actor: Actor, class_id: UUID, *, at: datetime) -> UUID:
    """Begin the report of a class.

    :raises DomainError: ``exists``
    """
    run = db.session.get(ClassRun, class_id)
    if run is None:
        raise NotFound
    return _begin(actor, at, kind="class", unit_id=run.institution_id, year=run.starts_on.year, class_id=class_id)


@act
def begin_institution(actor: Actor, unit_id: int, year: int, *, at: datetime) -> UUID:
    """Begin the report of an institution on a year.

    :raises DomainError: ``exists``
    """
    if not queries.runs_classes(unit_id):
        raise NotFound
    return _begin(actor, at, kind="institution", unit_id=unit_id, year=year)


@act
def begin_programme(actor: Actor, code: str, year: int, *, at: datetime) -> UUID:
    """Begin the report of a programme on a year.

    :raises DomainError: ``exists``
    """
    programme = db.session.scalars(select(Programme).where(Programme.code == code)).one_or_none()
    if programme is None:
        raise NotFound
    return _begin(actor, at, kind="programme", unit_id=queries.city().id, year=year, programme_id=programme.id)


@act
def begin_year(actor: Actor, year: int, *, at: datetime) -> UUID:
    """Begin the report of the whole city on a year.

    :raises DomainError: ``exists``
    """
    return _begin(actor, at, kind="year", unit_id=queries.city().id, year=year)


def _begin(actor: Actor, at: datetime, **about: Any) -> UUID:
    if not life.year_fits(about["year"], _day(at)):
        raise NotFound
    report_id = _insert(actor, at, about | {"texts": {"basis": wording.BASIS}})
    if report_id is None:
        raise DomainError("exists", _l("There is a report of this already."))
    audit.record(actor, "report.begin", "quality_report", report_id, at=at, after=about)
    return report_id


@act
def write(actor: Actor, report_id: UUID, edit: Edit, *, at: datetime) -> None:
    """Keep the written parts of a draft; a part that was not touched stays as somebody else left it.

    :raises ChangedMeanwhile: somebody else has written the same part otherwise since
    :raises DomainError: ``not-now``, ``too-long``
    """
    report = _held(report_id, "write")
    stored = {part: report.texts.get(part, "") for part in life.PARTS[report.kind]}
    clean = stored | settle(edit, stored)
    if any(len(text) > life.LONGEST for text in clean.values()):
        raise DomainError("too-long", _l("Please write at most %(most)s characters.", most=life.LONGEST), 422)
    before, report.texts, report.changed_at = report.texts, clean, at
    report.writers = _with(report.writers, actor)
    audit.record(actor, "report.write", "quality_report", report.id, at=at, before=before, after=clean)


@act
def submit(actor: Actor, report_id: UUID, *, at: datetime) -> None:
    """Hand a draft in for approval; its figures are those of this moment.

    :raises DomainError: ``not-now``, ``too-few``, ``unread``, ``incomplete``
    """
    report = _held(report_id, "submit")
    figures = _figures(report, at)
    if gathering.unread(report):
        raise DomainError("unread", _l("The trusted reader has not read all comments yet."))
    if life.missing(report.kind, report.texts, figures.below):
        raise DomainError("incomplete", _l("Please write the parts that are marked as needed first."))
    report.state, report.as_of, report.returned_reason = "submitted", at, None
    report.writers = _with(report.writers, actor)
    audit.record(actor, "report.submit", "quality_report", report.id, at=at)


@act
def approve(actor: Actor, report_id: UUID, *, at: datetime) -> None:
    """Approve a report, text and figures, as somebody who has not written it.

    :raises DomainError: ``not-now``, ``own-report``, ``too-few``
    """
    report = _decided(actor, report_id, "approve")
    report.state, report.approved_by, report.approved_at = "approved", actor.account_id, at
    report.approved_figures = fingerprint(_figures(report, report.as_of or at))
    audit.record(
        actor, "report.approve", "quality_report", report.id, at=at, after={"figures": report.approved_figures}
    )


@act
def send_back(actor: Actor, report_id: UUID, reason: str, *, at: datetime) -> None:
    """Send a report back to be written anew, with a reason; also one that was approved but is not issued yet.

    :raises DomainError: ``not-now``, ``own-report``
    """
    report = _decided(actor, report_id, "send_back")
    report.state, report.returned_reason, report.as_of = "draft", reason, None
    report.approved_by = report.approved_at = report.approved_figures = None
    audit.record(actor, "report.send_back", "quality_report", report.id, at=at, after={"reason": reason})


@act
def issue(actor: Actor, report_id: UUID, details: Issue, *, at: datetime) -> None:
    """Issue an approved report: freeze it, make its files, keep both for ever.

    :param details: what the document carries

    :raises DomainError: ``not-now``, ``too-few``, ``figures-changed``, ``date``, ``number-taken``, ``symbol``
    """
    report = _held(report_id, "issue")
    if report.as_of is None or report.approved_at is None:
        raise LookupError(report.id)
    if not life.date_fits(details.issued_on, _day(report.approved_at), _day(at)):
        raise DomainError("date", _l("The date must lie between the day of approval and today."), 422)
    contents = gathering.gather(report, report.as_of, actor.account_id)
    if contents is None or fingerprint(contents.figures) != report.approved_figures:
        raise DomainError(
            "figures-changed",
            _l("The figures have changed since approval. Please have the report sent back."),
        )
    details = _numbered(report, actor, details, at)
    _freeze(report, contents, details, report.as_of)
    report.state, report.issued_by, report.issued_at = "issued", actor.account_id, at
    report.number, report.number_year, report.issued_on = details.number, details.issued_on.year, details.issued_on
    db.session.flush()
    after = {"number": report.number, "stamp": report.stamp}
    audit.record(actor, "report.issue", "quality_report", report.id, at=at, after=after)


@act
def correct(actor: Actor, report_id: UUID, reason: str, *, at: datetime) -> UUID:
    """Begin a report that replaces an issued one, with its texts; returns the new one's id.

    :raises DomainError: ``not-issued``, ``exists``
    """
    old = db.session.get(QualityReport, report_id)
    if old is None:
        raise NotFound
    life.REPORT.require("correct", old.state)
    values = {name: getattr(old, name) for name in ("kind", "unit_id", "year", "class_id", "programme_id", "texts")}
    correction_id = _insert(actor, at, values | {"replaces_id": old.id, "reason": reason})
    if correction_id is None:
        raise DomainError("exists", _l("A report that replaces this one has been begun already."))
    after = {"replaces": str(old.id), "reason": reason}
    audit.record(actor, "report.correct", "quality_report", correction_id, at=at, after=after)
    return correction_id


@act
def discard(actor: Actor, report_id: UUID, *, at: datetime) -> None:
    """Throw a draft away.

    :raises DomainError: ``not-now``
    """
    report = _held(report_id, "discard")
    audit.record(actor, "report.discard", "quality_report", report.id, at=at, before={"texts": report.texts})
    db.session.delete(report)


def _insert(actor: Actor, at: datetime, values: dict[str, Any]) -> UUID | None:
    begun = {"id": uuid4(), "state": "draft", "writers": _with([], actor), "created_at": at, "changed_at": at}
    row = insert(QualityReport).values(**values, **begun).on_conflict_do_nothing().returning(QualityReport.id)
    return db.session.execute(row).scalar_one_or_none()


def _freeze(report: QualityReport, contents: Report, details: Issue, as_of: datetime) -> None:
    stamp = issue_stamp(as_of, contents.figures)
    report.frozen = frozen.dump(frozen.Frozen(contents.figures, official(contents, details, stamp), sheets(contents)))
    kept = frozen.load(report.frozen)
    report.stamp, report.renderer = frozen.stamp(report.frozen), frozen.renderer()
    for form in frozen.FORMS:
        stored = files.put(io.BytesIO(frozen.make(kept, form)))
        db.session.add(ReportFile(report_id=report.id, form=form, sha256=stored.sha256, size=stored.size))


def _numbered(report: QualityReport, actor: Actor, details: Issue, at: datetime) -> Issue:
    """Give the report its number in the register of who issues it: the next, or the one that its office has given."""
    issuer = gathering.issuer(report, actor.account_id)
    body = queries.unit_with_code(issuer.code)
    book = register.Book(report.unit_id if body is None else body.id, "BC", details.issued_on.year)
    carrier = register.Carrier("quality_report", report.id)
    if not details.number:
        given = register.give(book, lambda number: issuer.number(str(number)), carrier, actor=actor, at=at)
        return replace(details, number=given)
    number = issuer.number(details.number)
    owner = queries.unit_with_code(number.rpartition("-")[2])
    if owner is not None and owner.code != issuer.code:
        raise DomainError(
            "symbol",
            _l(
                "This is the symbol of %(other)s; the document is issued by %(issuer)s: %(number)s.",
                other=owner.name,
                issuer=issuer.authority.replace("\n", " "),
                number=issuer.number(),
            ),
            422,
        )
    register.enter(book, number, carrier, actor=actor, at=at)
    return replace(details, number=number)


def _figures(report: QualityReport, until: datetime) -> Figures:
    figures = gathering.figures_of(report, until)
    if figures is None:
        raise DomainError("too-few", _l("There are fewer than five valid forms, or the evaluation is still open."))
    return figures


def _held(report_id: UUID, act_: str) -> QualityReport:
    report = db.session.get(QualityReport, report_id, with_for_update=True)
    if report is None:
        raise NotFound
    life.REPORT.require(act_, report.state)
    return report


def _decided(actor: Actor, report_id: UUID, act_: str) -> QualityReport:
    report = _held(report_id, act_)
    if not access.may_decide(actor, report_id):
        raise DomainError("own-report", _l("Nobody decides on a report that she wrote herself."), 403)
    return report


def _with(writers: list[str], actor: Actor) -> list[str]:
    return sorted({*writers, str(actor.account_id)}) if actor.account_id else writers


def _day(at: datetime) -> date:
    return at.astimezone(ZONE).date()
