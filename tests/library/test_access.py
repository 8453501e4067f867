"""Whose package, upload and look it is: rows that nearly match, of a colleague or of another institution."""

import pytest
from sqlalchemy import update

from lms.core.database import db
from lms.packages.structure import Unit
from lms.people.models import RoleHolding
from tests import factories
from tests.library.test_pages import look
from tests.library.test_uploads import Sender, encoded

COURSE = Unit("course", "course", {"vi": "Gói"}, children=(Unit("web", "a", {"vi": "Bài"}, "a.html"),))


@pytest.fixture
def institution(session):
    return factories.institution()


@pytest.fixture
def foreign(session):
    return factories.institution()


@pytest.fixture
def staff(sign_in):
    """``staff(institution)`` signs somebody in who keeps its materials."""
    return lambda of: sign_in(factories.holder("institution_staff", of))


def test_a_version_of_another_institution_is_not_found_under_ones_own_package(staff, institution, foreign):
    own, other = (factories.package_version(COURSE, at=of, files={"a.html": b"a"}) for of in (institution, foreign))
    versions = f"/library/packages/{own.package_id}/versions"
    client = staff(institution)
    assert client.get(f"{versions}/{other.id}/original").status_code == 404
    assert client.get(f"/library/packages/{other.package_id}/versions/{own.id}/original").status_code == 404


def test_uploads_are_seen_by_their_institution_and_gone_on_with_by_who_began_them(staff, submit, institution, foreign):
    here, beside, there = (Sender(staff(of), submit, of) for of in (institution, institution, foreign))
    urls = {sender: sender.begin() for sender in (here, beside, there)}
    seen = {(who, of) for who in urls for of in urls if who.client.get(urls[of]).status_code == 200}
    assert seen == {(here, here), (here, beside), (beside, here), (beside, beside), (there, there)}
    sent = {(who, of) for who in urls for of in urls if who.call("DELETE", urls[of]).status_code == 204}
    assert sent == {(here, here), (beside, beside), (there, there)}


def test_who_moved_to_another_institution_does_not_go_on_with_an_upload(sign_in, submit, institution, foreign):
    account = factories.holder("institution_staff", institution)
    sender = Sender(sign_in(account), submit, institution)
    url = sender.begin()
    db.session.execute(update(RoleHolding).where(RoleHolding.account_id == account.id).values(unit_id=foreign.id))
    db.session.commit()
    assert sender.patch(url, 0, b"\x89PNG").status_code == 403


def test_nothing_is_uploaded_for_a_unit_that_is_no_institution(sign_in, submit, institution):
    sender = Sender(sign_in(factories.holder("administrator")), submit, institution)
    sender.begin()
    for of in (factories.city(), factories.unit(factories.city())):
        metadata = encoded(filename="a.png", institution=of.id)
        answer = sender.call("POST", "/library/uploads", Upload_Length=5, Upload_Metadata=metadata)
        assert answer.status_code == 403


def test_a_look_is_opened_by_who_began_it_while_others_look_too(staff, submit, institution):
    version = factories.package_version(COURSE, at=institution, files={"a.html": b"a"})
    clients = staff(institution), staff(institution)
    pages = [look(client, submit, version)[0].request.path for client in clients]
    for client, own, other in zip(clients, pages, reversed(pages), strict=True):
        assert client.get(own).status_code == 200
        assert client.get(other).status_code == 403
