"""The grid and the check page as a browser shows them: with script and without."""

import pytest

from tests.browser.test_pages_in_a_browser import overflow, sign_in

PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
  document.querySelector("table[data-grid] td input").dispatchEvent(event);
}"""


@pytest.mark.parametrize("width", [1280, 390])
def test_a_block_is_pasted_and_saved_without_script(open_page, world, width):
    page = open_page(width, script=False)
    sign_in(page, world.evaluator)
    page.goto(f"/submissions/grid/{world.period.pk}/")
    assert overflow(page) <= 0
    page.click("summary")
    page.fill("#block", "12,5")
    page.click("text=Show it in the grid")
    assert "nothing is saved yet" in page.inner_text("main")
    assert not world.unit.submissions.filter(period=world.period).exists()

    page.click("button:text('Save all drafts')")

    assert "“12,5” is 12.5" in page.inner_text("main")
    assert overflow(page) <= 0
    stored = world.unit.submissions.get(period=world.period)
    assert [str(one.value.normalize()) for one in stored.observations.all()] == ["12.5"]


def test_a_block_is_pasted_into_a_cell_by_script(open_page, world):
    page = open_page(1280)
    sign_in(page, world.evaluator)
    page.goto(f"/submissions/grid/{world.period.pk}/")

    page.evaluate(PASTE, "7\t8\n9\t10")

    assert page.said == []
    assert "2 pasted; 2 found no place in the grid" in page.inner_text("[data-pasted]")
    values = page.locator("table[data-grid] td input").evaluate_all("all => all.map(i => i.value)")
    assert values[:2] == ["7", "8"]
