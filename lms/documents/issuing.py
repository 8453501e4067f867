"""Papers are issued: frozen as one text with its stamp; their files are made of that text once, and kept."""

import io
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lms.core import files
from lms.core.database import act, db
from lms.core.errors import NotFound
from lms.core.guard import Actor
from lms.documents import frozen
from lms.documents.content import LAYOUT, Official
from lms.documents.models import IssuedPaper, PaperFile
from lms.documents.paper import pdf
from lms.documents.word import docx

FORMS = {"docx": docx, "pdf": pdf}


def issue(document: Official, *, actor: Actor, at: datetime, **columns: Any) -> IssuedPaper:
    """Freeze a paper within the act that signs it; call it once it has its number.

    :param columns: of :class:`lms.documents.models.IssuedPaper`: what it is, about what, by and to whom
    """
    text = frozen.dump(replace(document, draft=False))
    paper = IssuedPaper(number=document.number, issued_on=document.date, signed_by=document.signer_name, **columns)
    paper.subject, paper.frozen, paper.stamp = document.subject, text, frozen.stamp(text)
    paper.account_id, paper.at = actor.account_id, at
    db.session.add(paper)
    db.session.flush()
    return paper


@act
def draw(paper_id: UUID) -> None:
    """Make the files of a paper of its frozen text, and keep them; those that are kept already stay."""
    paper = db.session.get(IssuedPaper, paper_id)
    if paper is None:
        raise NotFound
    kept = set(db.session.scalars(select(PaperFile.form).where(PaperFile.paper_id == paper_id)))
    document, made = frozen.load(paper.frozen), frozen.renderer(LAYOUT, "typst", "python-docx")
    for form, make in FORMS.items():
        if form not in kept:
            stored = files.put(io.BytesIO(make(document)))
            row = insert(PaperFile).values(
                paper_id=paper_id, form=form, sha256=stored.sha256, size=stored.size, renderer=made
            )
            db.session.execute(row.on_conflict_do_nothing())


def undrawn(about: UUID) -> list[UUID]:
    """Return the papers about something whose files are still to be made."""
    drawn = select(PaperFile.paper_id).where(PaperFile.paper_id == IssuedPaper.id).exists()
    return list(db.session.scalars(select(IssuedPaper.id).where(IssuedPaper.about == about, ~drawn)))


def file_of(paper_id: UUID, form: str) -> PaperFile | None:
    """Return the kept file of a paper; None while it is still to be made."""
    return db.session.get(PaperFile, (paper_id, form))
