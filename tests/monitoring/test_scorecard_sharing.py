"""C1 to C5 against arithmetic done by hand, in the comments."""

from datetime import date
from decimal import Decimal

import pytest

from monitoring.reports.accountability import sharing
from partnerships.models import BenefitValue, RiskRating, Sharing
from partnerships.models.risks import terms_of
from registry.models import Event
from tests.factories import (
    AgreementFactory,
    BenefitFactory,
    CapacityAssessmentFactory,
    CurrencyFactory,
    EndorsementFactory,
    ExchangeRateFactory,
    LocationFactory,
    MembershipFactory,
    PartnershipFactory,
    PartnershipVersionFactory,
    RiskFactory,
)
from tests.factories.ledger import share_out
from tests.monitoring.subjects import at, ids, subject_of

pytestmark = pytest.mark.django_db
C = [sharing.risks_shared, sharing.benefits_shared, sharing.balance,
     sharing.engagement_principles, sharing.local_context]  # fmt: skip


@pytest.fixture
def ppp():
    """A PPP of a lead and one more member."""
    made = PartnershipFactory(active=True, kind="ppp")
    MembershipFactory(partnership=made)
    return made


def members(partnership):
    return list(partnership.memberships.order_by("pk"))


def ledger(partnership, *, on, by=None):
    """An edition of the ledger that binds, endorsed by all or by some."""
    partnership.agreements.filter(kind="ledger", status="binding").update(
        status="superseded", superseded_at=on
    )
    made = AgreementFactory(
        partnership=partnership, kind="ledger", frozen=True, status="binding",
        proposed_at=on, bound_at=on, endorsements_of_all=False,
    )  # fmt: skip
    for member in members(partnership) if by is None else by:
        EndorsementFactory(agreement=made, membership=member, endorsed_at=on)
    return made


@pytest.mark.parametrize("compute", C)
def test_group_c_is_asked_of_ppps_and_un_business_only(compute):
    made = PartnershipFactory(active=True, kind="alliance")
    assert compute(subject_of(made)).state == "not_applicable"
    made.change(kind="un_business")
    assert compute(subject_of(made)).state != "not_applicable"


@pytest.mark.parametrize("compute", C[:3])
def test_an_empty_ledger_is_no_data(ppp, compute):
    outcome = compute(subject_of(ppp))
    assert (outcome.state, outcome.value) == ("no_data", None)
    assert outcome.next_step


def test_c1_counts_what_is_shared_explained_mitigated_and_endorsed_by_its_bearers(ppp):
    lead, other = members(ppp)
    both = {lead: 60, other: 40}
    full = RiskFactory(partnership=ppp, shares=both)
    of_lead = RiskFactory(partnership=ppp, shares={lead: 90, None: 10})
    unshared = RiskFactory(partnership=ppp, shares__none=True)
    unmitigated = RiskFactory(partnership=ppp, shares=both, mitigation=" ")
    unreasoned = RiskFactory(partnership=ppp, shares=both, why_bearer="")
    closed = RiskFactory(partnership=ppp, shares=both, status="closed")
    ledger(ppp, on=at(2024, 2, 1))

    outcome = sharing.risks_shared(subject_of(ppp))

    # Complete: `full` and `of_lead`, of five that are not closed.
    assert (outcome.numerator, outcome.denominator) == (2, 5)
    assert outcome.value == Decimal("0.4")
    read = [full, of_lead, unshared, unmitigated, unreasoned]
    assert ids(outcome) == [("risk", risk.pk) for risk in read]
    assert ("risk", closed.pk) not in ids(outcome)
    assert outcome.beside["not_shared"] == [unshared.pk]
    assert outcome.beside["not_explained"] == [unmitigated.pk, unreasoned.pk]
    assert outcome.beside["with_public_share"] == [of_lead.pk]
    assert "1 not shared, 2 not explained" in outcome.next_step


def test_c1_needs_the_yes_of_every_bearer_and_of_no_one_else(ppp):
    lead, other = members(ppp)
    RiskFactory(partnership=ppp, shares={lead: 100})
    shared = RiskFactory(partnership=ppp, shares={lead: 50, other: 50})
    ledger(ppp, on=at(2024, 2, 1), by=[lead])

    outcome = sharing.risks_shared(subject_of(ppp))

    assert outcome.value == Decimal("0.5")
    assert outcome.beside["not_endorsed"] == [shared.pk]


def test_c1_an_endorsement_is_of_the_words_and_shares_that_were_proposed(ppp):
    lead, other = members(ppp)
    risk = RiskFactory(partnership=ppp, shares={lead: 100})
    ledger(ppp, on=at(2024, 2, 1))
    Sharing.objects.update(held_until=at(2025, 3, 1))
    share_out(risk, {lead: 50, other: 50}, since=at(2025, 3, 1))
    ledger(ppp, on=at(2025, 6, 1))

    def value_on(*day):
        return sharing.risks_shared(subject_of(ppp, on=date(*day))).value

    assert value_on(2025, 2, 28) == 1
    assert value_on(2025, 4, 30) == 0  # shared anew, nobody asked yet
    assert value_on(2025, 6, 30) == 1


def test_c1_reads_the_words_of_the_day(ppp):
    lead, _ = members(ppp)
    risk = RiskFactory(partnership=ppp, shares={lead: 100}, mitigation="")
    RiskRating.objects.create(
        risk=risk, status="open", held_from=risk.created_at, **terms_of(risk, RiskRating)
    )
    risk.mitigation = "A guarantee."
    RiskRating.objects.create(
        risk=risk, status="open", held_from=at(2025, 5, 1), **terms_of(risk, RiskRating)
    )
    risk.change(mitigation="A guarantee.")
    ledger(ppp, on=at(2025, 6, 1))

    assert sharing.risks_shared(subject_of(ppp, on=date(2025, 4, 30))).value == 0
    assert sharing.risks_shared(subject_of(ppp)).value == 1


def test_c1_a_new_status_asks_nobody_again_and_a_closed_risk_is_in_no_edition(ppp):
    lead, _ = members(ppp)
    risk = RiskFactory(partnership=ppp, shares={lead: 100})
    terms = terms_of(risk, RiskRating)
    for status, when in (("open", at(2024, 1, 15)), ("mitigated", at(2024, 6, 1))):
        RiskRating.objects.create(risk=risk, status=status, held_from=when, **terms)
    ledger(ppp, on=at(2024, 2, 1))
    assert sharing.risks_shared(subject_of(ppp)).value == 1

    RiskRating.objects.create(risk=risk, status="closed", held_from=at(2024, 1, 20), **terms)
    # Closed when the only edition was proposed, open again since: nobody has endorsed it.
    assert sharing.risks_shared(subject_of(ppp)).value == 0


def test_c1_a_proposal_that_was_taken_back_counts_until_then(ppp):
    lead, _ = members(ppp)
    RiskFactory(partnership=ppp, shares={lead: 100})
    taken_back = ledger(ppp, on=at(2024, 2, 1))
    taken_back.change(status="withdrawn")
    Event.log(taken_back, "withdrawn", was="proposed", became="withdrawn", at=at(2025, 8, 1))

    assert sharing.risks_shared(subject_of(ppp, on=date(2025, 7, 31))).value == 1
    assert sharing.risks_shared(subject_of(ppp)).value == 0


def test_c1_a_share_of_a_member_that_left_is_no_share_of_a_member(ppp):
    lead, other = members(ppp)
    risk = RiskFactory(partnership=ppp, shares={lead: 50, other: 50})
    ledger(ppp, on=at(2024, 2, 1))
    other.change(status="left", ended_on=date(2025, 6, 30))

    assert sharing.risks_shared(subject_of(ppp, on=date(2025, 6, 30))).value == 1
    outcome = sharing.risks_shared(subject_of(ppp))
    assert outcome.value == 0
    assert outcome.beside["shared_with_former_members"] == [risk.pk]


def test_c2_counts_what_is_shared_agreed_and_endorsed(ppp):
    lead, other = members(ppp)
    fares = BenefitFactory(partnership=ppp, shares={lead: 70, None: 30})
    unsaid = BenefitFactory(partnership=ppp, shares={other: 100}, how_agreed="")
    BenefitFactory(partnership=ppp, shares={lead: 100}, status="dropped")
    unshared = BenefitFactory(partnership=ppp, shares__none=True)
    of_members = BenefitFactory(partnership=ppp, shares={lead: 60, other: 40})
    ledger(ppp, on=at(2024, 2, 1))

    outcome = sharing.benefits_shared(subject_of(ppp))

    # One of four: the dropped one does not count, and two have no line of the public.
    assert (outcome.numerator, outcome.denominator) == (1, 4)
    assert outcome.beside["without_line_of_the_public"] == [unsaid.pk, of_members.pk]
    assert "2 without line of the public" in outcome.next_step
    assert outcome.beside["with_public_share"] == [fares.pk]
    assert outcome.beside["not_explained"] == [unsaid.pk]
    assert outcome.beside["not_shared"] == [unshared.pk]


def test_c2_as_of_a_day_before_it_was_dropped(ppp):
    lead, _ = members(ppp)
    _, dropped = BenefitFactory.create_batch(2, partnership=ppp, shares={lead: 100})
    terms = terms_of(dropped, BenefitValue)
    for status, when in (("expected", at(2024, 1, 15)), ("dropped", at(2025, 9, 1))):
        BenefitValue.objects.create(benefit=dropped, status=status, held_from=when, **terms)

    assert sharing.benefits_shared(subject_of(ppp, on=date(2025, 8, 31))).denominator == 2
    assert sharing.benefits_shared(subject_of(ppp)).denominator == 1


def test_c3_is_shown_with_its_arithmetic_and_never_scored(ppp):
    lead, other = members(ppp)
    RiskFactory(partnership=ppp, shares={lead: 75, other: 25}, likelihood=2, impact=4)  # 8
    RiskFactory(partnership=ppp, shares={other: 100}, likelihood=3, impact=4)  # 12
    usd, euro, franc = (CurrencyFactory(code=code) for code in ("USD", "EUR", "XOF"))
    ExchangeRateFactory(currency=euro, usd=Decimal("1.25"), on=date(2024, 1, 1))
    BenefitFactory(partnership=ppp, shares={lead: 100}, value=300, currency=usd)
    BenefitFactory(partnership=ppp, shares={None: 100}, value=80, currency=euro)  # 100 USD
    unrated = BenefitFactory(partnership=ppp, shares={lead: 100}, value=7, currency=franc)
    unshared = RiskFactory(partnership=ppp, shares__none=True)
    ledger(ppp, on=at(2024, 2, 1))

    outcome = sharing.balance(subject_of(ppp))

    # Risks: lead 0.75 × 8 / 20 = 0.3, other (0.25 × 8 + 12) / 20 = 0.7.
    # Benefits: lead 300 / 400 = 0.75, the public 0.25.
    # 1 − (|0.3 − 0.75| + |0.7 − 0| + |0 − 0.25|) / 2 = 1 − 1.4 / 2 = 0.3
    assert outcome.value == Decimal("0.3")
    assert outcome.beside["flagged"] is True
    assert outcome.beside["currency"] == "USD"
    assert outcome.beside["lines"] == [
        {"partner": None, "risk": 0, "benefit": Decimal("0.25")},
        {"partner": lead.partner_id, "risk": Decimal("0.3"), "benefit": Decimal("0.75")},
        {"partner": other.partner_id, "risk": Decimal("0.7"), "benefit": 0},
    ]
    assert outcome.beside["left_out"] == [
        {"type": "partnerships.benefit", "id": unrated.pk, "reason": "no_rate"},
        {"type": "partnerships.risk", "id": unshared.pk, "reason": "not_shared"},
    ]
    (measure,) = [measure for measure in sharing.MEASURES if measure.code == "C3"]
    assert not measure.is_scored


def test_c3_says_who_carries_what_only_once_a_ledger_binds(ppp):
    RiskFactory(partnership=ppp)
    BenefitFactory(partnership=ppp)
    outcome = sharing.balance(subject_of(ppp))
    assert outcome.value == 1
    assert outcome.beside["lines"] is None


def test_c3_takes_rates_that_were_loaded_by_the_cutoff(ppp):
    lead, _ = members(ppp)
    RiskFactory(partnership=ppp, shares={lead: 100})
    euro, usd = CurrencyFactory(code="EUR"), CurrencyFactory(code="USD")
    BenefitFactory(partnership=ppp, shares={lead: 100}, value=10, currency=usd)
    BenefitFactory(partnership=ppp, shares={None: 100}, value=10, currency=euro)
    ExchangeRateFactory(currency=euro, usd=3, on=date(2024, 1, 1), loaded_at=at(2026, 1, 20))

    # Known on 31 January: 1 − (|1 − 10/40| + 30/40) / 2 = 0.25; before, the euros are left out.
    assert sharing.balance(subject_of(ppp)).value == Decimal("0.25")
    assert sharing.balance(subject_of(ppp, cutoff_at=at(2026, 1, 10))).value == 1


def test_c4_counts_members_who_endorsed_the_principles_in_force(ppp):
    lead, other = members(ppp)
    first = AgreementFactory(
        partnership=ppp, kind="engagement", superseded=True, superseded_at=at(2025, 10, 1)
    )
    current = AgreementFactory(
        partnership=ppp, kind="engagement", frozen=True, status="binding",
        proposed_at=at(2025, 9, 1), bound_at=at(2025, 10, 1), endorsements_of_all=False,
    )  # fmt: skip
    EndorsementFactory(agreement=current, membership=lead, endorsed_at=at(2025, 9, 20))
    late = EndorsementFactory(agreement=current, membership=other, endorsed_at=at(2026, 1, 5))

    outcome = sharing.engagement_principles(subject_of(ppp))
    assert outcome.value == Decimal("0.5")  # the other one said yes after the reference date
    assert ("endorsement", late.pk) not in ids(outcome)
    before = sharing.engagement_principles(subject_of(ppp, on=date(2025, 9, 30)))
    assert before.value == 1  # of the edition in force then
    assert ("agreement", first.pk) in ids(before)


def test_c4_without_principles_is_zero_and_a_proposal_counts_where_none_is_in_force(ppp):
    lead, _ = members(ppp)
    assert sharing.engagement_principles(subject_of(ppp)).value == 0
    proposed = AgreementFactory(partnership=ppp, kind="engagement", proposed=True)
    EndorsementFactory(agreement=proposed, membership=lead)
    outcome = sharing.engagement_principles(subject_of(ppp))
    assert (outcome.value, outcome.beside) == (Decimal("0.5"), {"in_force": False})


def test_c4_has_no_data_without_members():
    alone = PartnershipFactory(active=True, kind="ppp", lead=False)
    assert sharing.engagement_principles(subject_of(alone)).state == "no_data"


def test_c5_counts_its_three_checks(ppp):
    assert sharing.local_context(subject_of(ppp)).value == 0
    MembershipFactory(partnership=ppp, partner__kind="local_government")
    LocationFactory(partnership=ppp)
    outcome = sharing.local_context(subject_of(ppp))
    assert (outcome.numerator, outcome.denominator) == (2, 3)
    assert outcome.next_step == "Not yet: capacity assessed."
    CapacityAssessmentFactory(partnership=ppp)
    assert sharing.local_context(subject_of(ppp)).value == 1


def test_c5_reads_places_levels_and_assessments_of_the_day(ppp):
    PartnershipVersionFactory(partnership=ppp)  # registered without places
    LocationFactory(partnership=ppp)
    PartnershipVersionFactory(partnership=ppp, why="amended", at=at(2025, 10, 1))
    _, other = members(ppp)
    other.partner.change(level="community")  # from today on; before, it had none
    CapacityAssessmentFactory(partnership=ppp, assessed_on=date(2026, 1, 2))

    assert sharing.local_context(subject_of(ppp, on=date(2025, 9, 30))).value == 0
    outcome = sharing.local_context(subject_of(ppp))
    assert outcome.beside["checks"] == {
        "local_institution_is_member": False,
        "capacity_assessed": False,
        "local_places_named": True,
    }


def test_c_is_asked_by_the_kind_of_the_day(ppp):
    PartnershipVersionFactory(partnership=ppp)
    ppp.change(kind="alliance")
    PartnershipVersionFactory(partnership=ppp, why="amended", at=at(2025, 10, 1))

    assert sharing.risks_shared(subject_of(ppp, on=date(2025, 9, 30))).state == "no_data"
    assert sharing.risks_shared(subject_of(ppp)).state == "not_applicable"


@pytest.mark.parametrize("size", [2, 12])
def test_group_c_costs_the_same_at_any_size(ppp, size, django_assert_num_queries):
    lead, other = members(ppp)
    for _ in range(size):
        risk = RiskFactory(partnership=ppp, shares={lead: 50, other: 50})
        terms = terms_of(risk, RiskRating)
        RiskRating.objects.create(risk=risk, status="open", held_from=at(2024, 1, 15), **terms)
        BenefitFactory(partnership=ppp, shares={other: 80, None: 20})
        CapacityAssessmentFactory(partnership=ppp)
        ledger(ppp, on=at(2024, 2, 1))
    subject = subject_of(ppp)
    assert subject.said
    assert subject.accepted

    # risks and benefits with notes, sharings and shares (8); editions, endorsements
    with django_assert_num_queries(10):
        sharing.risks_shared(subject)
        sharing.benefits_shared(subject)
    with django_assert_num_queries(9):  # risks and benefits likewise (8); whether a ledger binds
        sharing.balance(subject)
    with django_assert_num_queries(2):  # principles: none in force, none proposed
        sharing.engagement_principles(subject)
    with django_assert_num_queries(2):  # levels of partners as they were, assessments
        sharing.local_context(subject)
