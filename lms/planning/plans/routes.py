"""The addresses of targets and plans."""

from lms.core.guard import CITY, HELD, Route
from lms.planning.plans import views

READ, MANAGE, APPROVE = "plans.read", "plans.manage", "plans.approve"
SEE, NEED = "plans.population", "plans.need"
POPULATION, PLAN = "/planning/populations/<uuid:population_id>", "/planning/plans/<uuid:plan_id>"
ONE_NEED = "/planning/needs/<uuid:need_id>"
GET_POST, POST = ("GET", "POST"), ("POST",)

ROUTES = [
    Route("/planning/targets", views.targets, SEE, HELD),
    Route("/planning/targets/count", views.take, MANAGE, CITY, POST),
    Route(f"{POPULATION}/<code>", views.target, SEE, HELD),
    Route("/planning/plans", views.index, READ, CITY),
    Route("/planning/plans/new", views.new, MANAGE, CITY, GET_POST),
    Route(PLAN, views.plan, READ, CITY),
    Route(f"{PLAN}/moves/<act>", views.move, READ, CITY, GET_POST),
    Route(f"{PLAN}/amend", views.amend, MANAGE, CITY, POST),
    Route(f"{PLAN}/lines", views.add_line, MANAGE, CITY, GET_POST),
    Route(f"{PLAN}/lines/<uuid:line_id>/remove", views.remove_line, MANAGE, CITY, POST),
    Route(f"{PLAN}/remind", views.remind, MANAGE, CITY, POST),
    Route(f"{PLAN}/needs", views.needs, READ, CITY),
    Route(f"{PLAN}/quotas/<code>", views.quotas, READ, CITY),
    Route(f"{PLAN}/quotas/<code>/set", views.set_quota, MANAGE, CITY, POST),
    Route(f"{PLAN}/classes/<uuid:class_id>", views.hand_out, MANAGE, CITY, POST),
    Route("/planning/needs", views.own_needs, NEED, HELD),
    Route(ONE_NEED, views.need, NEED, views.OVER_UNIT, GET_POST),
    Route(f"{ONE_NEED}/return", views.return_need, MANAGE, CITY, POST),
]
