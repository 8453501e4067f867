"""The pages of Home Affairs and of trainees: quotas, the list of a class, decisions signed and frozen, summonses."""

import io
import re
from datetime import timedelta

import docx
import pytest
from lxml import html
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lms.classes import services as classes
from lms.classes.models import Enrolment
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM
from lms.core.transitions import Because
from lms.documents import frozen
from lms.documents.models import IssuedPaper, RegisterNumber
from lms.planning import services
from lms.planning.models import Nomination, Quota
from tests import factories as make


@pytest.fixture
def officer(town, session, sign_in):
    session.commit()
    return sign_in(town.officer)


@pytest.fixture
def page(town):
    return f"/classes/{town.run.id}/nominations"


def _state(session, key):
    session.expire_all()
    return session.get(Nomination, key).status


def _signing(town):
    return {"signer": str(town.signer.id), "signed_on": make.today().isoformat()}


def _papers(session, kind):
    return session.scalars(select(IssuedPaper).where(IssuedPaper.kind == kind).order_by(IssuedPaper.at)).all()


def _words(answer):
    """The words of a paper, whichever form."""
    if answer.data[:4] == b"%PDF":
        found = "\n".join(one.extract_text() for one in PdfReader(io.BytesIO(answer.data)).pages)
    else:
        word = docx.Document(io.BytesIO(answer.data))
        cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
        found = "\n".join([*(line.text for line in word.paragraphs), *cells])
    return re.sub(r"\s+", " ", found)


def test_quotas_are_set_and_a_unit_without_manager_is_told(town, session, officer, submit):
    lonely = make.unit(make.city(), name="Ban không có thủ trưởng", code="BKT")
    session.commit()
    address = f"/classes/{town.run.id}/quotas"
    keep = {f"places-{town.one.id}": "4", f"places-{town.two.id}": "0"}
    assert submit(officer, address, keep | {"unit": "BKT"}).status_code == 302
    places = dict(session.execute(select(Quota.unit_id, Quota.places)).all())
    assert places == {town.one.id: 4, lonely.id: 1}
    assert "Chưa có người đề cử" in officer.get(address).get_data(as_text=True)
    assert submit(officer, address, keep | {"unit": "KHONGCO"}).status_code == 422


def test_14_a_list_that_nobody_can_make_stands_on_the_work_list(town, session, officer):
    lonely = make.unit(make.city(), name="Ban không có thủ trưởng")
    make.add(Quota(class_id=town.run.id, unit_id=lonely.id, places=2))
    session.commit()
    assert "chưa có người đề cử" in officer.get("/").get_data(as_text=True)


def test_many_are_decided_on_at_once_all_or_none(town, session, officer, page, name, submit):
    town.run.capacity = 2
    one, two, three = name(*[make.person(town.one) for _ in range(3)])
    chosen = {"chosen": [str(one), str(two), str(three)], "act": "approve"}
    refused = submit(officer, page, chosen)
    assert refused.status_code == 422 or refused.status_code == 409
    assert {_state(session, key) for key in (one, two, three)} == {"submitted"}
    checked = html.fromstring(refused.get_data(as_text=True)).xpath("//input[@name='chosen' and @checked]/@value")
    assert set(checked) == set(chosen["chosen"])
    assert submit(officer, page, chosen | {"chosen": [str(one), str(two)]}).status_code == 302
    assert submit(officer, page, {"chosen": [str(three)], "act": "wait"}).status_code == 302
    tree = html.fromstring(officer.get(page).get_data(as_text=True))
    assert tree.xpath("//h2[@id='waiting']/following::table[1]//tbody/tr/td[@class='num']/text()") == ["1"]


def test_each_door_says_why_it_is_off(town, session, officer, page, name):
    town.run.capacity = 1
    one, two = name(make.person(town.one), make.person(town.one))
    services.decide(town.decides, town.run.id, [one], "approve", at=utcnow())
    tree = html.fromstring(officer.get(f"{page}/{two}").get_data(as_text=True))
    assert (
        tree.xpath("//button[@disabled]/following-sibling::span")[0].text_content().strip()
        == "Lớp không còn chỗ trống."
    )


def test_refusing_asks_for_a_reason_and_the_unit_reads_it(town, session, officer, page, name, submit, sign_in):
    (one,) = name(make.person(town.one))
    address = f"{page}/{one}/refuse"
    assert submit(officer, address, {"code": "", "reason": ""}).status_code == 422
    assert submit(officer, address, {"code": "later", "reason": "ưu tiên lớp sau"}).status_code == 302
    told = sign_in(town.managers[0]).get(f"/nominations/of/{one}").get_data(as_text=True)
    assert "ưu tiên lớp sau" in told and "Sẽ cử vào lớp sau" in told


def test_two_officers_on_one_nomination(town, session, officer, page, name, submit, sign_in):
    (one,) = name(make.person(town.one))
    address = f"{page}/{one}/refuse"
    old = html.fromstring(officer.get(address).get_data(as_text=True)).xpath("//input[@name='seen']/@value")[0]
    services.decide(town.decides, town.run.id, [one], "approve", at=utcnow())
    services.decide(town.decides, town.run.id, [one], "take_back", Because("xem lại"), at=utcnow())
    late = submit(officer, address, {"code": "later", "reason": "giữ chữ này", "seen": old})
    assert late.status_code == 409 and "giữ chữ này" in late.get_data(as_text=True)
    assert _state(session, one) == "submitted"


@pytest.fixture
def sent(town, session, officer, name, submit):
    """Two people sent by a decision that was signed on its page."""
    people = [make.person(town.one, full_name="Nguyễn Thị Được Cử"), make.person(town.one)]
    keys = name(*people)
    services.decide(town.decides, town.run.id, keys, "approve", at=utcnow())
    answer = submit(officer, f"/classes/{town.run.id}/decisions/sign", _signing(town))
    assert answer.status_code == 302, answer.get_data(as_text=True)[-3000:]
    return list(zip(keys, people, strict=True))


def test_a_decision_is_signed_numbered_and_frozen(town, session, officer, sent):
    (paper,) = _papers(session, "send")
    assert paper.number == "1/QĐ-SNV" and paper.signed_by == "Trần Thị Ký"
    assert frozen.stamp(paper.frozen) == paper.stamp
    for form in ("pdf", "docx"):
        first = officer.get(f"/papers/{paper.id}.{form}")
        again = officer.get(f"/papers/{paper.id}.{form}")
        assert first.status_code == 200 and first.data == again.data
        words = _words(first)
        for part in (
            "1/QĐ-SNV",
            "KT. GIÁM ĐỐC",
            "PHÓ GIÁM ĐỐC",
            "QUYẾT ĐỊNH:",
            "Điều 1.",
            "Điều 3.",
            "Nguyễn Thị Được Cử",
        ):
            assert part in words, part
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("UPDATE issued_papers SET number = 'x'"))
    listed = officer.get(f"/classes/{town.run.id}/nominations").get_data(as_text=True)
    assert "1/QĐ-SNV" in listed
    one = officer.get(f"/classes/{town.run.id}/nominations/{sent[0][0]}").get_data(as_text=True)
    assert "1/QĐ-SNV" in one and "Trần Thị Ký" in one


def test_who_was_sent_by_nobody_is_in_no_class(town, session, officer, name, submit):
    (one,) = name(make.person(town.one))
    services.decide(town.decides, town.run.id, [one], "approve", at=utcnow())
    for given in ({"signer": ""}, {"signed_on": (make.today() + timedelta(days=1)).isoformat()}):
        answer = submit(officer, f"/classes/{town.run.id}/decisions/sign", _signing(town) | given)
        assert answer.status_code == 422
    assert _state(session, one) == "approved" and not _papers(session, "send")
    assert session.scalar(select(RegisterNumber.id)) is None  # a refused signing takes no number
    assert session.scalar(select(Enrolment.id)) is None
    with pytest.raises(DomainError, match=r"^no-decision$"):
        services.deciding.send(town.decides, town.run.id, Because(), at=utcnow())


def test_15_one_amending_decision_names_both(town, session, officer, sent, submit):
    (key, old), _other = sent
    new = make.person(town.one, full_name="Phạm Người Thay")
    session.commit()
    address = f"/classes/{town.run.id}/nominations/{key}/substitute"
    given = _signing(town) | {"staff_code": new.staff_code, "code": "health", "reason": "nghỉ thai sản"}
    assert submit(officer, address, given | {"staff_code": "KHONGCO"}).status_code == 422
    assert submit(officer, address, given).status_code == 302
    (paper,) = _papers(session, "amend")
    assert paper.number == "2/QĐ-SNV" and paper.rests_on == _papers(session, "send")[0].id
    words = _words(officer.get(f"/papers/{paper.id}.pdf"))
    assert old.full_name in words and new.full_name in words and "nghỉ thai sản" in words and "1/QĐ-SNV" in words
    assert _state(session, key) == "substituted"


def test_who_was_sent_is_taken_out_by_a_decision_only(town, session, officer, page, sent, submit):
    (key, _person), _other = sent
    why = {"code": "moved", "reason": "chuyển công tác"}
    assert submit(officer, f"{page}/{key}/withdraw", why).status_code == 409
    assert submit(officer, f"{page}/{key}/take-out", why | _signing(town)).status_code == 302
    assert _state(session, key) == "withdrawn" and len(_papers(session, "amend")) == 1


def test_a_cancelled_class_is_revoked_by_a_decision(town, session, officer, page, sent, submit):
    classes.decide(SYSTEM, town.run.id, "cancel", Because(reason="ít người", code="too-few"), at=utcnow())
    assert "decisions/revoke" in officer.get(page).get_data(as_text=True)
    address = f"/classes/{town.run.id}/decisions/revoke"
    assert submit(officer, address, _signing(town)).status_code == 422
    assert submit(officer, address, _signing(town) | {"reason": "lớp bị hủy"}).status_code == 302
    assert {_state(session, key) for key, _person in sent} == {"withdrawn"}
    assert "1/QĐ-SNV" in _words(officer.get(f"/papers/{_papers(session, 'revoke')[0].id}.docx"))


def test_each_person_and_each_unit_is_summoned_once(town, session, officer, sent, submit, sign_in, run_jobs):
    address = f"/classes/{town.run.id}/summons"
    assert submit(officer, address, _signing(town) | {"number": ""}).status_code in (409, 422)
    town.run.status = "confirmed"
    session.commit()
    given = {"signer": str(town.signer.id), "signed_on": make.today().isoformat()}
    assert submit(officer, address, given).status_code == 302
    assert submit(officer, address, given).status_code == 409
    papers = _papers(session, "summons")
    assert [paper.number for paper in papers] == ["1/GTT-SNV", "2/GTT-SNV"]
    (to_unit,) = _papers(session, "unit_summons")
    assert to_unit.unit_id == town.one.id
    her = make.account(sent[0][1])
    session.commit()
    client = sign_in(her)
    own = next(paper for paper in papers if paper.person_id == sent[0][1].id)
    assert f"/papers/{own.id}.pdf" in client.get("/my/nominations").get_data(as_text=True)
    early = client.get(f"/papers/{own.id}.pdf")
    assert "GIẤY TRIỆU TẬP" in _words(early)
    run_jobs()
    assert client.get(f"/papers/{own.id}.pdf").data == early.data
    others = next(paper for paper in papers if paper.id != own.id)
    assert client.get(f"/papers/{others.id}.pdf").status_code == 403
    manager, stranger = sign_in(town.managers[0]), sign_in(town.managers[1])
    for paper in (to_unit, own, *_papers(session, "send")):
        assert manager.get(f"/papers/{paper.id}.pdf").status_code == 200
        assert stranger.get(f"/papers/{paper.id}.pdf").status_code == 403


def test_the_list_of_a_class_is_drawn_in_both_forms(town, officer, sent):
    for form in ("pdf", "docx"):
        assert "Nguyễn Thị Được Cử" in _words(officer.get(f"/classes/{town.run.id}/people.{form}"))


def test_the_school_no_longer_adds_trainees(town, session, sign_in):
    staff = make.holder("institution_staff", session.get(make.Unit, town.run.institution_id))
    session.commit()
    client = sign_in(staff)
    assert client.get(f"/classes/{town.run.id}/enrol").status_code == 403
    assert "/enrol" not in client.get(f"/classes/{town.run.id}").get_data(as_text=True)


def test_an_added_trainee_takes_no_promised_place(town, session, officer, name, submit):
    town.run.capacity = 1
    (one,) = name(make.person(town.one))
    services.decide(town.decides, town.run.id, [one], "approve", at=utcnow())
    other = make.person()
    session.commit()
    answer = submit(officer, f"/classes/{town.run.id}/enrol", {"codes": other.staff_code})
    assert answer.status_code == 409 and session.scalar(select(Enrolment.id)) is None


def test_who_leaves_the_class_leaves_her_nomination(town, session, sent):
    (key, person), _other = sent
    enrolment = session.scalar(select(Enrolment.id).where(Enrolment.person_id == person.id))
    classes.withdraw(SYSTEM, town.run.id, enrolment, "ốm dài ngày", at=utcnow())
    assert _state(session, key) == "withdrawn"


def test_a_trainee_sees_what_happens_says_that_she_cannot_or_comes(town, session, name, sign_in, submit, officer, page):
    person = make.person(town.one)
    (key,) = name(person)
    her = make.account(person)
    session.commit()
    client = sign_in(her)
    assert town.run.name in client.get("/my/nominations").get_data(as_text=True)
    assert submit(client, f"/my/nominations/{key}/cannot", {"reason": ""}).status_code == 422
    assert submit(client, f"/my/nominations/{key}/cannot", {"reason": "con nhỏ"}).status_code == 302
    assert "con nhỏ" in officer.get(page).get_data(as_text=True) and _state(session, key) == "submitted"
    services.decide(town.decides, town.run.id, [key], "approve", at=utcnow())
    session.commit()
    submit(client, f"/my/nominations/{key}/confirm", page="/my/nominations")
    session.expire_all()
    row = session.get(Nomination, key)
    assert row.confirmed_at and row.cannot_because is None
    assert sign_in(town.managers[0]).get(f"/my/nominations/{key}/cannot").status_code == 403


def test_who_signs_is_entered_and_ends(town, session, officer, submit):
    given = {"unit": "SNV", "name": "Lê Ủy Quyền", "capacity": "TUQ", "title": "Trưởng phòng Đào tạo", "ground": ""}
    assert submit(officer, "/signers", given).status_code == 422
    assert submit(officer, "/signers", given | {"capacity": "TM"}).status_code == 422
    assert submit(officer, "/signers", given | {"ground": "Văn bản 9/UQ-SNV"}).status_code == 302
    assert "TUQ. Giám đốc" in officer.get("/signers").get_data(as_text=True)
    submit(officer, f"/signers/{town.signer.id}/end", page="/signers")
    assert "Trần Thị Ký" not in officer.get(f"/classes/{town.run.id}/decisions/sign").get_data(as_text=True)


def test_what_waits_for_each_stands_on_her_work_list(town, session, officer, name, sign_in):
    person = make.person(town.one)
    assert "chờ cơ quan, đơn vị đề cử" in sign_in(town.managers[0]).get("/").get_data(as_text=True)
    (key,) = name(person)
    her = make.account(person)
    session.commit()
    assert "Đề cử chờ quyết định" in officer.get("/").get_data(as_text=True)
    services.decide(town.decides, town.run.id, [key], "approve", at=utcnow())
    session.commit()
    assert "chờ ký quyết định cử" in officer.get("/").get_data(as_text=True)
    make.role(her, "lecturer", town.one)
    session.commit()
    assert "Báo có tham gia lớp hay không" in sign_in(her).get("/").get_data(as_text=True)
