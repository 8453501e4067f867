"""Versions of evaluation forms: loaded with the product, or drafted, checked and published by people."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson
import yaml
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from lms.catalogue.models import Programme
from lms.core import audit
from lms.core.database import act, db, lock
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.surveys import document
from lms.surveys.document import Form
from lms.surveys.life import INSTRUMENT
from lms.surveys.models import Instrument, InstrumentUse

SHIPPED = Path(__file__).parent.parent / "instruments"


@act
def load_instruments(*, at: datetime) -> None:
    """Load the shipped instruments where nobody has published a version of her own; a changed file is a new version.

    :raises document.Wrong: a shipped file is no form
    """
    for path in sorted(SHIPPED.glob("*.yaml")):
        form = document.read(yaml.safe_load(path.read_text("utf-8")))
        faults = document.faults(form)
        if faults:
            raise document.Wrong(f"{path.name}: {[(place, str(words)) for place, words in faults]}")
        lock("instrument", form.code)
        first = {"id": uuid4(), "audience": form.audience, "code": form.code}
        db.session.execute(insert(InstrumentUse).values(first).on_conflict_do_nothing())
        newest = newest_of(form.code)
        if newest is None or (newest.checksum != checksum(form) and not _edited(form.code)):
            db.session.add(_row(form, newest.version + 1 if newest else 1, "published", at))
            db.session.flush()


@act
def begin_draft(actor: Actor, code: str, *, at: datetime) -> Instrument:
    """Begin a new version of a form, from its newest one; the draft that is there already is given back."""
    lock("instrument", code)
    draft = db.session.scalar(select(Instrument).where(Instrument.code == code, Instrument.state == "draft"))
    if draft is not None:
        return draft
    newest = newest_of(code)
    if newest is None:
        raise NotFound
    draft = _row(document.read(newest.document), newest.version + 1, "draft", at)
    db.session.add(draft)
    db.session.flush()
    audit.record(actor, "instrument.draft", "instrument", draft.id, at=at, after={"code": code})
    return draft


@act
def copy_form(actor: Actor, source_id: UUID, code: str, title: dict[str, str], *, at: datetime) -> Instrument:
    """Begin a form of its own from another's newest version, for the same audience.

    :raises DomainError: ``code-taken``
    """
    lock("instrument", code)
    source = db.session.get(Instrument, source_id)
    if source is None:
        raise NotFound
    if newest_of(code, drafts=True) is not None:
        raise DomainError("code-taken", _l("There is a form with this code already."))
    form = document.read(source.document)
    form.code, form.title = code, title
    draft = _row(form, 1, "draft", at)
    db.session.add(draft)
    db.session.flush()
    audit.record(actor, "instrument.draft", "instrument", draft.id, at=at, after={"code": code})
    return draft


@act
def edit(actor: Actor, instrument_id: UUID, change: Callable[[Form], None]) -> Form:
    """Change a draft; who may and what may be is the caller's question, what is published is never changed.

    :raises DomainError: ``published``
    """
    del actor  # drafts are not audited step by step; their publication is
    draft = _held(instrument_id, "edit")
    form = document.read(draft.document)
    change(form)
    form = document.read(document.plain(form))
    draft.document, draft.title, draft.checksum = document.plain(form), dict(form.title), checksum(form)
    return form


@act
def publish(actor: Actor, instrument_id: UUID, *, at: datetime) -> None:
    """Publish a draft: evaluations that open from now on take it; open ones stay on theirs.

    :raises DomainError: ``published``, ``faulty`` or ``changed-meaning``, with what to mend
    """
    draft = _held(instrument_id, "publish")
    form = document.read(draft.document)
    faults = document.faults(form)
    if faults:
        place, words = faults[0]
        raise DomainError("faulty", _l("“%(place)s”: %(words)s", place=place or form.code, words=words), 422)
    for earlier in db.session.scalars(
        select(Instrument).where(Instrument.code == draft.code, Instrument.state == "published")
    ):
        codes = document.changed(document.read(earlier.document), form)
        if codes:
            words = _l(
                "“%(codes)s” has answers of another kind than in version %(version)d: results could not be compared. "
                "Please make it a new question.",
                codes=", ".join(codes),
                version=earlier.version,
            )
            raise DomainError("changed-meaning", words, 422)
    draft.state, draft.loaded_at = "published", at
    audit.record(
        actor, "instrument.publish", "instrument", draft.id, at=at, after={"code": draft.code, "sha256": draft.checksum}
    )


@act
def discard(actor: Actor, instrument_id: UUID, *, at: datetime) -> None:
    """Throw a draft away.

    :raises DomainError: ``published``
    """
    draft = _held(instrument_id, "discard")
    audit.record(actor, "instrument.discard", "instrument", draft.id, at=at, before={"code": draft.code})
    db.session.delete(draft)


def _held(instrument_id: UUID, act_: str) -> Instrument:
    version = db.session.get(Instrument, instrument_id, with_for_update=True)
    if version is None:
        raise NotFound
    INSTRUMENT.require(act_, version.state)
    return version


def newest_of(code: str, *, drafts: bool = False) -> Instrument | None:
    """Return the newest published version of a form, or the newest at all."""
    wanted = select(Instrument).where(Instrument.code == code).order_by(Instrument.version.desc()).limit(1)
    return db.session.scalar(wanted if drafts else wanted.where(Instrument.state == "published"))


def for_audience(audience: str, programme_id: UUID | None = None) -> Instrument:
    """Return what an evaluation that opens now takes: the newest version of the form in use.

    :param programme_id: of the class; None where there is no single one
    :raises DomainError: ``no-instrument``
    """
    applies = or_(InstrumentUse.programme_id.is_(None), InstrumentUse.programme_id == programme_id)
    use = db.session.scalar(
        select(Instrument)
        .join(InstrumentUse, InstrumentUse.code == Instrument.code)
        .where(InstrumentUse.audience == audience, applies, Instrument.state == "published")
        .order_by(InstrumentUse.programme_id.is_(None), Instrument.version.desc())
        .limit(1)
    )
    if use is None:
        raise DomainError("no-instrument", _l("There is no evaluation form yet. Please load the instruments first."))
    return use


@act
def use(actor: Actor, code: str, programme_id: UUID | None, *, at: datetime) -> None:
    """Let evaluations that open from now on take a form: of one programme, or of all that have no form of their own.

    :raises DomainError: ``not-published``; ``no-programme`` where the form's audience is asked across programmes
    """
    form = newest_of(code)
    if form is None:
        raise DomainError("not-published", _l("Please choose a form that is published."), 422)
    if programme_id is not None and form.audience == "lecturer":
        words = _l("Lecturers answer one form for all programmes; it is chosen for the whole city.")
        raise DomainError("no-programme", words, 422)
    if programme_id is not None and db.session.get(Programme, programme_id) is None:
        raise NotFound
    values = {"id": uuid4(), "audience": form.audience, "programme_id": programme_id, "code": code}
    put = insert(InstrumentUse).values(values)
    db.session.execute(put.on_conflict_do_update(index_elements=["audience", "programme_id"], set_={"code": code}))
    after = {"audience": form.audience, "programme": programme_id, "code": code}
    audit.record(actor, "instrument.use", "instrument", form.id, at=at, after=after)


@act
def use_general(actor: Actor, use_id: UUID, *, at: datetime) -> None:
    """Let a programme take the city's form again."""
    use = db.session.get(InstrumentUse, use_id)
    if use is None or use.programme_id is None:
        raise NotFound
    before = {"audience": use.audience, "programme": use.programme_id, "code": use.code}
    audit.record(actor, "instrument.use", "programme", use.programme_id, at=at, before=before)
    db.session.delete(use)


def checksum(form: Form) -> str:
    """Return the SHA-256 of a form's content, in hex."""
    return hashlib.sha256(orjson.dumps(document.plain(form), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _edited(code: str) -> bool:
    """Tell whether people have begun or published versions of their own."""
    trail: Any = select(audit.AuditEntry.id).where(
        audit.AuditEntry.action == "instrument.publish", audit.AuditEntry.after["code"].astext == code
    )
    drafts = select(Instrument.id).where(Instrument.code == code, Instrument.state == "draft")
    return db.session.scalar(trail.limit(1)) is not None or db.session.scalar(drafts) is not None


def _row(form: Form, version: int, state: str, at: datetime) -> Instrument:
    return Instrument(
        id=uuid4(),
        code=form.code,
        version=version,
        audience=form.audience,
        state=state,
        title=dict(form.title),
        document=document.plain(form),
        checksum=checksum(form),
        loaded_at=at,
    )
