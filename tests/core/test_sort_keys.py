"""The database orders by the keys, keys follow their texts, and nothing in the product sorts names otherwise."""

import ast
import random
import re
import unicodedata
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update

from lms.core import sort_keys
from lms.core.collation import name_key, text_key
from lms.core.database import Base, db
from lms.people.models import Person
from tests import factories as make

LMS = Path(__file__).resolve().parents[2] / "lms"
KEPT = {table.name: [kept.of for kept in sort_keys.kept_keys(table)] for table in Base.metadata.sorted_tables}


def test_people_units_classes_and_packages_keep_keys():
    kept = {name: of for name, of in KEPT.items() if of}
    assert kept == {"persons": ["full_name"], "units": ["name"], "class_runs": ["code"], "packages": ["title"]}


# -- the database -----------------------------------------------------------------------------------------------------


FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Đỗ", "Dương", "Đặng", "Đinh", "Ông", "Ưng", "Hồ", "Âu", "Ơn"]
MIDDLE = ["Thị", "Văn", "Hữu", "Đức", "Ngọc", "Thuý", "Thúy", "Minh", "Xuân", "Đình"]
GIVEN = ["An", "Ân", "Ẩn", "Anh", "Ánh", "Ảnh", "Ạnh", "Ấn", "Bích", "Bình", "Dung", "Dũng", "Dụng", "Đạt", "Đào"]
GIVEN += ["Hoa", "Hoà", "Hòa", "Hoá", "Hỏa", "Oanh", "Ơn", "Ôn", "Uyên", "Ưu", "Ý", "Yến", "Ỷ"]
OTHERS = [
    "H'Hen Niê",
    "Y Bhiu Niê",
    "K'Brơi",
    "TS. Lê An",
    "José Núñez",
    "Lê An (B)",
    "An",
    "Ƀuôn Yă",
    "李 小龙",
    "Ελένη",
]


def _names(count):
    chance = random.Random(1698)
    names = [
        " ".join([chance.choice(FAMILY), *chance.sample(MIDDLE, chance.randrange(3)), chance.choice(GIVEN)])
        for _ in range(count)
    ] + OTHERS
    return [unicodedata.normalize(chance.choice(["NFC", "NFD"]), name) for name in names]


def test_the_database_orders_thousands_of_names_as_their_keys_do(session):
    of, names = make.unit(make.city()), _names(3_000)
    common = {"category": "civil_servant", "position": "Chuyên viên", "unit_id": of.id, "search_text": ""}
    rows = [
        {"id": make.uuid4(), "staff_code": f"TT{n:05}", "full_name": name, "sort_key": name_key(name)} | common
        for n, name in enumerate(names)
    ]
    db.session.execute(insert(Person), rows)
    listed = select(Person.full_name, Person.id).where(Person.unit_id == of.id).order_by(Person.sort_key, Person.id)
    wanted = sorted(((row["full_name"], row["id"]) for row in rows), key=lambda row: (name_key(row[0]), row[1]))
    assert [tuple(row) for row in db.session.execute(listed)] == wanted


def test_whoever_sets_the_text_sets_the_key(session):
    person, unit = make.person(full_name="Lê Đạt"), make.unit(make.city(), name="Phường 10")
    run = make.class_run(code="L-10")
    assert (person.sort_key, unit.sort_key, run.sort_key) == (
        name_key("Lê Đạt"),
        text_key("Phường 10"),
        text_key("L-10"),
    )
    person.full_name, unit.name = "Trần Ánh", "Phường 2"
    session.commit()
    session.expire_all()
    assert (person.sort_key, unit.sort_key) == (name_key("Trần Ánh"), text_key("Phường 2"))


def test_the_longest_name_has_a_key_that_the_index_holds(session):
    person = make.person(full_name=" ".join("李" * 59 + "ợ"))
    session.commit()
    assert len(person.sort_key) <= sort_keys.LONGEST


def test_rows_that_an_older_release_wrote_are_filled_and_others_left(session, monkeypatch):
    monkeypatch.setattr(sort_keys, "_BATCH", 2)
    people = [make.person(full_name=name) for name in ("Lê An", "Lê Bình", "Lê Chi", "Lê Dung", "Lê Đạt")]
    unit = make.unit(make.city(), name="Phường 2")
    session.commit()
    assert sort_keys.fill() == 0
    db.session.execute(update(Person).where(Person.id.in_([one.id for one in people[1:]])).values(sort_key=""))
    db.session.execute(text("UPDATE units SET sort_key = '' WHERE id = :id"), {"id": unit.id})
    session.commit()
    assert sort_keys.fill() == 5
    session.expire_all()
    assert [one.sort_key for one in people] == [name_key(one.full_name) for one in people]
    assert unit.sort_key == text_key("Phường 2")


def test_the_nightly_job_fills_them(session):
    from lms.core.database import utcnow
    from lms.core.tasks import fill_sort_keys

    person = make.person(full_name="Lê Đạt")
    db.session.execute(update(Person).where(Person.id == person.id).values(sort_key=""))
    session.commit()
    fill_sort_keys.func.__wrapped__(at=utcnow())
    session.refresh(person)
    assert person.sort_key == name_key("Lê Đạt")


# -- the product ------------------------------------------------------------------------------------------------------

TEXTS = {"full_name", "search_text", "display_name", "name", "title", "lecturer", "trainee", "label"}
"""What people read as a name or a title."""
CODES = {"ClassRun.code", "Unit.code"}
ELSEWHERE = {
    "UploadPiece.name": "pieces of an upload are named by their place",
    "path.name": "a file",
    "Figure.name": "a file of a lesson",
    "sheets[n].name": "the sheet that looks most like a roster: a guess",
    "Account.username": "operators are listed by what they sign in with",
    "type_.__name__": "Python's own",
}
ORDERS = {"order_by", "aggregate_order_by", "distinct_on"}


def _sorted_by_text():
    """Yield each place where something is sorted by a text that people read, other than by its key."""
    for path in sorted(LMS.rglob("*.py")):
        tree = ast.parse(path.read_text())
        where = path.relative_to(LMS.parent)
        values = {
            target.id: node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for order in re.findall(r"ORDER BY ([^)]*?)(?:LIMIT|$|\)|\")", node.value, re.S):
                    if bad := re.search(r"\b(full_name|search_text|display_name)\b|\b\w+\.(name|title)\b", order):
                        yield f"{where}:{node.lineno} ORDER BY {bad[0]}"
            elif isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                keys = [word.value for word in node.keywords if word.arg in ("order_by", "key")]
                if name in ORDERS:
                    keys += node.args[1:] if name == "aggregate_order_by" else node.args
                elif name not in ("sorted", "sort", "min", "max", "over"):
                    keys = []
                for key in keys:
                    for text_ in _texts(key, values):
                        yield f"{where}:{node.lineno} {name} by {text_}"


def _texts(node, values, seen=()):
    if isinstance(node, ast.Compare):
        return
    if isinstance(node, ast.Call):
        if getattr(node.func, "id", "") in ("name_key", "text_key"):
            return
        if isinstance(node.func, ast.Attribute):  # a method's name is no text
            yield from _texts(node.func.value, values, seen)
        for part in [*node.args, *(word.value for word in node.keywords)]:
            yield from _texts(part, values, seen)
        return
    if isinstance(node, ast.Attribute):
        owner = ast.unparse(node)
        if (node.attr in TEXTS or owner in CODES) and owner not in ELSEWHERE:
            yield owner
        return
    if isinstance(node, ast.Name) and node.id in values and node.id not in seen:
        yield from _texts(values[node.id], values, (*seen, node.id))
    for child in ast.iter_child_nodes(node):
        yield from _texts(child, values, seen)


def test_nothing_is_sorted_by_a_name_or_title_but_by_its_key():
    assert list(_sorted_by_text()) == []


def test_no_template_and_no_script_sorts_names():
    for path in [*LMS.rglob("templates/**/*.html"), *LMS.rglob("static/*.js")]:
        for attribute in re.findall(r"\|\s*sort\([^)]*attribute=[\"']([\w.]+)", path.read_text()):
            assert attribute.rpartition(".")[2] not in TEXTS, (path, attribute)
        assert "localeCompare" not in path.read_text(), path


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("q.order_by(Person.search_text, Person.id)", 1),
        ("order = (FollowUp.closes_at, Person.full_name)\nq.order_by(*order)", 1),
        ("sorted(rows, key=lambda row: (row.done, fold(row.full_name)))", 1),
        ("sorted(rows, key=lambda row: (row.done, name_key(row.full_name)))", 0),
        ("x = 'SELECT 1 FROM persons p ORDER BY p.full_name'", 1),
        ("func.string_agg(other.c.name, aggregate_order_by(literal(', '), other.c.name))", 1),
        ("q.order_by(Person.sort_key, Person.id)", 0),
        ("func.row_number().over(order_by=Unit.name)", 1),
    ],
)
def test_the_test_above_sees_each_way_of_sorting(source, count, tmp_path, monkeypatch):
    folder = tmp_path / "lms"
    folder.mkdir()
    (folder / "queries.py").write_text(source)
    monkeypatch.setattr(f"{__name__}.LMS", folder)
    assert len(list(_sorted_by_text())) == count
