"""Pages of targets with their population, and of the yearly plan."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # the stubs lag

from lms.catalogue import queries as catalogue
from lms.core import arguments
from lms.core.database import db, utcnow
from lms.core.errors import DomainError
from lms.core.forms import INVALID
from lms.core.guard import current_actor, unit_scope
from lms.core.i18n import local
from lms.core.moving import MoveForm
from lms.core.states import Door
from lms.core.transitions import MovedMeanwhile, history
from lms.people.access import visible_persons
from lms.people.sessions import local_day
from lms.planning.plans import forms, queries, services
from lms.planning.plans.life import PLAN
from lms.planning.plans.models import Plan, Population
from lms.planning.plans.rules import needed
from lms.planning.rules.eligibility import WORDS

_BY_ITSELF = ("supersede",)
WHICH = ("left", "trained", "asked", "")


def _unit_path(need_id: UUID, **_args: Any) -> str | None:
    row = queries.need_of(need_id)
    return None if row is None else row.path


OVER_UNIT = unit_scope("unit that is asked", _unit_path)


# -- targets ----------------------------------------------------------------------------------------------------------


def targets() -> Any:
    """The targets of the Decision with the population that was counted last."""
    return _targets(forms.PopulationForm(data={"day": local_day(utcnow())}))


def take() -> Any:
    """Count the population as of a day."""
    form = forms.PopulationForm()
    if not form.validate_on_submit() or form.day.data is None:
        return _targets(form), INVALID
    try:
        row = services.take_population(current_actor(), form.day.data, at=utcnow())
    except DomainError as refused:
        form.day.errors = [refused.message]
        return _targets(form), refused.status
    flash(_("The population is counted: %(number)s people were in service.", number=row.people))
    return redirect(url_for("plans.targets", population=row.id))


def _targets(form: forms.PopulationForm) -> str:
    actor, known = current_actor(), queries.populations()
    wanted = request.args.get("population", "")
    population = next((one for one in known if str(one.id) == wanted), known[0] if known else None)
    seen = visible_persons(actor, "plans.population")
    counts = queries.by_target(population.id, seen) if population else {}
    lines = [
        (card, card.document["target"], counts.get(card.id, queries.Counts()))
        for card in catalogue.all_programmes()
    ]  # fmt: skip
    return render_template(
        "planning/targets.html", form=form if actor.may("plans.manage") else None, population=population,
        populations=known, lines=lines, needed=needed, whole=actor.holds_whole("plans.population"),
    )  # fmt: skip


def target(population_id: UUID, code: str) -> Any:
    """The population of a target: by unit and person by person."""
    population = db.session.get(Population, population_id) or abort(404)
    card = (catalogue.programme(code) if code.isprintable() else None) or abort(404)
    seen, new = visible_persons(current_actor(), "plans.population"), request.args.get("structure") != "old"
    which = request.args.get("which", "left")
    which = which if which in WHICH else "left"
    after = arguments.number("after", largest=arguments.COUNT_MAX) or 0
    people = queries.members(population.id, card.id, seen, which=which, after=after)
    units = queries.by_unit(population.id, card.id, seen, day=population.as_of, new=new)
    return render_template(
        "planning/target.html", population=population, programme=card, units=units, new=new, which=which,
        people=people[: queries.PAGE], more=after + queries.PAGE if len(people) > queries.PAGE else None,
        words=WORDS, total=sum((counts for _name, counts in units), queries.Counts()),
    )  # fmt: skip


# -- plans ------------------------------------------------------------------------------------------------------------


def index() -> Any:
    """All plans."""
    return render_template("planning/plans.html", plans=queries.plans(), life=PLAN, may=current_actor().may)


def new() -> Any:
    """Begin the plan of a year."""
    form, status = forms.PlanForm(), 200
    form.population_id.choices = [
        SelectChoice(str(one.id), _("as of %(day)s", day=one.as_of.strftime("%d/%m/%Y")))
        for one in queries.populations()
    ]
    if form.validate_on_submit():
        try:
            made = services.make_plan(current_actor(), form.year.data or 0, UUID(form.population_id.data), at=utcnow())
            return redirect(url_for("plans.plan", plan_id=made.id))
        except DomainError as refused:
            form.year.errors, status = [refused.message], refused.status
    elif form.is_submitted():
        status = INVALID
    return render_template("planning/plan_new.html", form=form), status


def plan(plan_id: UUID) -> Any:
    """A plan: where it stands, its classes, needs and quotas."""
    row = _plan(plan_id)
    manages = current_actor().may("plans.manage")
    doors = _doors(row)
    can_hand = manages and PLAN.refusal("hand_out", row.status) is None
    return render_template(
        "planning/plan.html",
        plan=row,
        base=db.session.get(Plan, row.base_id) if row.base_id else None,
        doors_of=doors,
        urls={door.act: url_for("plans.move", plan_id=row.id, act=door.act) for door in doors},
        lines=queries.lines(row.id),
        totals=queries.totals(row.id),
        heard=queries.heard(row.id),
        classes=queries.classes_of(row.year) if can_hand else [],
        left=queries.carried_over(row) if row.status == "closed" else {},
        told=history(PLAN, row.id),
        life=PLAN,
        may_edit=manages and PLAN.refusal("edit_lines", row.status) is None,
        may_remind=manages and PLAN.refusal("answer", row.status) is None,
        may_amend=manages and PLAN.refusal("begin_amendment", row.status) is None,
    )


def move(plan_id: UUID, act: str) -> Any:
    """Decide on a move of a plan."""
    row = _plan(plan_id)
    if act in _BY_ITSELF or not any(one.act == act and one.sources for one in PLAN.moves):
        abort(404)
    way = PLAN.move(act, row.status)
    if not current_actor().may(way.permission):
        abort(403)
    form_of = {"gather": forms.GatherForm, "approve": forms.DecisionForm}.get(act, MoveForm)
    form, status = form_of.of(PLAN, way, row.id), 200
    if form.validate_on_submit():
        try:
            decision = form.decision() if isinstance(form, forms.DecisionForm) else None
            needs_by = form.needs_by.data if isinstance(form, forms.GatherForm) else None
            services.move(
                current_actor(), row.id, act, form.because(), at=utcnow(), needs_by=needs_by, decision=decision
            )
            flash(_("Done: %(what)s.", what=way.said))
            return redirect(url_for("plans.plan", plan_id=row.id))
        except DomainError as refused:
            status = _refused(form, refused, row.id)
    elif form.is_submitted():
        status = INVALID
    door = next((one for one in _doors(row) if one.act == act), None)
    lines = history(PLAN, row.id)
    return render_template("planning/plan_move.html", plan=row, move=way, form=form, door=door, lines=lines), status


def _refused(form: Any, refused: DomainError, plan_id: UUID) -> int:
    if refused.code in PLAN.words:
        raise refused
    if isinstance(refused, MovedMeanwhile):
        form.look_again(PLAN, plan_id)
    name = {"needs-by": "needs_by", "document-number": "number", "document-date": "dated"}.get(refused.code, "")
    if name in form:
        form[name].errors = [refused.message]
    else:
        form.form_errors.append(refused.message)
    return refused.status


def amend(plan_id: UUID) -> Any:
    """Begin an amendment."""
    made = services.amend(current_actor(), plan_id, at=utcnow())
    return redirect(url_for("plans.plan", plan_id=made.id))


def add_line(plan_id: UUID) -> Any:
    """Add classes to a plan."""
    row, form, status = _plan(plan_id), forms.LineForm(), 200
    PLAN.require("edit_lines", row.status)
    form.programme.choices = [
        SelectChoice(card.code, f"{card.code} {local(card.name)}") for card in catalogue.all_programmes()
    ]
    none = SelectChoice("", _("not yet decided"))
    form.institution.choices = [none, *(SelectChoice(str(one[0]), one[1]) for one in queries.institutions())]
    if form.validate_on_submit():
        institution = int(form.institution.data) if form.institution.data else None
        size = (form.classes.data or 0, form.places.data or 0, form.month.data or 0)
        services.add_line(current_actor(), row.id, form.programme.data, *size, institution, at=utcnow())
        flash(_("The classes are in the plan."))
        return redirect(url_for("plans.plan", plan_id=row.id))
    if form.is_submitted():
        status = INVALID
    return render_template("planning/plan_line.html", plan=row, form=form), status


def remove_line(plan_id: UUID, line_id: UUID) -> Any:
    """Take classes out of a plan."""
    services.remove_line(current_actor(), plan_id, line_id, at=utcnow())
    return redirect(url_for("plans.plan", plan_id=plan_id))


def remind(plan_id: UUID) -> Any:
    """Remind the units that have not answered."""
    number = services.remind(current_actor(), plan_id, at=utcnow())
    flash(ngettext("%(num)s unit is reminded.", "%(num)s units are reminded.", number))
    return redirect(url_for("plans.needs", plan_id=plan_id))


def needs(plan_id: UUID) -> Any:
    """What the units have answered."""
    return _needs(_plan(plan_id), forms.ReturnForm())


def _needs(row: Plan, form: forms.ReturnForm, returning: UUID | None = None) -> str:
    which = request.args.get("which", "")
    which = which if which in ("asked", "sent", "returned") else ""
    return render_template(
        "planning/plan_needs.html", plan=row, needs=queries.needs(row.id, which), which=which, form=form,
        returning=returning, heard=queries.heard(row.id),
        may_return=current_actor().may("plans.manage") and PLAN.refusal("answer", row.status) is None,
    )  # fmt: skip


def return_need(need_id: UUID) -> Any:
    """Return a unit's answer."""
    form, found = forms.ReturnForm(), queries.need_of(need_id) or abort(404)
    if not form.validate_on_submit():
        return _needs(_plan(found.plan_id), form, need_id), INVALID
    services.return_need(current_actor(), need_id, form.reason.data or "", at=utcnow())
    flash(_("The answer is returned to the unit."))
    return redirect(url_for("plans.needs", plan_id=found.plan_id))


def quotas(plan_id: UUID, code: str) -> Any:
    """The quotas of a programme by unit."""
    return _quotas(_plan(plan_id), code, forms.QuotaForm())


def set_quota(plan_id: UUID, code: str) -> Any:
    """Change a quota by hand."""
    row, form = _plan(plan_id), forms.QuotaForm()
    form.unit.choices = [SelectChoice(one.unit_id, one.name) for one in queries.quotas(row.id, code)]
    if not form.validate_on_submit():
        return _quotas(row, code, form), INVALID
    given = (form.unit.data, form.places.data or 0, form.reason.data or "")
    try:
        services.set_quota(current_actor(), row.id, code, *given, at=utcnow())
    except DomainError as refused:
        if refused.code in PLAN.words:
            raise
        form.places.errors = [refused.message]
        return _quotas(row, code, form), refused.status
    flash(_("The quota is changed."))
    return redirect(url_for("plans.quotas", plan_id=plan_id, code=code))


def _quotas(row: Plan, code: str, form: forms.QuotaForm) -> str:
    card = (catalogue.programme(code) if code.isprintable() else None) or abort(404)
    lines = queries.quotas(row.id, code)
    form.unit.choices = [SelectChoice(one.unit_id, one.name) for one in lines]
    before = {one.unit_id: one.places for one in queries.quotas(row.base_id, code)} if row.base_id else {}
    may_set = current_actor().may("plans.manage") and PLAN.refusal("set_quota", row.status) is None
    return render_template(
        "planning/plan_quotas.html", plan=row, programme=card, lines=lines, before=before,
        form=form if may_set else None, seats=queries.seats(row.id).get(card.id, 0),
    )  # fmt: skip


def hand_out(plan_id: UUID, class_id: UUID) -> Any:
    """Give the places of a class to the units by the plan."""
    places = services.hand_out(current_actor(), plan_id, class_id, at=utcnow())
    flash(_("%(places)s places are given to %(units)s units.", places=sum(places.values()), units=len(places)))
    return redirect(url_for("plans.plan", plan_id=plan_id))


# -- units ------------------------------------------------------------------------------------------------------------


def own_needs() -> Any:
    """The forms of units held."""
    return render_template("planning/needs.html", needs=queries.own_needs(current_actor().paths("plans.need")))


def need(need_id: UUID) -> Any:
    """Say what a unit needs."""
    found = queries.need_of(need_id) or abort(404)
    lines, status = queries.need_lines(need_id), 200
    form = forms.need_form(lines, found.wishes)
    if form.validate_on_submit():
        counts = {one.programme_id: (form[f"w_{one.code}"].data, form[f"r_{one.code}"].data or "") for one in lines}
        try:
            services.answer_need(current_actor(), need_id, counts, form.wishes.data or "", at=utcnow())
            flash(_("What your unit needs has been sent to Home Affairs."))
            return redirect(url_for("plans.own_needs"))
        except DomainError as refused:
            if refused.code in PLAN.words:
                raise
            form.form_errors.append(refused.message)
            for one in lines:
                if form[f"w_{one.code}"].data > one.known and not form[f"r_{one.code}"].data:
                    form[f"r_{one.code}"].errors = [_("Please say why more are wanted.")]
            status = refused.status
    elif form.is_submitted():
        status = INVALID
    open_now = PLAN.refusal("answer", found.plan_status) is None
    return render_template("planning/need.html", need=found, lines=lines, form=form, open_now=open_now), status


def _plan(plan_id: UUID) -> Plan:
    return db.session.get(Plan, plan_id) or abort(404)


def _doors(row: Plan) -> list[Door]:
    doors = PLAN.doors(row.status, queries.facts_of(row), current_actor().may)
    return [door for door in doors if door.act not in _BY_ITSELF]
