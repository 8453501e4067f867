"""The import of a whole city's roster against its floor: the same file read by calamine, its rows copied to a bare table."""

import os
import random
import resource
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import func, insert, select

from lms.console import demo_texts as texts
from lms.core.database import db
from lms.core.guard import Actor
from lms.people.models import Account, Person, Unit
from lms.people.roster.columns import COLUMNS
from lms.people.services import rosters

ROWS, UNITS = 140_408, 3_266


def write_file(path: Path, rows: int = ROWS, units: int = UNITS) -> None:
    """Write a roster as a personnel system would export it: real dates, no formats but those of the dates."""
    chance = random.Random(1698)
    workbook = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    day = workbook.add_format({"num_format": "dd/mm/yyyy"})
    sheet = workbook.add_worksheet()
    sheet.write_row(0, 0, [column.title for column in COLUMNS])
    kinds = (("Công chức", 7_194), ("Cán bộ, công chức cấp xã", 12_053), ("Viên chức", 121_161))
    ranks = ("Chuyên viên", "Chuyên viên chính", "Cán sự", "Giáo viên hạng II", "Giáo viên hạng III", "Bác sĩ hạng III")
    for number in range(1, rows + 1):
        female = chance.random() < 0.6
        middle, given = (texts.FEMALE_MIDDLE, texts.FEMALE_GIVEN) if female else (texts.MALE_MIDDLE, texts.MALE_GIVEN)
        extra = chance.choice(texts.FEMALE_GIVEN + texts.MALE_GIVEN)
        family = chance.choice(texts.FAMILY)
        name = f"{texts.OF_WOMEN.get(family, family) if female else family} {chance.choice(middle)} {extra} {chance.choice(given)}"
        born = date(1966, 1, 1) + timedelta(days=chance.randrange(13_000))
        kind = chance.choices([k for k, _ in kinds], [w for _, w in kinds])[0]
        sheet.write_string(number, 0, f"HN{number:07}")
        sheet.write_string(number, 1, name)
        sheet.write_datetime(number, 2, datetime.combine(born, datetime.min.time()), day)
        sheet.write_string(number, 3, "Nữ" if female else "Nam")
        sheet.write_string(number, 4, f"cb{number}@hanoi.gov.vn")
        sheet.write_string(number, 5, kind)
        sheet.write_string(number, 6, chance.choice(texts.POSITIONS))
        sheet.write_string(number, 7, chance.choice(ranks))
        sheet.write_string(number, 8, f"B{chance.randrange(units):05}")
        sheet.write_datetime(number, 9, datetime(born.year + 61, born.month, 1), day)
    workbook.close()


def run(rows: int = ROWS) -> list[tuple[str, float, str]]:
    """Measure the floor, the first import, the same again, and the dry run, on the database of LMS_DATABASE_URL."""
    from flask_migrate import upgrade

    from lms import create_app
    from lms.core.config import Settings

    with tempfile.TemporaryDirectory(prefix="khue-roster-") as folder:
        path = Path(folder) / "roster.xlsx"
        write_file(path, rows)
        app = create_app(Settings.from_environment(os.environ | {"LMS_DEMO": "1"}))
        with app.app_context():
            upgrade()
            return measure(path, rows)


def measure(path: Path, rows: int) -> list[tuple[str, float, str]]:
    """Measure on a migrated database, within an application context."""
    actor = _city()
    floor = _floor(path)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    dry = _timed(lambda: _check(actor, path))
    first = _timed(lambda: _import(actor, path))
    again = _timed(lambda: _import(actor, path))
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) / 1024
    assert (db.session.scalar(select(func.count()).select_from(Person)) or 0) >= rows
    assert (db.session.scalar(select(func.count()).select_from(Account)) or 0) >= rows
    db.session.remove()
    db.engine.dispose()
    size = path.stat().st_size / 1e6
    return [
        ("floor: read with calamine, COPY into a bare table", floor, f"1.00 ({rows:,} rows, {size:.1f} MB)"),
        ("dry run: every cell checked, nothing written", dry, f"{dry / floor:.2f}"),
        ("import: persons and accounts", first, f"{first / floor:.2f} (wanted: at most 3)"),
        ("import of the same file again", again, f"{again / floor:.2f}, memory over the floor's: {more:.0f} MB"),
    ]


def _timed(work) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _floor(path: Path) -> float:
    url = os.environ["LMS_DATABASE_URL"].replace("postgresql+psycopg://", "postgresql://", 1)
    names = [column.key for column in COLUMNS]
    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE IF EXISTS bare_roster")
        connection.execute(f"CREATE TABLE bare_roster ({', '.join(f'{name} text' for name in names)})")
        connection.commit()
        begin = time.perf_counter()
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows()
        with connection.cursor() as cursor, cursor.copy("COPY bare_roster FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        connection.commit()
        elapsed = time.perf_counter() - begin
        connection.execute("DROP TABLE bare_roster")
    return elapsed


def _check(actor: Actor, path: Path) -> None:
    with path.open("rb") as stream:
        report = rosters.check_roster(actor, stream, path.name, at=datetime.now(UTC))
    assert report.sound, report.problems[:3]


def _import(actor: Actor, path: Path) -> None:
    with path.open("rb") as stream:
        report = rosters.import_roster(actor, stream, path.name, at=datetime.now(UTC))
    assert report.sound, report.problems[:3]


def _city() -> Actor:
    """Units of the size of the city, once; and somebody who may import for all of them."""
    root = db.session.scalar(select(Unit).where(Unit.code == "BENCH"))
    if root is None:
        root = Unit(code="BENCH", name="Hà Nội", search_text="", kind="city", path="", valid_from=date(2020, 1, 1))
        db.session.add(root)
        db.session.flush()
        root.path = f"/{root.id}/"
        values = {"name": "Đơn vị", "search_text": "", "kind": "service_unit", "parent_id": root.id, "path": ""}
        values["valid_from"] = date(2020, 1, 1)
        db.session.execute(insert(Unit), [values | {"code": f"B{number:05}"} for number in range(UNITS)])
        db.session.flush()
        db.session.execute(
            Unit.__table__.update().where(Unit.parent_id == root.id).values(path=func.concat(root.path, Unit.id, "/"))
        )
        db.session.commit()
    return Actor(account_id=None, person_id=None, name="bench", grants={rosters.PERMISSION: (root.path,)})


if __name__ == "__main__":
    for line in run():
        print(*line)
