"""Course structures (cmi5 Quartz, section 13): what is written is what is read; each fault is named with its place."""

from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.packages.formats.cmi5 import LAUNCH_METHODS, MOVE_ON, NAMESPACE, read_structure
from lms.packages.structure import Refused, Unit
from tests.data.scorm.packages import Held

TEXTS = (
    "<title><langstring lang='vi'>Tên</langstring></title><description><langstring lang='vi'>Mô tả</langstring>"
    "</description>"
)
HEAD = f"<course id='https://e.vn/c'>{TEXTS}</course>"


def au(name: str = "1", inner: str = "<url>a.html</url>", **attributes: str) -> str:
    said = " ".join(f"{key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<au id='https://e.vn/{name}' {said}>{TEXTS}{inner}</au>"


def course(*parts: str, head: str = HEAD) -> bytes:
    return f"<courseStructure xmlns='{NAMESPACE}'>{head}{''.join(parts)}</courseStructure>".encode()


def read(content: bytes, **more: Any) -> Unit:
    return read_structure(Held({"cmi5.xml": content, "a.html": b"x"}), **more).root


def faults(content: bytes, **more: Any) -> str:
    with pytest.raises(Refused) as refused:
        read(content, **more)
    return " | ".join(f"{fault.path}: {fault.message}" for fault in refused.value.faults)


FAULTS = {
    "no course": (course(au(), head=""), "course is missing"),
    "two courses": (course(au(), head=HEAD * 2), "only one course"),
    "nothing in the course": (course(), "at least one unit"),
    "nothing in a block": (course(f"<block id='https://e.vn/b'>{TEXTS}</block>"), "at least one unit"),
    "no id": (course(au().replace("id='https://e.vn/1'", "")), "id is missing"),
    "an id that is no IRI": (course(au().replace("https://e.vn/1", "bai 1")), "id must be an IRI"),
    "an id given twice": (course(au(), au()), "must be unique"),
    "an id of the course given again": (course(au().replace("e.vn/1", "e.vn/c")), "must be unique"),
    "no title": (course(au().replace(TEXTS, TEXTS[TEXTS.index("<description") :])), "title is missing"),
    "no description": (course(au().replace(TEXTS, TEXTS[: TEXTS.index("<description")])), "description is missing"),
    "an empty title": (course(au().replace("Tên", " ")), "title needs a text"),
    "two texts of a language": (
        course(au().replace("</title>", "<langstring lang='VI'>x</langstring></title>")),
        "two",
    ),
    "a language that is none": (course(au().replace("lang='vi'", "lang='tiếng việt'")), "is no language"),
    "no url": (course(au(inner="")), "url is missing"),
    "an empty url": (course(au(inner="<url> </url>")), "is empty"),
    "a url to nothing": (course(au(inner="<url>b.html</url>")), "b.html"),
    "a url that leads out": (course(au(inner="<url>../a.html</url>")), "leads out"),
    "a script as url": (course(au(inner="<url>javascript:alert(1)</url>")), "not valid"),
    "a reserved parameter": (course(au(inner="<url>a.html?fetch=1&amp;actor=2</url>")), "actor, fetch"),
    "an unknown moveOn": (course(au(moveOn="Sometimes")), "moveOn must be one of"),
    "an unknown launchMethod": (course(au(launchMethod="Popup")), "launchMethod must be one of"),
    "a masteryScore above one": (course(au(masteryScore="1.1")), "masteryScore"),
    "a masteryScore below zero": (course(au(masteryScore="-0.1")), "masteryScore"),
    "a masteryScore of five decimals": (course(au(masteryScore="0.12345")), "masteryScore"),
    "a masteryScore that is no number": (course(au(masteryScore="NaN")), "masteryScore"),
    "an activityType that is no IRI": (course(au(activityType="bài học")), "activityType must be an IRI"),
    "an unknown attribute": (course(au(color="red")), "color is not known"),
    "an unknown element": (course(au(inner="<url>a.html</url><picture/>")), "not allowed"),
    "elements in the wrong order": (course(f"<au id='https://e.vn/1'><url>a.html</url>{TEXTS}</au>"), "wrong order"),
    "an objective nobody lists": (
        course(au(inner="<objectives><objective idref='https://e.vn/o'/></objectives><url>a.html</url>")),
        "not in the course's list",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_with_its_line(name: str) -> None:
    content, words = FAULTS[name]
    told = faults(content)
    assert words in told and "cmi5.xml" in told


def test_all_faults_are_named_at_once() -> None:
    told = faults(course(au("1", masteryScore="2"), au("2", moveOn="x"), au("3", inner="<url>z.html</url>")))
    assert all(word in told for word in ("masteryScore", "moveOn", "z.html"))


def test_extensions_of_other_namespaces_are_let_be() -> None:
    root = read(course(au(inner="<url>a.html</url><x:note xmlns:x='https://x.vn/'>1</x:note>")))
    assert [unit.href for unit in root.walk() if unit.href] == ["a.html"]


@pytest.mark.parametrize("count", [1000, 5000])
def test_courses_of_thousands_of_units_are_read(count: int) -> None:
    blocks = [
        f"<block id='https://e.vn/b{n}'>{TEXTS}{''.join(au(f'{n}-{m}') for m in range(100))}</block>"
        for n in range(count // 100)
    ]
    root = read(course(*blocks))
    assert sum(unit.kind == "au" for unit in root.walk()) == count


def test_alone_a_structure_needs_absolute_addresses() -> None:
    assert "must be absolute" in faults(course(au()), bare=True)
    root = read(course(au(inner="<url>https://noi-khac.vn/bai?x=1</url>")), bare=True)
    assert root.children[0].href == "https://noi-khac.vn/bai?x=1"


words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
units = st.fixed_dictionaries(
    {"title": words, "moveOn": st.sampled_from(MOVE_ON), "launchMethod": st.sampled_from(LAUNCH_METHODS)},
    optional={
        "masteryScore": st.integers(0, 10_000).map(lambda n: n / 10_000),
        "launchParameters": words,
        "entitlementKey": words,
    },
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.recursive(units, lambda inner: st.lists(inner, min_size=1, max_size=4), max_leaves=12))
def test_what_is_written_is_what_is_read(tree: Any) -> None:
    number = iter(range(1000))

    def written(one: Any) -> str:
        place = next(number)
        if isinstance(one, list):
            return f"<block id='https://e.vn/{place}'>{TEXTS}{''.join(map(written, one))}</block>"
        texts = TEXTS.replace("Tên", escape(one["title"]))
        attributes = "".join(
            f" {key}={quoteattr(str(one[key]))}" for key in ("moveOn", "launchMethod", "masteryScore") if key in one
        )
        inner = "<url>a.html</url>" + "".join(
            f"<{key}>{escape(one[key])}</{key}>" for key in ("launchParameters", "entitlementKey") if key in one
        )
        return f"<au id='https://e.vn/{place}'{attributes}>{texts}{inner}</au>"

    def compare(one: Any, unit: Unit) -> None:
        if isinstance(one, list):
            assert unit.kind == "block" and len(unit.children) == len(one)
            for inner, child in zip(one, unit.children, strict=True):
                compare(inner, child)
            return
        assert unit.kind == "au" and unit.href == "a.html"
        for key in ("moveOn", "launchMethod", "masteryScore"):
            assert unit.properties.get(key) == one.get(key)

    compare([tree], Unit("block", "x", {}, children=read(course(written(tree))).children))
