"""Who belongs to it, as an amendment changes it."""

from datetime import date

import pytest
from django.utils import timezone

from partnerships.models import Membership
from partnerships.services.amendments import approve_amendment
from registry.models import Event
from tests.factories import (
    DueDiligenceFactory,
    MembershipFactory,
    PartnerFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.moves import refused
from tests.partnerships.amending import propose, slips

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    made = PartnershipFactory(active=True, title="Wells", ends_on=date(2026, 12, 31))
    MembershipFactory(partnership=made)
    MembershipFactory(partnership=made)
    return made


@pytest.fixture
def by():
    return UserFactory(admin=True)


def test_members_are_invited_change_roles_and_end_on_approval(partnership, by):
    _lead, first, second = partnership.memberships.order_by("pk")
    third = PartnerFactory()
    members = {
        "invite": [{"partner": third.pk, "roles": ["funding"]}],
        "roles": [{"membership": first.pk, "roles": ["technical", "advisory"]}],
        "end": [{"membership": second.pk}],
    }
    amendment = propose(partnership, by, members=members)
    assert not third.memberships.exists()
    amendment.submit(by=by)
    approve_amendment(amendment, by=by)
    assert third.memberships.get().status == "invited"
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.roles == ["advisory", "technical"]
    changed = Event.objects.about(first).get(kind__endswith="roles_changed")
    assert changed.reason == "Because."
    assert changed.facts == {
        "was": ["implementing"],
        "became": ["advisory", "technical"],
        "amendment": amendment.pk,
    }
    assert (second.status, second.ended_on) == ("left", timezone.localdate())


def test_who_is_invited_is_not_in_what_the_public_reads(partnership, by):
    third = PartnerFactory(name="Asked in Confidence")
    members = {"invite": [{"partner": third.pk, "roles": ["funding"]}]}
    amendment = propose(partnership, by, members=members)
    amendment.submit(by=by)
    approve_amendment(amendment, by=by)
    assert amendment.difference() == {}
    assert "Asked in Confidence" in str(amendment.proposed_difference())
    assert "Asked in Confidence" not in str(amendment.result.document)


def test_the_lead_changes_hands_in_one_step_and_needs_the_members_yes(partnership, by):
    lead, first, _ = partnership.memberships.order_by("pk")
    roles = [
        {"membership": lead.pk, "roles": ["implementing"]},
        {"membership": first.pk, "roles": ["lead"]},
    ]
    amendment = propose(partnership, by, members={"roles": roles})
    assert amendment.needs_endorsement
    amendment.submit(by=by)
    for member in partnership.memberships.accepted():
        amendment.endorse(member, by=UserFactory(manages=member.partner))
    approve_amendment(amendment, by=by)
    assert Membership.objects.get(roles__contains=["lead"], partnership=partnership) == first


@pytest.mark.parametrize(
    ("partner", "path"),
    [
        ({"pending": True}, "changes.members.invite.0.partner"),
        ({"suspended": True}, "changes.members.invite.0.partner"),
    ],
)
def test_only_verified_partners_are_invited(partnership, by, partner, path):
    asked = [{"partner": PartnerFactory(**partner).pk, "roles": ["funding"]}]
    assert slips(partnership, by, members={"invite": asked}) == [path]


def test_a_member_is_not_invited_again(partnership, by):
    member = partnership.memberships.last()
    asked = [{"partner": member.partner_id, "roles": ["funding"]}]
    found = slips(partnership, by, members={"invite": asked})
    assert found == ["changes.members.invite.0.partner"]


@pytest.mark.parametrize("roles", [[], ["emperor"], ["funding", "funding"], "funding", [["x"]]])
def test_roles_are_known_and_named_once(partnership, by, roles):
    member = partnership.memberships.last()
    found = slips(partnership, by, members={"roles": [{"membership": member.pk, "roles": roles}]})
    assert found == ["changes.members.roles.0.roles"]


def test_the_lead_does_not_go_without_another_one(partnership, by):
    lead = partnership.memberships.get(roles__contains=["lead"])
    for members in (
        {"end": [{"membership": lead.pk}]},
        {"roles": [{"membership": lead.pk, "roles": ["funding"]}]},
    ):
        assert slips(partnership, by, members=members) == ["changes.members"]


def test_a_ppp_by_amendment_needs_due_diligence_of_its_companies(partnership, by):
    company = MembershipFactory(partnership=partnership, partner__company=True)
    amendment = propose(partnership, by, about={"kind": "ppp"})
    amendment.submit(by=by)
    with refused("due_diligence_required"):
        approve_amendment(amendment, by=by)
    DueDiligenceFactory(partner=company.partner, cleared=True)
    amendment.refresh_from_db()
    approve_amendment(amendment, by=by)


def test_a_partner_suspended_meanwhile_stops_all_of_it(partnership, by):
    third = PartnerFactory()
    members = {"invite": [{"partner": third.pk, "roles": ["funding"]}]}
    amendment = propose(partnership, by, about={"title": "Pipes"}, members=members)
    amendment.submit(by=by)
    third.change(status="suspended")
    with refused("changes_outdated"):
        approve_amendment(amendment, by=by)
    partnership.refresh_from_db()
    assert (partnership.title, partnership.amendments.get().status) == ("Wells", "submitted")
