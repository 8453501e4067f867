"""The circle of approval (mục IV.3): each of its people in turn, comments at their places, the comparison."""

import io
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lms.catalogue.circle import services
from lms.catalogue.circle.rules import Line, compared, words
from lms.catalogue.models import Module, VersionComment, VersionPaper
from lms.core.database import utcnow
from lms.core.guard import SYSTEM
from lms.core.transitions import Transition
from tests import factories as make


@pytest.fixture
def circle(session, sign_in):
    department, school = make.unit(make.city(), kind="department", name="Sở Xây dựng"), make.institution()
    version = make.version("A2.1")
    version.status = "proposed"
    session.commit()
    return SimpleNamespace(
        version=version,
        department=department,
        at=f"/programmes/A2.1/versions/{version.number}",
        school=lambda: sign_in(make.holder("institution_staff", school)),
        reviewer=lambda: sign_in(make.holder("department_reviewer", department)),
        officer=lambda: sign_in(make.holder("home_affairs_officer")),
        city=lambda: sign_in(make.holder("approving_authority")),
    )


def _paper(number="1/VB", **more):
    return {"number": number, "dated": "2026-11-20", "signer": "Giám đốc Trần Văn B"} | more


def _done(submit, client, url, form, **more):
    answer = submit(client, url, form, page="/account", **more)
    assert answer.status_code == 302, answer.get_data(as_text=True)[-2500:]


def test_a_version_goes_from_the_institution_to_the_peoples_committee(session, submit, circle):
    lesson = session.scalars(select(Module.code).where(Module.version_id == circle.version.id)).first()
    _done(submit, circle.school(), f"{circle.at}/moves/send", {"unit_id": str(circle.department.id)})
    reviewer = circle.reviewer()
    _done(submit, reviewer, f"{circle.at}/comments", {"place": f"module:{lesson}", "quote": "", "text": "Nêu căn cứ"})
    refused = submit(reviewer, f"{circle.at}/moves/endorse", _paper(), page="/account")
    assert refused.status_code == 409 and "chưa được trả lời" in refused.text
    comment = session.scalars(select(VersionComment)).one()
    said = {f"{comment.id}-kind": "changed", f"{comment.id}-text": "Đã bổ sung"}
    _done(submit, circle.school(), f"{circle.at}/comments/{comment.id}", said)
    _done(submit, circle.reviewer(), f"{circle.at}/moves/endorse", _paper("3/SXD"))
    _done(submit, circle.officer(), f"{circle.at}/moves/forward", _paper("4/TTr-SNV"))
    client = circle.city()
    scan = {"scan": (io.BytesIO(b"%PDF-1.7 ky so"), "quyet-dinh.pdf")}
    _done(submit, client, f"{circle.at}/approval", _paper("5/QĐ-UBND") | scan, content_type="multipart/form-data")
    session.expire_all()
    assert circle.version.status == "approved"
    assert circle.version.document["approval"]["checksum"] == circle.version.checksum
    page = client.get(f"{circle.at}/review").text
    for told in ("5/QĐ-UBND", "4/TTr-SNV", "3/SXD", "Nêu căn cứ", "Đã bổ sung", circle.version.checksum[:12]):
        assert told in page
    paper = session.scalars(select(VersionPaper).where(VersionPaper.kind == "decision")).one()
    line = session.scalars(select(Transition).where(Transition.act == "approve")).one()
    assert line.document_id == paper.id
    assert client.get(f"{circle.at}/papers/{paper.id}").data == b"%PDF-1.7 ky so"


def test_a_scan_is_a_scan(session, submit, circle):
    circle.version.status = "submitted"
    session.commit()
    sent = _paper() | {"scan": (io.BytesIO(b"MZ virus"), "quyet-dinh.pdf")}
    answer = submit(circle.city(), f"{circle.at}/approval", sent, page="/account", content_type="multipart/form-data")
    assert answer.status_code == 422 and "PDF, PNG hoặc JPEG" in answer.text and 'value="1/VB"' in answer.text


def test_only_the_department_that_was_asked_gives_an_opinion(session, sign_in, submit, circle):
    circle.version.status, circle.version.review_unit_id = "in_review", circle.department.id
    session.commit()
    other = sign_in(make.holder("department_reviewer", make.unit(make.city(), kind="department")))
    assert other.get(f"{circle.at}/moves/endorse").status_code == 403
    assert "moves/endorse" not in other.get(f"{circle.at}/review").text
    said = {"place": "whole", "quote": "", "text": "Bổ sung"}
    assert submit(other, f"{circle.at}/comments", said, page="/account").status_code == 403


@pytest.mark.parametrize("state", ["in_review", "with_home_affairs", "submitted"])
def test_it_is_returned_with_a_reason_from_any_step(session, submit, circle, state):
    circle.version.status, circle.version.review_unit_id = state, circle.department.id
    session.commit()
    client = {"in_review": circle.reviewer, "with_home_affairs": circle.officer, "submitted": circle.city}[state]()
    if state == "in_review":
        _done(submit, client, f"{circle.at}/comments", {"place": "essay", "quote": "tiêu chí", "text": "Chưa rõ"})
    assert submit(client, f"{circle.at}/moves/return", {"reason": ""}, page="/account").status_code == 422
    _done(submit, client, f"{circle.at}/moves/return", {"reason": "Chưa đủ căn cứ"})
    session.expire_all()
    assert circle.version.status == "proposed"
    assert "Chưa đủ căn cứ" in circle.school().get(f"{circle.at}/review").text


def test_what_differs_between_two_versions_is_read_in_words(session, circle):
    newer = make.new_version("A2.1", status="proposed", hours=80)
    module = session.scalars(select(Module).where(Module.version_id == circle.version.id)).first()
    values = {"version_id": newer.id, "code": module.code, "position": 1, "hours": module.hours}
    make.add(Module(title=module.title, outcomes=[{"vi": "Nêu được quy hoạch vùng"}], **values))
    session.commit()
    page = circle.city().get(f"/programmes/A2.1/versions/{newer.number}/comparison?with={circle.version.number}")
    assert page.status_code == 200
    assert "Nêu được quy hoạch vùng" in page.text and "<ins>" in page.text and "<del>" in page.text
    assert circle.city().get(f"{circle.at}/comparison?with=999").status_code == 404


def test_pages_of_the_circle_ask_little(session, queries, circle):
    client = circle.city()
    client.get(f"{circle.at}/review")
    queries.clear()
    client.get(f"{circle.at}/review")
    assert len(queries) <= 12, queries


def test_withdrawn_versions_are_not_offered(session, circle):
    circle.version.status = "approved"
    session.commit()
    paper = services.Given("7/QĐ-UBND", make.today(), "Chủ tịch")
    services.move(
        SYSTEM, circle.version.id, "withdraw", services.Because("Căn cứ hết hiệu lực"), paper=paper, at=utcnow()
    )
    assert f'value="{circle.version.id}"' not in circle.school().get("/classes/new").text


LINES = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=8)


@given(LINES, LINES)
def test_a_difference_names_what_goes_and_what_comes(before, after):
    found = words(before, after)
    out, come = [one.text for one in found if one.kind == "out"], [one.text for one in found if one.kind == "in"]
    assert len(before) - len(out) == len(after) - len(come)
    assert bool(out or come) is (before != after)


@given(LINES)
def test_a_version_does_not_differ_from_itself(texts):
    content = {"lessons": [Line(str(n), text, (text,)) for n, text in enumerate(texts)]}
    assert not any(compared(content, content).values())
