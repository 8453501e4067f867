"""``flask doctor``."""

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from lms.console.doctor import looking, rules
from lms.core.config import version
from lms.core.database import utcnow


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Look at settings, database, file store, worker and proxy, and say what to do; exit 1 when something is broken.

    Warnings alone exit with 0. With the embedded database: flask with-database doctor.
    """
    settings = current_app.config["SETTINGS"]
    findings = [*rules.about(settings), *looking.around(settings, at=utcnow())]
    for finding in sorted(findings):
        click.echo(f"{finding.level.upper():8} {finding.subject}: {finding.what}.\n         → {finding.remedy}")
    faults = sum(finding.level == "fault" for finding in findings)
    click.echo(f"Khuê {version()}: {faults} faults, {len(findings) - faults} warnings.")
    if faults:
        raise SystemExit(1)


def init_app(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(doctor)
