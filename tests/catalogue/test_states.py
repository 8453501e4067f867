"""Every act upon a version of a programme in every state, through its door."""

from datetime import timedelta

import pytest

from lms.catalogue.circle.services import PAPERS
from lms.catalogue.life import PENDING, VERSION
from lms.catalogue.models import ProgrammeVersion, VersionComment, VersionPaper
from lms.classes.models import ClassRun
from lms.core.database import utcnow
from tests import factories as make
from tests.walking import check, everything, pairs

ROLES = {
    "send": "institution_staff", "recall": "institution_staff", "answer": "institution_staff",
    "comment": "department_reviewer", "endorse": "department_reviewer", "reopen": "department_reviewer",
    "forward": "home_affairs_officer", "unsubmit": "home_affairs_officer",
    "approve": "approving_authority", "withdraw": "approving_authority",
}  # fmt: skip
RETURNS = {"with_home_affairs": "home_affairs_officer", "submitted": "approving_authority"}
PAPER = {"number": "2041/QĐ-UBND", "dated": "2026-11-20", "signer": "Chủ tịch Nguyễn Văn A"}
BY_ITSELF = ("replace", "supersede", "teach")


@pytest.mark.parametrize(("act", "state"), pairs(VERSION, but=BY_ITSELF))
def test_a_version(session, sign_in, submit, act, state):
    version, department = make.version("A2.1"), make.unit(make.city(), kind="department")
    approval = {"number": "1", "date": "2026-11-01", "at": "2026-11-01T00:00:00+00:00"}
    version.status, version.review_unit_id = state, department.id
    version.document = version.document | ({} if state in PENDING else {"approval": approval})
    role = ROLES.get(act) or RETURNS.get(state, "department_reviewer")
    who = make.holder(role, department if role == "department_reviewer" else None)
    comment = VersionComment(
        version_id=version.id, given_on=version.id, place="whole", quote="", text="Bổ sung", account_id=who.id,
        at=utcnow() - timedelta(days=900),
    )  # fmt: skip
    if act in ("answer", "return"):
        make.add(comment)
    session.commit()
    client = sign_in(who)
    before = everything(session, ProgrammeVersion, VersionComment, VersionPaper)
    base = f"/programmes/A2.1/versions/{version.number}"
    form = {"reason": "Lý do"} | (PAPER if act in PAPERS else {})
    if act == "send":
        form |= {"unit_id": str(department.id)}
    url = f"{base}/approval" if act == "approve" else f"{base}/moves/{act}"
    if act == "comment":
        form, url = {"place": "essay", "quote": "", "text": "Nêu rõ tiêu chí"}, f"{base}/comments"
    elif act == "answer":
        form, url = {f"{comment.id}-kind": "kept", f"{comment.id}-text": "Giữ nguyên"}, f"{base}/comments/{comment.id}"
    answer = submit(client, url, form, page="/account")
    check(VERSION, act, state, answer, before, everything(session, ProgrammeVersion, VersionComment, VersionPaper))


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
