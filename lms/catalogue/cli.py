"""Commands for authors: check the repository's files, load them."""

from pathlib import Path
from typing import NoReturn

import click
from flask import Flask
from flask.cli import AppGroup

from lms.catalogue import previewing, services
from lms.catalogue.content import ContentError, Fault, drafts
from lms.catalogue.content.registers import SOURCES, TERMS
from lms.core.config import ROOT
from lms.core.database import utcnow
from lms.core.i18n import ZONE

group = AppGroup("courses", help="Programmes and their content as files.")


@group.command("check")
@click.argument("code", required=False)
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=ROOT,
    help="Where courses/ and content/ lie.",
)
def check(code: str | None, root: Path) -> None:
    """Check courses/ and content/, or one course by its CODE: faults, and what should be looked at; writes nothing."""
    programmes, faults, notes = services.examine(root, today=utcnow().astimezone(ZONE).date())
    if code is not None:
        faults, notes = ([one for one in told if _concerns(one, code)] for told in (faults, notes))
    for fault in faults:
        click.echo(f"Lỗi   {fault}", err=True)
    for note in notes:
        click.echo(f"Nhắc  {note}")
    complete = sum(1 for programme in programmes if programme.version)
    click.echo(f"{len(programmes)} programmes are read, {complete} of them with a full curriculum: ", nl=False)
    click.echo(f"{len(faults)} faults, {len(notes)} notes.")
    if faults:
        raise SystemExit(1)


def _concerns(fault: Fault, code: str) -> bool:
    """Tell whether a fault is about a course or about a register."""
    return fault.file.startswith((f"content/{code}/", f"courses/{code}-", SOURCES, TERMS))


@group.command("new")
@click.argument("code")
@click.argument("module")
@click.argument("title")
@click.option("--root", type=click.Path(exists=True, file_okay=False, path_type=Path), default=ROOT)
def new(code: str, module: str, title: str, root: Path) -> None:
    """Make the folder of a MODULE of course CODE with a lesson that shows each block."""
    try:
        made = drafts.new_module(root, code, module, title)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    for path in made:
        click.echo(path.relative_to(root))


@group.command("preview")
@click.argument("lesson", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--port", default=5055, show_default=True)
@click.option("--root", type=click.Path(exists=True, file_okay=False, path_type=Path), default=ROOT)
def preview(lesson: Path, port: int, root: Path) -> None:
    """Serve a LESSON as trainees see it, with its checks beside it; a saved file is shown at once."""
    previewing.serve(root, lesson.resolve(), port)


@group.command("load")
def load() -> None:
    """Load courses/ and content/; what has not changed is left alone."""
    try:
        loaded = services.load_programmes(ROOT, at=utcnow())
    except ContentError as error:
        _tell(error)
    click.echo(f"{loaded.programmes} programmes; changed: {', '.join(loaded.changed) or 'none'}")
    click.echo(f"new versions: {', '.join(loaded.versions) or 'none'}")


def _tell(error: ContentError) -> NoReturn:
    for fault in error.faults:
        click.echo(str(fault), err=True)
    click.echo(f"{len(error.faults)} faults; nothing was loaded.", err=True)
    raise SystemExit(1)


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
