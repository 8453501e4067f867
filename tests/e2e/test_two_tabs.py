"""One attempt at a quiz in two tabs of one browser: a tab writes what was touched in it, and nothing else."""

import re

from tests.e2e.test_walk import UUID, link


def saved(page):
    return page.expect_response(lambda answer: "/answers/" in answer.url and answer.ok)


def choose(page, fieldset, which):
    with saved(page):
        page.locator(f"#{fieldset} input").nth(which).check()


def test_a_tab_opened_before_hands_in_what_the_other_has_answered(visitor):
    one = visitor()
    page = one.sign_in("hocvien")
    page.goto(one.address + link(page, rf"/learn/{UUID}"))
    page.evaluate("document.querySelectorAll('details').forEach((folded) => { folded.open = true; })")
    page.locator("form[action*='/quizzes/'] button").first.click()
    page.wait_for_url("**/attempts/*")
    stale = one.context.new_page()
    stale.goto(page.url)
    choices = page.locator("fieldset[data-kind=single], fieldset[data-kind=true_false], fieldset[data-kind=multiple]")
    names = [fieldset.get_attribute("id") for fieldset in choices.all()]
    for name in names:
        choose(page, name, 0)
    choose(stale, names[0], 1)  # touched in both: the later one holds
    stale.locator("button[value=submit]").click()
    stale.wait_for_load_state()
    if stale.locator("[name=confirmed]").count():
        said = stale.locator(".notice-warning").inner_text()
        blank = stale.locator("fieldset.question").count() - len(names)
        assert re.search(rf"Còn {blank} câu", said)
        assert stale.locator(f"#{names[0]} input").nth(1).is_checked()
        assert all(stale.locator(f"#{name} input").first.is_checked() for name in names[1:])
        stale.locator("button[value=submit]").click()
    stale.locator("[data-attempt-done]").wait_for()
    assert stale.get_by_text("Chưa trả lời").count() == stale.locator("section.question").count() - len(names)
    # the tab that is left has nothing to lose: its next answer tells it that the quiz is handed in
    page.locator(f"#{names[1]} input").nth(1).check()
    page.locator("[data-attempt-done]").wait_for()
