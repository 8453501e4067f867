"""The way of materials: an institution uploads, sees what is in them, puts them into a module; a trainee plays them."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.data import media
from tests.data.scorm import packages

CMI5 = """<?xml version="1.0" encoding="utf-8"?>
<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
 <course id="https://tbd.example/khoa-hoc"><title><langstring lang="vi">Tiếp nhận hồ sơ trực tuyến ở cấp xã</langstring></title>
  <description><langstring lang="vi">Hai bài</langstring></description></course>
 <au id="https://tbd.example/bai-1" moveOn="Completed"><title><langstring lang="vi">Bài 1</langstring></title>
  <description><langstring lang="vi">Bài 1</langstring></description><url>bai-1.html</url></au>
</courseStructure>"""
AU = """<!doctype html><meta charset="utf-8"><title>Bài 1</title><button onclick="learn()">Học xong</button><output></output><script>
const q = new URLSearchParams(location.search), actor = JSON.parse(q.get("actor"));
const launched = (async () => {
  const key = (await (await fetch(q.get("fetch"), { method: "POST" })).json())["auth-token"];
  const head = { Authorization: "Basic " + key, "X-Experience-API-Version": "1.0.3", "Content-Type": "application/json" };
  await fetch(q.get("endpoint") + "agents/profile?" + new URLSearchParams({ agent: q.get("actor"), profileId: "cmi5LearnerPreferences" }), { headers: head });
  const state = q.get("endpoint") + "activities/state?" + new URLSearchParams({ activityId: q.get("activityId"), agent: q.get("actor"), registration: q.get("registration"), stateId: "LMS.LaunchData" });
  return { head, data: await (await fetch(state, { headers: head })).json() };
})();
const say = async (verb, more = {}) => {
  const { head, data } = await launched, context = data.contextTemplate;
  context.registration = q.get("registration");
  context.contextActivities.category = [{ id: "https://w3id.org/xapi/cmi5/context/categories/cmi5" }, ...(verb === "completed" ? [{ id: "https://w3id.org/xapi/cmi5/context/categories/moveon" }] : [])];
  const answer = await fetch(q.get("endpoint") + "statements", { method: "POST", headers: head, body: JSON.stringify({ id: crypto.randomUUID(), actor, verb: { id: "http://adlnet.gov/expapi/verbs/" + verb }, object: { id: q.get("activityId") }, context, timestamp: new Date().toISOString(), ...more }) });
  if (!answer.ok) throw new Error(await answer.text());
};
const begun = say("initialized");
async function learn() {
  await begun; await say("completed", { result: { completion: true, duration: "PT5S" } }); await say("terminated", { result: { duration: "PT5S" } });
  const { data } = await launched; document.querySelector("output").textContent = "xong"; location.href = data.returnURL;
}
</script>"""


def cmi5() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("cmi5.xml", CMI5)
        archive.writestr("bai-1.html", AU)
    return out.getvalue()


@pytest.fixture
def placed(visitor: Any, tmp_path: Path) -> Any:
    """``placed(name, content)`` uploads a file in the browser and puts it into the first module of A2.1."""

    def put(name: str, content: bytes, pictures: str = "") -> str:
        path = tmp_path / name
        path.write_bytes(content)
        one = visitor()
        one.sign_in("coso")
        page = one.go("/library")
        page.set_input_files("[data-files]", path)
        taken = page.locator("[data-tasks]").get_by_role("link", name="Mở xem thử")
        taken.wait_for(timeout=60_000)
        page.locator("#packages a").first.wait_for()  # the list has followed
        if pictures:
            one.picture(f"{pictures}-1-uploaded", full=True)
        taken.click()
        title = page.locator("h1").inner_text()
        if pictures:
            one.picture(f"{pictures}-2-package", full=True)
        page.get_by_role("link", name="Đưa vào học phần").click()
        page.select_option("#module", value=first_module(page))
        page.uncheck("[name=required]")  # other tests walk the same course to its end
        page.get_by_role("button", name="Đưa vào học phần").click()
        page.get_by_text("Đã đưa gói vào học phần").wait_for()
        if pictures:
            one.picture(f"{pictures}-3-modules", full=True)
        return str(title)

    return put


def first_module(page: Any) -> str:
    group = page.locator("#module optgroup").filter(has=page.locator("option")).first
    found = page.evaluate(
        "() => [...document.querySelectorAll('#module optgroup')].find(g => g.label.startsWith('A2.1')).querySelector('option').value"
    )
    assert group is not None
    return str(found)


def unfolded(page: Any) -> None:
    """Open every module of a course's page."""
    page.evaluate("document.querySelectorAll('details').forEach((folded) => { folded.open = true; })")


def opened(visitor: Any, title: str) -> Any:
    one = visitor()
    page = one.sign_in("hocvien")
    for link in [
        one.address + href
        for href in page.eval_on_selector_all(
            "a[href^='/learn/']",
            "all => [...new Set(all.map(a => a.getAttribute('href')).filter(h => /^\\/learn\\/[0-9a-f-]{36}$/.test(h)))]",
        )
    ]:
        page.goto(link)
        unfolded(page)
        if page.get_by_role("link", name=title, exact=True).count():
            page.get_by_role("link", name=title, exact=True).first.click()
            page.locator("iframe[data-frame][src]").wait_for(state="visible")
            return one, page, link
    raise AssertionError(f"no course of the trainee has {title}")


def test_a_cmi5_course_from_the_file_to_the_trainees_progress(placed: Any, visitor: Any) -> None:
    title = placed("khoa-hoc.zip", cmi5(), pictures="20-library")
    assert title == "Tiếp nhận hồ sơ trực tuyến ở cấp xã"
    one, page, course = opened(visitor, title)
    frame = page.frame_locator("iframe[data-frame]")
    frame.get_by_role("button", name="Học xong").wait_for()
    one.picture("21-player")
    frame.get_by_role("button", name="Học xong").click()
    page.wait_for_url(course)  # the unit went to its return address, and the player back to the course
    unfolded(page)
    line = page.locator(".material-list li").filter(has_text=title)
    assert "đã hoàn thành" in line.inner_text()
    one.picture("22-course-with-materials", full=True)


def test_a_scorm_course_in_the_trainees_player(placed: Any, visitor: Any) -> None:
    title = placed("scorm.zip", packages.zipped(packages.single_12()))
    _, page, _ = opened(visitor, title)
    unit = page.frame_locator("iframe[data-frame]").frame_locator(".stage-scorm iframe")
    unit.locator("#pass").click()
    page.frame_locator("iframe[data-frame]").get_by_role("button", name="Quay lại lớp học").click()
    page.wait_for_url(lambda url: "/materials/" not in url)
    unfolded(page)
    assert "đã hoàn thành" in page.locator(".material-list li").filter(has_text=title).inner_text()


def test_a_document_in_the_trainees_player(placed: Any, visitor: Any) -> None:
    title = placed("Tài liệu hướng dẫn.pdf", media.pdf())
    one, page, _ = opened(visitor, title)
    page.frame_locator("iframe[data-frame]").get_by_label("Trang 1 trên 3").wait_for()
    one.picture("23-player-document")


def test_a_refused_file_tells_why(visitor: Any, tmp_path: Path) -> None:
    path = tmp_path / "bài giảng.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../etc/passwd", "x")
        archive.writestr("cmi5.xml", "<courseStructure/>")
    one = visitor()
    one.sign_in("coso")
    page = one.go("/library")
    page.set_input_files("[data-files]", path)
    page.get_by_text("dẫn ra ngoài gói").first.wait_for(timeout=60_000)  # others may have been refused before
    assert "Không được tiếp nhận" in page.locator("main").inner_text()
    one.picture("24-refused", full=True)
