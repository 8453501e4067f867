"""Somebody who left long ago, her request, and the two steps of an administrator."""

from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from lms.classes.services import commitments
from lms.console.personal.models import ErasureRequest
from lms.people.models import Person
from tests import factories as make
from tests.console.studying import ADMIN, CODE, EMAIL, NAME, URL, study
from tests.data import media


@pytest.fixture
def gone(session):
    """Somebody who studied, left long ago, and whose class is over; and the administrator."""
    unit = make.unit(make.city(), name="Sở Quy hoạch")
    run = make.class_run()
    marker = make.account(make.person(full_name="Lê Văn Giảng"))
    hers = make.trainee(
        unit,
        full_name=NAME,
        staff_code=CODE,
        email=EMAIL,
        rank="Chuyên viên chính",
        position="Chuyên viên quản lý giao thông",
    )
    noise = make.trainee(unit, full_name="Vũ Đình Khôi")
    session.commit()
    done = study(run, hers, marker, filename=f"{NAME}.pdf", comment=f"{NAME} viết tốt", note=f"{NAME} bị ốm")
    rest = study(run, noise, marker, essay=media.pdf(["noise"]))
    run.status = "finished"
    commitments.follow(run.id)
    session.get(Person, hers.person_id).left_on = date(2020, 6, 30)
    session.commit()
    return SimpleNamespace(
        run=run, hers=hers, person_id=hers.person_id, noise=noise, done=done, rest=rest, unit=unit, marker=marker,
        admin=make.holder("administrator"),
    )  # fmt: skip


@pytest.fixture
def ask(sign_in, submit, session):
    """``ask(account)`` asks on her page and returns the request's id."""

    def post(account):
        client = sign_in(account)
        assert submit(client, f"{URL}/erasure", page=URL).status_code == 302
        found = select(ErasureRequest.id).where(ErasureRequest.account_id == account.id, ErasureRequest.state == "open")
        return session.scalars(found).one()

    return post


@pytest.fixture
def carry_out(sign_in, submit):
    """``carry_out(account, request)`` goes the two steps of an administrator and types the staff code."""

    def go(admin, request_id, code=CODE):
        client, url = sign_in(admin), f"{ADMIN}/{request_id}"
        assert f"{url}/carry-out" in client.get(url).text
        return submit(client, f"{url}/carry-out", {"staff_code": code})

    return go
