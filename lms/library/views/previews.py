"""Staff look at a package as learners see it; nothing that they do is reported."""

from typing import Any
from uuid import UUID

from flask import abort, current_app, redirect, render_template, request, url_for

from lms.core.database import db, utcnow
from lms.core.guard import Actor, current_actor
from lms.library import player_page
from lms.library.models import ContentUnit, PackageVersion, Registration
from lms.library.origin.outside import of_version
from lms.library.queries import pages
from lms.library.services import launches, registrations
from lms.library.services.registrations import Learner
from lms.people.queries import account_actor_name
from lms.records.vocabulary import ACCOUNTS

MODE = "Browse"


def preview(package_id: UUID, unit_id: UUID) -> Any:
    """Register the staff member herself, and go to the player."""
    del package_id
    unit = db.session.get(ContentUnit, unit_id)
    if unit is None:
        abort(404)
    registration = registrations.register(unit.version_id, _learner(current_actor()), at=utcnow())
    return redirect(url_for("library.player", registration_id=registration.id, unit=unit_id), 303)


def player(registration_id: UUID) -> Any:
    """The player of a preview."""
    registration = db.session.get_one(Registration, registration_id)
    version = db.session.get_one(PackageVersion, registration.version_id)
    package = pages.package(version.package_id)
    if package is None:
        abort(404)
    shown = player_page.shown(version.id, None, asked=request.args.get("unit"))
    outside = of_version(version.id)
    page = render_template(
        "library/player.html",
        title=package.title,
        units=shown.lines,
        current=shown.current,
        launch_url=lambda unit_id: url_for("library.launch", registration_id=registration_id, unit_id=unit_id),
        back_url=url_for("library.package", package_id=package.id),
        mode=MODE,
        sandbox=player_page.sandbox(current_app),
        missing_hosts=outside.missing,
    )
    return player_page.framing(page, current_app, outside)


def launch(registration_id: UUID, unit_id: UUID) -> Any:
    """Open a unit for looking: the page's script asks for its address."""
    launched = launches.launch(
        registration_id,
        unit_id,
        application=request.host_url.rstrip("/"),
        mode=MODE,
        locale=current_actor().locale,
        plain="plain" in request.args,
        sign_in=current_actor().session_id,
        at=utcnow(),
    )
    return player_page.answer(launched)


def _learner(actor: Actor) -> Learner:
    if actor.person_id is not None:
        return registrations.learner_of(actor.person_id)
    return Learner(ACCOUNTS, str(account_actor_name(actor.account_id)))
