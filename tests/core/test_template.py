"""The cache of templates: whole ones are taken, others made anew, and it stays small."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import template


class Making:
    """Makes a template of two files, and counts."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, folder: Path) -> None:
        self.count += 1
        for part in template.PARTS:
            (folder / part).mkdir(parents=True)
            (folder / part / "file").write_text(part)


@pytest.fixture
def make():
    return Making()


@pytest.fixture
def take(tmp_path, make):
    """``take(name)`` takes a template as a run does, and returns the run's folder."""

    def run(name="a", cache=tmp_path / "cache", make=make):
        folder = Path(tmp_path / f"run-{len(list(tmp_path.iterdir()))}-{name}")
        folder.mkdir()
        template.take(folder, make, cache, name)
        assert [(folder / part / "file").read_text() for part in template.PARTS] == list(template.PARTS)
        return folder

    return run


def test_a_template_is_made_once_and_then_copied(take, make):
    first, second = take(), take()
    assert make.count == 1
    shutil.rmtree(first)
    assert (second / "pg" / "file").exists()
    take("b")
    assert make.count == 2


def test_without_a_cache_it_is_made_each_time(take, make):
    take(cache=None)
    take(cache=None)
    assert make.count == 2


def _change(entry):
    (entry / "pg" / "file").write_text("other")


def _empty(entry):
    (entry / "instance" / "file").unlink()


def _undone(entry):
    (entry / "digest").unlink()


@pytest.mark.parametrize("damage", [_change, _empty, _undone])
def test_a_damaged_template_is_thrown_away_and_made_anew(take, make, tmp_path, damage):
    take()
    damage(tmp_path / "cache" / "a")
    take()
    assert make.count == 2
    take()
    assert make.count == 2


def test_a_run_that_was_killed_while_it_made_one_leaves_nothing(take, make, tmp_path):
    half = tmp_path / "cache" / "a.half"
    (half / "pg").mkdir(parents=True)
    take()
    assert not half.exists()


def test_a_failure_keeps_nothing(take, make, tmp_path):
    def fail(folder):
        (folder / "pg").mkdir()
        raise OSError

    with pytest.raises(OSError):
        take(make=fail)
    take()
    assert make.count == 1


def test_no_more_than_a_few_are_kept_and_the_last_used_stay(take, make, tmp_path):
    for name in "abcd":
        take(name)
        take("a")
    kept = {entry.name for entry in (tmp_path / "cache").iterdir() if entry.is_dir()}
    assert len(kept) == template.KEPT
    assert {"a", "d"} <= kept


def test_of_those_who_ask_at_the_same_time_one_makes_it(take, make, tmp_path):
    folders = [tmp_path / f"at-once-{number}" for number in range(6)]
    for folder in folders:
        folder.mkdir()
    with ThreadPoolExecutor(len(folders)) as pool:
        list(pool.map(lambda folder: template.take(folder, make, tmp_path / "cache", "a"), folders))
    assert make.count == 1
    assert all((folder / "pg" / "file").exists() for folder in folders)


def test_a_template_that_the_server_refuses_is_forgotten(take, make, tmp_path):
    take()
    template.forget(tmp_path / "cache", "a")
    take()
    assert make.count == 2


def test_the_key_tells_all_that_a_template_is_made_of(tmp_path):
    def key(path, content):
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content)
        return template.key(tmp_path)

    begin = key("migrations/versions/a.py", "1")
    changes = ["migrations/versions/a.py", "courses/A2.1/course.yaml", "content/x.md", "lms/surveys/instruments/t.yaml"]
    keys = [key(path, "2") for path in [*changes, "lms/catalogue/services.py", "requirements-serve.lock"]]
    assert len({begin, *keys}) == len(keys) + 1
    assert key("lms/core/templates/page.html", "a page is no part") == keys[-1]


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"LMS_TEST_CACHE": "/somewhere"}, Path("/somewhere")),
        ({"LMS_TEST_CACHE": "", "XDG_CACHE_HOME": "/xdg"}, None),
        ({"XDG_CACHE_HOME": "/xdg"}, Path("/xdg/khue/tests")),
        ({"XDG_CACHE_HOME": "", "HOME": "/home/an"}, Path("/home/an/.cache/khue/tests")),
    ],
)
def test_where_the_cache_is(monkeypatch, environment, folder):
    monkeypatch.delenv("LMS_TEST_CACHE", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert template.folder_of_cache() == folder
