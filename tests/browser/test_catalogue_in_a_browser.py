"""The Solutions Catalogue in a real browser."""

import os

import pytest

from tests.browser.test_pages_in_a_browser import overflow, sign_in
from tests.factories import (
    BudgetLineFactory,
    CommitmentFactory,
    FundFactory,
    MatchFactory,
    NeedFactory,
    PartnershipFactory,
    SolutionFactory,
    UserFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def match():
    need = NeedFactory(title="Repair of water kiosks in the northern wards", finance=True)
    fund = FundFactory(title="Water and toilets at schools and health posts of the lake basin")
    solution = SolutionFactory(title="Pump mechanics on a shared motorcycle", evidence="Counted.")
    MatchFactory(need=need, solution=None, fund=fund)
    partnership = PartnershipFactory(active=True)
    BudgetLineFactory(partnership=partnership)
    CommitmentFactory(partnership=partnership, amount=20_000)
    return MatchFactory(need=need, solution=solution)


@pytest.mark.parametrize("width", [1280, 390])
def test_its_pages_are_quiet_and_fit_the_screen(open_page, match, width):
    page = open_page(width)
    sign_in(page, UserFactory(manages=match.need.partner))
    for address in (
        "/solutions/",
        "/needs/",
        "/funds/",
        "/funding/",
        "/funding/?by=country",
        f"/solutions/{match.solution_id}/",
        f"/needs/{match.need_id}/",
        f"/needs/{match.need_id}/edit/",
        f"/matches/{match.pk}/",
        "/solutions/new/",
    ):
        page.goto(address)
        assert page.locator("h1").count() == 1, address
        if folder := os.environ.get("SCREENSHOTS"):
            name = address.strip("/").replace("/", "-").replace("?", "-")
            page.screenshot(path=f"{folder}/catalogue-{name}-{width}.png", full_page=True)
        assert overflow(page) <= 0, address
    assert not page.said
