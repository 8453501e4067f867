"""What holds for every document on paper and in Word (Nghị định 30/2020/NĐ-CP, Phụ lục I), measured in the files."""

import re
from io import BytesIO
from unicodedata import normalize

import docx as python_docx
from docx.oxml.ns import qn
from pypdf import PdfReader

from lms.documents import Bullets, LegalBases, Paragraph, Table, docx, pdf, wording


def squeezed(text):
    return "".join(normalize("NFC", text).split())


def hold(document):
    """Measure a document in both forms; returns the pages of the paper."""
    reader = PdfReader(BytesIO(pdf(document)))
    sheets = [squeezed(page.extract_text()) for page in reader.pages]
    _signed_on_one_page_with_text(document, sheets)
    _stamped_once(document, sheets)
    _words_are_whole(document, reader)
    word = python_docx.Document(BytesIO(docx(document)))
    _kept_in_word(document, word)
    lines = wording.recipient_lines(document)
    assert all(re.fullmatch(r"- [^-\s].*[^;.,\s][;.]", line) for line in lines)
    assert [line[-1] for line in lines] == [*";" * (len(lines) - 1), "."][-len(lines) :] or not lines
    _bases(document, word)
    return sheets


def _signed_on_one_page_with_text(document, sheets):
    """The signature is whole, and at least two lines of text stand above it."""
    signed = squeezed("".join(wording.signer_lines(document)))
    last = next(sheet for sheet in reversed(sheets) if signed in sheet)
    assert squeezed(document.signer_name) in last[last.rindex(signed) :]
    head = last[: last.index(squeezed(wording.RECIPIENTS)) if document.recipients else last.rindex(signed)]
    said = squeezed("".join(_texts(document.body)))
    shown = next((n for n in range(len(said)) if said[n:] in head), len(said)) if said else 0
    two = squeezed("".join("\n".join(_texts(document.body)).split("\n")[-2:]))
    assert len(said) - shown >= min(75, len(two))  # a line holds about sixty letters


def _stamped_once(document, sheets):
    assert not document.stamp or [squeezed(document.stamp) in sheet for sheet in sheets].count(True) == 1
    assert squeezed(document.stamp) in sheets[-1]


def _words_are_whole(document, reader):
    """No line ends within a word or a symbol."""
    lines = [squeezed(line) for page in reader.pages for line in page.extract_text().split("\n")]
    for text in _texts(document.body):
        for token in re.findall(r"[^\s]+", wording.clean(text)):
            assert len(token) > 40 or any(token in line for line in lines), token


def _kept_in_word(document, word):
    body = word.element.body
    *_, signature = body.iter(qn("w:tbl"))
    assert all(row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in signature.iter(qn("w:tr")))
    before, size = signature.getprevious(), 0
    while before is not None and size < min(75, len(squeezed("".join(_texts(document.body))))):
        texts = [before] if before.tag == qn("w:p") else list(before.iter(qn("w:p")))[-1:]
        assert all(line.find(f"{qn('w:pPr')}/{qn('w:keepNext')}") is not None for line in texts)
        size += sum(max(38, len("".join(t.text or "" for t in line.iter(qn("w:t"))))) for line in texts)
        before = before.getprevious()
        if before is None or before.tag != qn("w:p"):
            break
    stamp = [p.text for p in word.paragraphs if document.stamp and squeezed(p.text) == squeezed(document.stamp)]
    assert len(stamp) == bool(document.stamp)
    assert not any(p.text for footer in _footers(word) for p in footer.paragraphs)


def _footers(word):
    return word.sections[0].footer, word.sections[0].first_page_footer


def _bases(document, word):
    lines = [line for block in document.body if isinstance(block, LegalBases) for line in wording.basis_lines(block)]
    shown = [p for p in word.paragraphs if p.style.name == "OfficialBasis"]
    assert [squeezed(p.text) for p in shown] == [squeezed(line) for line in lines]
    assert word.styles["OfficialBasis"].font.italic
    assert all(line.endswith(";") for line in lines[:-1]) and all(line.endswith(".") for line in lines[-1:])


def _texts(body):
    for block in body:
        match block:
            case Paragraph():
                yield block.text
            case Bullets():
                yield from block.items
            case Table():
                yield from (cell for row in block.rows for cell in row)
