"""Commands of the ground floor: the audit trail, the assets, the worker, the web server."""

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from lms.core import assets, audit, jobs, serving

audit_group = AppGroup("audit", help="The audit trail.")
assets_group = AppGroup("assets", help="Browser assets.")


@audit_group.command("verify")
def verify() -> None:
    """Recompute the hash chain; exit 1 and name every fault when it is broken."""
    faults = list(audit.verify())
    for fault in faults:
        click.echo(f"entry {fault.entry_id or '-'}: {fault.reason}", err=True)
    if faults:
        raise SystemExit(1)
    click.echo("The audit trail is whole.")


@assets_group.command("build")
def build_assets() -> None:
    """Collect, name and compress the browser assets."""
    click.echo(f"{len(assets.build())} assets in lms/static")


@click.command("worker")
def worker() -> None:
    """Run the background worker until it is stopped."""
    jobs.run_worker(current_app)


def _run(server: serving.WebServer) -> None:
    """Serve, unless something listens there already: granian would share the port with it and say nothing."""
    try:
        serving.check_port(server.bind_addr, server.bind_port)
    except serving.ServingError as error:
        raise click.ClickException(str(error)) from None
    server.run()


@click.command("web")
def web() -> None:
    """Run the web server until it is stopped (LMS_HOST, LMS_PORT, LMS_WEB_WORKERS, LMS_WEB_THREADS)."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    _run(serving.WebServer(app, app.config["SETTINGS"]))


@click.command("content")
def content() -> None:
    """Run the server of the content origin until it is stopped (LMS_HOST, LMS_CONTENT_PORT)."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    _run(serving.content_server(app, app.config["SETTINGS"]))


def init_app(app: Flask) -> None:
    """Add the commands."""
    for command in (audit_group, assets_group, worker, web, content):
        app.cli.add_command(command)
