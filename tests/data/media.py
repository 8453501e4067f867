"""Tiny documents, recordings and pictures, written by hand.

``clip.mp4`` (H.264, AAC, index first) and ``clip.webm`` (VP8) are five seconds of ffmpeg's ``testsrc``, 160 by 90.
"""

import io
import struct
import wave
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
MP4 = HERE / "clip.mp4"
WEBM = HERE / "clip.webm"
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def pdf(
    texts: Sequence[str] = ("Trang mot", "Dao tao", "Trang cuoi"),
    *,
    title: str = "",
    links: Sequence[str] = (),
    padding: int = 0,
) -> bytes:
    """Write a PDF with a page for each text (ASCII).

    :param links: addresses to which the first page links, one below another; ``#`` leads to the last page
    :param padding: unused bytes, so that it is worth loading in parts
    """
    count = len(texts)
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(count))
    marks = " ".join(_link(address, n, f"{4 + 2 * (count - 1)} 0 R") for n, address in enumerate(links))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for n, text in enumerate(texts):
        drawn = f"BT /F1 32 Tf 60 700 Td ({text}) Tj ET"
        annots = f"/Annots [{marks}]" if links and n == 0 else ""
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * n} 0 R {annots}"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    objects.append(f"<< /Title <FEFF{title.encode('utf-16-be').hex()}> >>")
    if padding:
        objects.append(f"<< /Length {padding} >>\nstream\n{' ' * padding}\nendstream")
    return _assembled(objects, info=4 + 2 * count)


def _link(address: str, place: int, last: str) -> str:
    rect = f"/Rect [60 {600 - 60 * place} 300 {640 - 60 * place}]"
    to = f"/Dest [{last} /Fit]" if address == "#" else f"/A << /S /URI /URI ({address}) >>"
    return f"<< /Type /Annot /Subtype /Link {rect} /Border [0 0 0] {to} >>"


def _assembled(objects: Sequence[str], *, info: int) -> bytes:
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = []
    for number, text in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1"))
    start = out.tell()
    out.write(f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode())
    out.write("".join(f"{place:010d} 00000 n \n" for place in places).encode())
    root = f"/Size {len(places) + 1} /Root 1 0 R /Info {info} 0 R"
    out.write(f"trailer\n<< {root} >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def wav(seconds: float = 1.0, rate: int = 8000) -> bytes:
    """Write silence."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(rate)
        sound.writeframes(b"\x80" * round(seconds * rate))
    return out.getvalue()


def png(width: int = 8, height: int = 4) -> bytes:
    """Write a picture in one colour; of a large one the head only."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    rows = b"".join(b"\0" + b"\x0f\x5f\x5c" * width for _ in range(height)) if width * height < 1_000_000 else b""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="200"><title>Sơ đồ quản lý đô thị</title>'
    "<script>parent.postMessage('broken out', '*')</script>"
    '<rect width="320" height="200" fill="#0f5f5c"/><circle cx="160" cy="100" r="60" fill="#fbfaf6"/></svg>'
)

HTML = """<!doctype html><html><head><meta charset="utf-8"><title>Kỹ năng số cho cán bộ phường</title>
<style>body { display: none }</style><script>document.title = "broken"</script></head>
<body onload="alert(1)"><h1>Kỹ năng số cho cán bộ phường</h1><div>Đoạn thứ nhất.</div><div>Đoạn thứ hai.</div>
<h2 id="khue" onclick="alert(2)">An toàn thông tin</h2><p><img src="a.png" onerror="alert(3)" alt="Sơ đồ mạng"></p>
<p><a href="javascript:alert(4)">xấu</a> <a href="https://hanoi.gov.vn/">Hà Nội</a> <a href="b.html">cạnh</a></p>
<form action="https://evil.example/"><input name="password"><b>đậm</b></form><iframe src="https://evil.example/"></iframe>
<svg onload="alert(5)"></svg></body></html>"""

MARKDOWN = """# Chuyển đổi số ở cơ sở

Đoạn mở đầu.

## Dữ liệu mở

- **Một** việc
- [Trang của thành phố](https://hanoi.gov.vn/)

<script>alert(1)</script> ![Biểu đồ](bieu-do.png)

| Năm | Số lớp |
|---|---|
| 2026 | 12 |
"""


def docx(title: str = "Quy trình tiếp công dân") -> bytes:
    """Write a Word document with one line of text."""
    out = io.BytesIO()
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{DOCX_TYPE}.main+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{relations}"><Relationship Id="r" Type="{office}/officeDocument"'
            ' Target="word/document.xml"/></Relationships>',
        )
        archive.writestr(
            "docProps/core.xml",
            '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
            f' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></cp:coreProperties>',
        )
        archive.writestr(
            "word/document.xml",
            '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
            "<w:t>Xin chào</w:t></w:r></w:p></w:body></w:document>",
        )
    return out.getvalue()


def box(name: bytes, *parts: bytes) -> bytes:
    """Write an MP4 box."""
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), name) + body


def mp4_late() -> bytes:
    """Return the clip with its index behind the recording, as cameras write it."""
    content = MP4.read_bytes()
    parts = {}
    place = 0
    while place < len(content):
        size, name = struct.unpack_from(">I4s", content, place)
        parts[name] = content[place : place + size]
        place += size
    return parts[b"ftyp"] + parts[b"mdat"] + parts[b"moov"]


VTT = "WEBVTT\n\n00:00.000 --> 00:05.000\nXin chào các học viên\n"
