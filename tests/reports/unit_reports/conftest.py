"""A city in small: units with people in classes, one abolished during the year, and a campaign."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM
from lms.people.models import UnitSuccession
from lms.people.sessions import local_day
from lms.reports.unit_reports.models import UnitReport
from lms.reports.unit_reports.services import campaigns
from tests import factories as make

YEAR = 2026
WRITTEN = {
    "quality_text": "Chương trình sát với công việc.",
    "use_text": "Đã giao việc đúng nội dung.",
    "difficulties": "Thời gian học trùng với cao điểm công việc.",
    "proposals": "Đề nghị tăng thời lượng thực hành.",
    "signer_title": "Giám đốc",
    "signer_name": "Đỗ Thị Thanh Hương",
}


class City:
    """``first`` sent four people, three of whom completed; ``gone`` became part of it and sent two."""

    def __init__(self):
        self.root = make.city()
        self.first = make.unit(self.root, name="Sở Quy hoạch và Kiến trúc thử")
        self.second = make.unit(self.root, name="Sở Tài chính thử")
        self.ward = make.unit(self.root, kind="commune", name="Ủy ban nhân dân phường thử")
        self.idle = make.unit(self.root, kind="commune", name="Phường không cử ai")
        self.gone = make.unit(self.root, name="Sở đã sáp nhập", valid_to=date(YEAR, 3, 1))
        make.add(UnitSuccession(predecessor_id=self.gone.id, successor_id=self.first.id, on=date(YEAR, 3, 1)))
        self.run = make.class_run()
        self.sent = {
            self.first: ["completed", "completed", "completed", "withdrawn"],
            self.gone: ["completed", "failed"],
            self.ward: ["completed"],
        }
        for unit, statuses in self.sent.items():
            for status in statuses:
                make.enrolment(self.run, make.person(unit), status=status)
        self.manager = make.holder("unit_manager", self.first)
        self.officer = make.holder("home_affairs_officer")
        db.session.commit()

    def open(self, *, days=20, **values):
        now = utcnow()
        period = {"due_on": local_day(now) + timedelta(days=days), "quota_from": 2026, "quota_to": 2030}
        given = {"levels": ["department", "district"]} | period | values
        campaigns.open_campaign(SYSTEM, YEAR, **given, at=now)
        return self

    def report(self, unit) -> UnitReport:
        found = db.session.scalar(select(UnitReport).where(UnitReport.unit_id == unit.id, UnitReport.year == YEAR))
        assert found is not None
        db.session.refresh(found)
        return found

    def url(self, unit, rest="") -> str:
        return f"/reports/units/{self.report(unit).id}{rest}"

    def fields(self, unit, **changed) -> dict[str, str]:
        """A whole report of ``first``: four completed A2.1."""
        uses = {"quality": "4", "placed": "2", "promoted": "1", "moved": "0", "departed": "0"}
        line = {f"A2.1-{name}": value for name, value in uses.items()}
        given = WRITTEN | line | {"A2.1-quota": "7", "B3-quota": "2"}
        return given | {name.replace("_in_", "-").replace("A21", "A2.1"): value for name, value in changed.items()}


@pytest.fixture
def city(session) -> City:
    return City()


@pytest.fixture
def write(city, sign_in, submit):
    """``write(unit)`` submits a whole report as the head of the unit; ``A21_in_placed`` is the field A2.1-placed."""

    def post(unit, account=None, *, draft=False, **changed):
        client = sign_in(account or make.holder("unit_manager", unit))
        given = city.fields(unit, **changed) | ({} if draft else {"submit": "1"})
        given = {name: text for name, text in given.items() if text is not None}
        return submit(client, city.url(unit, "/edit"), given, page="/account")

    return post
