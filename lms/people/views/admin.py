"""Persons and accounts, for those who administer them."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from lms.core import arguments, downloads
from lms.core.admission import costly
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.guard import current_actor, is_root
from lms.core.pages import Page
from lms.people import access, exports, queries, services
from lms.people.forms import CATEGORY_LABELS, EndRoleForm, RoleForm, given
from lms.people.permissions import ROLES, left_out
from lms.people.rules import PERSON
from lms.people.sessions import local_day

READ, MANAGE = "people.read", "people.manage"
_ROLE_FIELDS = {"unit-closed": "unit", "role": "role"}


def people() -> Any:
    """Persons by name, searched and filtered; or the accounts without a staff record."""
    actor = current_actor()
    query, code = arguments.search(), arguments.search("unit")
    may = {"imports": actor.may("people.import"), "manages": actor.may("people.manage")}
    if request.args.get("show") == "operators":
        page = Page(queries.operators(actor, READ, query), None)
        return render_template("people/people.html", page=page, query=query, code="", operators=True, **may)
    unit = queries.unit_by_code(code, actor.paths(READ)) if code else None
    unknown = bool(code) and unit is None
    rows = (
        []
        if unknown
        else queries.persons(
            actor, READ, query=query, within_path=unit.path if unit else None, after=arguments.cursor(UUID, str)
        )
    )
    page = Page.cut(rows, queries.PAGE, lambda row: (row.person_id, row.sort_key))
    return render_template(
        "people/people.html", page=page, query=query, code=code, unit=unit, unknown=unknown, operators=False, **may
    )


def person_account(account_id: UUID) -> Any:
    """One account: its person, its roles, and what can be done with it."""
    return _account_page(account_id, RoleForm(formdata=None))


def give_role(account_id: UUID) -> Any:
    """Give the account a role over a unit."""
    actor, form = current_actor(), RoleForm()
    if form.validate():
        unit = queries.unit_by_code(given(form.unit.data), actor.paths(MANAGE))
        until = form.valid_until.data
        try:
            if unit is None:
                raise services.Refused("unit", _("There is no unit with this code among those you administer."), "unit")
            services.give_role(
                actor,
                account_id,
                form.role.data,
                unit.id,
                at=utcnow(),
                valid_from=form.valid_from.data,
                valid_until=until,
            )
        except DomainError as refused:
            if refused.code in PERSON.words:
                raise  # the page has no form any more
            field = form[getattr(refused, "field", None) or _ROLE_FIELDS.get(refused.code, "valid_until")]
            field.errors = [*field.errors, refused.message]
            return _account_page(account_id, form), refused.status
        flash(_("The role has been given."), "success")
        powers = [] if is_root(unit.path) else left_out(str(form.role.data))
        if powers:
            words = ", ".join(_(one) for one in powers)
            flash(_("As it is held over a unit, it leaves out: %(powers)s.", powers=words))
        return redirect(url_for("people.person_account", account_id=account_id))
    return _account_page(account_id, form), 422


def end_role(account_id: UUID) -> Any:
    """Take a role away from the account."""
    actor, form = current_actor(), EndRoleForm()
    held = {holding.id: holding for holding in queries.holdings(account_id)}
    holding = held.get(given(form.holding.data)) if form.validate() else None
    if holding is None:
        abort(404)
    if not actor.may(MANAGE, holding.unit_path):
        abort(403)
    services.end_role(actor, holding.id, at=utcnow())
    flash(_("The role has been taken away."), "success")
    return redirect(url_for("people.person_account", account_id=account_id))


def lock(account_id: UUID) -> Any:
    """Lock the account."""
    services.lock_account(current_actor(), account_id, at=utcnow())
    flash(_("The account is locked and signed out everywhere."), "success")
    return redirect(url_for("people.person_account", account_id=account_id))


def unlock(account_id: UUID) -> Any:
    """Open the account again."""
    services.unlock_account(current_actor(), account_id, at=utcnow())
    flash(_("The account is open again."), "success")
    return redirect(url_for("people.person_account", account_id=account_id))


def issue_code(account_id: UUID) -> Any:
    """Issue a one-time code and show it, once."""
    code = services.issue_activation_code(current_actor(), account_id, at=utcnow())
    card = queries.account_card(account_id)
    return render_template("people/code.html", code=code, card=card)


@costly()
def issue_codes(unit_id: int) -> Any:
    """Issue codes for all accounts of a unit that are not activated yet, as XLSX."""
    at = utcnow()
    unit = queries.unit(unit_id)
    if unit is None:
        abort(404)
    codes = services.issue_codes_of_unit(current_actor(), unit_id, at=at)
    return downloads.workbook(exports.codes(unit.name, codes, at=at), f"ma-kich-hoat-{unit.code}.xlsx")


def _account_page(account_id: UUID, form: RoleForm) -> str:
    actor = current_actor()
    card = queries.account_card(account_id)
    if card is None:
        abort(404)
    holdings, today = queries.holdings(account_id), local_day(utcnow())
    manages = bool(access.may_manage_account(actor, account_id))
    return render_template(
        "people/person.html",
        card=card,
        category=CATEGORY_LABELS.get(card.category or ""),
        holdings=holdings,
        endable={
            holding.id
            for holding in holdings
            if manages and actor.may(MANAGE, holding.unit_path) and not (holding.valid_to and holding.valid_to <= today)
        },
        form=form,
        roles=ROLES,
        may_manage=manages,
        today=today,
        left_out=left_out,
        is_root=is_root,
    )
