"""Nothing acknowledged is lost: at every commit, all files of the store would outlast a power cut."""

import ctypes
import os
import stat
from pathlib import Path

import pytest
from sqlalchemy import event

from lms.core import disk
from lms.core.database import db
from lms.core.guard import SYSTEM
from lms.library.services import keys
from tests import factories
from tests.conftest import NOW
from tests.library.test_api import COURSE, zipped
from tests.library.test_uploads import PIECE, PNG


class Disk:
    """A disk as a power cut would leave it: content and names are what was there when they were settled."""

    def __init__(self, root):
        self.root, self.content, self.names, self.lost, self.checked = root, {}, {}, [], 0

    def settle(self, path):
        state = path.stat()
        if stat.S_ISDIR(state.st_mode):
            self.names[path] = {one.name for one in path.iterdir()}
        else:
            self.content[state.st_ino] = state.st_size

    def settle_all(self):
        for path in [self.root, *self.root.rglob("*")]:
            self.settle(path)

    def outlasts(self, path):
        state = path.stat()
        named = all(
            below.name in self.names.get(below.parent, ())
            for below in (path, *path.parents)
            if below.is_relative_to(self.root) and below != self.root
        )
        return named and self.content.get(state.st_ino) == state.st_size

    def look(self):
        kept = [one for one in self.root.rglob("*") if one.is_file() and "incoming" not in one.parts]
        self.checked = max(self.checked, len(kept))
        self.lost += [one.relative_to(self.root) for one in kept if not self.outlasts(one)]


@pytest.fixture
def power(app, session, tmp_path, monkeypatch):
    found = Disk(tmp_path)
    monkeypatch.setitem(app.config, "FILES_URL", tmp_path.as_uri())

    def at(handle):
        return Path(f"/proc/self/fd/{handle}").readlink()

    def syncfs(handle):
        assert at(handle).is_relative_to(tmp_path)
        found.settle_all()
        return 0

    monkeypatch.setattr(os, "fsync", lambda handle: found.settle(at(handle)))
    monkeypatch.setattr(disk, "_syncfs", syncfs)
    listener = lambda _session: found.look()  # noqa: E731
    event.listen(db.session, "before_commit", listener)
    yield found
    event.remove(db.session, "before_commit", listener)


@pytest.fixture
def key(session):
    _, secret = keys.make_key(SYSTEM, factories.institution().id, name="Thử", scopes=["packages:write"], at=NOW)
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("pages", [3, disk.FEW + 10])
def test_the_files_of_a_package_are_on_the_disk_before_the_version_that_names_them(client, power, key, pages):
    extra = {f"bai1__{number}_dot_html": f"<p>{number}</p>" for number in range(pages)}
    package = zipped(cmi5_dot_xml=COURSE, bai1__index_dot_html="<title>Bài một</title>", **extra)
    assert client.post("/api/v1/uploads?filename=a.zip", data=package, headers=key).status_code == 201
    assert power.checked >= pages + 3 and power.lost == []


def test_a_piece_is_on_the_disk_before_it_is_acknowledged(client, power, key):
    headers = key | {"Tus-Resumable": "1.0.0"}
    begun = client.post("/api/v1/tus", headers=headers | {"Upload-Length": str(len(PNG))}).headers["Location"]
    piece = headers | {"Upload-Offset": "0", "Content-Type": PIECE}
    assert client.patch(begun, data=PNG[:20], headers=piece).headers["Upload-Offset"] == "20"
    assert power.checked == 1 and power.lost == []


def test_a_disk_that_refuses_is_an_error(tmp_path, monkeypatch):
    def full(_handle):
        ctypes.set_errno(28)
        return -1

    monkeypatch.setattr(disk, "_syncfs", full)
    many = [tmp_path / str(number) for number in range(disk.FEW + 1)]
    for path in many:
        path.touch()
    with pytest.raises(OSError, match="No space left"):
        disk.settle(many)


def test_without_syncfs_each_is_brought_onto_the_disk(tmp_path, monkeypatch):
    settled = []
    monkeypatch.setattr(disk, "_syncfs", None)
    monkeypatch.setattr(os, "fsync", settled.append)
    many = [tmp_path / str(number) for number in range(disk.FEW + 1)]
    for path in many:
        path.touch()
    disk.settle(many)
    assert len(settled) == len(many)
