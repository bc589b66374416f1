"""Pages say what comes next: to whoever is invited, and once a partnership is registered."""

import pytest

from tests.factories import FrameworkFactory, MembershipFactory, PartnershipFactory, UserFactory
from tests.moves import People

pytestmark = pytest.mark.django_db
BEGIN, FRAMEWORK = "/framework/begin/", "/framework/"


@pytest.mark.parametrize("page", ["", "members/"])
@pytest.mark.parametrize("role", ["manages", "observes"])
def test_the_invited_read_who_asks_them_and_where_they_answer(client, page, role):
    partnership = PartnershipFactory()
    lead = partnership.memberships.get().partner
    invited = MembershipFactory(partnership=partnership, invited=True, roles=["implementer"])
    client.force_login(UserFactory(**{role: invited.partner}))

    text = client.get(f"/partnerships/{partnership.pk}/{page}").content.decode()

    if page == "":
        assert f"<b>{invited.partner.name} is invited</b> as implementer by {lead.name}" in text
        assert f'<a href="/partnerships/{partnership.pk}/members/">Accept or decline</a>' in text
    elif role == "manages":
        assert f"is asked to join</b> as implementer by {lead.name}" in text
        assert f"/members/{invited.pk}/accept/" in text


def test_nobody_else_is_told_of_an_invitation(client):
    partnership = PartnershipFactory(active=True)
    MembershipFactory(partnership=partnership, invited=True)
    client.force_login(People(partnership)["manager"])

    assert (
        "Accept or decline" not in client.get(f"/partnerships/{partnership.pk}/").content.decode()
    )


@pytest.mark.parametrize("status", ["registered", "active"])
def test_a_registered_partnership_is_told_how_to_measure(client, status):
    partnership = PartnershipFactory(**{status: True})
    client.force_login(People(partnership)["lead_manager"])
    overview, hub = (f"/partnerships/{partnership.pk}/{page}" for page in ("", "work/"))

    assert f'{FRAMEWORK}">The framework' in client.get(hub).content.decode()
    assert BEGIN in client.get(overview).content.decode()
    FrameworkFactory(partnership=partnership, agreed=True)
    assert BEGIN not in client.get(overview).content.decode()


def test_the_public_does_not_read_how_to_measure(client):
    partnership = PartnershipFactory(active=True)
    assert BEGIN not in client.get(f"/partnerships/{partnership.pk}/").content.decode()


def test_a_draft_measures_nothing_yet(client):
    partnership = PartnershipFactory()
    client.force_login(People(partnership)["lead_manager"])
    for page in ("", "work/"):
        text = client.get(f"/partnerships/{partnership.pk}/{page}").content.decode()
        assert BEGIN not in text
