"""Pages over several domains: home and the audit trail; the commands that run the whole product."""

from flask import Flask

from lms.console import cli, waiting
from lms.console.backup import cli as backup_cli
from lms.console.doctor import cli as doctor_cli
from lms.console.personal import cli as personal_cli  # noqa: F401 - adds a command to lms.people's
from lms.console.personal import models, own, tasks  # noqa: F401 - registers the tables and the jobs
from lms.console.routes import ROUTES
from lms.console.views import has_work_list
from lms.core import guard
from lms.core.guard import PUBLIC, SIGNED_IN
from lms.core.pages import N_, NavItem, add_footer, add_navigation, cover
from lms.core.personal import held as personal_data
from lms.core.waiting import waiting as what_waits


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    personal_data.register(own.held)
    what_waits.register(waiting.waiting)
    guard.register(app, "console", __name__, ROUTES)
    add_navigation(
        app,
        NavItem(N_("What this is"), "console.home", PUBLIC, order=1, when=lambda actor: actor.is_anonymous),
        NavItem(N_("Work to do"), "console.home", SIGNED_IN, order=1, when=has_work_list),
        NavItem(
            N_("Learning records"),
            "console.statements",
            "records.read",
            order=90,
            group=N_("Administration"),
            covers=("/admin/xapi",),
        ),
        NavItem(N_("Audit trail"), "console.audit", "audit.read", order=95, group=N_("Administration")),
        NavItem(N_("Help"), "console.help", PUBLIC, order=99, covers=("/contact", "/privacy", "/accessibility")),
    )
    cover(app, "people.people", "/admin/erasure")
    cover(app, "learning.dashboard", "/my/records")
    add_footer(
        app,
        (N_("Help"), "console.help"),
        (N_("Contact"), "console.contact"),
        (N_("Protection of personal data"), "console.privacy"),
        (N_("Accessibility statement"), "console.accessibility"),
    )
    cli.init_app(app)
    backup_cli.init_app(app)
    doctor_cli.init_app(app)
