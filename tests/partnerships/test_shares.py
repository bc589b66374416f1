"""Shares make up 100 %, are written all at once, are dated, and stay."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from partnerships.models import Risk
from partnerships.services.ledger import (
    Part,
    add_benefit,
    add_risk,
    edit_benefit,
    edit_risk,
    share_out,
)
from registry.errors import NotAllowed
from registry.models import Event
from tests.factories import (
    NOON,
    BenefitFactory,
    CurrencyFactory,
    MembershipFactory,
    PartnershipFactory,
    RiskFactory,
)
from tests.moves import People, refused

pytestmark = pytest.mark.django_db
WORKS = {"category": "construction", "description": "Late.", "likelihood": 2, "impact": 3}


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


def parts(people, *percents):
    """Of the lead, the member and the public, in this order."""
    bearers = (people.lead_membership, people.membership, None)
    return [Part(who, Decimal(p)) for who, p in zip(bearers, percents, strict=False)]


def held(record):
    """Percent by partner, of the sharing that holds now."""
    sharing = record.sharings.get(held_until=None)
    return {s.membership_id: s.percent for s in sharing.shares.all()}


def test_a_risk_is_divided_at_once_between_members_and_the_public(people):
    risk = add_risk(
        people.partnership, by=people.lead_manager, shares=parts(people, 60, 30, 10), **WORKS
    )

    assert held(risk) == {people.lead_membership.pk: 60, people.membership.pk: 30, None: 10}


def test_a_risk_without_shares_is_not_shared_yet(people):
    risk = add_risk(people.partnership, by=people.lead_manager, **WORKS)

    assert not risk.sharings.exists()


@pytest.mark.parametrize(
    ("percents", "said"),
    [
        ((60, 30), "90 %, not 100 %"),
        ((60, 30, 20), "110 %"),
        (("33.33", "33.33", "33.33"), "99.99 %"),
        ((100, 0), "more than 0"),
        ((150, -50), "at most 100"),
    ],
)
def test_shares_that_do_not_add_up_are_refused_and_nothing_is_saved(people, percents, said):
    with pytest.raises(ValidationError) as refusal:
        add_risk(
            people.partnership, by=people.lead_manager, shares=parts(people, *percents), **WORKS
        )

    assert said in refusal.value.message_dict["shares"][0]
    assert not Risk.objects.exists()


def test_thirds_that_are_made_whole_are_taken(people):
    shares = parts(people, "33.333333", "33.333333", "33.333334")

    risk = add_risk(people.partnership, by=people.lead_manager, shares=shares, **WORKS)

    assert sum(held(risk).values()) == 100


def test_only_accepted_members_of_the_partnership_are_named_and_once(people):
    invited = MembershipFactory(partnership=people.partnership, invited=True)
    stranger, lead = MembershipFactory(), people.lead_membership

    for bad in ([invited, lead], [stranger, lead], [lead, lead], [None, None]):
        with pytest.raises(ValidationError) as refusal:
            add_benefit(
                people.partnership,
                by=people.lead_manager,
                kind="revenue",
                description="Fares.",
                shares=[Part(who, Decimal(50)) for who in bad],
            )
        assert set(refusal.value.message_dict) == {"shares"}


@pytest.mark.parametrize("who", ["manager", "lead_evaluator", "observer", "outsider"])
def test_only_the_lead_divides(people, who):
    risk = RiskFactory(partnership=people.partnership)

    for forbidden in (
        lambda: share_out(risk, parts(people, 50, 50), by=people[who]),
        lambda: add_risk(people.partnership, by=people[who], **WORKS),
        lambda: edit_risk(risk, by=people[who], impact=1),
        lambda: risk.move("closed", by=people[who], reason="Over."),
    ):
        with refused("lead_only", NotAllowed):
            forbidden()


def test_a_closed_partnership_is_not_divided_any_more(people):
    partnership = PartnershipFactory(completed=True, lead=people.lead_membership.partner)
    with refused("partnership_closed"):
        add_risk(partnership, by=people.lead_manager, **WORKS)


def test_the_former_shares_stay_with_the_days_when_they_held(people):
    risk = RiskFactory(partnership=people.partnership)
    later = NOON + timedelta(days=90)

    share_out(risk, parts(people, 50, 50), by=people.lead_manager, at=later)

    then, now = (
        {s.percent for s in risk.sharings.held_at(moment).get().shares.all()}
        for moment in (later - timedelta(seconds=1), later)
    )
    assert (then, now) == ({100}, {50})
    assert [(s.held_from, s.held_until) for s in risk.sharings.all()] == [
        (later, None),
        (NOON, later),
    ]


def test_the_same_shares_again_change_nothing(people):
    risk = RiskFactory(partnership=people.partnership)
    share_out(risk, parts(people, 40, 60), by=people.lead_manager)
    version = risk.version

    share_out(risk, list(reversed(parts(people, 40, 60))), by=people.lead_manager)

    assert (risk.sharings.count(), risk.version) == (2, version)


def test_a_risk_that_nobody_shares_is_not_shared_anew_by_saving_it(people):
    risk = RiskFactory(partnership=people.partnership, shares__none=True)

    edit_risk(risk, by=people.lead_manager, shares=[], description="Later.")

    assert not Event.objects.about(risk).filter(kind="risk.shared").exists()
    assert Risk.objects.get(pk=risk.pk).version == 2


def test_nobody_named_takes_the_sharing_back(people):
    risk = RiskFactory(partnership=people.partnership)

    share_out(risk, [], by=people.lead_manager)

    assert not risk.sharings.present().exists()
    assert risk.sharings.count() == 1


def test_what_a_risk_was_held_to_be_stays(people):
    risk = add_risk(people.partnership, by=people.lead_manager, **WORKS)
    edit_risk(risk, by=people.lead_manager, impact=5)
    edit_risk(risk, by=people.lead_manager, mitigation="Insured.")
    risk.move("closed", by=people.lead_manager, reason="Built.")

    rated = list(risk.ratings.values_list("likelihood", "impact", "mitigation", "status"))

    was = WORKS.get("mitigation", "")
    assert rated == [
        (2, 3, was, "open"),
        (2, 5, was, "open"),
        (2, 5, "Insured.", "open"),
        (2, 5, "Insured.", "closed"),
    ]


def test_the_owner_of_a_risk_is_none_of_its_words(people):
    risk = add_risk(people.partnership, by=people.lead_manager, **WORKS)

    edit_risk(risk, by=people.lead_manager, owner=people.partnership.memberships.first())

    assert risk.ratings.count() == 1


def test_how_a_benefit_was_agreed_stays(people):
    benefit = BenefitFactory(partnership=people.partnership)

    edit_benefit(benefit, by=people.lead_manager, how_agreed="By vote.")
    edit_benefit(benefit, by=people.lead_manager, how_agreed="By lot.")

    assert list(benefit.values.values_list("how_agreed", flat=True)) == ["By vote.", "By lot."]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"likelihood": 0}, "likelihood"),
        ({"impact": 6}, "impact"),
        ({"category": "weather"}, "category"),
        ({"description": ""}, "description"),
        ({"mitigation": "x" * 2001}, "mitigation"),
    ],
)
def test_bad_risks_are_refused_by_field(people, fields, field):
    with pytest.raises(ValidationError) as refusal:
        add_risk(people.partnership, by=people.lead_manager, **WORKS | fields)

    assert field in refusal.value.message_dict
    assert not Risk.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [{"value": Decimal(-1)}, {"value": Decimal(5), "currency": None}, {"value": None}],
)
def test_a_value_has_its_currency(people, fields):
    good = {"value": Decimal(5), "currency": CurrencyFactory(code="EUR"), "valued_on": None}

    with pytest.raises(ValidationError, match="with its currency"):
        add_benefit(
            people.partnership,
            by=people.lead_manager,
            kind="revenue",
            description="Fares.",
            **good | fields,
        )


def test_a_value_is_of_today_or_before(people):
    good = {"kind": "revenue", "description": "Fares.", "value": Decimal(5)}
    euro, today = CurrencyFactory(code="EUR"), timezone.localdate()
    by = people.lead_manager

    with pytest.raises(ValidationError) as refusal:
        add_benefit(
            people.partnership,
            by=by,
            currency=euro,
            valued_on=today + timedelta(days=1),
            **good,
        )
    assert set(refusal.value.message_dict) == {"valued_on"}
    benefit = add_benefit(people.partnership, by=by, currency=euro, valued_on=None, **good)
    assert benefit.valued_on == today
