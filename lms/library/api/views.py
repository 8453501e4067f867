"""What the API answers; each view's operation is declared in :mod:`lms.library.api.routes`."""

from typing import Any, TypeVar
from uuid import UUID

import msgspec
import orjson
from flask import Response, abort, request
from flask_babel import gettext as _

from lms.core.database import utcnow
from lms.core.errors import DomainError, NotFound
from lms.library import hooks, models
from lms.library.api import queries, shapes
from lms.library.api.access import actor, key
from lms.library.services import intake, launches, packages, registrations, uploads
from lms.library.services.registrations import Learner
from lms.people.queries import person_by_code
from lms.records.vocabulary import ACCOUNTS

T = TypeVar("T")
AT_ONCE = 64 * 1024 * 1024
"""Bytes of a file that is taken in while its sender waits."""


# -- uploads and packages ----------------------------------------------------------------------------------------------


def upload(query: shapes.UploadQuery) -> Any:
    """Send a file whole."""
    length = request.content_length
    if length is None:
        abort(411)
    at = utcnow()
    begun = uploads.begin(
        actor(),
        key().institution_id,
        filename=query.filename or "file",
        size=length,
        checksum=query.sha256 or None,
        package_id=query.package_id or None,
        title=query.title or None,
        at=at,
    )
    at_once = length <= AT_ONCE
    arrived = uploads.receive_all(actor(), begun.id, request.stream, at=at, enqueue=not at_once)
    if at_once:
        arrived = intake.take_in(actor(), begun.id, tell=lambda **_values: None, at=at)
    status = {"taken": 201, "refused": 422}.get(arrived.state, 202)
    return _json(queries.upload(arrived), status)


def read_upload(upload_id: UUID) -> Any:
    """Read how far an upload is."""
    row = uploads.find(upload_id)
    if row is None or row.institution_id != key().institution_id:
        raise NotFound
    return _json(queries.upload(row))


def list_packages(query: shapes.PackagesQuery) -> Any:
    """List packages by title."""
    return _json(queries.packages(key().institution_id, query))


def read_package(package_id: UUID) -> Any:
    """Read a package."""
    return _json(queries.package(_package(package_id)))


def list_versions(package_id: UUID) -> Any:
    """List a package's versions, newest first."""
    return _json(shapes.Versions(queries.versions(_package(package_id).id)))


def delete_package(package_id: UUID) -> Any:
    """Remove a package that nobody uses."""
    packages.remove(actor(), _package(package_id).id, at=utcnow())
    return "", 204


def read_version(version_id: UUID) -> Any:
    """Read a version with its units."""
    return _json(queries.version(_version(version_id)))


def delete_version(version_id: UUID) -> Any:
    """Remove an old version that nobody has taken."""
    packages.remove_version(actor(), _version(version_id).id, at=utcnow())
    return "", 204


# -- registrations and launches ----------------------------------------------------------------------------------------


def register() -> Any:
    """Register a learner for a version."""
    body = _body(shapes.RegistrationIn)
    version = _version(body.version_id)
    registration = registrations.register(version.id, _learner(body.learner), at=utcnow(), anew=body.anew)
    return _json(queries.registration(registration), 201)


def read_registration(registration_id: UUID) -> Any:
    """Read a learner's status."""
    return _json(queries.registration(_registration(registration_id)))


def read_statements(query: shapes.StatementsQuery, registration_id: UUID) -> Any:
    """Read a registration's statements, oldest first."""
    registration = _registration(registration_id)
    rows, more = queries.statements(registration.id, after=query.after, limit=query.limit)
    body = b'{"statements":[%s],"more":%s}' % (",".join(rows).encode(), orjson.dumps(more))
    return Response(body, mimetype="application/json")


def launch(registration_id: UUID) -> Any:
    """Open a unit."""
    body = _body(shapes.LaunchIn)
    launched = launches.launch(
        _registration(registration_id).id,
        body.unit_id,
        application=request.host_url.rstrip("/"),
        mode=body.mode,
        return_url=body.return_url or None,
        plain=body.plain,
        at=utcnow(),
    )
    answer = shapes.Launch(launched.session_id, launched.url, launched.own_window, launched.expires_at)
    return _json(answer, 201)


def waive(registration_id: UUID, unit_id: UUID) -> Any:
    """Waive a unit."""
    registration, body = _registration(registration_id), _body(shapes.WaiveIn)
    registrations.waive(actor(), registration.id, unit_id, reason=body.reason, at=utcnow())
    return _json(queries.registration(_registration(registration_id)))


def abandon(session_id: UUID) -> Any:
    """Abandon a session."""
    registration_id = queries.registration_of_session(session_id)
    if registration_id is None:
        raise NotFound
    _registration(registration_id)
    return _json(shapes.Abandoned(registrations.abandon(session_id, at=utcnow())))


# -- helpers -----------------------------------------------------------------------------------------------------------


def _body(type_: type[T]) -> T:
    """Return the checked body.

    :raises DomainError: 415, it is no JSON by its type; 400, naming what is wrong in it.
    """
    if request.mimetype != "application/json":
        raise DomainError("content-type", _("The request must have the type application/json."), 415)
    try:
        return msgspec.json.decode(request.get_data(cache=False), type=type_)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DomainError("bad-request", str(error), 400) from None


def _json(value: Any, status: int = 200) -> Response:
    response = Response(msgspec.json.encode(value), status=status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _learner(learner: shapes.LearnerIn) -> Learner:
    if (learner.staff_code is msgspec.UNSET) == (learner.account is msgspec.UNSET):
        raise DomainError("bad-learner", _("Give a staff code or an account, one of both."), 400)
    if isinstance(learner.account, shapes.Account):
        account = learner.account
        if account.homePage.startswith(ACCOUNTS):
            raise DomainError("bad-learner", _("People of the roster are named by their staff code."), 400)
        return Learner(account.homePage, account.name)
    person = person_by_code(str(learner.staff_code))
    if person is None or not _is_own_trainee(person):  # the same words: a key is no way to ask who works for the city
        raise DomainError("no-such-learner", _("No trainee of your classes has this staff code."), 404)
    return registrations.learner_of(person)


def _package(package_id: UUID) -> models.Package:
    package = queries.find_package(package_id)
    if package is None or package.institution_id != key().institution_id:
        raise NotFound
    return package


def _version(version_id: UUID) -> models.PackageVersion:
    version = queries.find_version(version_id)
    if version is None or _package(version.package_id) is None:
        raise NotFound
    return version


def _registration(registration_id: UUID) -> models.Registration:
    registration = queries.find_registration(registration_id)
    if registration is None or queries.institution_of_registration(registration_id) != key().institution_id:
        raise NotFound
    if registration.person_id is not None and not _is_own_trainee(registration.person_id):
        raise NotFound
    return registration


def _is_own_trainee(person_id: UUID) -> bool:
    """Tell whether a person of the roster is a trainee of the key's institution, for whom alone it acts."""
    return any(hooks.trainee_of.ask(person_id, key().institution_id))
