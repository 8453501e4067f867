"""A lesson as trainees see it, served on the author's own machine while it is written."""

from pathlib import Path
from typing import Any

from flask import Flask, abort, render_template, send_file
from markupsafe import Markup
from werkzeug.serving import run_simple

from lms.catalogue.content import Reader, marks
from lms.catalogue.content.lessons import FIGURE_BASE, read_lesson
from lms.catalogue.content.registers import SOURCES, TERMS, read_registers
from lms.core import assets
from lms.core.database import utcnow
from lms.core.i18n import ZONE


def serve(root: Path, lesson: Path, port: int) -> None:
    """Serve a lesson on this machine until it is stopped."""
    run_simple("127.0.0.1", port, application(root, lesson), threaded=True)


def application(root: Path, lesson: Path) -> Flask:
    """Return the small application that shows a lesson, its files and its checks."""
    app = Flask(__name__, static_folder=None)
    folder = lesson.parent.parent

    def page() -> str:
        return _page(root, lesson, folder)

    def state() -> dict[str, str]:
        return {"state": _state(root, lesson)}

    def content(name: str) -> Any:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            abort(404)
        return send_file(path)

    def asset(name: str) -> Any:
        path = (assets.FOLDER / name).resolve()
        if not path.is_relative_to(assets.FOLDER.resolve()) or not path.is_file():
            abort(404)
        return send_file(path)

    app.add_url_rule("/", view_func=page)
    app.add_url_rule("/state", view_func=state)
    app.add_url_rule("/content/<path:name>", view_func=content)
    app.add_url_rule("/static/<path:name>", view_func=asset)
    return app


def _page(root: Path, path: Path, folder: Path) -> str:
    reader = Reader(root)
    registers = read_registers(reader)
    lesson = read_lesson(reader, path, folder, registers)
    if lesson is not None:
        codes = [source["code"] for source in lesson.sources if "code" in source]
        marks.note_sources(reader, path, codes, registers, utcnow().astimezone(ZONE).date())
    html = lesson.html.replace(f'"{FIGURE_BASE}', '"/content/') if lesson else ""
    return render_template(
        "catalogue/preview.html",
        lesson=lesson,
        html=Markup(html),  # noqa: S704 - drawn of tokens
        file=reader.name(path),
        faults=sorted(set(reader.faults)),
        notes=sorted(set(reader.notes)),
        css=assets.asset_url("app.css"),
        script=assets.asset_url("blocks.js"),
        state=_state(root, path),
    )


def _state(root: Path, lesson: Path) -> str:
    """Return a value that changes with any file that the page shows."""
    files = [root / SOURCES, root / TERMS, *sorted(one for one in lesson.parent.rglob("*") if one.is_file())]
    return "-".join(str(one.stat().st_mtime_ns) for one in files if one.is_file())
