"""`flask reports`: verifying what was issued."""

import click
from flask.cli import AppGroup

from lms.reports.issued.queries import reports as queries
from lms.reports.issued.services import verifying

group = AppGroup("reports", help="Issued quality reports.")


@group.command("verify")
def verify() -> None:
    """Make figures and files of all issued reports again and say what is no longer the same."""
    faulty = 0
    every = queries.issued()
    for row in every:
        verdict = verifying.verify(queries.get(row.id))
        faulty += not verdict.good
        click.echo(f"{'ok      ' if verdict.good else 'DIFFERS '} {row.number}  {row.id}")
        if not verdict.whole:
            click.echo("  the frozen text does not have the stamp of its issue")
        if not verdict.recomputed:
            click.echo("  there are no counts any more from which the figures could be made")
        for place, before, now in verdict.differences:
            click.echo(f"  {place}: {before} at issue, {now} now")
        for file in verdict.files:
            if not file.kept:
                click.echo(f"  {file.form}: the kept file is missing or damaged")
            if file.same is False:
                click.echo(f"  {file.form}: made again it is another file")
        if verdict.renderer:
            click.echo(f"  files are now made by {verdict.renderer}")
    click.echo(f"{len(every)} reports, {faulty} differ")
    if faulty:
        raise SystemExit(1)
