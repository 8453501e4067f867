"""Commands for persons and accounts."""

from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select

from lms.core.database import db, utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM, Actor
from lms.people import services
from lms.people.models import Account, Unit
from lms.people.rules import username_of
from lms.people.services import founding, rosters

people_group = AppGroup("people", help="Persons and accounts.")


@people_group.command("issue-code")
@click.argument("username")
def issue_code(username: str) -> None:
    """Issue a one-time code with which the owner of USERNAME sets a password."""
    account_id = db.session.scalar(select(Account.id).where(Account.username == username_of(username)))
    if account_id is None:
        raise click.ClickException(f"There is no account {username}.")
    try:
        click.echo(services.issue_activation_code(SYSTEM, account_id, at=utcnow()))
    except DomainError as refused:
        raise click.ClickException(str(refused.message)) from None


@people_group.command("first-administrator")
@click.argument("username")
@click.option("--name", required=True, help="As it is shown.")
@click.option("--city-code", default="HN", show_default=True)
@click.option("--city-name", default="Ủy ban nhân dân thành phố Hà Nội", show_default=True)
def first_administrator(username: str, name: str, city_code: str, city_name: str) -> None:
    """Make the first account, which administers the whole city, and print the one-time code that activates it."""
    try:
        code = founding.first_administrator(username, name, founding.City(city_code, city_name), at=utcnow())
    except founding.Administered:
        raise click.ClickException("There is an administrator already, who can give this role to others.") from None
    except DomainError as refused:
        raise click.ClickException(str(refused.message)) from None
    click.echo(code)


@people_group.command("import-roster")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check only; write nothing.")
def import_roster(file: Path, dry_run: bool) -> None:
    """Import the staff of the whole city from an XLSX or CSV FILE: all rows, or none."""
    roots = tuple(db.session.scalars(select(Unit.path).where(Unit.parent_id.is_(None))))
    actor = Actor(account_id=None, person_id=None, name=SYSTEM.name, grants={rosters.PERMISSION: roots})
    try:
        with file.open("rb") as stream:
            if dry_run:
                report = services.check_roster(actor, stream, file.name, at=utcnow())
            else:
                report = services.import_roster(actor, stream, file.name, at=utcnow(), tell=_tell)
    except services.RosterRefused as refused:
        report = refused.report
    except DomainError as refused:
        raise click.ClickException(str(refused.message)) from None
    for warning in report.warnings:
        click.echo(str(warning), err=True)
    for problem in report.problems:
        value = f" [{problem.value}]" if problem.value else ""
        click.echo(f"{problem.column}{problem.row} {problem.header}{value}: {problem.message}", err=True)
    if not report.sound:
        raise click.ClickException(f"{report.problem_count} problems; nothing was imported.")
    summary = report.summary
    click.echo(
        f"new {summary.new}, changed {summary.changed}, unchanged {summary.unchanged}, accounts made {report.accounts}"
        + (" (dry run: nothing was written)" if dry_run else "")
    )


def _tell(done: int, total: int) -> None:
    click.echo(f"\r{done:,} of about {total:,} rows", nl=done >= total, err=True)


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(people_group)
