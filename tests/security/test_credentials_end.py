"""docs/security.md, cell by cell: what becomes of each credential when something happens to its owner."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from lms.classes import services as classes
from lms.console.personal.services import erasure
from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM
from lms.library import addresses, queries
from lms.library.addresses import Grant
from lms.library.origin import access as origin
from lms.library.services import launches, registrations
from lms.packages.structure import Unit
from lms.people import services as people
from lms.people.models import RoleHolding
from lms.people.sessions import actor_of, load_actor, open_session
from tests import factories as make
from tests.security.walking import browser

HOST = "content.example"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (Path(__file__).parents[2] / "docs/security.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| ---")
]
EVENTS = ROWS[0][3:]
TABLE = {(row[0], event): word for row in ROWS[1:] for event, word in zip(EVENTS, row[3:], strict=True)}


@pytest.fixture
def held(app, session):
    """Somebody who is signed in, studies in a class, has a launch open, an unused code and a role."""
    institution = make.institution()
    run = make.class_run(institution)
    who = make.trainee(make.unit(make.city()))
    make.role(who, "lecturer", institution)
    enrolment = make.enrolment(run, db.session.get(make.Person, who.person_id))
    page = Unit("web", "index.html", {"vi": "Trang"}, "index.html")
    root = Unit("course", "c", {"vi": "Trang"}, children=(page,))
    version = make.package_version(root, institution, "html", {"index.html": b"<p>"})
    unit = next(row for row in queries.units(version.id) if row.href)
    launched = []
    sign_in, token = open_session(who.id, at=utcnow(), user_agent="", address=None)
    for context in (enrolment.id, None):
        taken = registrations.register(
            version.id, registrations.learner_of(who.person_id), at=utcnow(), context_id=context, anew=True
        )
        launched.append(_launch(taken.id, unit.id, version.id, sign_in))
    code = people.issue_activation_code(SYSTEM, who.id, at=utcnow())
    session.commit()
    return SimpleNamespace(
        app=app, who=who, run=run, enrolment=enrolment, token=token, code=code, here=launched[0], elsewhere=launched[1]
    )


def _launch(registration_id, unit_id, version_id, sign_in=None):
    made = launches.launch(registration_id, unit_id, application="http://localhost", at=utcnow(), sign_in=sign_in)
    row = db.session.get(launches.ContentSession, made.session_id)
    registration, unit = (
        db.session.get(launches.Registration, registration_id),
        db.session.get(launches.ContentUnit, unit_id),
    )
    launches._open_key(registration, unit.iri, row, utcnow())
    token = addresses.token(Grant(version_id, row.id, row.expires_at), HOST)
    return SimpleNamespace(id=row.id, token=token, key=launches.basic(row.id))


def _erasure_leaving(held):
    request_id = erasure.ask(actor_of(held.who.id, at=utcnow()), held.who.id, at=utcnow())
    day = (utcnow() + timedelta(hours=7)).date()
    erasure.note_leaving(SYSTEM, request_id, day, at=utcnow())


HAPPENS = {
    "signs out": lambda held: people.sign_out(load_actor(held.token, at=utcnow()), at=utcnow()),
    "signs out everywhere": lambda held: people.end_all_sessions(actor_of(held.who.id, at=utcnow()), at=utcnow()),
    "password set anew": lambda held: people.set_password(SYSTEM, held.who.id, "hoa sữa nồng nàn phố", at=utcnow()),
    "account locked": lambda held: people.lock_account(SYSTEM, held.who.id, at=utcnow()),
    "withdrawn from class": lambda held: classes.withdraw(SYSTEM, held.run.id, held.enrolment.id, "x", at=utcnow()),
    "left the service": _erasure_leaving,
}


def _reads_files(launch):
    origin._remembered.clear()
    return origin.opened(launch.token, HOST, at=utcnow()) is not None


def _stores(held, launch):
    headers = {"Authorization": f"Basic {launch.key}", "X-Experience-API-Version": "1.0.3"}
    return held.app.test_client().get("/xapi/statements", headers=headers).status_code != 401


def _sets_password(held):
    try:
        return bool(people.activate(held.who.username, held.code, "hoa sữa nồng nàn phố", at=utcnow(), address=None))
    except people.Refused:
        return False


def _has_role(held):
    db.session.expire_all()
    actor = actor_of(held.who.id, at=utcnow())
    return actor is not None and "lecturer" in actor.roles


OPENS = {
    "sign-in session": lambda held: browser(held.app, held.token).get("/account").status_code == 200,
    "launch token": lambda held: _reads_files(held.here),
    "fetch code": lambda held: launches.fetch(held.here.id, at=utcnow()) is not None,
    "session key": lambda held: _stores(held, held.here),
    "one-time code": _sets_password,
    "role": _has_role,
}


def test_the_table_names_every_credential_and_event():
    assert set(HAPPENS) == set(EVENTS)
    assert {name for name, _ in TABLE} == set(OPENS)


@pytest.mark.parametrize(("credential", "event"), TABLE, ids=str)
def test_a_credential_ends_when_the_table_says_so(held, session, credential, event):
    if credential not in ("fetch code", "one-time code"):  # those are good once
        assert OPENS[credential](held), "it opened something before"
    HAPPENS[event](held)
    session.commit()
    assert OPENS[credential](held) is (TABLE[credential, event] == "stays")


def test_withdrawal_leaves_what_was_opened_elsewhere(held, session):
    HAPPENS["withdrawn from class"](held)
    session.commit()
    assert _reads_files(held.elsewhere) and _stores(held, held.elsewhere)


def test_somebody_elses_launches_go_on(app, held, session):
    other = make.trainee()
    session.commit()
    people.lock_account(SYSTEM, other.id, at=utcnow())
    session.commit()
    assert _reads_files(held.here) and _stores(held, held.here)


def test_who_left_holds_no_role_that_could_begin_again(held, session):
    HAPPENS["left the service"](held)
    session.commit()
    assert session.scalars(select(RoleHolding.valid_to).where(RoleHolding.account_id == held.who.id)).one() is not None


def _open_again(held, sign_in=None):
    """Open the material of no class once more, as staff who look at it do."""
    old = db.session.get(launches.ContentSession, held.elsewhere.id)
    version = db.session.get(launches.Registration, old.registration_id).version_id
    made = _launch(old.registration_id, old.unit_id, version, sign_in)
    db.session.commit()
    return made


def test_signing_out_leaves_what_was_begun_in_another_browser(held, session):
    elsewhere, _ = open_session(held.who.id, at=utcnow(), user_agent="", address=None)
    there = _open_again(held, elsewhere)
    HAPPENS["signs out"](held)
    session.commit()
    assert not _reads_files(held.here) and _reads_files(there) and _stores(held, there)
    people.end_session(actor_of(held.who.id, at=utcnow()), elsewhere, at=utcnow())
    session.commit()
    assert not _reads_files(there) and not _stores(held, there)


def test_a_role_that_ends_takes_what_its_holder_looks_at(held, session):
    holding = session.scalars(select(RoleHolding.id).where(RoleHolding.account_id == held.who.id)).one()
    there = _open_again(held)
    people.end_role(SYSTEM, holding, at=utcnow())
    session.commit()
    assert not _reads_files(there) and not _stores(held, there)
    assert _reads_files(held.here) and _stores(held, held.here)


def test_the_way_out_by_the_page_ends_what_is_open(app, held, session):
    client = browser(app, held.token)
    page = client.get("/account").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    assert client.post("/account/sign-out", data={"csrf_token": token}).status_code == 302
    assert not _reads_files(held.here) and not _stores(held, held.here)
