"""Official documents in the layout of Nghị định 30/2020/NĐ-CP, as Word files and as PDF, the same bytes every time."""

from lms.documents.content import (
    Block,
    Bullets,
    Column,
    Heading,
    Official,
    Paragraph,
    Picture,
    Table,
)
from lms.documents.paper import pdf
from lms.documents.word import docx

__all__ = ["Block", "Bullets", "Column", "Heading", "Official", "Paragraph", "Picture", "Table", "docx", "pdf"]
