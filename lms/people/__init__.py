"""The ground of all domains: units, staff, accounts and roles."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Flask, url_for

from lms.core import guard
from lms.core.pages import N_, NavItem, add_navigation
from lms.core.personal import held as personal_data
from lms.core.transitions import account_names as names_of_accounts
from lms.core.waiting import waiting as what_waits
from lms.people import cli, models, passwords, personal, sessions, tasks, waiting  # noqa: F401 - models registers tables
from lms.people.queries import account_actor_name, account_names
from lms.people.routes import ROUTES


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    personal_data.register(personal.held)
    names_of_accounts.register(account_names)
    sessions.init_app(app)
    app.extensions["lms_hash_places"] = passwords.Places(app.config["SETTINGS"].web_threads)
    guard.sign_in_addresses.register(_sign_in)
    guard.detours.register(_change_password)
    what_waits.register(waiting.waiting)
    guard.register(app, "people", __name__, ROUTES)
    add_navigation(
        app,
        NavItem(N_("People"), "people.people", "people.read", order=80, group=N_("Administration")),
        NavItem(N_("Units"), "people.units", "people.read", order=82, group=N_("Administration")),
    )
    cli.init_app(app)


def _sign_in(target: str) -> str:
    return url_for("people.sign_in", next=target)


def _change_password(actor: guard.Actor, route: guard.Route) -> str | None:
    """Lead whoever was given a password to the page where she chooses her own."""
    needed = actor.must_change_password and not route.rule.startswith("/account/")
    return url_for("people.password") if needed else None


def actor_name_in(app: Flask) -> Callable[[Mapping[str, Any]], UUID | None]:
    """Return what tells whose sign-in session a WSGI request carries, by her opaque name; None for a stranger's."""

    def actor_name(environ: Mapping[str, Any]) -> UUID | None:
        with app.request_context(dict(environ)):
            return account_actor_name(guard.current_actor().account_id)

    return actor_name
