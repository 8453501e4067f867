"""One's own account: signing in and out, activation, password, language, sessions."""

from typing import Any
from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import login_user, logout_user
from flask_wtf import FlaskForm

from lms.core.database import utcnow
from lms.core.guard import Actor, current_actor
from lms.core.views import safe_target
from lms.people import guessing, queries, services
from lms.people.browsers import browser_words
from lms.people.forms import ActivationForm, LanguageForm, PasswordForm, SignInForm, given
from lms.people.permissions import ROLES


def sign_in() -> Any:
    """Sign in with username and password."""
    target = safe_target(request.args.get("next"))
    form = SignInForm()
    if request.method == "GET":
        if current_actor().is_authenticated:
            return redirect(target)
        return render_template("people/sign_in.html", form=form)
    if not form.validate():
        return render_template("people/sign_in.html", form=form), 422
    try:
        signed_in = services.sign_in(
            given(form.username.data),
            given(form.password.data),
            at=utcnow(),
            user_agent=request.user_agent.string,
            address=request.remote_addr,
            known=guessing.known_browsers(request),
            replacing=current_actor().session_id,
        )
    except services.Refused as refused:
        return _refuse("people/sign_in.html", form, refused)
    session.clear()
    login_user(
        Actor(
            account_id=signed_in.account_id,
            person_id=signed_in.person_id,
            name=signed_in.name,
            session_token=signed_in.token,
        )
    )
    response = redirect(target)
    guessing.remember(response, request, signed_in.account_id)
    return response


def sign_out() -> Any:
    """Sign out of this browser."""
    services.sign_out(current_actor(), at=utcnow())
    return _leave(_("You have signed out."))


def activate() -> Any:
    """Set the first or a forgotten password with a one-time code."""
    form = ActivationForm()
    if request.method == "GET":
        return render_template("people/activate.html", form=form)
    if not form.validate():
        return render_template("people/activate.html", form=form), 422
    try:
        account_id = services.activate(
            given(form.username.data),
            given(form.code.data),
            given(form.password.data),
            at=utcnow(),
            address=request.remote_addr,
        )
    except services.Refused as refused:
        return _refuse("people/activate.html", form, refused)
    flash(_("Your password is set. Please sign in."), "success")
    response = redirect(url_for("people.sign_in"))
    guessing.remember(response, request, account_id)
    return response


def account() -> Any:
    """Show one's own account; take the language choice."""
    actor = current_actor()
    card = queries.account_card(_own_id(actor))
    if card is None:
        abort(404)
    form = LanguageForm(locale=card.locale or "vi")
    if request.method == "POST":
        if not form.validate():
            return _account_page(card, form), 422
        services.set_locale(actor, form.locale.data, at=utcnow())
        response = redirect(url_for("people.account"))
        response.set_cookie(
            "lang", form.locale.data, max_age=31536000, samesite="Lax", secure=request.is_secure, httponly=True
        )
        return response
    return _account_page(card, form)


def password() -> Any:
    """Change one's own password."""
    actor, form = current_actor(), PasswordForm()
    if request.method == "GET":
        return render_template("people/password.html", form=form, forced=actor.must_change_password)
    if form.validate():
        try:
            services.change_password(actor, given(form.current.data), given(form.password.data), at=utcnow())
        except services.Refused as refused:
            return _refuse("people/password.html", form, refused, forced=actor.must_change_password)
        flash(_("Your password is changed. All other browsers have been signed out."), "success")
        return redirect(url_for("people.account") if not actor.must_change_password else "/")
    return render_template("people/password.html", form=form, forced=actor.must_change_password), 422


def sessions() -> Any:
    """List the browsers in which one is signed in."""
    actor = current_actor()
    rows = queries.sessions(_own_id(actor), at=utcnow())
    return render_template(
        "people/sessions.html",
        rows=[(row, browser_words(row.user_agent)) for row in rows],
        this_session=actor.session_id,
    )


def end_session() -> Any:
    """End one of one's own sessions."""
    try:
        session_id = UUID(request.form.get("session", ""))
    except ValueError:
        abort(400)
    actor = current_actor()
    services.end_session(actor, session_id, at=utcnow())
    if session_id == actor.session_id:
        return _leave(_("You have signed out."))
    flash(_("That browser has been signed out."), "success")
    return redirect(url_for("people.sessions"))


def end_all_sessions() -> Any:
    """Sign out everywhere."""
    services.end_all_sessions(current_actor(), at=utcnow())
    return _leave(_("You have signed out everywhere."))


def _account_page(card: queries.AccountCard, form: LanguageForm) -> str:
    return render_template(
        "people/account.html",
        card=card,
        form=form,
        holdings=queries.holdings(card.account_id),
        roles=ROLES,
        studies=current_actor().may("learning.study"),
    )


def _own_id(actor: Actor) -> UUID:
    if actor.account_id is None:
        abort(401)
    return actor.account_id


def _leave(message: str) -> Any:
    logout_user()
    session.clear()
    flash(message, "success")
    return redirect(url_for("people.sign_in"))


def _refuse(template: str, form: FlaskForm, refused: services.Refused, **context: Any) -> Any:
    """Show the form again with the message at its field; what was typed stays, but for the passwords."""
    if refused.field is None:
        form.form_errors.append(refused.message)
    else:
        form[refused.field].errors = [*form[refused.field].errors, refused.message]
    response = make_response(render_template(template, form=form, **context), refused.status)
    if isinstance(refused, services.Throttled):
        response.headers["Retry-After"] = str(refused.wait)
    return response
