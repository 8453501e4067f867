"""`flask library`: keys of the API."""

import click
from flask.cli import AppGroup
from sqlalchemy import select

from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM
from lms.library.scopes import SCOPES
from lms.library.services import keys
from lms.people.models import Unit

group = AppGroup("library", help="Materials: packages, and the keys of their API.")


@group.command("key")
@click.argument("institution")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(sorted(SCOPES)))
def key(institution: str, name: str, scopes: tuple[str, ...]) -> None:
    """Make a key of the API for INSTITUTION (the code of its unit); it is printed once."""
    unit = db.session.scalar(select(Unit).where(Unit.code == institution.upper()))
    if unit is None:
        raise click.ClickException(f"there is no unit with the code {institution}")
    _, secret = keys.make_key(SYSTEM, unit.id, name=name, scopes=scopes, at=utcnow())
    click.echo(secret)
