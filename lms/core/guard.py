"""One way in: every route declares its permission and its scope, and this module enforces both.

A domain lists its addresses in ``routes.py`` as :class:`Route` values; :func:`register` puts them on the application
and remembers them. :func:`check` refuses to boot an application with a route that is not declared here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, Flask, abort, g, redirect, request
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response

from lms.core import drafts
from lms.core.hooks import Hook

csrf = CSRFProtect()

PUBLIC = "public"  # open to strangers
SIGNED_IN = "signed_in"  # open to every signed-in account

WHOLE = "whole"  # a power over the whole city: held over a root of the tree of units, or not at all
UNIT = "unit"  # a power over a unit and all below it
_reaches: dict[str, str] = {PUBLIC: UNIT, SIGNED_IN: UNIT}


def declare(permissions: Iterable[str], *, city_wide: Iterable[str]) -> None:
    """Name the permissions that there are, and those of them that are held over the whole city only."""
    _reaches.update(dict.fromkeys(permissions, UNIT) | dict.fromkeys(city_wide, WHOLE))


def reach_of(permission: str) -> str | None:
    """Return how far a permission reaches, WHOLE or UNIT; None when nobody declared it."""
    return _reaches.get(permission)


def is_root(path: str) -> bool:
    """Tell whether the unit with this path stands above all: whoever holds a role over it holds it over the city."""
    return path.count("/") == 2


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking. Built once a request by :mod:`lms.people`; passed to every act.

    :ivar grants: permission -> paths of the units over which it is held (a path covers all units below it)
    """

    account_id: UUID | None
    person_id: UUID | None
    name: str
    locale: str | None = None
    roles: frozenset[str] = frozenset()
    grants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    session_id: UUID | None = None
    session_token: str | None = None
    must_change_password: bool = False

    is_active = True

    @property
    def is_authenticated(self) -> bool:
        """Whether somebody is signed in (Flask-Login's name)."""
        return self.account_id is not None

    @property
    def is_anonymous(self) -> bool:
        """Whether this is a stranger (Flask-Login's name)."""
        return self.account_id is None

    def get_id(self) -> str | None:
        """Return the secret of the sign-in session (Flask-Login keeps it in the cookie)."""
        return self.session_token

    def may(self, permission: str, unit_path: str | None = None) -> bool:
        """Tell whether the permission is held: anywhere, or over the unit with this path."""
        if permission == PUBLIC:
            return True
        if permission == SIGNED_IN:
            return self.is_authenticated
        paths = self.paths(permission)
        return bool(paths) if unit_path is None else any(unit_path.startswith(path) for path in paths)

    def paths(self, permission: str) -> tuple[str, ...]:
        """Return the paths of the units over which the permission is held; queries filter by them.

        A role over a unit does not give the powers over the whole city that the role has elsewhere.
        """
        held = self.grants.get(permission, ())
        return tuple(filter(is_root, held)) if reach_of(permission) == WHOLE else held

    def holds_whole(self, permission: str) -> bool:
        """Tell whether the permission is held over a root, and so over what belongs to no unit too."""
        return any(map(is_root, self.paths(permission)))


STRANGER = Actor(account_id=None, person_id=None, name="")
SYSTEM = Actor(account_id=None, person_id=None, name="system")


def current_actor() -> Actor:
    """Return who is asking; only views call this."""
    return cast(Actor, current_user._get_current_object())


def forget_actor() -> None:
    """Take whoever is asking for a stranger for the rest of the request: the database cannot be asked."""
    g._login_user = STRANGER  # where flask_login keeps it


@dataclass(frozen=True, slots=True)
class Scope:
    """Over which data a route works: a label for the table of routes, and the test made before the view runs."""

    label: str
    allows: Callable[[Actor, str, Mapping[str, Any]], bool]
    asks_actor: bool = True
    """False when it lets in by something else than a sign-in session."""
    reach: str = UNIT
    """WHOLE when it opens something of the whole city; it goes with permissions of that reach and no others."""


ANYONE = Scope("anyone", lambda actor, permission, args: True)
OWN = Scope("own data", lambda actor, permission, args: actor.is_authenticated)
HELD = Scope("units held", lambda actor, permission, args: actor.may(permission))
CITY = Scope("the whole city", lambda actor, permission, args: actor.holds_whole(permission), reach=WHOLE)


def unit_scope(label: str, path_of: Callable[..., str | None], reach: str = UNIT) -> Scope:
    """A scope over one object's unit: ``path_of(**view_args)`` gives its path, None when there is no such object."""

    def allows(actor: Actor, permission: str, args: Mapping[str, Any]) -> bool:
        if not actor.may(permission):  # no hint about what exists to those without the permission
            return False
        path = path_of(**args)
        if path is None:
            abort(404)
        return actor.may(permission, path)

    return Scope(label, allows, reach=reach)


def predicate_scope(label: str, test: Callable[..., bool | None]) -> Scope:
    """A scope by ``test(actor, **view_args)``; None means that there is no such object (404)."""

    def allows(actor: Actor, permission: str, args: Mapping[str, Any]) -> bool:
        if not actor.may(permission):
            return False
        answer = test(actor, **args)
        if answer is None:
            abort(404)
        return answer

    return Scope(label, allows)


@dataclass(frozen=True, slots=True)
class Route:
    """One address of the product."""

    rule: str
    view: Callable[..., Any]
    permission: str
    scope: Scope
    methods: tuple[str, ...] = ("GET",)
    endpoint: str | None = None
    csrf: bool = True
    upload: bool = False
    """Takes files: a request may be as large as ``LMS_MAX_UPLOAD_MB``; otherwise the small limit of forms holds."""
    largest: int = 0
    """Bytes that a request may have where it may be larger still."""

    @property
    def name(self) -> str:
        """The endpoint's name within its domain: by default the view's."""
        return self.endpoint or self.view.__name__


sign_in_addresses: Hook[[str], str] = Hook("core.sign-in-addresses")
"""A stranger asked for this target: where does he sign in, to go there afterwards? The first answer holds."""
detours: Hook[[Actor, Route], str | None] = Hook("core.detours")
"""Must the actor do something else before this route, and where? The first address holds."""


def init_app(app: Flask) -> None:
    """Refuse unsigned requests before anything reads them."""
    csrf.init_app(app)


def register(app: Flask, domain: str, import_name: str, routes: Iterable[Route]) -> None:
    """Put a domain's routes on the application, each behind its permission and scope."""
    blueprint = Blueprint(domain, import_name, template_folder="templates")
    declared: dict[str, Route] = app.extensions.setdefault("lms_routes", {})
    for route in routes:
        view = _guarded(route)
        if not route.csrf:
            csrf.exempt(view)
        blueprint.add_url_rule(route.rule, route.name, view, methods=list(route.methods))
        declared[f"{domain}.{route.name}"] = route
    app.register_blueprint(blueprint)


def check(app: Flask) -> None:
    """Refuse an application with an undeclared route, or with one whose permission and scope differ in reach.

    :raises RuntimeError: names the endpoints that declare nothing, or what does not go together.
    """
    declared: dict[str, Route] = app.extensions.get("lms_routes", {})
    missing = sorted({rule.endpoint for rule in app.url_map.iter_rules()} - set(declared))
    if missing:
        raise RuntimeError(f"routes without permission and scope: {', '.join(missing)}")
    unknown = sorted(name for name, route in declared.items() if reach_of(route.permission) is None)
    if unknown:
        raise RuntimeError(f"routes with a permission that nobody declared: {', '.join(unknown)}")
    mixed = sorted(name for name, route in declared.items() if reach_of(route.permission) != route.scope.reach)
    if mixed:
        raise RuntimeError(f"a power over the whole city and a unit's scope, or the reverse: {', '.join(mixed)}")


def _guarded(route: Route) -> Callable[..., Any]:
    if route.permission == PUBLIC and route.scope is ANYONE:
        return _named(route.view, route.view)

    def call(**args: Any) -> Any:
        actor = current_actor() if route.scope.asks_actor else STRANGER
        if not actor.is_authenticated and route.permission != PUBLIC:
            return _ask_to_sign_in()
        if detour := next(filter(None, detours.ask(actor, route)), None):
            return redirect(detour)
        if not actor.may(route.permission) or not route.scope.allows(actor, route.permission, args):
            abort(403)
        return route.view(**args)

    return _named(call, route.view)


def _named(call: Callable[..., Any], view: Callable[..., Any]) -> Callable[..., Any]:
    """Give each guarded view a name and module of its own, by which CSRF exemption finds it."""

    @wraps(view)
    def named(**args: Any) -> Any:
        return call(**args)

    return named


def _ask_to_sign_in() -> Response:
    """Send a reader to the sign-in page and back; a form is sent back to its page, which still holds what was typed."""
    is_form = request.method not in ("GET", "HEAD")
    target = drafts.page_of_form() if is_form else request.full_path if request.query_string else request.path
    if target is None or request.headers.get("HX-Request"):
        abort(401)
    address = next(iter(sign_in_addresses.ask(target)), None)
    if address is None:
        abort(401)
    return drafts.send_back(address) if is_form else redirect(address)
