"""Planning: who may be sent to which programme, and who is."""

from flask import Flask

from lms.classes.hooks import objections
from lms.classes.signals import withdrawn
from lms.core import guard
from lms.core.pages import N_, NavItem, add_navigation
from lms.core.personal import held as personal_data
from lms.core.transitions import moved
from lms.core.waiting import waiting as what_waits
from lms.planning import models, personal, receivers, tasks, waiting  # noqa: F401 - models registers the tables
from lms.planning.plans import models as plan_models  # noqa: F401 - registers the tables
from lms.planning.plans import waiting as plans_waiting
from lms.planning.plans.routes import ROUTES as PLAN_ROUTES
from lms.planning.routes import ROUTES


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    guard.register(app, "planning", __name__, ROUTES)
    add_navigation(
        app,
        NavItem(N_("Nominations"), "planning.index", "planning.nominate", order=45),
        NavItem(
            N_("Sending to classes"),
            "planning.fillings",
            "planning.decide",
            order=46,
            covers=("/classes/<uuid:class_id>/nominations", "/classes/<uuid:class_id>/quotas", "/signers"),
        ),
        NavItem(N_("My nominations"), "planning.mine", "learning.study", order=21, needs_person=True),
    )
    what_waits.register(waiting.waiting)
    guard.register(app, "plans", __name__, PLAN_ROUTES)
    add_navigation(
        app,
        NavItem(
            N_("Targets"),
            "plans.targets",
            "plans.population",
            order=47,
            covers=("/planning/populations/<uuid:population_id>/<code>",),
        ),
    )
    add_navigation(app, NavItem(N_("Yearly plan"), "plans.index", "plans.read", order=48))
    add_navigation(app, NavItem(N_("What the unit needs"), "plans.own_needs", "plans.need", order=49))
    what_waits.register(plans_waiting.waiting)
    personal_data.register(personal.held)
    objections.register(receivers.objections_to)
    moved.connect(receivers.close_list)
    withdrawn.connect(receivers.follow_leaving)
