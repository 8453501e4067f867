"""SCORM in the running product: every request of a unit, the rules after it, shared data, what the page around hears."""

import re
from typing import Any

import pytest

from tests.data.scorm import packages
from tests.e2e.scorm import READY, Course, begun, reopened

LEFT = "Anh/Chị đã rời khóa học"
AROUND = """(url) => {
  window.heard = [];
  addEventListener("message", (event) => heard.push(event.data));
  const frame = document.createElement("iframe");
  frame.src = url;
  document.body.replaceChildren(frame);
}"""
"""A page of the application that remembers what it hears from the package in its frame."""


def built(
    items: str, *, controls: str = 'choice="true" flow="true"', rules: str = "", more: str = ""
) -> dict[str, bytes]:
    """Return a SCORM 2004 4th edition course of these items."""
    manifest = f"""<manifest identifier="m" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
      xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
      <metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>
      <organizations default="o"><organization identifier="o"><title>Khóa</title>{items}{more}<imsss:sequencing>
      <imsss:controlMode {controls}/>{rules}</imsss:sequencing></organization></organizations><resources>
      <resource identifier="RES" type="webcontent" adlcp:scormType="sco" href="index.html">
      <file href="index.html"/><file href="sco.js"/></resource></resources></manifest>"""
    return {
        "imsmanifest.xml": manifest.encode(),
        "index.html": packages.source("index.html"),
        "sco.js": packages.source("sco.js"),
    }


def item(name: str, sequencing: str = "", more: str = "") -> str:
    rules = f"<imsss:sequencing>{sequencing}</imsss:sequencing>" if sequencing else ""
    return f'<item identifier="{name}" identifierref="RES"><title>{name}</title>{more}{rules}</item>'


def after(action: str, condition: str = 'condition="satisfied" operator="not"') -> str:
    """Return the rule that does something once a unit has ended."""
    return (
        f"<imsss:sequencingRules><imsss:postConditionRule><imsss:ruleConditions><imsss:ruleCondition {condition}/>"
        f'</imsss:ruleConditions><imsss:ruleAction action="{action}"/></imsss:postConditionRule></imsss:sequencingRules>'
    )


ABC = item("a") + item("b") + item("c")


def say(one: Course, **values: str) -> None:
    """Set values in the unit that is open, and end it."""
    dotted = {name.replace("__", "."): value for name, value in values.items()}
    one.page.frames[1].evaluate(
        "(values) => { const a = parent.API_1484_11;"
        " for (const [name, value] of Object.entries(values)) a.SetValue(name, value); a.Terminate(''); }",
        dotted,
    )


def finish(one: Course, success: str | None = "passed", request: str | None = None) -> None:
    values = {"cmi__completion_status": "completed"}
    values |= {"cmi__success_status": success} if success else {}
    values |= {"adl__nav__request": request} if request else {}
    say(one, **values)


def at(one: Course, identifier: str) -> None:
    """Wait until a unit is open."""
    one.page.locator(f"[data-unit={identifier}][aria-current]").wait_for()
    one.unit.locator("#state").get_by_text(":").wait_for()


def choose(one: Course, identifier: str) -> None:
    one.choose(identifier)
    at(one, identifier)


# -- what a unit asks for (SCORM 2004 4th edition, RTE, 4.3; SN, NB.2) --------------------------------------------------


def test_continue_and_previous_lead_to_the_neighbours(course: Any) -> None:
    one = course(built(ABC))
    begun(one)
    finish(one, request="continue")
    at(one, "b")
    finish(one, request="previous")
    at(one, "a")


@pytest.mark.parametrize("request_", ["{target=c}choice", "{target=c}jump"])
def test_a_unit_asks_for_another(course: Any, request_: str) -> None:
    one = course(built(ABC))
    begun(one)
    finish(one, request=request_)
    at(one, "c")


def test_a_jump_goes_where_no_choice_may(course: Any) -> None:
    one = course(built(ABC, controls='choice="false" flow="true"'))
    frame = begun(one)
    valid = "parent.API_1484_11.GetValue('adl.nav.request_valid.%s.{target=c}')"
    assert frame.evaluate(valid % "jump") == "true" and frame.evaluate(valid % "choice") == "false"
    finish(one, request="{target=c}jump")
    at(one, "c")


@pytest.mark.parametrize("request_", ["exit", "abandon", "_none_"])
def test_a_unit_that_only_ends_stays_and_another_is_chosen(course: Any, request_: str) -> None:
    one = course(built(ABC))
    begun(one)
    one.committed(lambda: finish(one, request=request_))
    choose(one, "b")
    assert one.state("a")["completed_at"]


@pytest.mark.parametrize("request_", ["exitAll", "abandonAll", "suspendAll"])
def test_a_request_that_ends_all_leaves(course: Any, request_: str) -> None:
    one = course(built(ABC))
    begun(one)
    finish(one, request=request_)
    one.page.get_by_text(LEFT).wait_for()


def test_after_suspend_all_by_the_learner_the_unit_is_resumed(course: Any) -> None:
    one = course(built(ABC))
    begun(one)
    choose(one, "b")
    one.page.frames[1].evaluate("parent.API_1484_11.SetValue('cmi.location', 'trang-5')")
    one.page.get_by_role("button", name="Tạm dừng và thoát").click()
    one.page.get_by_text(LEFT).wait_for()
    reopened(one)
    one.unit.locator("#state").get_by_text("resume:trang-5").wait_for()
    assert one.current() == "b"


# -- what rules do after a unit (SN, TB.2.2) -----------------------------------------------------------------------------


def test_retry_opens_the_unit_again_as_new(course: Any) -> None:
    one = course(built(item("a", after("retry")) + item("b")))
    begun(one)
    one.page.frames[1].evaluate("parent.API_1484_11.SetValue('cmi.location', 'cu')")
    with one.page.expect_response(lambda answer: "index.html" in answer.url):
        finish(one, "failed", "continue")
    one.unit.locator("#state").get_by_text(READY).wait_for()
    assert one.current() == "a"
    assert one.page.frames[1].evaluate("parent.API_1484_11.GetValue('cmi.location')") == ""
    finish(one, "passed", "continue")
    at(one, "b")


def test_retry_all_begins_the_course_anew(course: Any) -> None:
    one = course(built(item("a") + item("b", after("retryAll"))))
    begun(one)
    finish(one, request="continue")
    at(one, "b")
    finish(one, "failed", "continue")
    at(one, "a")


def test_exit_all_ends_the_course(course: Any) -> None:
    one = course(built(item("a", after("exitAll")) + item("b")))
    begun(one)
    finish(one, "failed", "continue")
    one.page.get_by_text(LEFT).wait_for()


def test_exit_parent_leaves_the_block(course: Any) -> None:
    block = (
        '<item identifier="khoi"><title>Khối</title>'
        + item("a", after("exitParent", 'condition="satisfied"'))
        + item("b")
        + '<imsss:sequencing><imsss:controlMode choice="true" flow="true"/></imsss:sequencing></item>'
    )
    one = course(built(block + item("c")))
    begun(one)
    assert one.current() == "a"
    finish(one, request="continue")
    at(one, "c")


@pytest.mark.parametrize(("action", "begins", "leads"), [("continue", "a", "b"), ("previous", "b", "a")])
def test_a_rule_moves_on_by_itself(course: Any, action: str, begins: str, leads: str) -> None:
    rule = after(action, 'condition="completed"')
    one = course(built(item("a", rule if begins == "a" else "") + item("b", rule if begins == "b" else "")))
    begun(one)
    if begins == "b":
        choose(one, "b")
    finish(one, request="exit")
    at(one, leads)


# -- shared data (4th edition, RTE, 4.3.1) -------------------------------------------------------------------------------


def test_units_share_data_that_outlast_the_page(course: Any) -> None:
    def share(ways: str) -> str:
        return f'<adlcp:data><adlcp:map targetID="vn.khue.ghi-chep" {ways}/></adlcp:data>'

    one = course(built(item("a", more=share("")) + item("b", more=share('writeSharedData="false"')) + item("c")))
    frame = begun(one)
    write = "parent.API_1484_11.SetValue('adl.data.0.store', 'ghi chép của tôi')"
    read = "parent.API_1484_11.GetValue('adl.data.0.store')"
    count = "parent.API_1484_11.GetValue('adl.data._count')"
    assert frame.evaluate(write) == "true"
    finish(one, request="{target=b}choice")
    at(one, "b")
    frame = one.page.frames[1]
    assert frame.evaluate("parent.API_1484_11.GetValue('adl.data.0.id')") == "vn.khue.ghi-chep"
    assert frame.evaluate(read) == "ghi chép của tôi" and frame.evaluate(write) == "false"
    one.committed(lambda: say(one, cmi__exit="suspend", adl__nav__request="suspendAll"))
    one.page.get_by_text(LEFT).wait_for()
    frame = reopened(one)
    assert frame.evaluate(read) == "ghi chép của tôi"
    choose(one, "c")
    assert one.page.frames[1].evaluate(count) == "0"


# -- interactions (SCORM Profile for xAPI) -------------------------------------------------------------------------------

ANSWERS = {
    "true-false": ("true", "true"),
    "choice": ("a[,]b", "a[,]b"),
    "fill-in": ("Hà Nội", "Hà Nội"),
    "long-fill-in": ("Dài", "Dài"),
    "matching": ("1[.]a[,]2[.]b", "1[.]a[,]2[.]b"),
    "performance": ("buoc-1[.]x", "buoc-1[.]x"),
    "sequencing": ("a[,]b[,]c", "a[,]b[,]c"),
    "likert": ("rat-dong-y", "rat-dong-y"),
    "numeric": ("3.5", "3[:]4"),
    "other": ("gì đó", "gì đó"),
}


def test_answers_of_all_types_become_statements(course: Any) -> None:
    one = course(built(item("a")))
    frame = begun(one)
    refused = frame.evaluate(
        """(answers) => { const a = parent.API_1484_11, refused = [];
        Object.entries(answers).forEach(([type, [response, pattern]], n) => {
          for (const [name, value] of [["id", `cau-${n}`], ["type", type], ["learner_response", response],
            ["correct_responses.0.pattern", pattern], ["result", "correct"], ["latency", "PT10S"],
            ["description", `Câu ${n}`]])
            if (a.SetValue(`cmi.interactions.${n}.${name}`, value) !== "true") refused.push([type, name, a.GetLastError()]);
        }); return refused; }""",
        ANSWERS,
    )
    assert refused == []
    one.committed(lambda: finish(one))
    said = one.api("GET", f"/registrations/{one.registration}/statements")["statements"]
    found = {s["object"]["definition"]["interactionType"]: s for s in said if s["verb"]["id"].endswith("/responded")}
    assert set(found) == set(ANSWERS)
    for type_, (response, pattern) in ANSWERS.items():
        assert found[type_]["result"]["response"] == response and found[type_]["result"]["success"] is True
        assert found[type_]["object"]["definition"]["correctResponsesPattern"] == [pattern]
        assert found[type_]["result"]["duration"] == "PT10S"


# -- modes (SCORM 1.2, RTE, 3.4.4) ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "wanted"),
    [("Normal", ["normal", "credit"]), ("Browse", ["browse", "no-credit"]), ("Review", ["review", "no-credit"])],
)
def test_a_12_unit_is_told_the_mode_and_whether_it_counts(course: Any, mode: str, wanted: list[str]) -> None:
    one = course(packages.single_12())
    frame = begun(one, mode)
    said = [frame.evaluate(f"parent.API.LMSGetValue('cmi.core.{name}')") for name in ("lesson_mode", "credit")]
    assert said == wanted


# -- rollup, and the page around -----------------------------------------------------------------------------------------

PRETEST = item("dau-vao", '<imsss:rollupRules rollupObjectiveSatisfied="false" rollupProgressCompletion="false"/>')


def around(one: Course, visitor: Any, mode: str = "Normal") -> Any:
    """Open the package in a frame of a page of the application."""
    one.one = visitor(bypass_csp=True)  # the page that is borrowed for it frames nothing
    one.page = one.one.go("/programmes")
    one.registration, launched = one.api.launch(one.version, one.learner, mode, whole=True)
    one.page.evaluate(AROUND, launched["url"])
    return one.page.frame_locator("iframe")


def heard(one: Course, last: Any) -> list[Any]:
    """Return all that the page around has heard once it has heard this."""
    one.page.wait_for_function("(last) => heard.some((one) => one.khue === last)", arg=last)
    said: list[Any] = one.page.evaluate("heard")
    return said


def inside(one: Course) -> Any:
    return next(frame for frame in one.page.frames if re.search(r"/index\.html", frame.url))


END = (
    "(said) => { const a = parent.API_1484_11; a.SetValue('cmi.completion_status', 'completed');"
    " a.SetValue('cmi.success_status', said[0]); a.SetValue('adl.nav.request', said[1]); a.Terminate(''); }"
)


def test_a_failed_pretest_does_not_fail_the_course(course: Any, visitor: Any) -> None:
    one = course(built(PRETEST + item("cuoi-khoa")))
    box = around(one, visitor)
    box.frame_locator("iframe").locator("#state").get_by_text(READY).wait_for()
    inside(one).evaluate(END, ["failed", "continue"])
    box.locator("[data-unit=cuoi-khoa][aria-current]").wait_for()
    box.frame_locator("iframe").locator("#state").get_by_text(READY).wait_for()
    inside(one).evaluate(END, ["passed", "exitAll"])
    told = [said for said in heard(one, "exit") if said["khue"] == "status"]
    assert [(said["completed"], said["success"], said["progress"]) for said in (told[0], told[-1])] == [
        (False, False, 50),
        (True, True, 100),
    ]
    assert one.state("dau-vao")["failed_at"] and one.state("o")["satisfied_at"]


def test_the_page_around_hears_nothing_of_looking_around_but_the_end(course: Any, visitor: Any) -> None:
    one = course(packages.single_12())
    box = around(one, visitor, "Browse")
    box.frame_locator("iframe").locator("#pass").click()
    box.get_by_role("button", name="Quay lại lớp học").click()
    assert [said["khue"] for said in heard(one, "exit")] == ["exit"]
