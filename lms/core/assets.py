"""Browser assets: collected from the domains and from npm packages, named by content, compressed beforehand.

``build`` fills the ignored folder ``lms/static``: one ``app.css`` (Bootstrap, then ours), our ES modules, htmx, the
fonts. WhiteNoise serves the folder; names with a hash may be kept by browsers for ever.
"""

import gzip
import hashlib
import json
import re
import shutil
from functools import cache
from pathlib import Path

import brotli
from flask import Flask
from whitenoise import WhiteNoise

from lms.core.config import ROOT

FOLDER = ROOT / "lms" / "static"
MODULES = ROOT / "node_modules"
PLAYERS = FOLDER / "players"
"""What the content origin serves: our player pages' scripts, and the libraries that they use."""
LIBRARIES = {
    "pdfjs": (
        "pdfjs-dist",
        ("build/pdf.min.mjs", "build/pdf.worker.min.mjs", "cmaps", "standard_fonts", "wasm", "iccs"),
    ),
    "scorm-again": ("scorm-again/dist", ("scorm12.min.js", "scorm2004.min.js")),
    "h5p": ("h5p-standalone/dist", ("main.bundle.js", "frame.bundle.js", "styles", "fonts", "images")),
}
"""By the folder they go into: a folder of npm packages, and what is taken of it."""
PAPER_FONTS = FOLDER / "fonts"
"""Tinos, as wide as Times New Roman letter by letter, for documents on paper (Nghị định 30/2020/NĐ-CP, Phụ lục I)."""
PLAYER_SHEET = "library/static/playing.css"
"""The one sheet that is not part of ``app.css``: it has a page of its own."""
FONTS = tuple(
    f"be-vietnam-pro-{subset}-{weight}-normal.woff2" for subset in ("latin", "vietnamese") for weight in (400, 600)
)
_HASHED = re.compile(r"\.[0-9a-f]{10}\.\w+$")


def build() -> dict[str, str]:
    """Lay the assets into ``lms/static`` and return the manifest: plain name -> name with hash.

    :raises FileNotFoundError: ``npm ci`` has not been run.
    """
    FOLDER.mkdir(exist_ok=True)
    manifest: dict[str, str] = {}
    for name in FONTS:
        _add(manifest, name, (MODULES / "@fontsource/be-vietnam-pro/files" / name).read_bytes())
    _add(manifest, "htmx.js", (MODULES / "htmx.org/dist/htmx.min.js").read_bytes())
    bootstrap, player = MODULES / "bootstrap/dist/css", ROOT / "lms" / PLAYER_SHEET
    ours = [sheet for sheet in sorted((ROOT / "lms").glob("*/static/*.css")) if sheet != player]
    _add(manifest, "app.css", _css(manifest, bootstrap / "bootstrap.min.css", *ours))
    base = ROOT / "lms/core/static/khue.css"
    _add(manifest, "playing.css", _css(manifest, bootstrap / "bootstrap-reboot.min.css", base, player))
    for path in sorted((ROOT / "lms").glob("*/static/*")):
        if path.suffix in (".js", ".svg", ".png", ".webmanifest"):
            _add(manifest, path.name, path.read_bytes())
    kept = set(manifest.values()) | {"manifest.json"}
    for old in FOLDER.iterdir():
        if old.is_file() and old.name.removesuffix(".br").removesuffix(".gz") not in kept:
            old.unlink()
    _players()
    for font in sorted((MODULES / "@expo-google-fonts/tinos").glob("*/*.ttf")):
        _copy(font, PAPER_FONTS / font.name)
    (FOLDER / "manifest.json").write_text(json.dumps(manifest, indent=1))
    _manifest.cache_clear()
    return manifest


def _css(manifest: dict[str, str], *sheets: Path) -> bytes:
    """Return style sheets as one, with the fonts under their names."""
    css = "\n".join(re.sub(r"/\*# sourceMappingURL.*?\*/", "", sheet.read_text("utf-8")) for sheet in sheets)
    return re.sub(r'url\("font:([^"]+)"\)', lambda match: f'url("{manifest[match[1]]}")', css).encode()


def _players() -> None:
    """Lay what the content origin serves of ours into a folder of its own, under plain names."""
    shutil.rmtree(PLAYERS, ignore_errors=True)
    for folder, (origin, names) in LIBRARIES.items():
        for path in (MODULES / origin / name for name in names):
            for source in sorted(path.rglob("*")) if path.is_dir() else [path]:
                if source.is_file() and source.suffix not in (".map", ".ts"):
                    _copy(source, PLAYERS / folder / source.relative_to(MODULES / origin))
    for source in sorted((ROOT / "lms/library/players").glob("*")):
        if source.suffix in (".js", ".css", ".svg"):
            _copy(source, PLAYERS / source.name)
    storage, frame = PLAYERS / "storage.js", PLAYERS / "h5p" / "frame.bundle.js"
    if storage.exists():  # H5P writes its inner frame itself; what is read there first is this
        _write(frame, storage.read_bytes() + b"\n" + frame.read_bytes())


def _copy(source: Path, target: Path) -> None:
    _write(target, source.read_bytes())


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    if target.suffix in (".js", ".mjs", ".css", ".svg") and len(content) > 2000:
        target.with_name(f"{target.name}.br").write_bytes(brotli.compress(content, quality=7))
        target.with_name(f"{target.name}.gz").write_bytes(gzip.compress(content, compresslevel=7, mtime=0))


def _add(manifest: dict[str, str], name: str, content: bytes) -> None:
    stem, _, suffix = name.rpartition(".")
    hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:10]}.{suffix}"
    if name in manifest:
        raise ValueError(f"two assets are called {name}")
    manifest[name] = hashed
    target = FOLDER / hashed
    if target.exists():
        return
    target.write_bytes(content)
    if suffix not in ("woff2", "png"):
        (FOLDER / f"{hashed}.br").write_bytes(brotli.compress(content, quality=11))
        (FOLDER / f"{hashed}.gz").write_bytes(gzip.compress(content, compresslevel=9, mtime=0))


@cache
def _manifest() -> dict[str, str]:
    loaded: dict[str, str] = json.loads((FOLDER / "manifest.json").read_text())
    return loaded


def asset_url(name: str) -> str:
    """Return an asset's address.

    :raises KeyError: no asset has this name.
    """
    return f"/static/{_manifest()[name]}"


def init_app(app: Flask) -> None:
    """Serve ``lms/static`` in front of the application."""
    FOLDER.mkdir(exist_ok=True)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(FOLDER),
        prefix="static/",
        immutable_file_test=lambda path, url: bool(_HASHED.search(url)),
        add_headers_function=lambda headers, path, url: headers.add_header("X-Content-Type-Options", "nosniff"),
    )
