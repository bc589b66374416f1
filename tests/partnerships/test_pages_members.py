"""Pages of a partnership's members: for all, for insiders, and what each may do there."""

import pytest

from partnerships.models import CommitmentHandover, MembershipInvitation
from tests.factories import (
    CommitmentFactory,
    CommitmentHandoverFactory,
    ConflictOfInterestFactory,
    DeclarationFactory,
    LeadHandoverFactory,
    MembershipFactory,
    MembershipInvitationFactory,
    PartnerFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.moves import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


@pytest.fixture
def draft():
    return People(PartnershipFactory())


def page_of(partnership, more=""):
    return f"/partnerships/{partnership.reference or partnership.pk}/members/{more}"


def test_the_public_sees_members_and_sectors_and_nothing_declared(client, people):
    DeclarationFactory(membership=people.membership, interests="Sells pumps.")
    ConflictOfInterestFactory(membership=people.membership, description="Owns the pumps.")
    invited = MembershipFactory(
        partnership=people.partnership, invited=True, partner__name="Not yet asked openly"
    )

    page = client.get(page_of(people.partnership)).content.decode()

    assert people.membership.partner.name in page
    assert "1 of 5 sectors" in page
    assert invited.partner.name not in page
    assert "declared" not in page
    assert "Owns the pumps" not in page


def test_insiders_see_who_has_declared_and_the_conflicts(client, people):
    DeclarationFactory(membership=people.membership)
    ConflictOfInterestFactory(membership=people.membership, review_on="2020-01-01")
    client.force_login(people.lead_observer)

    page = client.get(page_of(people.partnership)).content.decode()

    assert "15 Jan 2024" in page
    assert "Review passed" in page
    assert "Sells pumps" not in page


@pytest.mark.parametrize("size", [2, 20])
def test_costs_the_same_for_any_number_of_members(
    client, people, size, django_assert_max_num_queries
):
    MembershipFactory.create_batch(size, partnership=people.partnership)
    client.force_login(people.lead_manager)
    client.get(page_of(people.partnership))

    with django_assert_max_num_queries(28):
        assert client.get(page_of(people.partnership)).status_code == 200


def test_the_lead_invites_a_partner_found_by_name(client, draft):
    partner = PartnerFactory(name="Tumaini Water Trust")
    client.force_login(draft.lead_manager)
    url = page_of(draft.partnership, "invite/?q=tumaini")

    assert "Tumaini Water Trust" in client.get(url).content.decode()
    assert client.post(url, {"partner": partner.pk, "roles": ["funding"]}).status_code == 302
    assert partner.memberships.get().roles == ["funding"]


def test_what_was_typed_stays_beside_the_error(client, draft):
    client.force_login(draft.lead_manager)
    url = page_of(draft.partnership, "invite-by-mail/")

    page = client.post(url, {"email": "nobody", "message": "Dear all"}).content.decode()

    assert "There is a problem" in page
    assert "Dear all" in page
    assert client.post(url, {"email": "a@example.org", "roles": ["funding"]}).status_code == 302
    assert MembershipInvitation.objects.get().email == "a@example.org"
    listed = client.get(page_of(draft.partnership)).content.decode()
    assert "a@example.org" in listed


def test_an_invitation_by_mail_is_taken_back(client, draft):
    invited = MembershipInvitationFactory(partnership=draft.partnership)
    client.force_login(draft.lead_manager)

    client.post(page_of(draft.partnership, f"invited/{invited.pk}/"), {"withdraw": "yes"})

    invited.refresh_from_db()
    assert (invited.status, invited.email) == ("withdrawn", "")


def test_the_invited_partner_joins_and_declares(client, people):
    invited = MembershipFactory(partnership=people.partnership, invited=True)
    client.force_login(UserFactory(manages=invited.partner))
    url = page_of(people.partnership, f"{invited.pk}/accept/")
    assert url in client.get(page_of(people.partnership)).content.decode()

    form = {"version": invited.version, "mitigation": "Steps back."}
    page = client.post(url, form).content.decode()
    assert "Describe the conflict of interest itself." in page
    form |= {"conflict": "Owns the pumps.", "expected_benefit": "Learns."}
    assert client.post(url, form).status_code == 302

    invited.refresh_from_db()
    assert invited.status == "accepted"
    assert invited.conflicts.get().mitigation == "Steps back."


def test_leaving_asks_about_each_commitment(client, people):
    commitment = CommitmentFactory(partnership=people.partnership, membership=people.membership)
    client.force_login(people.manager)
    url = page_of(people.partnership, f"{people.membership.pk}/leave/")

    assert "This field is required" in client.post(url, {}).content.decode()
    taker = f"to-{people.lead_membership.pk}"
    assert client.post(url, {f"commitment_{commitment.pk}": taker}).status_code == 302

    people.membership.refresh_from_db()
    assert people.membership.status == "left"
    assert CommitmentHandover.objects.get().taker == people.lead_membership


def test_offers_are_answered_where_they_stand(client, people):
    offer = CommitmentHandoverFactory(
        commitment__partnership=people.partnership,
        commitment__membership=people.lead_membership,
        taker=people.membership,
    )
    lead = LeadHandoverFactory(giver=people.lead_membership, taker=people.membership)
    client.force_login(people.manager)

    client.post(page_of(people.partnership, f"commitment/{offer.pk}/"), {"answer": "accept"})
    client.post(page_of(people.partnership, f"lead/{lead.pk}/"), {"answer": "decline"})

    offer.refresh_from_db()
    lead.refresh_from_db()
    assert (offer.status, lead.status) == ("accepted", "declined")


def test_roles_saved_by_somebody_else_meanwhile_are_said_so(client, draft):
    member = draft.membership
    client.force_login(draft.lead_manager)
    url = page_of(draft.partnership, f"{member.pk}/roles/")

    stale = {"version": member.version, "roles": ["funding"]}
    assert client.post(url, stale).status_code == 302
    late = client.post(url, {"version": member.version, "roles": ["advisory"]})

    assert late.status_code == 409
    assert "Somebody else changed this meanwhile" in late.content.decode()
    (roles,) = late.context["theirs"]
    assert ("unding" in roles[1], "dvisory" in roles[2]) == (True, True)
    member.refresh_from_db()
    assert member.roles == ["funding"]
