"""The commands that run the whole product: serve, demo, and commands that need a database."""

import os
import signal
import subprocess
import sys
from types import FrameType

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_migrate import upgrade

from lms.console import demo, setup
from lms.console.demo_people import PASSWORD
from lms.core import serving, sort_keys
from lms.core.config import Settings
from lms.core.database import db, utcnow

demo_group = AppGroup("demo", help="The demonstration's people and classes.")


@click.command("serve")
def serve() -> None:
    """Start database, web server and worker; Ctrl-C stops them all."""
    try:
        settings = Settings.from_environment()
        serving.check_port(settings.host, settings.port)
        if settings.content_url is not None:
            serving.check_port(settings.host, settings.content_port)
    except serving.ServingError as error:
        raise click.ClickException(str(error)) from None
    with serving.database(settings) as (bound, embedded):
        click.echo("Preparing the database …")
        os.environ["LMS_DATABASE_URL"] = str(bound.database_url)
        app, accounts = _prepare(bound)
        processes = serving.Processes(app, bound, embedded)

        def stop(_signal: int, _frame: FrameType | None) -> None:
            processes.stopping = True

        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)
        status = 1
        try:
            processes.start()
            if not processes.stopping:
                _greet(bound, accounts)
            processes.watch()
            status = 0
        except serving.ServingError as error:
            click.echo(str(error), err=True)
        finally:
            click.echo("Stopping …")
            processes.stop()
    click.echo("Stopped.")
    sys.exit(status)


@click.command("with-database", context_settings={"ignore_unknown_options": True})
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def with_database(command: tuple[str, ...]) -> None:
    """Run another flask command on the running or a started embedded database: ``flask with-database shell``."""
    with serving.database(Settings.from_environment()) as (bound, _):
        env = os.environ | {"LMS_DATABASE_URL": str(bound.database_url)}
        raise SystemExit(subprocess.call([sys.argv[0], *command], env=env))  # noqa: S603 - what was typed


@demo_group.command("reset")
def reset() -> None:
    """Throw everything in the database away and load the demonstration again (demo mode only)."""
    settings = current_app.config["SETTINGS"]
    if not settings.demo:
        raise click.ClickException("This deletes everything, so it runs in demo mode only (LMS_DEMO=1).")
    with serving.database(settings) as (bound, _):
        with application(bound).app_context():
            demo.wipe()
        _prepare(bound)
    click.echo("The demonstration is loaded.")


@demo_group.command("accounts")
def accounts() -> None:
    """Print one demonstration account a role."""
    for line in demo.ACCOUNTS:
        click.echo(f"{line.role:32} {line.username:18} {PASSWORD}")


@click.command("prepare")
def prepare() -> None:
    """Migrate, and load programmes and instruments: what a deployment runs before it starts (no demo)."""
    with serving.database(current_app.config["SETTINGS"]) as (bound, _), application(bound).app_context():
        upgrade()
        sort_keys.fill()
        setup.load_repository(at=utcnow())
    click.echo("The database is ready.")


def application(bound: Settings) -> Flask:
    """Return the application on a database that has been started."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    if app.config["SETTINGS"].database_url == bound.database_url:
        return app
    from lms import create_app  # noqa: PLC0415 - the command line may import upwards

    return create_app(bound)


def _prepare(bound: Settings) -> tuple[Flask, bool]:
    """Migrate and load; returns the application, and whether its database holds the demonstration."""
    app = application(bound)
    with app.app_context():
        upgrade()
        sort_keys.fill()
        setup.load_repository(at=utcnow())
        if bound.demo and demo.is_empty():
            click.echo("Loading the demonstration (about half a minute) …")
            demo.load(at=utcnow())
        loaded = bound.demo and demo.is_loaded()
        db.session.remove()
        db.engine.dispose()
    return app, loaded


def _greet(bound: Settings, with_accounts: bool) -> None:
    click.echo(f"\n  Khuê is ready:  http://{bound.host}:{bound.port}/\n")
    if bound.content_url is not None:
        click.echo(f"  Uploaded content:  {bound.content_url}/, and http://127.0.0.1:{bound.content_port}/\n")
    if with_accounts:
        click.echo(f"  Demonstration accounts (password for all: {PASSWORD})")
        for line in demo.ACCOUNTS:
            click.echo(f"    {line.username:16} {line.role}")
        click.echo()
    click.echo("  Ctrl-C stops everything.\n", nl=True)


def init_app(app: Flask) -> None:
    """Add the commands."""
    for command in (serve, with_database, prepare, demo_group):
        app.cli.add_command(command)
