"""What nearly holds and does not: rights that moved away, launches that are over, rooms that are full once unpacked."""

import secrets
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from sqlalchemy import select, update

from lms.core.database import db, utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM
from lms.library.models import Registration, StorageQuota, Upload
from lms.library.services import registrations, uploads
from lms.packages.structure import Unit
from lms.people.models import RoleHolding
from tests import factories
from tests.library.conftest import NOW
from tests.library.test_api import Api, cmi5, zipped
from tests.library.test_pages import look

LEARNER = {"account": {"homePage": "https://ngoai.example", "name": "hv-1"}}


@pytest.fixture
def institution(session):
    return factories.institution()


@pytest.fixture
def api(client, institution):
    return Api(client, institution)


@pytest.fixture
def registered(api):
    """A learner of a cmi5 course of one unit: registration and unit."""
    version = api("GET", f"/versions/{api.upload(cmi5()).json['version_id']}").json
    made = api("POST", "/registrations", json={"version_id": version["id"], "learner": LEARNER})
    return made.json["id"], version["units"][1]["id"]


def launched(api, registered, mode="Normal"):
    registration, unit = registered
    return api("POST", f"/registrations/{registration}/launches", json={"unit_id": unit, "mode": mode})


def test_who_moved_to_another_institution_no_longer_opens_what_she_looked_at(sign_in, submit, institution):
    account = factories.holder("institution_staff", institution)
    client, unit = sign_in(account), Unit("web", "a", {"vi": "Bài"}, "a.html")
    course = Unit("course", "course", {"vi": "Gói"}, children=(unit,))
    page, _, _ = look(client, submit, factories.package_version(course, at=institution))
    elsewhere = factories.institution()
    db.session.execute(update(RoleHolding).where(RoleHolding.account_id == account.id).values(unit_id=elsewhere.id))
    db.session.commit()
    assert client.get("/library").status_code == 200
    assert client.get(page.request.path).status_code == 403


def test_an_archive_that_fits_only_packed_is_refused(api, institution):
    content = zipped(index_dot_html="<title>Bài</title>", so_lieu_dot_txt=secrets.token_hex(100_000))
    room = StorageQuota(institution_id=institution.id, size=len(content) + 150_000)
    db.session.add(room)
    db.session.commit()
    refused = api.upload(content).json
    assert refused["state"] == "refused" and "MB" in str(refused["faults"])
    assert api("GET", "/packages").json["packages"] == []
    room.size += 100_000
    db.session.commit()
    assert api.upload(content).json["state"] == "taken"


@pytest.mark.parametrize(("hours", "given"), [(11, True), (13, False)])
def test_the_fetch_url_of_a_launch_that_is_over_gives_no_token(api, client, registered, time_machine, hours, given):
    fetch = urlsplit(parse_qs(urlsplit(launched(api, registered).json["url"]).query)["fetch"][0]).path
    time_machine.move_to(utcnow() + timedelta(hours=hours))
    assert ("auth-token" in client.post(fetch).json) is given


def test_a_registration_that_the_class_has_left_behind_is_only_looked_at(api, registered):
    db.session.get(Registration, UUID(registered[0])).superseded_at = NOW
    db.session.commit()
    assert launched(api, registered).status_code == 409
    assert launched(api, registered, mode="Review").status_code == 201


def test_a_unit_is_waived_for_a_reason_of_cmi5_only(api, registered):
    registration, unit = registered
    with pytest.raises(DomainError, match="bad-reason"):
        registrations.waive(SYSTEM, UUID(registration), UUID(unit), reason="Vì bận", at=NOW)
    assert api("GET", f"/registrations/{registration}").json["satisfied_at"] is None


def test_reports_of_checks_are_kept_for_their_time_and_then_forgotten(api):
    api.upload(cmi5())
    api.upload(b"MZ chuong trinh", "a.exe")
    assert sorted(db.session.scalars(select(Upload.state))) == ["refused", "taken"]
    assert uploads.sweep(at=utcnow() + uploads.REPORT_KEPT - timedelta(minutes=5)) == 0
    assert uploads.sweep(at=utcnow() + uploads.REPORT_KEPT + timedelta(minutes=5)) == 2
    assert api("GET", "/packages").json["packages"] != []
