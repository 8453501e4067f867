"""Hostile and broken files through the whole intake: refused by name and reason, or taken; nothing is left behind."""

import io
import random
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from lms.core.database import db
from tests import factories
from tests.library.test_api import COURSE, Api

pytestmark = pytest.mark.long
MANIFEST = COURSE.encode()
PAGE = b"<title>1</title>"
CMI5 = {"cmi5.xml": MANIFEST, "bai1/index.html": PAGE}
TABLES = ("packages", "package_versions", "package_files", "content_units", "upload_pieces")


def archive(*entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED, **more: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in [*({**CMI5, **more}).items(), *entries]:
            made.writestr(name, content)
    return out.getvalue()


def special(mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("bai1/lien-ket")
    entry.create_system, entry.external_attr = 3, (mode | 0o777) << 16
    return entry


def raw_name(name: bytes) -> bytes:
    """An archive with an entry whose name is these bytes, without the UTF-8 flag."""
    made = archive(("x" * len(name), b"x"))
    return made.replace(b"x" * len(name), name)


def encrypted() -> bytes:
    made = bytearray(archive())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := made.find(signature, start + 1)) != -1:
            made[start + place] |= 1
    return bytes(made)


def overlapping() -> bytes:
    """Every entry of the directory points to the same data: the better zip bomb."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in CMI5.items():
            made.writestr(name, content)
        made.writestr("a.bin", b"\0" * 900_000)
        first = made.getinfo("a.bin")
        for number in range(200):
            twin = zipfile.ZipInfo(f"{number}.bin")
            for name in ("compress_type", "CRC", "compress_size", "file_size", "header_offset", "flag_bits"):
                setattr(twin, name, getattr(first, name))
            made.filelist.append(twin)
            made.NameToInfo[twin.filename] = twin
    return out.getvalue()


def many(count: int) -> bytes:
    return archive(*((f"t/{number}.txt", b"") for number in range(count)), method=zipfile.ZIP_STORED)


def xml(text_: str) -> bytes:
    return archive(**{"cmi5.xml": text_.encode()})


def doctype(inner: str) -> bytes:
    return xml(f'<?xml version="1.0"?><!DOCTYPE courseStructure [{inner}]>' + COURSE.split("?>", 1)[1])


HOSTILE: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "a name that leads out": (lambda: archive(("../../etc/passwd", b"x")), "../../etc/passwd", "dẫn ra ngoài gói"),
    "a name that leads out by backslashes": (lambda: archive(("..\\..\\x.txt", b"x")), "x.txt", "dẫn ra ngoài gói"),
    "an absolute name": (lambda: archive(("/etc/passwd", b"x")), "/etc/passwd", "tuyệt đối"),
    "a drive": (lambda: archive(("C:/x.txt", b"x")), "C:/x.txt", "tuyệt đối"),
    "a control character": (lambda: archive(("a\x01b.txt", b"x")), "", "ký tự điều khiển"),
    "a long name": (lambda: archive(("ă" * 200, b"x")), "ăăă", "quá dài"),
    "deep folders": (lambda: archive(("a/" * 40 + "b", b"x")), "a/a/", "30 cấp"),
    "the player's own name": (lambda: archive(("_khue/play", b"x")), "_khue/play", "trình phát"),
    "a link": (lambda: archive((special(stat.S_IFLNK), b"/etc/passwd")), "lien-ket", "liên kết hoặc thiết bị"),
    "a device": (lambda: archive((special(stat.S_IFCHR), b"")), "lien-ket", "liên kết hoặc thiết bị"),
    "a pipe": (lambda: archive((special(stat.S_IFIFO), b"")), "lien-ket", "liên kết hoặc thiết bị"),
    "names that differ by case": (lambda: archive(("BAI1/Index.html", b"x")), "Index.html", "chữ hoa"),
    "names that differ by Unicode form": (
        lambda: archive(*((normalize(form, "Bài.html"), b"x") for form in ("NFC", "NFD"))),
        "Bài.html",
        "trùng tên",
    ),
    "an encrypted archive": (encrypted, "cmi5.xml", "mã hóa"),
    "a truncated archive": (lambda: archive(x=random.Random(1).randbytes(5000))[:3000], "", "hỏng"),
    "a bomb by ratio": (lambda: archive(("a.bin", b"\0" * 60_000_000)), "a.bin", "bom nén"),
    "a bomb by overlap": (overlapping, "", ""),
    "too many files": (lambda: many(20_001), "", "tối đa"),
    "a hundred thousand files": (lambda: many(100_000), "", "tối đa"),
    "an unsupported method": (
        lambda: archive(("a.txt", b"x" * 9000), method=zipfile.ZIP_LZMA),
        "",
        "không được hỗ trợ",
    ),
    "entities": (lambda: doctype('<!ENTITY a "x">'), "cmi5.xml", "DOCTYPE"),
    "an external entity": (lambda: doctype('<!ENTITY a SYSTEM "file:///etc/passwd">'), "cmi5.xml", "DOCTYPE"),
    "a billion laughs": (lambda: doctype('<!ENTITY a "ha"><!ENTITY b "&a;&a;">'), "cmi5.xml", "DOCTYPE"),
    "broken XML": (lambda: xml("<courseStructure><course>"), "cmi5.xml", "XML"),
    "deep XML": (lambda: xml("<a>" * 100_000), "cmi5.xml", "XML"),
    "a foreign root": (lambda: xml("<a/>"), "cmi5.xml", "courseStructure"),
    "a wrong href": (lambda: xml(COURSE.replace("bai1/index.html", "bai2/khong-co.html")), "cmi5.xml", "khong-co.html"),
    "an href that leads out": (lambda: xml(COURSE.replace("bai1/", "../../")), "cmi5.xml", "dẫn ra ngoài"),
    "a script as address": (lambda: xml(COURSE.replace("bai1/index.html?x=1", "javascript:alert(1)")), "cmi5.xml", ""),
    "something before the archive": (lambda: b"MZ" + b"\0" * 500 + archive(), "", ""),
    "something after the archive": (lambda: archive() + b"<script>" * 100, "", ""),
    "a PDF that is an archive": (lambda: b"%PDF-1.7\n" + archive(), "", ""),
    "a picture that is an archive": (lambda: b"GIF89a" + archive(), "", ""),
    "a program": (lambda: b"MZ\x90\x00" + b"\0" * 2000, "", ""),
    "a program for Linux": (lambda: b"\x7fELF\x02\x01\x01" + b"\0" * 2000, "", ""),
    "a script": (lambda: b"#!/bin/sh\nrm -rf /\n", "", ""),
    "noise": (lambda: random.Random(2).randbytes(5000), "", "không nhận loại tệp này"),
    "an archive without a course": (lambda: zipfile_of({"a.txt": b"x"}), "", "không phải là khóa học"),
    "an empty archive": (lambda: zipfile_of({}), "", ""),
    "another kind of archive": (lambda: b"Rar!\x1a\x07\x01\x00" + b"\0" * 500, "", ""),
}


def zipfile_of(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def api(client: Any, session: Any) -> Api:
    return Api(client, factories.institution())


def rows() -> dict[str, int]:
    return {name: int(db.session.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()) for name in TABLES}


def stored(app: Any) -> set[str]:
    root = Path(app.config["FILES_URL"].removeprefix("file://"))
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def jobs() -> int:
    return int(db.session.execute(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")).scalar_one())


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_is_refused_and_leaves_nothing(app: Any, api: Api, run_jobs: Any, name: str) -> None:
    make, where, why = HOSTILE[name]
    content = make()
    rows_before, stored_before, jobs_before = rows(), stored(app), jobs()
    tracemalloc.start()
    try:
        answer = api.upload(content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.status_code == 422, answer.json
    told = str(answer.json["faults"])
    assert where in told and why in told
    run_jobs()
    assert (rows(), stored(app), jobs()) == (rows_before, stored_before, jobs_before)
    assert peak < 64 * 1024 * 1024 + 2 * len(content)


GOOD: dict[str, Callable[[], bytes]] = {
    "names in UTF-8 without the flag": lambda: raw_name("bai1/Tài liệu.txt".encode()),
    "names in Windows-1258": lambda: raw_name("bai1/Đào tạo.txt".encode("cp1258", "ignore")),
    "names in NFD": lambda: archive((normalize("NFD", "bai1/Tài liệu.txt"), b"x")),
    "leftovers of macOS": lambda: archive(("__MACOSX/._x", b"x"), ("bai1/.DS_Store", b"x")),
    "everything in one folder": lambda: zipfile_of({f"goi/{path}": content for path, content in CMI5.items()}),
    "an SVG with a script": lambda: archive(
        ("bai1/a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>")
    ),
    "a page with a script": lambda: archive(("bai1/b.html", b"<script>parent.location='//x'</script>")),
    "an archive within": lambda: archive(("bai1/trong.zip", archive())),
    "two manifests": lambda: archive(**{"imsmanifest.xml": b"<manifest/>"}),
    "a byte order mark": lambda: archive(**{"cmi5.xml": b"\xef\xbb\xbf" + MANIFEST}),
    "UTF-16": lambda: archive(**{"cmi5.xml": COURSE.replace("utf-8", "utf-16").encode("utf-16")}),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_is_odd_but_harmless_is_taken(api: Api, name: str) -> None:
    answer = api.upload(GOOD[name]())
    assert answer.status_code == 201, answer.json


def test_zip64_is_taken(api: Api) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in CMI5.items():
            with made.open(name, "w", force_zip64=True) as entry:
                entry.write(content)
    assert api.upload(out.getvalue()).status_code == 201


def test_an_empty_file_is_refused(api: Api) -> None:
    assert api.upload(b"").status_code in (400, 411, 422)


WHOLE = archive(x=random.Random(3).randbytes(300))


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_damage_is_refused_or_taken_and_nothing_else(app: Any, api: Api, run_jobs: Any, data: Any) -> None:
    content = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.sampled_from(["flip", "cut", "double", "zero", "size"])):
            case "flip":
                content[place] ^= 1 << data.draw(st.integers(0, 7))
            case "cut":
                del content[place : place + data.draw(st.integers(1, 40))]
            case "double":
                content[place:place] = content[max(0, place - 30) : place]
            case "zero":
                content[place : place + 4] = bytes(4)
            case "size":
                content[place : place + 4] = struct.pack("<I", data.draw(st.integers(0, 2**32 - 1)))
    run_jobs()  # what the example before left to be removed
    before, files_before = rows(), stored(app)
    answer = api.upload(bytes(content) or b"x")
    assert answer.status_code in (201, 400, 422), answer.get_data(as_text=True)
    if answer.status_code != 201:
        run_jobs()
        assert rows() == before and stored(app) == files_before
