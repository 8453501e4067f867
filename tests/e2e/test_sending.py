"""Files are sent with their progress; what is too large is told before, and nothing that goes wrong loses the choice."""

import json
import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from lms.assessment import uploads
from tests.data import media

SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 200_000}
FAST = SLOW | {"uploadThroughput": -1}
TRAINEE = """
UPDATE accounts SET password_hash = (SELECT password_hash FROM accounts WHERE username = 'hocvien') WHERE id = (
    SELECT a.id FROM accounts a JOIN enrolments e ON e.person_id = a.person_id JOIN class_runs r ON r.id = e.class_id
    WHERE r.status = 'running' AND e.status = 'enrolled' AND a.username NOT LIKE 'hocvien%'
    AND NOT EXISTS (SELECT FROM submissions s WHERE s.registration = e.id AND s.passed) ORDER BY a.username LIMIT 1
) RETURNING username
"""
LARGE = """size => {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(size)], "lớn.pdf", { type: "application/pdf" }));
  const input = document.querySelector("#file");
  input.files = files.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}"""


def pdf(padding: int = 0) -> dict[str, Any]:
    return {"name": "Bài thu hoạch.pdf", "mimeType": "application/pdf", "buffer": media.pdf(padding=padding)}


@pytest.fixture
def essay(visitor: Callable[..., Any], server_env: dict[str, str]) -> Any:
    """The page on which a trainee, whom no other test knows, hands her essay in."""
    with psycopg.connect(server_env["LMS_DATABASE_URL"].replace("+psycopg", ""), autocommit=True) as connection:
        ((username,),) = connection.execute(TRAINEE).fetchall()
    trainee = visitor()
    page = trainee.sign_in(username)
    found = page.eval_on_selector_all("main a[href^='/learn/']", "links => links.map(link => link.pathname)")
    for course in dict.fromkeys(match[0] for link in found if (match := re.match(r"/learn/[0-9a-f-]{36}", link))):
        page.goto(f"{trainee.address}{course}/essay")
        if page.locator("#file").count():
            return page
    raise AssertionError("the demonstration has no essay to hand in")


def posts(page: Any) -> list[str]:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    return sent


def fault(page: Any) -> str:
    page.locator("[data-sending-fault]:visible").wait_for()
    return str(page.locator("[data-sending-fault]").inner_text())


def test_a_file_that_is_too_large_is_told_before_it_is_sent(essay: Any) -> None:
    sent = posts(essay)
    essay.evaluate(LARGE, uploads.MAX_BYTES + 1)
    assert "vượt quá mức tối đa 20 MB" in fault(essay)
    essay.click("main form button[type=submit]")
    assert essay.locator("#file[aria-invalid=true]").count() == 1
    essay.set_input_files("#file", pdf())
    assert not essay.locator("[data-sending-fault]").is_visible()
    assert sent == []


def test_the_progress_is_shown_and_sending_can_be_cancelled(essay: Any) -> None:
    line = essay.context.new_cdp_session(essay)
    line.send("Network.emulateNetworkConditions", SLOW)
    essay.set_input_files("#file", pdf(padding=3_000_000))
    essay.click("main form button[type=submit]")
    essay.locator("[data-sending-line]", has_text=re.compile(r"Đã gửi .+ trên 2,9 MB \(\d+%\)")).wait_for()
    essay.click("[data-sending-cancel]")
    assert "Đã hủy gửi" in fault(essay)
    assert not essay.locator("[data-sending]").is_visible()
    assert essay.evaluate("document.querySelector('#file').files.length") == 1
    line.send("Network.emulateNetworkConditions", FAST)
    essay.click("main form button[type=submit]")
    essay.locator(".notice-success", has_text="Đã nộp bài thu hoạch").wait_for()
    assert "Bài thu hoạch.pdf" in essay.locator("main dl").inner_text()


def test_a_broken_document_is_refused_in_place_and_the_next_choice_is_sent(essay: Any) -> None:
    broken = {"name": "hỏng.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\nnothing"}
    essay.set_input_files("#file", broken)
    essay.click("main form button[type=submit]")
    essay.locator("#file-error", has_text="Không đọc được").wait_for()
    essay.set_input_files("#file", pdf())
    essay.click("main form button[type=submit]")
    essay.locator(".notice-success").wait_for()


@pytest.mark.parametrize("status", [503, 413])
def test_an_answer_of_the_server_leaves_the_file_chosen(essay: Any, status: int) -> None:
    words = json.dumps({"error": "Máy chủ đang bận."})
    essay.route("**/essay", lambda route: route.fulfill(status=status, content_type="application/json", body=words))
    essay.set_input_files("#file", pdf())
    essay.click("main form button[type=submit]")
    assert fault(essay) == "Máy chủ đang bận."
    assert essay.evaluate("document.querySelector('#file').files.length") == 1


def test_a_line_that_breaks_leaves_the_file_chosen(essay: Any) -> None:
    essay.route("**/essay", lambda route: route.abort())
    essay.set_input_files("#file", pdf())
    essay.click("main form button[type=submit]")
    assert "Kết nối bị gián đoạn" in fault(essay)
    essay.unroute("**/essay")
    essay.click("main form button[type=submit]")
    essay.locator(".notice-success").wait_for()


def test_without_scripts_the_server_says_it(visitor: Callable[..., Any], essay: Any) -> None:
    plain = visitor(java_script_enabled=False, storage_state=essay.context.storage_state())
    page = plain.go(re.sub(r"^https?://[^/]+", "", essay.url))
    page.set_input_files("#file", {"name": "x.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\nnothing"})
    page.click("main form button[type=submit]")
    page.locator("#file-error", has_text="Không đọc được").wait_for()
    page.set_input_files("#file", pdf())
    page.click("main form button[type=submit]")
    page.locator(".notice-success").wait_for()


def test_a_roster_is_sent_in_the_same_way(visitor: Callable[..., Any]) -> None:
    staff = visitor()
    page = staff.sign_in("quantri")
    page.goto(staff.address + "/admin/people/import")
    page.set_input_files("#file", {"name": "a.xlsx", "mimeType": "", "buffer": b"PK\x03\x04 broken"})
    page.click("main form button[type=submit]")
    page.locator(".field-error", has_text="Không đọc được tệp Excel").wait_for()
    assert page.locator("[data-sending]").count() == 1
