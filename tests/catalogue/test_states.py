"""Every act upon a version of a programme in every state, through its door."""

import pytest

from lms.catalogue.models import ProgrammeVersion
from lms.catalogue.rules import VERSION
from lms.classes.models import ClassRun
from tests import factories as make
from tests.walking import check, everything, pairs


@pytest.mark.parametrize(("act", "state"), pairs(VERSION, but=("teach",)))
def test_a_version(session, sign_in, submit, act, state):
    version = make.version("A2.1")
    approval = {"number": "1", "date": "2026-11-01", "at": "2026-11-01T00:00:00+00:00"}
    version.status = state
    version.document = version.document | ({} if state == "proposed" else {"approval": approval})
    session.commit()
    client = sign_in(make.holder("approving_authority"))
    before = everything(session, ProgrammeVersion)
    form = {"number": "2041/QĐ-UBND", "dated": "2026-11-20"}
    answer = submit(client, f"/programmes/A2.1/versions/{version.number}/approval", form, page="/account")
    check(VERSION, act, state, answer, before, everything(session, ProgrammeVersion))


@pytest.mark.parametrize("state", sorted(VERSION.states))
def test_a_class_is_set_up_for_a_version_that_may_be_taught(session, sign_in, submit, state):
    version, school = make.version("A2.1"), make.institution()
    version.status = state
    session.commit()
    client = sign_in(make.holder("institution_staff", school))
    form = {"code": "A2.1-X", "name": "Lớp thử", "capacity": "30"}
    form |= {"version_id": str(version.id), "institution_id": str(school.id)}
    form |= {"starts_on": "2026-12-01", "ends_on": "2026-12-20"}
    before = everything(session, ClassRun)
    answer = submit(client, "/classes/new", form)
    allowed = VERSION.refusal("teach", state) is None
    assert answer.status_code == (302 if allowed else answer.status_code) and (allowed or answer.status_code >= 400)
    assert (everything(session, ClassRun) != before) is allowed
