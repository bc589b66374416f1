"""A framework from the first page to the agreement in a real browser, without script."""

import pytest

from monitoring.models import Framework
from tests.browser.test_pages_in_a_browser import overflow, sign_in, visit
from tests.factories import (
    CategoryFactory,
    FrameworkFactory,
    IndicatorFactory,
    PartnershipFactory,
    PeriodTargetFactory,
)
from tests.moves import People

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DRAFT = "/partnerships/{partnership.reference}/framework/2/"
PAGES = [
    "/partnerships/{partnership.reference}/framework/",
    "/partnerships/{partnership.reference}/framework/begin/",
    DRAFT,
    f"{DRAFT}edit/",
    f"{DRAFT}facts/",
    f"{DRAFT}results/new/",
    f"{DRAFT}results/{{draft_indicator.result.pk}}/",
    f"{DRAFT}results/{{draft_indicator.result.pk}}/remove/",
    f"{DRAFT}library/?q=water",
    f"{DRAFT}indicators/new/",
    f"{DRAFT}indicators/{{draft_indicator.pk}}/",
    f"{DRAFT}targets/?per=period&categories=yes",
    f"{DRAFT}changes/",
    f"{DRAFT}check/",
    "/partnerships/{partnership.reference}/periods/",
    "/partnerships/{partnership.reference}/periods/units/new/",
    "/partnerships/{partnership.reference}/periods/units/{unit.pk}/hand-over/",
    "/workspace/",
]


@pytest.fixture
def drafted(world):
    """The world's partnership with a draft of the next edition."""
    draft = FrameworkFactory(partnership=world.partnership)
    world.draft_indicator = IndicatorFactory(
        result__framework=draft,
        title="Households that drink safe water at home on every day of the year",
    )
    world.draft_indicator.dimensions.add(CategoryFactory().dimension)
    PeriodTargetFactory(indicator=world.draft_indicator)
    return world


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_are_quiet_and_fit_the_screen(open_page, drafted, width):
    page = open_page(width)
    sign_in(page, drafted.lead)
    for address in PAGES:
        answer = visit(page, address, drafted)

        assert answer.status == 200, address
        assert page.said == [], address
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert overflow(page) <= 0, address


@pytest.mark.parametrize("width", [1280, 390])
def test_a_framework_is_begun_written_proposed_and_agreed(open_page, width):
    people = People(PartnershipFactory(active=True))
    page = open_page(width, script=False)
    sign_in(page, people.lead_manager)
    front = f"/partnerships/{people.partnership.reference}/framework/"

    page.goto(front)
    follow(page, "Begin the framework")
    page.check("[name=how][value=empty]")
    page.fill("#id_title", "What we measure")
    page.fill("#id_starts_on", "2024-01-01")
    page.fill("#id_ends_on", "2025-12-31")
    page.select_option("#id_cadence", "yearly")
    press(page, "Begin the draft")
    follow(page, "Add a result")
    page.fill("#id_title", "People drink safe water")
    page.select_option("#id_level", "outcome")
    press(page, "Save")
    follow(page, "Add an indicator")
    follow(page, "Write our own")
    page.fill("#id_title", "Wells in use")
    page.fill("#id_definition", "Gave water on the day of the visit.")
    page.fill("#id_unit", "wells")
    page.check("[name=accumulation][value=point_in_time]")
    page.fill("#id_baseline_value", "0")
    press(page, "Save")
    follow(page, "Set targets")
    page.locator("main table input").nth(0).fill("1 200")
    page.locator("main table input").nth(1).fill("2500")
    press(page, "Save targets")
    assert "2 targets changed" in page.inner_text("main")
    follow(page, "Back to the draft")
    follow(page, "Check and propose")
    assert "Gave water on the day of the visit." in page.inner_text("main")
    press(page, "Propose to the members")
    assert "It is in force once 2 of 2" in page.inner_text("main")

    for who in (people.lead_manager, people.manager):
        page.context.clear_cookies()
        sign_in(page, who)
        page.goto("/workspace/")
        follow(page, "To endorse:")
        follow(page, "edition 1")
        follow(page, "Read the document")
        press(page, "Endorse this text")

    assert Framework.objects.get().status == "agreed"
    page.context.clear_cookies()
    page.goto(front)
    assert "Agreed by its members" in page.inner_text("main")
    assert "2,500" in page.inner_text("main")


def press(page, name):
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def follow(page, name):
    page.locator("main").get_by_role("link", name=name).first.click()
