"""Pages that everybody may read: the first page for strangers, help, contact, personal data, accessibility."""

from typing import Any

from flask import abort, current_app, render_template
from markupsafe import Markup

from lms.console.about import guides, privacy
from lms.core.config import version
from lms.core.guard import current_actor


def welcome() -> Any:
    """What this is and how one is sent, for whoever is not signed in."""
    return render_template("console/about/welcome.html", contact=_contact())


def help_() -> Any:
    """The guides, one's own first, and whom to ask."""
    own = guides.own(current_actor().roles)
    others = [guide for guide in guides.GUIDES.values() if guide not in own]
    return render_template("console/about/help.html", own=own, others=others, contact=_contact())


def guide(key: str) -> Any:
    """One guide."""
    if key not in guides.GUIDES:
        abort(404)
    text = Markup(guides.html_of(key))  # noqa: S704 - made safe by lms.core.html
    return render_template("console/about/guide.html", guide=guides.GUIDES[key], text=text)


def contact() -> Any:
    """Who runs this and answers questions, as the office has told, and who answers what."""
    return render_template("console/about/contact.html", contact=_contact())


def personal_data() -> Any:
    """What is kept of people, why, for how long, and how to have it given or erased."""
    years = current_app.config["SETTINGS"].record_retention_years
    return render_template(
        "console/about/privacy.html",
        sections=privacy.sections(years),
        years=years,
        browser_days=privacy.BROWSER_DAYS,
        contact=_contact(),
    )


def accessibility() -> Any:
    """How far everybody can use this, what is known to fall short, and where to say so."""
    return render_template(
        "console/about/accessibility.html", version=version(), hours=privacy.SESSION_HOURS, contact=_contact()
    )


def _contact() -> Any:
    return current_app.config["SETTINGS"].contact
