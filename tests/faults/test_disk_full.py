"""A full disk: what cannot be kept is refused in words, what was acknowledged stays, and the rest goes on."""

import contextlib
import http.client
import io
import json
import random
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM
from tests.faults.conftest import Site, until

ROOM = 3 * 1024 * 1024


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Put a file system of a few megabytes at a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "none", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("THE FULL DISK WAS NOT TRIED: no right to mount a file system")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def key(site: Site) -> str:
    """Return a key of an institution that may upload."""
    from lms.library.services import keys
    from tests import factories

    with site.application():
        institution = factories.institution()
        scopes = ["packages:read", "packages:write"]
        _key, secret = keys.make_key(SYSTEM, institution.id, name="Đĩa đầy", scopes=scopes, at=utcnow())
        db.session.commit()
    return secret


def picture(size: int) -> bytes:
    """Return a package that takes so much room."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("index.html", "<!doctype html><title>Bài</title>")
        made.writestr("anh.bin", random.Random(size).randbytes(size))
    return out.getvalue()


def upload(site: Site, secret: str, content: bytes) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/octet-stream"}
    connection.request("POST", "/api/v1/uploads?filename=bai.zip", content, headers)
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    return answer.status, json.loads(said or b"{}")


def test_what_does_not_fit_is_refused_and_the_rest_goes_on(site: Site) -> None:
    secret = key(site)
    with small_disk(site.instance / "files"):
        status, _said = upload(site, secret, picture(600_000))
        assert status == 201
        status, said = upload(site, secret, picture(4_000_000))
        assert status == 507 and "request_id" in said
        assert site.status() == 200
        status, _said = upload(site, secret, picture(600_256))
        assert status == 201
    until(lambda: site.status() == 200, "pages are well")
