"""A class as large as one of the ward programme (B1), whose trainees are about to send their forms, signed in and with the page open."""

import hashlib
import os
import random
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select

from lms.classes import services as classes
from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM
from lms.people.models import Account, Person
from lms.people.sessions import open_session
from lms.surveys.models import Survey
from lms.surveys.queries import rights
from tests import factories as make

TOPICS = 8
"""How many topics of the class have a lecturer; the form repeats its questions for each."""


@dataclass(frozen=True, slots=True)
class Member:
    """A trainee in front of her filled-in form.

    :ivar points: what she answers, by question
    :ivar body: her form as the browser sends it
    """

    person_id: UUID
    cookie: str
    points: dict[str, int]
    body: bytes

    def request(self, host: str, path: str) -> bytes:
        """The whole request."""
        lines = [f"POST {path} HTTP/1.1", f"Host: {host}", f"Cookie: {self.cookie}"]
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(self.body)}"]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


@dataclass(frozen=True, slots=True)
class Crowd:
    """The class.

    :ivar staff: cookie and CSRF token of the institution's staff
    """

    survey_id: UUID
    members: list[Member]
    staff: tuple[str, str]

    @property
    def path(self) -> str:
        """The address of the form."""
        return f"/evaluations/{self.survey_id}"


def gather(app: Flask, size: int, *, seed: int = 1) -> Crowd:
    """Make a class of this size, finish it, and let everybody decide what to answer."""
    chance = random.Random(seed)
    institution = make.institution()
    run = make.class_run(institution, capacity=size)
    for topic in make.topics(run)[:TOPICS]:
        make.teaching(run, topic, make.person(institution))
    unit = make.unit(make.city())
    accounts = [make.trainee(unit) for _ in range(size)]
    for account in accounts:
        make.enrolment(run, db.session.get_one(Person, account.person_id))
    staff = _signed_in(app, make.holder("institution_staff", institution))
    classes.finish_class(SYSTEM, run.id, reason="Thử", at=utcnow())
    survey_id = db.session.scalars(select(Survey.id).where(Survey.class_id == run.id)).one()
    form = rights.form_of(survey_id, accounts[0].person_id)
    assert form is not None
    members = []
    for account in accounts:
        assert account.person_id is not None
        points = {one.name: chance.randint(1, 5) for one in form.questions if one.item.kind == "scale"}
        fields = make.filled_form(form) | {name: [str(point)] for name, point in points.items()}
        fields["eff-comment"] = [f"Ý kiến của một học viên: {chance.getrandbits(64):x} " + "rất bổ ích " * 20]
        cookie, token = _signed_in(app, account)
        body = urlencode({"csrf_token": [token], **fields}, doseq=True).encode()
        members.append(Member(account.person_id, cookie, points, body))
    db.session.commit()
    return Crowd(survey_id, members, staff)


def _signed_in(app: Flask, account: Account) -> tuple[str, str]:
    """Open a sign-in session; returns the cookie and the CSRF token of its pages."""
    _id, secret = open_session(account.id, at=utcnow(), user_agent="bench", address=None)
    raw = hashlib.sha1(os.urandom(64)).hexdigest()
    interface: Any = app.session_interface
    content = interface.get_signing_serializer(app).dumps({"_user_id": secret, "_fresh": True, "csrf_token": raw})
    token = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(raw)  # type: ignore[arg-type]
    return f"{app.config['SESSION_COOKIE_NAME']}={content}", str(token)
