"""Who is only invited to a draft reads none of what its members promise each other."""

import pytest

from tests.factories import BudgetLineFactory, CommitmentFactory, MembershipFactory, UserFactory
from tests.factories import PartnershipFactory as Partnership

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[{}, {"active": True}], ids=["draft", "public"])
def partnership(request, client):
    made = Partnership(**request.param)
    BudgetLineFactory(partnership=made, title="Pumps")
    invited = MembershipFactory(partnership=made, invited=True)
    client.force_login(UserFactory(manages=invited.partner))
    return made


@pytest.mark.parametrize("page", ["commitments/", "commitments/{}/", "budget/"])
def test_reads_pages_of_promises_and_money_once_they_are_public(client, partnership, page):
    promise = CommitmentFactory(partnership=partnership)
    answer = client.get(f"/partnerships/{partnership.pk}/{page.format(promise.pk)}")
    assert answer.status_code == (200 if partnership.is_public() else 403)


def test_reads_sums_once_they_are_public(client, partnership):
    answer = client.get(f"/api/v1/partnerships/{partnership.pk}/money/")
    assert answer.status_code == (200 if partnership.is_public() else 403)


def test_is_led_to_no_page_that_does_not_open(client, partnership):
    page = client.get(f"/partnerships/{partnership.pk}/members/").content.decode()
    address = f"/partnerships/{partnership.reference or partnership.pk}/budget/"
    assert (address in page) == partnership.is_public()
