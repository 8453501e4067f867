"""Official documents in the layout of Nghị định 30/2020/NĐ-CP, as Word files and as PDF, the same bytes every time."""

from flask import Flask

from lms.core.personal import held as personal_data
from lms.documents import models, personal  # noqa: F401 - models registers the tables
from lms.documents.content import (
    LAYOUT,
    Article,
    Block,
    Bullets,
    Centred,
    Column,
    Heading,
    LegalBases,
    Official,
    Paragraph,
    Picture,
    Table,
)
from lms.documents.paper import pdf
from lms.documents.word import docx


def init_app(app: Flask) -> None:
    """Add the domain to the application; it has no pages of its own."""
    del app
    personal_data.register(personal.held)


__all__ = [
    "LAYOUT",
    "Article",
    "Block",
    "Bullets",
    "Centred",
    "Column",
    "Heading",
    "LegalBases",
    "Official",
    "Paragraph",
    "Picture",
    "Table",
    "docx",
    "init_app",
    "pdf",
]
