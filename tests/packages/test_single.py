"""Single files: their titles and properties, what is refused, safe pages, and conversion by LibreOffice."""

import io
import os
import shutil
import stat
import struct
import time
import zipfile
from pathlib import Path
from unicodedata import normalize

import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from lms.packages.formats.single import (
    confined,
    images,
    links,
    office,
    office_to_pdf,
    page_html,
    pages,
    pdf,
    read_structure,
    take_link,
    take_office,
    take_page,
    whole,
)
from lms.packages.formats.single import (
    media as recordings,
)
from lms.packages.inspection import signatures
from lms.packages.inspection.marks import Marks
from lms.packages.inspection.recognising import recognise
from lms.packages.structure import Refused
from tests.data import media

LONG = "Bồi dưỡng kỹ năng số, an toàn thông tin và đạo đức công vụ cho cán bộ, công chức phường, xã " * 2
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


READERS = {
    "pdf": pdf.read,
    "video": recordings.read,
    "audio": recordings.read,
    "image": images.read,
    "office": office.read,
    "page": pages.read,
    "link": links.read,
}


def read(tmp_path, content, kind, media_type="", filename="Bai_giang_1.bin"):
    path = tmp_path / "upload"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_structure(path, kind, media_type, filename, READERS[kind])


def unit(structure):
    (one,) = structure.root.children
    return one


def refusal(tmp_path, *args, **more):
    with pytest.raises(Refused) as caught:
        read(tmp_path, *args, **more)
    return str(caught.value)


# -- titles -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metadata", "shown"),
    [
        (LONG.strip(), LONG.strip()),
        ("", "Bài giảng 1"),
        ("Microsoft Word - bai giang.docx", "Bài giảng 1"),
        ("Untitled", "Bài giảng 1"),
        ("Bµi gi¶ng vÒ ®« thÞ", "Bài giảng 1"),
        ("C:\\Users\\an\\bai.ppt", "Bài giảng 1"),
        ("12/2026", "Bài giảng 1"),
        ("x" * 300, "Bài giảng 1"),
    ],
)
def test_the_title_is_the_files_own_when_it_is_good_and_its_name_otherwise(tmp_path, metadata, shown):
    found = read(tmp_path, media.pdf(title=metadata), "pdf", "application/pdf", "Bài_giảng_1.pdf")
    assert unit(found).title == {"und": shown} == found.root.title


def test_names_lose_folders_and_what_has_a_meaning_in_addresses(tmp_path):
    found = unit(read(tmp_path, media.png(), "image", "image/png", "C:\\anh\\So do #1?.png"))
    assert (found.href, found.title["und"]) == ("So do _1_.png", "So do 1")
    decomposed = unit(read(tmp_path, media.png(), "image", "image/png", "Đô thị.png"))
    assert decomposed.href == "Đô thị.png"


# -- PDF --------------------------------------------------------------------------------------------------------------


def test_a_pdf_has_its_pages_counted(tmp_path):
    found = read(tmp_path, media.pdf(["a"] * 7), "pdf", "application/pdf", "a.pdf")
    assert (found.kind, unit(found).kind, unit(found).href) == ("pdf", "pdf", "a.pdf")
    assert unit(found).properties["pages"] == 7


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
@pytest.mark.parametrize("password", ["mo", ""])
def test_a_pdf_is_refused_only_when_opening_it_needs_a_password(tmp_path, algorithm, password):
    writer = PdfWriter(PdfReader(io.BytesIO(media.pdf())))
    writer.encrypt(password, "owner", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    if password:
        assert "password" in refusal(tmp_path, out.getvalue(), "pdf", filename="a.pdf")
    else:
        assert unit(read(tmp_path, out.getvalue(), "pdf")).properties["pages"] == 3


def test_pdfs_without_pages_or_sense_are_refused(tmp_path):
    assert "no pages" in refusal(tmp_path, media.pdf([]), "pdf")
    assert "cannot be read" in refusal(tmp_path, b"%PDF-1.7\nnothing", "pdf")
    assert "cannot be read" in refusal(tmp_path, b"", "pdf")


def test_a_pdf_whose_page_tree_bites_its_tail_ends(tmp_path):
    looped = media.pdf().replace(b"/Kids [4 0 R 6 0 R 8 0 R]", b"/Kids [2 0 R 6 0 R 8 0 R]")
    assert "cannot be read" in refusal(tmp_path, looped, "pdf")


def test_a_pdf_reader_gets_little_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("lms.packages.formats.single.pdf._MEMORY", 40 * 1024 * 1024)
    assert "cannot be read" in refusal(tmp_path, media.pdf(), "pdf")


# -- recordings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "codec"), [(media.MP4, "mp4"), (media.WEBM, "webm")])
def test_a_video_has_its_duration_and_size(tmp_path, path, codec):
    found = read(tmp_path, path.read_bytes(), "video", f"video/{codec}")
    properties = unit(found).properties
    assert (properties["width"], properties["height"]) == (160, 90)
    assert properties["duration"] == pytest.approx(5, abs=0.1)
    assert found.notes == ()


def test_an_index_at_the_end_is_noted(tmp_path):
    (note,) = read(tmp_path, media.mp4_late(), "video", "video/mp4").notes
    assert "fast start" in str(note.message)


def test_a_picture_that_browsers_cannot_show_is_noted(tmp_path):
    content = media.MP4.read_bytes().replace(b"avc1", b"hvc1")
    (note,) = read(tmp_path, content, "video", "video/mp4").notes
    assert "H.264" in str(note.message)
    assert "hvc1" in str(note.message)


def test_a_recording_without_length_is_noted(tmp_path):
    content = media.WEBM.read_bytes().replace(b"\x44\x89\x88", b"\x44\x88\x88")
    found = read(tmp_path, content, "video", "video/webm")
    assert "duration" not in unit(found).properties
    assert "how long" in str(found.notes[0].message)


def test_a_turned_phone_video_has_its_sides_exchanged(tmp_path):
    content = bytearray(media.MP4.read_bytes())
    place = content.index(b"tkhd") + 4 + 40
    content[place : place + 36] = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    properties = unit(read(tmp_path, bytes(content), "video", "video/mp4")).properties
    assert (properties["width"], properties["height"]) == (90, 160)


def test_a_sound_has_its_duration(tmp_path):
    assert unit(read(tmp_path, media.wav(2.5), "audio", "audio/wav")).properties["duration"] == 2.5
    assert "duration" not in unit(read(tmp_path, b"ID3\x04" + bytes(100), "audio", "audio/mpeg")).properties


def test_cut_off_recordings_are_refused(tmp_path):
    for content in (media.mp4_late()[:-2000], media.MP4.read_bytes()[:-2000]):
        assert "incomplete" in refusal(tmp_path, content, "video", "video/mp4")
    assert "incomplete" in refusal(tmp_path, media.WEBM.read_bytes()[:60], "video", "video/webm")


@quick
@given(st.data())
def test_no_damage_to_a_recording_or_picture_breaks_the_reader(tmp_path, data):
    source, kind = data.draw(
        st.sampled_from(
            (
                *((media.MP4.read_bytes(), "video"), (media.WEBM.read_bytes(), "video"), (media.wav(), "audio")),
                *((media.png(), "image"), (JPEG, "image"), (b"RIFF\0\0\0\0WEBPVP8X" + bytes(20), "image")),
            )
        )
    )
    content = bytearray(source)
    for _ in range(data.draw(st.integers(0, 12))):
        content[data.draw(st.integers(0, min(len(content), 4000) - 1))] = data.draw(st.integers(0, 255))
    content = bytes(content[: data.draw(st.integers(1, len(content)))])
    try:
        found = unit(read(tmp_path, content, kind))
    except Refused:
        return
    assert all(value > 0 for name, value in found.properties.items() if name != "mediaType")


# -- pictures ---------------------------------------------------------------------------------------------------------

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + bytes(9) + b"\xff\xff\xc2" + struct.pack(">HBHH", 11, 8, 480, 640) + bytes(6)


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (media.png(8, 4), (8, 4)),
        (JPEG, (640, 480)),
        (b"GIF89a" + struct.pack("<HH", 30, 20) + bytes(20), (30, 20)),
        (b"RIFF....WEBPVP8X" + bytes(8) + b"\x1f\x03\0\x57\x02\0", (800, 600)),
        (b"RIFF....WEBPVP8L" + bytes(4) + b"\x2f" + struct.pack("<I", 799 | 599 << 14), (800, 600)),
        (b"RIFF....WEBPVP8 " + bytes(10) + struct.pack("<HH", 800, 600), (800, 600)),
        (b"BM" + bytes(16) + struct.pack("<ii", 5, -7), (5, 7)),
    ],
)
def test_a_picture_has_its_size(tmp_path, content, size):
    properties = unit(read(tmp_path, content, "image", "image/x")).properties
    assert (properties["width"], properties["height"]) == size


def test_giant_and_damaged_pictures_are_refused(tmp_path):
    assert "megapixels" in refusal(tmp_path, media.png(20_000, 6_000), "image", "image/png")
    assert "damaged" in refusal(tmp_path, b"\x89PNG\r\n\x1a\n", "image", "image/png")
    assert unit(read(tmp_path, media.png(10_000, 10_000), "image", "image/png")).properties["width"] == 10_000


def test_a_drawing_has_its_title_and_size_and_no_entities(tmp_path):
    found = unit(read(tmp_path, media.SVG, "image", "image/svg+xml"))
    assert found.title == {"und": "Sơ đồ quản lý đô thị"}
    assert (found.properties["width"], found.properties["height"]) == (320, 200)
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>'
    assert "entities" in refusal(tmp_path, bomb, "image", "image/svg+xml")
    assert "damaged" in refusal(tmp_path, "<svg", "image", "image/svg+xml")


# -- pages ------------------------------------------------------------------------------------------------------------


def page(tmp_path, text, written):
    path = tmp_path / "page"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return page_html(path, written)


def test_an_html_page_keeps_its_words_and_nothing_that_acts(tmp_path):
    shown = page(tmp_path, media.HTML, "html")
    assert shown.startswith("<article>")
    for wanted in ("<p>Đoạn thứ nhất.</p>", "<p>Đoạn thứ hai.</p>", "[Sơ đồ mạng]", "<strong>đậm</strong>"):
        assert wanted in shown
    assert '<h2 id="c-khue">An toàn thông tin</h2>' in shown
    assert '<a href="https://hanoi.gov.vn/">Hà Nội</a>' in shown
    for gone in (
        "alert",
        "script",
        "style",
        "iframe",
        "svg",
        "form",
        "input",
        "onload",
        "<img",
        "b.html",
        "Kỹ năng số",
    ):
        assert gone not in shown


def test_a_markdown_page_starts_below_the_title(tmp_path):
    found = read(tmp_path, media.MARKDOWN, "page", "text/markdown", "bai.md")
    assert unit(found).title == {"und": "Chuyển đổi số ở cơ sở"}
    assert unit(found).properties["format"] == "markdown"
    assert "Pictures are left out" in str(found.notes[0].message)
    shown = page(tmp_path, media.MARKDOWN, "markdown")
    assert "<h2>Dữ liệu mở</h2>" in shown
    assert "<table>" in shown
    assert "<script" not in shown
    assert "Chuyển đổi" not in shown
    assert page(tmp_path, "---\ntitle: x\n---\n### Mục\n\nChữ", "markdown").count("<h2>Mục</h2>") == 1


@pytest.mark.parametrize(
    "raw",
    [
        "<title>Đô thị</title><p>Chữ".encode("utf-16"),
        "\ufeff<title>Đô thị</title><p>Chữ".encode(),
        "<meta charset='idna'><title>Đô thị</title><p>Chữ".encode(),
        "<title>Đô thị</title><p>Chữ".encode(),
    ],
)
def test_a_page_is_read_in_its_encoding(tmp_path, raw):
    found = read(tmp_path, raw, "page", "text/html", "a.html")
    assert unit(found).title == {"und": "Đô thị"}
    assert page(tmp_path, raw, "html").endswith("<p>Chữ</p></article>")


def test_empty_and_endless_pages_are_refused(tmp_path):
    assert "no text" in refusal(tmp_path, "<script>x</script>", "page", "text/html")
    for text in ("x" * 1_100_000, "<p>x" * 100_000, "&" * 100_000):
        assert "too large" in refusal(tmp_path, text, "page", "text/html")


@quick
@given(
    st.lists(
        st.sampled_from(
            (
                *"<>&'\"=/# đ\0",
                *("script", "<svg/onload=", "javascript:", "<a href=", "<img src=x onerror=", "<p>", "</p>", "<style>"),
                *("<math><mi>", "<noscript>", "data:text/html,", "<!--", "-->", "<![CDATA[", "]]>"),
            )
        ),
        max_size=40,
    ).map("".join),
    st.sampled_from(["html", "markdown"]),
)
def test_nothing_that_acts_comes_through(tmp_path, text, written):
    from lxml import html

    tree = html.fragment_fromstring(page(tmp_path, text, written))
    assert {one.tag for one in tree.iter()} <= {
        "article",
        "p",
        "a",
        "h2",
        "h3",
        "h4",
        "strong",
        "em",
        "pre",
        "code",
    } | {*("blockquote", "ul", "ol", "li", "hr", "br", "s", "table", "thead", "tbody", "tr", "th", "td", "sup", "sub")}
    for one in tree.iter():
        assert set(one.attrib) <= {"href", "title", "id", "start", "scope"}
        assert one.get("href", "#").startswith(("#c-", "#", "https://", "http://", "mailto:"))


# -- links ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("[InternetShortcut]\r\nURL=https://hanoi.gov.vn/a?b=1#c\r\n", "https://hanoi.gov.vn/a?b=1#c"),
        ("<plist><string>https://hanoi.gov.vn/?a=1&amp;b=2</string></plist>", "https://hanoi.gov.vn/?a=1&b=2"),
        ("http://user:pass@bad.example/ https://good.example/", "https://good.example/"),
    ],
)
def test_a_link_leads_to_its_address(tmp_path, text, address):
    found = unit(read(tmp_path, text, "link", "text/plain", "Cổng thông tin.url"))
    assert (found.href, found.title["und"]) == (address, "Cổng thông tin")


def test_a_link_without_a_web_address_is_refused(tmp_path):
    assert "no web address" in refusal(tmp_path, "URL=javascript:alert(1)", "link", "text/plain")


# -- Office -----------------------------------------------------------------------------------------------------------


def test_a_word_document_has_its_title_and_what_a_download_shows(tmp_path):
    content = media.docx()
    found = unit(read(tmp_path, content, "office", media.DOCX_TYPE, "quy trinh.DOCX"))
    assert found.title == {"und": "Quy trình tiếp công dân"}
    assert found.properties["size"] == len(content)
    assert (found.properties["name"], found.properties["format"]) == ("quy trinh.DOCX", "docx")


def test_a_protected_document_is_refused_and_an_odd_one_has_the_title_of_its_name(tmp_path):
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    assert "password" in refusal(tmp_path, ole, "office", filename="a.docx")
    for content in (b"PK\x03\x04broken", media.docx("<x/>"), _bomb(), media.docx() + b"PK\x06\x07"):
        assert unit(read(tmp_path, content, "office", filename="Quy_che.docx")).title == {"und": "Quy che"}


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("docProps/core.xml", b"<a>" + b" " * 30_000_000)
    return out.getvalue()


@pytest.fixture
def soffice(tmp_path, monkeypatch):
    """A program in the place of LibreOffice; gives the folder where it leaves what it saw."""

    def install(script: str) -> Path:
        folder = tmp_path / "bin"
        folder.mkdir()
        program = folder / "soffice"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
        return tmp_path

    return install


FAKE = r"""
for one in "$@"; do case "$last" in --outdir) out="$one";; esac; last="$one"; done
{ echo "$@"; env; ulimit -v; cat "$HOME/profile/user/registrymodifications.xcu"; } > %s/seen
printf '%%%%PDF-1.7 from %%s' "$(basename "$last")" > "$out/document.pdf"
"""


def test_a_document_becomes_a_pdf_without_macros_secrets_and_network(tmp_path, soffice, monkeypatch):
    monkeypatch.setenv("LMS_DATABASE_URL", "postgresql://secret")
    soffice(FAKE % tmp_path)
    source, target = tmp_path / "a b;c.docx", tmp_path / "made.pdf"
    source.write_bytes(media.docx())
    assert office_to_pdf(source, target)
    assert target.read_bytes() == b"%PDF-1.7 from document.docx"
    seen = (tmp_path / "seen").read_text()
    assert "--headless" in seen
    assert "-env:UserInstallation=file://" in seen
    assert "secret" not in seen
    assert "https_proxy=http://127.0.0.1:9" in seen
    assert '"DisableMacrosExecution" oor:op="fuse"><value>true' in seen
    assert str(4 * 1024 * 1024) in seen.splitlines()


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_the_real_libreoffice_keeps_vietnamese(tmp_path):
    words = "Ủy ban nhân dân thành phố Hà Nội: ườ ệ ỗ ữ ặ"
    document = Document()
    document.add_paragraph(words)
    document.save(str(tmp_path / "a.docx"))
    assert office_to_pdf(tmp_path / "a.docx", tmp_path / "made.pdf")
    (page,) = PdfReader(tmp_path / "made.pdf").pages
    assert normalize("NFC", " ".join(page.extract_text().split())) == words


@pytest.mark.parametrize("script", ["exit 1", "exit 0", 'printf no > "$HOME/made/document.pdf"'])
def test_without_a_pdf_nothing_is_written(tmp_path, soffice, script):
    soffice(script)
    (tmp_path / "a.docx").write_bytes(media.docx())
    assert not office_to_pdf(tmp_path / "a.docx", tmp_path / "made.pdf")
    assert not (tmp_path / "made.pdf").exists()


def contents(taken):
    found = {}
    for name, (content, type_) in taken.files.items():
        with content() as stream:
            found[name] = (stream.read(), type_)
    return found


def test_what_is_stored_of_a_document_is_itself_and_its_pdf(tmp_path, soffice, monkeypatch):
    path = tmp_path / "9f86d08"  # as files wait: without an extension
    path.write_bytes(media.docx())
    soffice(FAKE % tmp_path)
    taken = take_office(path, media.DOCX_TYPE, "Quy trình.docx")
    stored = contents(taken)
    assert unit(taken.structure).properties["pdf"] == "_pdf/document.pdf"
    assert stored["Quy trình.docx"] == (path.read_bytes(), media.DOCX_TYPE)
    assert stored["_pdf/document.pdf"] == (b"%PDF-1.7 from document.docx", "application/pdf")
    monkeypatch.setenv("PATH", str(tmp_path))
    taken = take_office(path, media.DOCX_TYPE, "Quy trình.docx")
    assert list(taken.files) == ["Quy trình.docx"]
    assert "pdf" not in unit(taken.structure).properties


def test_what_is_stored_of_a_page_is_safe_and_of_a_link_nothing(tmp_path):
    path = tmp_path / "9f86d08"
    path.write_text(media.HTML)
    stored = contents(take_page(path, "text/html", "a.html"))
    assert stored == {"a.html": (page_html(path, "html").encode(), "text/html")}
    path.write_text("URL=https://hanoi.gov.vn/")
    assert take_link(path, "text/plain", "a.url").files == {}
    path.write_bytes(media.pdf())
    take = whole("pdf", pdf.read)
    assert contents(take(path, "application/pdf", "a.pdf")) == {"a.pdf": (media.pdf(), "application/pdf")}


def test_without_libreoffice_there_is_no_pdf(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not office_to_pdf(tmp_path / "a.docx", tmp_path / "made.pdf")


def test_a_program_ends_with_all_that_it_started(tmp_path):
    script = f"sleep 600 & echo $! > {tmp_path}/child; wait"
    assert confined.run(["/bin/sh", "-c", script], seconds=1, memory=2**30, folder=tmp_path) is None
    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 10
    while _lives(child) and time.monotonic() < deadline:
        os.sched_yield()
    assert not _lives(child)


def _lives(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


CASES = Path(__file__).parents[1] / "data" / "cases"


@pytest.mark.parametrize(
    ("case", "kind", "media_type"),
    [
        ("essay-document2.docx", "office", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("roster-workbook2.xlsx", "office", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("essay-junk-before-header.pdf", "pdf", "application/pdf"),
    ],
)
def test_a_document_is_known_by_its_relationships_and_a_pdf_by_its_header(case, kind, media_type):
    marks = {"office": Marks(document=signatures.office), "pdf": Marks(start=signatures.pdf)}
    known = recognise(CASES / case, case, marks)
    assert (known.kind, known.media_type) == (kind, media_type)
