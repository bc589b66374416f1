"""What an amendment may change, how it is read, and what approval makes of it."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from partnerships.models import Membership, Partnership, document_of
from partnerships.services.amendments import approve_amendment, draft_amendment
from tests.factories import (
    BudgetLineFactory,
    CommitmentFactory,
    CountryFactory,
    CurrencyFactory,
    DueDiligenceFactory,
    GoalFactory,
    LocationFactory,
    MembershipFactory,
    ObjectiveFactory,
    PartnerFactory,
    PartnershipCountryFactory,
    PartnershipFactory,
    TargetFactory,
    UserFactory,
)
from tests.moves import refused

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


def propose(partnership, by, **changes):
    return draft_amendment(partnership, by=by, changes=changes, reason="Because.")


def amend(partnership, by, **changes):
    amendment = propose(partnership, by, **changes)
    amendment.submit(by=by)
    approve_amendment(amendment, by=by)
    return Partnership.objects.get(pk=partnership.pk)


def slips(partnership, by, **changes):
    with pytest.raises(ValidationError) as refusal:
        propose(partnership, by, **changes)
    assert not partnership.amendments.exists()
    return sorted(refusal.value.message_dict)


def test_facts_change_on_approval_and_count_the_version_up(partnership, by):
    now = amend(partnership, by, about={"title": "Pipes", "level": "community"})
    assert (now.title, now.level, now.version) == ("Pipes", "community", 2)


def test_goals_and_targets_are_replaced(partnership, by):
    partnership.targets.add(TargetFactory(code="6.1"))
    TargetFactory(code="6.2")
    GoalFactory(number=13)
    now = amend(partnership, by, targets={"primary_goal": 13, "targets": ["6.2"]})
    assert now.primary_goal_id == 13
    assert [target.code for target in now.targets.all()] == ["6.2"]


def test_rows_named_stay_those_without_a_number_are_new_the_others_go(partnership, by):
    kept = ObjectiveFactory(partnership=partnership, text="Old words.")
    gone = ObjectiveFactory(partnership=partnership)
    amend(
        partnership,
        by,
        objectives=[
            {"id": kept.pk, "text": "New words.", "goal_value": "60"},
            {"text": "Another one.", "reach_by": "2026-06-30"},
        ],
    )
    first, second = partnership.objectives.order_by("pk")
    assert (first.pk, first.text, first.goal_value) == (kept.pk, "New words.", Decimal(60))
    assert (first.measure, first.version) == (kept.measure, 2)
    assert second.text == "Another one."
    assert not partnership.objectives.filter(pk=gone.pk).exists()


def test_rows_that_do_not_change_keep_their_version(partnership, by):
    line = BudgetLineFactory(partnership=partnership)
    rows = [*document_of(partnership)["budget"], {**document_of(partnership)["budget"][0]}]
    del rows[1]["id"]
    rows[1]["title"] = "Pipes"
    amend(partnership, by, budget=rows)
    line.refresh_from_db()
    assert line.version == 1
    assert partnership.budget_lines.count() == 2


def test_places_and_their_shares(partnership, by):
    PartnershipCountryFactory(partnership=partnership)
    old = LocationFactory(partnership=partnership)
    CountryFactory(alpha2="UG", alpha3="UGA")
    amend(
        partnership,
        by,
        places={
            "countries": [
                {"country": "KE", "percentage": "70"},
                {"country": "UG", "percentage": "30"},
            ],
            "locations": [{"country": "UG", "name": "Gulu", "reach": "community"}],
        },
    )
    shares = partnership.places.values_list("country__alpha2", "percentage")
    assert sorted(shares) == [("KE", Decimal(70)), ("UG", Decimal(30))]
    assert list(partnership.locations.values_list("name", flat=True)) == ["Gulu"]
    assert not partnership.locations.filter(pk=old.pk).exists()


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


def test_a_later_end_alone_is_a_no_cost_extension(partnership, by):
    assert propose(partnership, by, about={"ends_on": "2027-12-31"}).kinds == ["extension"]


def test_lines_may_move_in_it_as_long_as_they_sum_to_the_same(partnership, by):
    first = BudgetLineFactory(partnership=partnership, amount=Decimal(60))
    money = first.currency.code

    def row(amount, **more):
        days = {"starts_on": "2024-01-01", "ends_on": "2027-06-30"}
        return {"title": "A", "amount": amount, "currency": money, **days, **more}

    longer = {"ends_on": "2027-12-31"}
    same = propose(partnership, by, about=longer, budget=[row("25"), row("35")])
    assert same.kinds == ["extension"]
    same.withdraw(by=by)
    more = propose(partnership, by, about=longer, budget=[row("25"), row("36")])
    assert more.kinds == ["scope", "budget"]


def test_kinds_follow_what_changes(partnership, by):
    third = PartnerFactory()
    members = {"invite": [{"partner": third.pk, "roles": ["funding"]}]}
    amendment = propose(partnership, by, about={"title": "Pipes"}, members=members)
    assert amendment.kinds == ["scope", "members"]


def test_an_end_before_the_start_is_refused(partnership, by):
    assert slips(partnership, by, about={"ends_on": "2023-01-01"}) == ["changes.about"]


@pytest.mark.parametrize("what", ["commitment", "objective", "line"])
def test_an_end_before_what_is_promised_is_refused(partnership, by, what):
    if what == "commitment":
        CommitmentFactory(partnership=partnership, due_on=date(2026, 6, 30))
    elif what == "objective":
        ObjectiveFactory(partnership=partnership, reach_by=date(2026, 6, 30))
    else:
        BudgetLineFactory(partnership=partnership, ends_on=date(2026, 6, 30))
    assert slips(partnership, by, about={"ends_on": "2026-06-29"}) == ["changes.about.ends_on"]


def test_each_slip_is_said_at_its_place(partnership, by):
    CurrencyFactory(code="USD")
    wrong = {"title": "", "amount": "-1", "currency": "ZZZ", "starts_on": "soon", "colour": "red"}
    assert slips(partnership, by, budget=[wrong]) == [
        "changes.budget.0.colour",
        "changes.budget.0.currency",
        "changes.budget.0.starts_on",
        "changes.budget.0.title",
    ]


def test_rows_of_another_partnership_are_not_its_own(partnership, by):
    other = ObjectiveFactory()
    objectives = [{"id": other.pk, "text": "Mine now."}]
    assert slips(partnership, by, objectives=objectives) == ["changes.objectives.0.id"]


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


def test_shares_of_countries_are_at_most_a_hundred_together(partnership, by):
    for alpha2 in ("KE", "UG"):
        CountryFactory(alpha2=alpha2, alpha3=f"{alpha2}X")
    countries = [{"country": "KE", "percentage": "70"}, {"country": "UG", "percentage": "31"}]
    found = slips(partnership, by, places={"countries": countries})
    assert found == ["changes.places.countries"]


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


def test_what_was_registered_before_versions_were_kept_is_kept_first(partnership, by):
    amend(partnership, by, about={"title": "Pipes"})
    kept = [v.document["about"]["title"] for v in partnership.versions.order_by("number")]
    assert kept == ["Wells", "Pipes"]
