"""Commands: ``flask backup create | verify`` and ``flask restore``."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import psycopg
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from lms.console.backup import checking, making, restoring
from lms.console.backup.manifest import BackupError, Manifest
from lms.console.cli import application
from lms.core import schema, serving
from lms.core.config import Settings
from lms.core.database import db

INCOMPLETE = 3
"""Exit status of a backup that was taken although the store has lost files: better than none, and not silent."""
FOLDER = click.Path(file_okay=False, path_type=Path)
backup_group = AppGroup("backup", help="Backups: database, files, and keys apart.")


@backup_group.command("create")
@click.argument("folder", type=FOLDER)
@click.option("--keys-to", type=FOLDER, help="Copy the keys of open evaluations there: another disk, other people.")
@click.option("--keep", type=click.IntRange(1), help="Afterwards remove all but so many of the newest backups.")
def create(folder: Path, keys_to: Path | None, keep: int | None) -> None:
    """Take a backup into a new folder below FOLDER while the product runs.

    The last line of standard output is the new folder. Exit status 0: whole; 1: none was taken; 3: taken, but the store
    has lost files or keys that the database names.
    """
    with _bound() as (settings, url):
        taken = making.create(
            url, folder, keys_dir=settings.keys_dir, keys_to=keys_to, expected=schema.newest(), tell=_tell
        )
    for lost in taken.manifest.lost:
        click.echo(f"LOST: file {lost.sha256} is {lost.fault} in the store", err=True)
    for name in taken.manifest.lost_keys:
        click.echo(f"LOST: key {name} of an open evaluation", err=True)
    if keep:
        for old in making.prune(folder, keep, spare=taken.folder):
            _tell(f"removed {old.name}")
    click.echo(taken.folder)
    if taken.manifest.lost or taken.manifest.lost_keys:
        raise SystemExit(INCOMPLETE)


@backup_group.command("verify")
@click.argument("backup", type=FOLDER)
def verify(backup: Path) -> None:
    """Read every byte of BACKUP and compare it with its manifest; exit 1 and name what differs."""
    with _told():
        manifest = checking.read_whole(backup, _tell)
    click.echo(f"Whole: {_described(manifest)}.")


@click.command("restore")
@click.argument("backup", type=FOLDER)
@click.option("--keys-from", type=FOLDER, help="Where the keys of this backup were copied to.")
@click.option("--over", is_flag=True, help="Replace everything that the database holds.")
@with_appcontext
def restore(backup: Path, keys_from: Path | None, over: bool) -> None:
    """Restore BACKUP into the configured database and file store.

    Every sum is checked before anything is touched; a database that is not empty is refused without --over. Afterwards
    rows are counted, the audit trail is recomputed, and every file that a row names is looked for. Exit status 0: all
    is there; 1: refused, nothing was changed; 3: restored, and something named above is wrong.
    """
    with _bound() as (settings, url):
        manifest, wrong = restoring.restore(
            url,
            backup,
            keys_dir=settings.keys_dir,
            keys_from=keys_from,
            over=over,
            expected=schema.newest(),
            tell=_tell,
        )
    for fault in wrong:
        click.echo(f"WRONG: {fault}", err=True)
    for lost in manifest.lost:
        click.echo(f"LOST before the backup was taken: file {lost.sha256} ({lost.fault})", err=True)
    click.echo(f"Restored: {_described(manifest)}.")
    if wrong or manifest.lost:
        raise SystemExit(INCOMPLETE)


def _described(manifest: Manifest) -> str:
    return (
        f"{sum(manifest.tables.values())} rows in {len(manifest.tables)} tables, {manifest.files} files "
        f"({manifest.bytes / 1e6:.1f} MB), {manifest.audit_count} audit entries, "
        f"taken {manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC by version {manifest.product}"
    )


def _tell(line: str) -> None:
    click.echo(line, err=True)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (BackupError, serving.ServingError, OSError, psycopg.Error) as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def _bound() -> Iterator[tuple[Settings, str]]:
    """Give settings and address of the database, the embedded one included, within an application that uses it."""
    with _told(), serving.database(current_app.config["SETTINGS"]) as (bound, _), application(bound).app_context():
        try:
            yield bound, str(bound.database_url)
        finally:
            db.session.remove()
            db.engine.dispose()


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(backup_group)
    app.cli.add_command(restore)
