"""Launching a unit: a session, its key to the record store, and the address that the browser opens."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select, update

from lms.core.database import act, db
from lms.core.errors import DomainError, NotFound
from lms.library import addresses
from lms.library.addresses import Grant
from lms.library.kinds import KINDS, UNIT_KINDS
from lms.library.kinds.kind import Launch
from lms.library.models import MODES, ContentSession, ContentUnit, PackageVersion, Registration
from lms.library.rules import REGISTRATION, registration_state
from lms.library.services import launch_log
from lms.library.services.lms_statements import publisher_iri, say, say_for_content
from lms.library.services.registrations import abandon, conclude, held_session, hold, preferences, state_of
from lms.packages.cmi5 import terms
from lms.people.queries import account_actor_name
from lms.records import documents
from lms.records.services import end_session, open_session
from lms.records.vocabulary import ACCOUNTS

LIFETIME = timedelta(hours=12)
"""How long a launch may last."""


class Launched(NamedTuple):
    """A launch.

    :ivar url: what the browser opens
    :ivar own_window: whether it must have a window of its own (cmi5 launchMethod OwnWindow)
    """

    session_id: UUID
    url: str
    own_window: bool
    expires_at: datetime


@act
def launch(
    registration_id: UUID,
    unit_id: UUID,
    *,
    application: str,
    at: datetime,
    mode: str = "Normal",
    locale: str | None = None,
    return_url: str | None = None,
    plain: bool = False,
    sign_in: UUID | None = None,
) -> Launched:
    """Open a session for a unit and return the address that starts it; open ones of the registration are abandoned.

    :param application: address of the application as the browser sees it, such as ``http://localhost:8000``
    :param return_url: where content that closes itself sends the browser; by default a page that tells our player
    :param plain: at the demonstration's plain address
    :param sign_in: the sign-in session of who begins it: signing out ends it
    :raises DomainError: ``bad-mode``, ``not-launchable``, ``superseded``
    """
    registration = hold(registration_id)
    unit = db.session.get(ContentUnit, unit_id)
    version = db.session.get(PackageVersion, registration.version_id)
    if unit is None or version is None or unit.version_id != version.id:
        raise NotFound
    _check(registration, unit, version, mode)
    abandon_open(registration.id, at=at)
    session = ContentSession(
        id=uuid4(),
        registration_id=registration.id,
        unit_id=unit.id,
        mode=mode,
        application=application,
        launched_at=at,
        expires_at=at + LIFETIME,
        seen_at=at,
        sign_in_id=sign_in,
    )
    db.session.add(session)
    origin = addresses.origin_of(version.package_id, registration.account_name, application=application, plain=plain)
    grant = Grant(version.id, session.id, session.expires_at)
    base = f"{origin.url}{origin.prefix}/{addresses.token(grant, origin.host)}"
    match UNIT_KINDS[unit.kind].launch:
        case Launch.CMI5:
            state_of(registration.id, unit.id, at=at)
            url = _cmi5(registration, unit, session, base, application, locale, return_url, at)
        case Launch.XAPI:
            url = _xapi(registration, unit, session, base, application, at)
        case Launch.PLAYER | Launch.HOLDS:  # what holds others is opened only where the package is opened as a whole
            _open_key(registration, unit.iri, session, at)
            url = f"{base}/_khue/play"
        case Launch.ITSELF:
            url = _address(unit, base)
            opened(registration, unit, session, at=at)
    db.session.flush()
    launch_log.note_within(session.id, "launched", f"{unit.kind} {mode}", at=at)
    return Launched(session.id, url, unit.properties.get("launchMethod") == "OwnWindow", session.expires_at)


def abandon_open(registration_id: UUID, *, at: datetime) -> None:
    """End all sessions of a registration that are still open."""
    still = select(ContentSession.id).where(
        ContentSession.registration_id == registration_id, ContentSession.ended_at.is_(None)
    )
    for session_id in db.session.scalars(still.order_by(ContentSession.launched_at)).all():
        abandon(session_id, at=at)


@act
def end_in_name_of(account_id: UUID, *, at: datetime) -> None:
    """End all launches of an account's owner: their pages read no more files, their keys store nothing more."""
    name = account_actor_name(account_id)
    if name is not None:
        _end((Registration.account_home == ACCOUNTS) & (Registration.account_name == str(name)), at)


@act
def end_in_context(context_id: UUID, *, at: datetime) -> None:
    """End all launches within a context, such as an enrolment."""
    _end(Registration.context_id == context_id, at)


@act
def end_in_sign_in(sign_in_id: UUID, *, at: datetime) -> None:
    """End all launches that were begun in a sign-in session."""
    _end(ContentSession.sign_in_id == sign_in_id, at)


@act
def end_previews(account_id: UUID, *, at: datetime) -> None:
    """End what an account has open to look at as staff; what she studies in her classes goes on."""
    name = account_actor_name(account_id)
    if name is not None:
        whose = (Registration.account_home == ACCOUNTS) & (Registration.account_name == str(name))
        _end(whose & Registration.context_id.is_(None), at)


@act
def end_of_package(package_id: UUID, context_ids: Sequence[UUID], *, at: datetime) -> None:
    """End all launches of a package within contexts, such as the enrolments of the classes that lost it."""
    versions = select(PackageVersion.id).where(PackageVersion.package_id == package_id)
    _end(Registration.version_id.in_(versions) & Registration.context_id.in_(context_ids), at)


def _end(whose: ColumnElement[bool], at: datetime) -> None:
    """Abandon what is open; even what has ended by itself loses its token, which is good for hours otherwise."""
    sessions = db.session.scalars(
        select(ContentSession)
        .join(Registration, Registration.id == ContentSession.registration_id)
        .where(whose, ContentSession.expires_at > at)
        .order_by(ContentSession.registration_id, ContentSession.launched_at)
    ).all()
    for session in sessions:
        abandon(session.id, at=at)
        session.expires_at, session.abandoned = at, True


@act
def fetch(session_id: UUID, *, at: datetime) -> str | None:
    """Return a session's token for the record store, the first time only (cmi5, section 8.2); None afterwards."""
    session = db.session.scalar(
        update(ContentSession)
        .where(
            ContentSession.id == session_id,
            ContentSession.fetched_at.is_(None),
            ContentSession.ended_at.is_(None),
            ContentSession.expires_at > at,
        )
        .values(fetched_at=at, seen_at=at)
        .returning(ContentSession)
    )
    return None if session is None else basic(session.id)


def basic(session_id: UUID) -> str:
    """Return the credentials of a session for HTTP Basic, encoded."""
    return b64encode(f"{session_id.hex}:{addresses.secret_of(session_id)}".encode()).decode()


@act
def close(session_id: UUID, *, at: datetime) -> None:
    """End a session of content that is no cmi5 unit, when its page is left."""
    session = held_session(session_id)
    if session.ended_at is not None:
        return
    session.ended_at = session.terminated_at = at
    launch_log.note_within(session.id, "ended", "closed", at=at)
    if session.credential_id is not None:
        end_session(session.credential_id, at=at)


def launchable(unit: ContentUnit, kind: str) -> bool:
    """Tell whether a unit of a package of this kind can be launched: it has an address, or is the whole of it."""
    return unit.href is not None or (KINDS[kind].whole and unit.parent_id is None)


def _check(registration: Registration, unit: ContentUnit, version: PackageVersion, mode: str) -> None:
    if mode not in MODES:
        raise DomainError("bad-mode", _l("The launch mode is Normal, Browse or Review."), 400)
    if not launchable(unit, version.kind):
        raise DomainError("not-launchable", _l("This part of the package cannot be opened by itself."), 400)
    REGISTRATION.require("launch" if mode == "Normal" else "look", registration_state(registration.superseded_at))


def opened(registration: Registration, unit: ContentUnit, session: ContentSession, *, at: datetime) -> None:
    """Note that something was opened that cannot report by itself: that is all that is asked for."""
    if session.mode != "Normal":
        return
    state = state_of(registration.id, unit.id, at=at)
    if state.completed_at is None:
        state.completed_at, state.progress = at, 100
        say_for_content(registration, unit, "completed", at=at, result={"completion": True})
        conclude(registration, session_id=session.id, at=at)


def _cmi5(
    registration: Registration,
    unit: ContentUnit,
    session: ContentSession,
    base: str,
    application: str,
    locale: str | None,
    return_url: str | None,
    at: datetime,
) -> str:
    """Write the launch data (section 10), say Launched (9.3.1), and return the launch URL (8.1)."""
    _open_key(registration, unit.iri, session, at)
    given = unit.properties
    if given.get("masteryScore") is not None:
        given = given | {"masteryScore": float(given["masteryScore"])}
    optional = {key: given[key] for key in ("launchParameters", "masteryScore") if given.get(key) is not None}
    data: dict[str, Any] = {
        "contextTemplate": {
            "contextActivities": {"grouping": [{"id": publisher_iri(unit)}]},
            "extensions": {terms.SESSION_ID: str(session.id)},
        },
        "launchMode": session.mode,
        "moveOn": given.get("moveOn", "NotApplicable"),
        "returnURL": return_url or f"{base}/_khue/return",
    } | optional
    if given.get("entitlementKey") is not None:
        data["entitlementKey"] = {"courseStructure": given["entitlementKey"]}
    documents.keep(
        documents.STATE,
        documents.LAUNCH_DATA,
        data,
        agent=registration.agent,
        activity=unit.iri,
        registration=registration.id,
        at=at,
    )
    documents.keep(
        documents.AGENT_PROFILE, terms.PREFERENCES, preferences(locale), agent=registration.agent, at=at, replace=False
    )
    address = _address(unit, base)
    extensions = {
        terms.LAUNCH_MODE: session.mode,
        terms.LAUNCH_URL: address,
        terms.MOVE_ON: data["moveOn"],
    }
    for name, iri in (("launchParameters", terms.LAUNCH_PARAMETERS), ("masteryScore", terms.MASTERY_SCORE)):
        if name in optional:
            extensions[iri] = optional[name]
    say("launched", registration, unit, session.id, at=at, extensions=extensions)
    return _with(
        address,
        {
            "endpoint": f"{application}/xapi/",
            "fetch": f"{application}/launch/fetch/{addresses.fetch_code(session.id)}",
            "actor": json.dumps(registration.agent, separators=(",", ":")),
            "registration": str(registration.id),
            "activityId": unit.iri,
        },
    )


def _xapi(
    registration: Registration, unit: ContentUnit, session: ContentSession, base: str, application: str, at: datetime
) -> str:
    """Return the address of an xAPI package's activity, with the parameters that such packages read."""
    _open_key(registration, unit.identifier, session, at)
    return _with(
        _address(unit, base),
        {
            "endpoint": f"{application}/xapi/",
            "auth": f"Basic {basic(session.id)}",
            "actor": json.dumps(registration.agent, separators=(",", ":")),
            "registration": str(registration.id),
            "activity_id": unit.identifier,
        },
    )


def _open_key(registration: Registration, activity: str, session: ContentSession, at: datetime) -> None:
    credential, _ = open_session(
        agent=registration.agent,
        registration=registration.id,
        activity=activity,
        lifetime=LIFETIME,
        at=at,
        key=session.id.hex,
        secret=addresses.secret_of(session.id),
    )
    session.credential_id = credential.id


def _address(unit: ContentUnit, base: str) -> str:
    href = unit.href or ""
    return href if href.startswith(("http://", "https://")) else f"{base}/{addresses.path_of(href)}"


def _with(address: str, parameters: Mapping[str, str]) -> str:
    """Add parameters to an address, before its fragment."""
    address, mark, fragment = address.partition("#")
    joint = "&" if "?" in address else "?"
    return address + joint + urlencode(parameters, quote_via=quote) + mark + fragment
