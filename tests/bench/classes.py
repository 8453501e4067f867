"""`make bench-classes`: whom a unit may send, all rules evaluated, against the plain query for its people.

One unit with 400 officials among others. The plain query reads the same people with the columns that the page shows, by
the same engine, and fetches every row. Counted is the processor's time of this process and of the database's backend, so
that what else runs on the machine changes nothing; figures are means over the rounds, in which the cases take turns.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import event, insert, select, text

from lms.catalogue.models import Programme, ProgrammeVersion
from lms.classes.models import ClassRun
from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM
from lms.core.text import fold
from lms.people import services as people
from lms.people.models import Person, Unit
from lms.people.sessions import local_day, open_session
from lms.planning.judging import judge
from lms.planning.models import Quota
from lms.planning.queries.offers import staff_of
from tests.bench.product import own_product

STAFF, OTHERS = 400, 20_000
POSITIONS = ("Chuyên viên quản lý quy hoạch", "Chuyên viên", "Trưởng phòng Quản lý quy hoạch", "Văn thư viên")
_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-classes", description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    with own_product() as product:
        class_id, unit_id, path, token = _world()
        today = local_day(utcnow())
        client = product.app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True

        def plain() -> None:
            columns = (
                Person.id, Person.staff_code, Person.full_name, Person.category, Person.position, Person.birth_date,
                Person.sex, Person.service_ends_on, Unit.name, Unit.kind,
            )  # fmt: skip
            rows = select(*columns).join(Unit, Unit.id == Person.unit_id).where(staff_of(path, today))
            assert len(db.session.execute(rows.order_by(Person.sort_key, Person.id)).all()) == STAFF

        def judged() -> None:
            assert len(judge(class_id, staff_of(path, today))) == STAFF

        def page() -> None:
            answer = client.get(f"/nominations/{class_id}/{unit_id}")
            assert answer.status_code == 200

        cases = {"plain query": plain, "all rules evaluated": judged, "the whole page": page}
        print(f"Python {sys.version.split()[0]}, {STAFF} officials of a unit among {STAFF + OTHERS}")
        print(f"statements of the page: {_statements(page)}\n")
        for case in cases.values():
            case()
            case()
        spent = dict.fromkeys(cases, 0.0)
        for _round in range(options.rounds):
            for name, case in cases.items():
                spent[name] += _processor(case)
        print("| | ms of processor | times the plain query |")
        print("| --- | --- | --- |")
        for name, seconds in spent.items():
            print(f"| {name} | {seconds / options.rounds * 1000:.1f} | {seconds / spent['plain query']:.2f} |")


def _processor(case: Callable[[], None]) -> float:
    """Return the seconds of processor that a case takes here and in the backends of the database."""
    before, own = _backends(), time.process_time()
    case()
    return time.process_time() - own + (_backends() - before)


def _backends() -> float:
    """Seconds that the database's processes have taken: nanoseconds of the scheduler, where it tells them."""
    pid = db.session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    told = Path(f"/proc/{pid}/schedstat")
    if told.exists():
        return int(told.read_text().split()[0]) / 1e9
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _statements(case: Callable[[], None]) -> int:
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    case()
    return len(seen)


def _world() -> tuple[UUID, int, str, str]:
    at = utcnow()
    since = date(2025, 7, 1)
    city = people.create_unit(SYSTEM, code="HN", name="Hà Nội", kind="city", valid_from=since, at=at)
    given = {"kind": "department", "parent_id": city.id, "valid_from": since, "at": at}
    unit = people.create_unit(SYSTEM, code="SQHKT", name="Sở Quy hoạch - Kiến trúc", **given)
    other = people.create_unit(SYSTEM, code="SXD", name="Sở Xây dựng", **given)
    rows = [_person(number, unit.id if number < STAFF else other.id) for number in range(STAFF + OTHERS)]
    db.session.execute(insert(Person), rows)
    version = select(ProgrammeVersion.id).join(Programme).where(Programme.code == "A2.1").limit(1)
    first = local_day(at) + timedelta(days=40)
    run = ClassRun(
        id=uuid4(), code="X", name="Lớp đo", version_id=db.session.scalars(version).one(), institution_id=unit.id,
        starts_on=first, ends_on=first + timedelta(days=30), status="open", capacity=40, nominations_until=first,
    )  # fmt: skip
    db.session.add(run)
    db.session.flush()
    db.session.add(Quota(class_id=run.id, unit_id=unit.id, places=20))
    account = people.create_account(SYSTEM, username="manager", display_name="Manager", person_id=None, at=at)
    people.give_role(SYSTEM, account.id, "unit_manager", unit.id, at=at)
    _, token = open_session(account.id, at=at, user_agent="bench", address=None)
    db.session.commit()
    db.session.execute(text("ANALYZE"))
    found = run.id, unit.id, unit.path, token
    db.session.commit()
    return found


def _person(number: int, unit_id: int) -> dict[str, object]:
    name, code = f"Nguyễn Thị {number}", f"CB{number:06}"
    return {
        "id": uuid4(), "staff_code": code, "full_name": name, "search_text": fold(f"{name} {code}"),
        "birth_date": date(1966, 1, 1) + timedelta(days=number * 37 % 12_000), "sex": ("female", "male")[number % 2],
        "category": "civil_servant", "position": POSITIONS[number % len(POSITIONS)], "unit_id": unit_id,
    }  # fmt: skip


if __name__ == "__main__":
    main()
