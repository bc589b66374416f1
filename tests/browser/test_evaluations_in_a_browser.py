"""An evaluation from plan to publication in a real browser."""

import pytest

from monitoring.models import Evaluation
from tests.browser.test_framework_in_a_browser import follow, press
from tests.browser.test_pages_in_a_browser import overflow, sign_in
from tests.factories import FrameworkFactory, IndicatorFactory, PartnershipFactory
from tests.moves import People

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people():
    people = People(PartnershipFactory(active=True))
    agreed = FrameworkFactory(partnership=people.partnership, agreed=True)
    IndicatorFactory(result__framework=agreed, code="W1", title="Wells in use")
    return people


@pytest.mark.parametrize("width", [1280, 390])
def test_a_lead_plans_writes_and_publishes_one(open_page, people, width):
    page = open_page(width)
    sign_in(page, people.lead_manager)
    page.goto(f"/partnerships/{people.partnership.reference}/evaluations/")
    follow(page, "Plan an evaluation")
    looked_at(page)
    page.select_option("#id_kind", "mid_term")
    page.fill("#id_title", "Half time")
    page.fill("#id_scope", "Whether the wells are used, and by whom.")
    page.fill("#id_starts_on", "2024-01-01")
    page.fill("#id_ends_on", "2024-12-31")
    page.fill("#id_evaluators", "Baraza Assurance Ltd")
    press(page, "Save")
    looked_at(page)
    follow(page, "Attach the report")
    page.fill("#id_url", "https://example.org/half-time.pdf")
    press(page, "Save")
    follow(page, "The evaluators begin")
    looked_at(page)
    press(page, "Begin")
    follow(page, "Enter a finding")
    looked_at(page)
    page.fill("#id_text", "Four wells in five are used each day.")
    page.select_option("#id_indicator", label="W1 Wells in use")
    press(page, "Save")
    assert "W1 Wells in use" in page.inner_text("#finding-1")
    looked_at(page)
    for move, button in (("Submit", "Submit"), ("Publish", "Publish")):
        follow(page, move)
        press(page, button)
        looked_at(page)
    assert Evaluation.objects.get().status == "published"

    page.context.clear_cookies()
    page.reload()
    looked_at(page)
    assert "Four wells in five" in page.inner_text("#finding-1")
    follow(page, "W1 Wells in use")
    looked_at(page)
    assert "Wells in use" in page.inner_text("h1")


def looked_at(page):
    assert page.said == [], page.url
    assert overflow(page) <= 0, page.url
