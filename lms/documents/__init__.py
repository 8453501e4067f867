"""Official documents in the layout of Nghị định 30/2020/NĐ-CP, as Word files and as PDF, the same bytes every time."""

from lms.documents.content import (
    Block,
    Bullets,
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

LAYOUT = 2
"""Raised whenever the same document gives other bytes: files made by an earlier layout are not made again, but kept."""

__all__ = [
    "LAYOUT",
    "Block",
    "Bullets",
    "Column",
    "Heading",
    "LegalBases",
    "Official",
    "Paragraph",
    "Picture",
    "Table",
    "docx",
    "pdf",
]
