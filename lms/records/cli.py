"""`flask records`: keys, export, import, and rebuilding what follows from statements."""

import math
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import click
from flask.cli import AppGroup

from lms.core import audit
from lms.core.database import act, utcnow
from lms.core.guard import SYSTEM
from lms.records import hooks, parsing, services, statement_rules, transfer
from lms.records.access import SCOPES
from lms.records.errors import Invalid
from lms.records.forward import delivery, queries

group = AppGroup("records", help="The record store (xAPI).")


@group.command("key")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(SCOPES))
def key(name: str, scopes: tuple[str, ...]) -> None:
    """Make a key for a client program; its secret is printed once."""
    made, secret = services.make_credential(SYSTEM, name=name, scopes=scopes, at=utcnow())
    click.echo(f"key     {made.key}\nsecret  {secret}")


@group.command("session")
@click.option("--agent", required=True, help="The learner as xAPI agent, in JSON.")
@click.option("--registration", required=True, type=click.UUID)
@click.option("--activity", required=True, help="IRI of the launched activity.")
@click.option("--hours", default=4, show_default=True, type=click.IntRange(1, 48))
def session(agent: str, registration: UUID, activity: str, hours: int) -> None:
    """Make a session token as launched content gets one, to try content by hand."""
    try:
        learner = parsing.json_of(agent.encode())
        statement_rules.check_agent(learner)
    except Invalid as error:
        raise click.ClickException(f"agent: {error.message}") from None
    made, secret = services.open_session(
        agent=learner, registration=registration, activity=activity, lifetime=timedelta(hours=hours), at=utcnow()
    )
    click.echo(f"key     {made.key}\nsecret  {secret}")


@group.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--resume", is_flag=True, help="Go on where an interrupted export of this file ended.")
def export(file: Path, resume: bool) -> None:
    """Write all statements to FILE as JSON lines, the oldest first."""
    if file.exists() and not resume:
        raise click.ClickException(f"{file} exists already; add --resume to go on with it, or choose another name")
    length = seq = count = 0
    if file.exists():
        with file.open("rb") as before:
            try:
                length, seq = transfer.last_exported(before)
            except transfer.BadLine as error:
                raise click.ClickException(str(error)) from None
    with file.open("r+b" if file.exists() else "wb") as out:
        out.truncate(length)
        out.seek(length)
        for line in transfer.lines_after(seq):
            out.write(line.encode())
            count += 1
            if count % 100_000 == 0:
                click.echo(f"{count:,} statements", err=True)
    click.echo(f"{count:,} statements written")


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(file: Path) -> None:
    """Store the statements of FILE (JSON lines); what is stored already changes nothing."""
    before, total = 0, 0
    with file.open("rb") as lines, click.progressbar(length=file.stat().st_size, label="Reading") as bar:
        try:
            for octets, statements in transfer.take(lines):
                bar.update(octets - before)
                before, total = octets, total + statements
        except transfer.BadLine as error:
            raise click.ClickException(f"{error}. Stored before it: {total:,}; correct it and start again") from None
    _note(file.name, total)
    click.echo(f"{total:,} statements read")


@group.command("forward")
def forward() -> None:
    """Send what waits to every other record store that is due, until nothing is left."""
    outcomes = delivery.run_due(at=utcnow(), seconds=math.inf)
    for forwarder in queries.forwarders():
        outcome = outcomes.get(forwarder.id)
        if outcome is None:
            state = "paused" if forwarder.paused_at else f"waits until {forwarder.next_try_at:%H:%M:%S %Z}"
        elif outcome.busy:
            state = "another process is sending"
        else:
            state = f"{outcome.sent:,} sent, {outcome.set_aside:,} set aside"
            state += f", then away ({outcome.away})" if outcome.away else ""
        click.echo(f"{forwarder.name}: {state}")


@group.command("rebuild")
@click.option("--write", is_flag=True, help="Make the tables hold what the statements say; otherwise only compare.")
def rebuild(write: bool) -> None:
    """Compare progress and completion with what statements alone say, and repair them."""
    differing = 0
    for report in hooks.rebuild.ask(write, utcnow()):
        click.echo(report)
        differing += report.differing
    if differing and not write:
        raise click.ClickException(f"{differing} differ; --write repairs them")


@act
def _note(name: str, count: int) -> None:
    audit.record(SYSTEM, "records.import", "file", name, at=utcnow(), after={"statements": count})
