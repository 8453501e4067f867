"""The first page."""

from typing import Any

from flask import redirect, render_template, url_for

from lms.console.about import views as about
from lms.core.database import utcnow
from lms.core.guard import Actor, current_actor
from lms.core.waiting import work_list

# The usual page of a person with several roles is that of the role with the most to do.
_USUAL_PAGES = (
    ("administrator", "people.people"),
    ("home_affairs_officer", "reports.completion"),
    ("approving_authority", "catalogue.index"),
    ("department_reviewer", "catalogue.index"),
    ("institution_staff", "classes.index"),
    ("lecturer", "classes.timetable"),
    ("comment_reader", "surveys.reading"),
    ("unit_manager", "reports.completion"),
    ("auditor", "console.audit"),
    ("finance_reader", "catalogue.index"),
)


def has_work_list(actor: Actor) -> bool:
    """Tell whether somebody's first page is the work list."""
    return any(role in actor.roles for role, _ in _USUAL_PAGES)


def home() -> Any:
    """What waits for whoever works here; trainees are sent to their learning, strangers read what this is."""
    actor = current_actor()
    if not actor.is_authenticated:
        return about.welcome()
    for role, endpoint in _USUAL_PAGES:
        if role in actor.roles:
            return render_template("console/home.html", entries=work_list(actor, utcnow()), usual=url_for(endpoint))
    return redirect(url_for("learning.dashboard"))
