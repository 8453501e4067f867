"""The file store on this machine's disk and on an S3 server: moto's, which is a real one of HTTP."""

import hashlib
import io
import os
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from lms.core import files

DATA = os.urandom(3 * 1024 * 1024 + 17)
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    values = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    boto3.client("s3").create_bucket(Bucket="khue")
    yield "s3://khue/tai-lieu"
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value
    server.stop()


@pytest.fixture(params=["disk", "s3"])
def store(
    request: pytest.FixtureRequest, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, session: Any, app: Flask
) -> Any:
    url = tmp_path.as_uri() if request.param == "disk" else request.getfixturevalue("bucket")
    monkeypatch.setitem(app.config, "FILES_URL", url)
    return app


def test_what_is_put_is_read(store: Any) -> None:
    stored = files.put(io.BytesIO(DATA))
    assert stored == files.Stored(SHA, len(DATA)) == files.put(io.BytesIO(DATA))
    assert b"".join(files.read(SHA)) == DATA
    assert files.exists(SHA)


@pytest.mark.parametrize(("start", "length"), [(0, 10), (1024 * 1024 - 3, 10), (len(DATA) - 4, 100), (5, None), (0, 0)])
def test_ranges(store: Any, start: int, length: int | None) -> None:
    files.put(io.BytesIO(DATA))
    opener, wanted = files.opener(SHA), DATA[start : None if length is None else start + length]
    assert b"".join(opener.chunks(start=start, length=length, chunk=64 * 1024)) == wanted
    if length:
        assert opener.part(start, length) == wanted


def test_a_local_copy_is_the_file(store: Any) -> None:
    files.put(io.BytesIO(DATA))
    with files.local(SHA) as path:
        assert path.read_bytes() == DATA


def test_what_is_removed_is_gone(store: Any) -> None:
    files.put(io.BytesIO(DATA))
    files.remove(SHA)
    files.remove(SHA)
    assert not files.exists(SHA)
    with pytest.raises(FileNotFoundError):
        b"".join(files.read(SHA))
    with pytest.raises(FileNotFoundError):
        files.opener(SHA).part(0, 1)


def test_what_is_staged_is_in_the_store_only_once_kept(store: Any) -> None:
    staged = files.stage(io.BytesIO("nháp".encode()))
    assert not files.exists(staged.sha256)
    files.discard([staged])
    assert not staged.path.exists()
    again = [files.stage(io.BytesIO("nháp".encode())) for _ in range(2)]
    files.keep(again)
    assert files.exists(staged.sha256)
    assert not any(one.path.exists() for one in again)


def test_a_stream_that_breaks_leaves_nothing(store: Any) -> None:
    class Broken(io.RawIOBase):
        def read(self, _size: int = -1) -> bytes:
            raise OSError("mất kết nối")

    before = set(files._waiting_room().iterdir())
    with pytest.raises(OSError, match="mất kết nối"):
        files.stage(Broken())  # type: ignore[arg-type]
    assert set(files._waiting_room().iterdir()) == before


def test_pieces_are_joined_in_order_and_removed(store: Any) -> None:
    names = [f"u1/{number}" for number in range(3)]
    for number, name in enumerate(names):
        part = DATA[number * 1024 * 1024 : (number + 1) * 1024 * 1024 if number < 2 else None]
        assert files.put_piece(name, io.BytesIO(part + b"zu viel"), len(part)) == len(part)
    assert files.stage(files.Joined(names)).sha256 == SHA  # type: ignore[arg-type]
    files.remove_pieces(names)
    files.remove_pieces(names)
    with pytest.raises(FileNotFoundError):
        files.Joined(names).read(1)


def test_waiting_files_lie_in_a_folder_of_our_own(store: Any) -> None:
    """Never in one that every user of the machine shares: somebody else's stood in the way there."""
    staged = files.stage(io.BytesIO(DATA))
    folder = files.local_folder() or store.config["SETTINGS"].instance
    assert staged.path.is_relative_to(folder)
    files.discard([staged])
