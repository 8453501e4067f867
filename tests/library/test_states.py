"""Every act upon an upload and a registration in every state, through its door."""

from datetime import UTC, datetime

import pytest
from flask_babel import force_locale

from lms.core.database import db
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM
from lms.library import rules
from lms.library.models import ContentSession, ContentUnit, Package, PackageVersion, Registration, UnitState, Upload
from lms.library.services import intake, launches, registrations, uploads
from lms.library.services.registrations import Learner
from lms.packages.structure import Unit
from tests import factories as make
from tests.walking import check, everything, pairs

NOW = datetime.now(UTC)
UPLOADED = (Upload, Package, PackageVersion)
TAKEN = (Registration, ContentSession, UnitState)


@pytest.fixture
def upload(session):
    school = make.institution()
    staff = make.holder("institution_staff", school)
    row = Upload(institution_id=school.id, account_id=staff.id, filename="anh.png", size=4, received=0)
    row.created_at = row.touched_at = NOW
    session.add(row)
    session.commit()
    return row, staff


@pytest.mark.parametrize("state", sorted(rules.UPLOAD.states))
def test_an_upload_is_removed_from_the_list_unless_it_is_being_checked(upload, session, sign_in, submit, state):
    row, staff = upload
    row.state = state
    session.commit()
    client = sign_in(staff)
    before = everything(session, *UPLOADED)
    answer = submit(client, f"/library/uploads/{row.id}/cancel", {}, page="/account")
    check(rules.UPLOAD, "cancel", state, answer, before, everything(session, *UPLOADED))


@pytest.mark.parametrize("state", sorted(rules.UPLOAD.states))
def test_a_piece_is_taken_only_while_the_upload_is_received(upload, session, sign_in, state):
    row, staff = upload
    row.state = state
    session.commit()
    client = sign_in(staff)
    page = client.get("/account").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "X-CSRFToken": token}
    before = everything(session, *UPLOADED)
    kind = "application/offset+octet-stream"
    answer = client.patch(f"/library/uploads/{row.id}", data=b"\x89PNG", content_type=kind, headers=headers)
    allowed = rules.UPLOAD.refusal("append", state) is None
    assert answer.status_code == (204 if allowed else 410)  # tus: gone
    assert (everything(session, *UPLOADED) != before) is allowed
    if not allowed:
        with force_locale("vi"):
            assert answer.json["error"] == str(rules.UPLOAD.words["not-receiving"])


@pytest.mark.parametrize("state", sorted(rules.UPLOAD.states))
def test_only_what_is_being_checked_is_taken_in_or_given_up(upload, session, state):
    row, _staff = upload
    row.state = state
    session.commit()
    before = everything(session, *UPLOADED)
    allowed = rules.UPLOAD.refusal("take_in", state) is None
    if not allowed:
        with pytest.raises(DomainError, match="not-checking"):
            intake.take_in(SYSTEM, row.id, tell=lambda *_what: None, at=NOW)
        assert everything(session, *UPLOADED) == before
    uploads.give_up(row.id, at=NOW)
    assert (everything(session, *UPLOADED) != before) is allowed


@pytest.mark.parametrize(("act", "state"), pairs(rules.REGISTRATION))
def test_a_registration(session, act, state):
    """A trainee's page finds the version of today by itself: what is sent to an old registration meets the act."""
    unit = Unit("au", "https://nxb.example/bai", {"vi": "Bài"}, "index.html", properties={"moveOn": "Completed"})
    version = make.package_version(Unit("course", "https://nxb.example/khoa", {"vi": "Khóa"}, children=(unit,)))
    registration = registrations.register(version.id, Learner("https://ngoai.example", "hv-1"), at=NOW)
    part = db.session.query(ContentUnit).filter_by(version_id=version.id, identifier="https://nxb.example/bai").one()
    registration.superseded_at = NOW if state == "superseded" else None
    session.commit()
    before = everything(session, *TAKEN)

    def do():
        if act == "waive":
            return registrations.waive(SYSTEM, registration.id, part.id, reason="Administrative", at=NOW)
        mode = "Normal" if act == "launch" else "Browse"
        return launches.launch(registration.id, part.id, application="http://localhost:8000", at=NOW, mode=mode)

    if rules.REGISTRATION.refusal(act, state) is None:
        do()
        assert everything(session, *TAKEN) != before
    else:
        with pytest.raises(DomainError, match="superseded"):
            do()
        assert everything(session, *TAKEN) == before
