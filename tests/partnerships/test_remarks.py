"""What the secretariat asked for stands on the page where it is answered."""

import pytest

from tests.factories import PartnershipFactory, PartnershipReviewFactory, UserFactory
from tests.moves import People

pytestmark = pytest.mark.django_db
PAGES = {
    "work/about/": "about",
    "work/objectives/": "objectives",
    "work/targets/": "targets",
    "places/": "places",
    "places/edit/": "places",
    "members/": "members",
    "members/invite/": "members",
    "commitments/": "commitments",
    "commitments/new/": "commitments",
    "budget/": "budget",
    "agreements/": "agreements",
    "risks/": "risks",
    "principles/": "principles",
    "dialogue/": "dialogue",
}


@pytest.fixture
def partnership():
    partnership = PartnershipFactory(submitted=True)
    PartnershipReviewFactory(partnership=partnership)
    reasons = {section: f"Say more of {section}." for section in set(PAGES.values())}
    partnership.send_back(by=UserFactory(admin=True), reason="Too short.", sections=reasons)
    return partnership


def remarks(client, partnership, page):
    answer = client.get(f"/partnerships/{partnership.pk}/{page}", follow=True)
    assert answer.status_code == 200
    text = answer.content.decode()
    return {section for section in set(PAGES.values()) if f"Say more of {section}." in text}


@pytest.mark.parametrize("page", PAGES)
def test_stands_on_its_sections_page(client, partnership, page):
    client.force_login(People(partnership)["lead_manager"])
    assert remarks(client, partnership, page) == {PAGES[page]}


@pytest.mark.parametrize("page", ["work/check/", "work/light/", "work/"])
def test_all_stand_where_all_sections_stand(client, partnership, page):
    client.force_login(People(partnership)["lead_manager"])
    assert remarks(client, partnership, page) == set(PAGES.values())


@pytest.mark.parametrize("page", ["members/", "places/", ""])
def test_is_for_whoever_writes_it(client, partnership, page):
    client.force_login(People(partnership)["manager"])
    assert remarks(client, partnership, page) == set()
    client.force_login(People(partnership)["lead_manager"])
    partnership.change(status="draft")
    assert remarks(client, partnership, page) == set()
