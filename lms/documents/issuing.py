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
from lms.documents.content import Official
from lms.documents.models import IssuedPaper, PaperFile
from lms.documents.paper import pdf
from lms.documents.word import docx

_FORMS = {"pdf": pdf, "docx": docx}


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
def file_of(paper_id: UUID, form: str, layout: int) -> PaperFile:
    """Return a file of a paper; the first who asks has it made, whoever asks later gets the same bytes.

    :raises NotFound: there is no such paper
    """
    asked = select(PaperFile).where(PaperFile.paper_id == paper_id, PaperFile.form == form)
    kept = db.session.scalar(asked)
    if kept is not None:
        return kept
    paper = db.session.get(IssuedPaper, paper_id)
    if paper is None:
        raise NotFound
    stored = files.put(io.BytesIO(_FORMS[form](frozen.load(paper.frozen))))
    made = frozen.renderer(layout, "typst", "python-docx")
    row = insert(PaperFile).values(paper_id=paper_id, form=form, sha256=stored.sha256, size=stored.size, renderer=made)
    db.session.execute(row.on_conflict_do_nothing())
    return db.session.scalars(asked).one()
