"""Commands for authors: check the repository's files, load them."""

from typing import NoReturn

import click
from flask import Flask
from flask.cli import AppGroup

from lms.catalogue import services
from lms.catalogue.content import ContentError
from lms.core.config import ROOT
from lms.core.database import utcnow

group = AppGroup("courses", help="Programmes and their content as files.")


@group.command("check")
def check() -> None:
    """Check courses/ and content/ and list every fault; nothing is written."""
    try:
        programmes = services.read(ROOT)
    except ContentError as error:
        _tell(error)
    complete = sum(1 for programme in programmes if programme.version)
    click.echo(f"{len(programmes)} programmes are sound, {complete} of them with a full curriculum.")


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
