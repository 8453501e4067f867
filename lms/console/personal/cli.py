"""A command for the officer who answers a request on paper."""

from pathlib import Path

import click

from lms.console.personal.services import archives
from lms.core.database import utcnow
from lms.core.errors import NotFound
from lms.core.guard import SYSTEM
from lms.core.text import one_line
from lms.people.cli import people_group


@people_group.command("archive")
@click.argument("staff_code")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def archive(staff_code: str, file: Path) -> None:
    """Write all data of the person with STAFF_CODE into FILE, a new ZIP, to hand to that person."""
    try:
        archives.hand_over(SYSTEM, one_line(staff_code).upper(), file, at=utcnow())
    except NotFound:
        raise click.ClickException(f"Nobody with an account has the staff code {staff_code}.") from None
    except FileExistsError:
        raise click.ClickException(f"{file} is there already; nothing was written.") from None
    click.echo(f"{file}: {file.stat().st_size:,} bytes. Hand it to its owner only.")
