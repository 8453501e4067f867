"""Build ``dist/khue-lms-VERSION.tar.gz``: what a server needs, with browser assets and catalogues made beforehand.

The committed files of the product, ``lms/static`` and the compiled catalogues; no tests, nothing of Node. The same
commit makes the same bytes. Beside it lies its SHA-256.
"""

import gzip
import hashlib
import io
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = (
    ".ci/",
    "tests/",
    "scripts/",
    "docs/pictures/",
    "package",
    "requirements-dev",
    "requirements-serve",
    ".npmrc",
)
LEFT_OUT += ("Makefile", ".editorconfig", ".gitignore", ".pre-commit-config")


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S603, S607


def files() -> Iterator[str]:
    yield from (name for name in git("ls-files", "-z").split("\0") if name and not name.startswith(LEFT_OUT))
    yield from (str(path.relative_to(ROOT)) for path in (ROOT / "lms/static").rglob("*") if path.is_file())
    yield from (str(path.relative_to(ROOT)) for path in (ROOT / "lms").rglob("*.mo"))


def build(target: Path, root: str, at: int) -> None:
    with (
        target.open("wb") as out,
        gzip.GzipFile("", "wb", 9, out, mtime=at) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name in sorted(set(files())):
            content = (ROOT / name).read_bytes()
            entry = tarfile.TarInfo(f"{root}/{name}")
            entry.size, entry.mtime, entry.mode = len(content), at, 0o644
            archive.addfile(entry, io.BytesIO(content))


def main() -> int:
    if git("status", "--porcelain"):
        print("There are changes that are not committed: a release is made of a commit.", file=sys.stderr)
        return 1
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    if f"\n## {version} - " not in (ROOT / "CHANGELOG.md").read_text("utf-8"):
        print(f"CHANGELOG.md has no section of version {version}.", file=sys.stderr)
        return 1
    folder = ROOT / "dist"
    folder.mkdir(exist_ok=True)
    target = folder / f"khue-lms-{version}.tar.gz"
    build(target, f"khue-lms-{version}", int(git("log", "-1", "--format=%ct")))
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    target.with_name(f"{target.name}.sha256").write_text(f"{digest}  {target.name}\n")
    print(f"{target.relative_to(ROOT)}  {target.stat().st_size / 1e6:.1f} MB  {digest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
