"""Every page in a real browser: quiet, from one host, readable on a phone, without script."""

import pytest

from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PUBLIC = [
    "/",
    "/partnerships/",
    "/partnerships/{partnership.reference}/",
    "/partnerships/{partnership.reference}/members/",
    "/partnerships/{partnership.reference}/places/",
    "/partnerships/{partnership.reference}/agreements/",
    "/partnerships/{partnership.reference}/agreements/{agreement.pk}/",
    "/partnerships/{partnership.reference}/commitments/",
    "/partnerships/{partnership.reference}/budget/",
    "/partnerships/{partnership.reference}/risks/",
    "/partnerships/{partnership.reference}/principles/",
    "/partnerships/{partnership.reference}/dialogue/",
    "/partnerships/{partnership.reference}/versions/",
    "/partnerships/{partnership.reference}/feedback/",
    "/partnerships/{partnership.reference}/lessons/",
    "/lessons/",
    "/solutions/",
    "/needs/",
    "/funds/",
    "/funding/",
    "/partners/",
    "/partners/{member.partner.pk}/",
    "/reports/",
    "/reports/{report.pk}/",
    "/partnerships/{partnership.reference}/reports/",
    "/verify/",
    "/sign-in/",
    "/sign-up/",
    "/forgotten-password/",
    "/healthz/",
]
BUDGET = 60 * 1024


def sign_in(page, user):
    page.goto("/sign-in/")
    page.fill("#id_login", user.email)
    page.fill("#id_password", PASSWORD)
    page.click("main button")


def visit(page, address, world):
    page.said.clear()
    page.asked.clear()
    return page.goto(address.format(**vars(world)))


def overflow(page):
    page.wait_for_load_state()  # right after a click the next page may have no element yet
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.mark.parametrize("width", [1280, 390])
def test_public_pages_are_quiet_small_and_fit_the_screen(open_page, living, width):
    page = open_page(width)
    for address in PUBLIC:
        answer = visit(page, address, living)

        assert answer.status == 200, address
        assert page.said == [], address
        assert len(page.asked) <= 6, address
        assert {url.split("/")[2] for url in page.asked} == {answer.url.split("/")[2]}, address
        assert len(answer.body()) <= BUDGET, address
        assert overflow(page) <= 0, address


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_for_people_signed_in_are_quiet_and_fit_the_screen(open_page, world, width):
    page = open_page(width)
    sign_in(page, world.evaluator)
    assert page.url.endswith("/")
    visit(page, "/submissions/", world)
    page.locator("td button").first.click()

    assert page.said == []
    assert overflow(page) <= 0
    assert "Data for 2025 Q1" in page.inner_text("h1")


def test_data_goes_from_form_to_approval_without_script(open_page, world):
    page = open_page(390, script=False)
    sign_in(page, world.evaluator)
    page.goto("/submissions/")
    page.locator("td button").first.click()
    page.fill(f"#id_value-{world.wells.pk}", "900 000")
    page.fill(f"#id_value-{world.sold.pk}", "many")
    page.click("text=Save and check before sending")
    assert "Expected a number" in page.inner_text(".errors")
    assert page.input_value(f"#id_value-{world.wells.pk}") == "900 000"
    page.fill(f"#id_value-{world.sold.pk}", "12")
    page.click("text=Save and check before sending")
    for reason in page.get_by_label("Why is that so?").all():
        reason.fill("The pumps were repaired in March.")
    page.click("main button:text('Send for review')")
    assert "Sent for review." in page.inner_text(".note")

    reviewer = open_page(1280, script=False)
    sign_in(reviewer, world.lead)
    reviewer.goto("/submissions/")
    reviewer.locator("#review + table a").click()
    assert "900,000" in reviewer.inner_text("main")
    reviewer.click("button[value=approve]")
    assert "Approved" in reviewer.inner_text(".note")
    assert world.unit.submissions.get(period=world.period).status == "approved"


@pytest.mark.parametrize("width", [1280, 390])
def test_two_windows_on_one_draft_lose_nothing(open_page, world, width):
    first, second = open_page(width, script=False), open_page(width, script=False)
    for page in (first, second):
        sign_in(page, world.evaluator)
        page.goto("/submissions/")
        page.locator("td button, #begun + table a").first.click()
    first.fill(f"#id_value-{world.wells.pk}", "900000")
    first.click("text=Save draft")
    second.fill(f"#id_value-{world.sold.pk}", "12")
    second.click("text=Save draft")

    assert "Somebody else changed this draft meanwhile" in second.inner_text(".errors")
    assert overflow(second) <= 0
    second.click("text=Save draft")
    assert "Draft saved." in second.inner_text(".note")
    assert second.input_value(f"#id_value-{world.wells.pk}") == "900000"
    assert second.input_value(f"#id_value-{world.sold.pk}") == "12"


def test_search_works_without_script(open_page, world):
    page = open_page(1280, script=False)
    page.goto("/")
    page.fill("#q", "wells")
    page.click("main button")

    assert page.locator(".card").count() == 1
    page.locator(".chips a").first.click()
    assert page.url.endswith("/partnerships/?") or page.url.endswith("/partnerships/")


def test_what_can_be_pressed_is_big_enough_for_a_finger(open_page, world):
    page = open_page(390)
    for address in ("/", "/partnerships/", "/sign-in/"):
        visit(page, address, world)
        for control in page.locator("button:visible, nav a:visible, select:visible").all():
            assert control.bounding_box()["height"] >= 44, (address, control.inner_text())


def test_the_focus_is_always_visible(open_page, world):
    page = open_page(1280)
    visit(page, "/partnerships/", world)
    for _ in range(12):
        page.keyboard.press("Tab")
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style == "solid"


def test_dark_and_light_differ(open_page, world):
    shades = []
    for colours in ("light", "dark"):
        page = open_page(1280, colours=colours)
        visit(page, "/", world)
        shades.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    assert shades == ["rgb(255, 255, 255)", "rgb(16, 22, 28)"]
