"""Each measure against arithmetic done by hand, in the comments."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from monitoring.aggregation import partnership_figures
from monitoring.reports.accountability import Measure, Outcome, Subject, coalition, data, scores
from registry.models import Event
from tests.factories import (
    CommitmentFactory,
    CurrencyFactory,
    DeliveryFactory,
    DueDateFactory,
    ExchangeRateFactory,
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
    PeriodFactory,
    PeriodTargetFactory,
    ReportingUnitFactory,
    SubmissionFactory,
)

pytestmark = pytest.mark.django_db
CUTOFF = datetime(2026, 1, 31, tzinfo=UTC)
ON = date(2025, 12, 31)
NOON = datetime(2024, 1, 15, 12, tzinfo=UTC)
SHEET = {
    "definition": "d",
    "unit": "people",
    "method": "m",
    "source": "s",
    "frequency": "quarterly",
    "means_of_verification": "v",
    "library_link": "none",
}


def subject_of(partnership, framework=None, on=ON, cutoff_at=CUTOFF):
    framework = framework or FrameworkFactory(partnership=partnership)
    period = framework.periods.filter(ends_on=on).first()
    period = period or PeriodFactory(
        framework=framework, starts_on=date(on.year, on.month, 1), ends_on=on
    )
    figures = partnership_figures(
        partnership, reference_on=on, cutoff_at=cutoff_at, framework=framework
    )
    return Subject(partnership, period, framework, on, cutoff_at, figures)


def test_a1_counts_the_members_who_endorsed_the_agreed_edition():
    partnership = PartnershipFactory(active=True)
    MembershipFactory.create_batch(2, partnership=partnership)
    framework = FrameworkFactory(partnership=partnership, agreed=True)
    MembershipFactory(partnership=partnership, accepted_on=date(2025, 5, 1))  # has not endorsed

    outcome = data.agreed_framework(subject_of(partnership, framework))

    assert outcome.value == Decimal("0.75")  # 3 of 4
    assert {row["type"] for row in outcome.evidence} == {
        "monitoring.framework",
        "partnerships.endorsement",
    }
    assert "1 member(s)" in outcome.next_step


def test_a1_is_zero_for_an_active_partnership_without_any_framework():
    assert data.agreed_framework(subject_of(PartnershipFactory(active=True))).value == 0


def test_a1_has_no_data_without_accepted_members():
    partnership = PartnershipFactory(active=True, lead=False)
    assert data.agreed_framework(subject_of(partnership)).state == "no_data"


@pytest.fixture
def reporting():
    """An agreed framework with two indicators and the fourth quarter of 2025."""
    unit = ReportingUnitFactory()
    framework = FrameworkFactory(partnership=unit.membership.partnership, agreed=True)
    full = IndicatorFactory(result__framework=framework, cumulative=True, baseline_value=1, **SHEET)
    bare = IndicatorFactory(result__framework=framework, cumulative=True)
    for indicator in (full, bare):
        PeriodTargetFactory(indicator=indicator, ends_on=date(2026, 12, 31), value=10)
    period = PeriodFactory(framework=framework, starts_on=date(2025, 10, 1), ends_on=ON)
    return unit, framework, period, full, bare


def test_a2_needs_target_actual_and_baseline(reporting):
    unit, framework, period, full, bare = reporting
    at = datetime(2026, 1, 20, tzinfo=UTC)
    SubmissionFactory(unit=unit, period=period, values={full: 3, bare: 4}, approved__at=at)

    outcome = data.results_focus(subject_of(unit.membership.partnership, framework))

    assert outcome.value == Decimal("0.5")  # `bare` has no baseline


def test_a2_leaves_out_what_waits_for_a_reviewer(reporting):
    unit, framework, period, _, bare = reporting
    submission = SubmissionFactory(unit=unit, period=period, values={bare: 4})
    submission.change(status="submitted", submitted_at=NOON)
    sent_at = datetime(2026, 1, 20, tzinfo=UTC)
    Event.log(submission, "submitted", was="draft", became="submitted", at=sent_at,
              facts={"indicators": [bare.pk]})  # fmt: skip

    outcome = data.results_focus(subject_of(unit.membership.partnership, framework))

    assert (outcome.numerator, outcome.denominator) == (0, 1)  # only `full` is missing
    assert outcome.beside == {"waiting_for_reviewer": 1}


def test_a2_is_not_applicable_before_the_due_date(reporting):
    unit, framework, *_ = reporting
    subject = subject_of(unit.membership.partnership, framework, cutoff_at=CUTOFF - timedelta(3))
    assert data.results_focus(subject).state == "not_applicable"


def sent(unit, period, complete_at, moves):
    submission = SubmissionFactory(unit=unit, period=period, complete_at=complete_at)
    for became, at in moves:
        Event.log(submission, became, became=became, at=at)
    if became == "withdrawn":
        submission.change(status=became)
    return submission


def day(period, days):
    return datetime.combine(period.ends_on, NOON.timetz()) + timedelta(days=days)


@pytest.fixture
def quarters():
    """A unit with its quarters from January 2024, each due 30 days after its end."""
    unit = ReportingUnitFactory()
    framework = FrameworkFactory(partnership=unit.membership.partnership, agreed=True)
    IndicatorFactory(result__framework=framework)
    return unit, framework, [PeriodFactory(framework=framework) for _ in range(7)]


def test_a4_counts_complete_in_time_and_answered_returns(quarters):
    unit, framework, q = quarters

    sent(unit, q[3], day(q[3], 5), [("submitted", day(q[3], 5))])  # in time
    sent(unit, q[4], day(q[4], 31), [("submitted", day(q[4], 31))])  # a day late
    answered = [
        ("submitted", day(q[5], 9)),
        ("returned", day(q[5], 20)),
        ("submitted", day(q[5], 33)),
    ]
    sent(unit, q[5], day(q[5], 9), answered)  # answered after 13 days
    left = [("submitted", day(q[6], 9)), ("returned", day(q[6], 20)), ("submitted", day(q[6], 36))]
    sent(unit, q[6], day(q[6], 9), left)  # answered after 16 days

    outcome = data.up_to_date(subject_of(unit.membership.partnership, framework))

    # Due after 2024-12-31 up to 2025-12-31: the quarters q[3] to q[6]; two of four were kept.
    assert (outcome.numerator, outcome.denominator) == (2, 4)


def test_a4_reads_the_first_revision_that_was_handed_in_and_stands(quarters):
    unit, framework, q = quarters
    sent(unit, q[3], None, [("withdrawn", day(q[3], 2))])  # begun in error
    sent(unit, q[3], day(q[3], 5), [("submitted", day(q[3], 5))])  # in time
    gone = [("submitted", day(q[4], 5)), ("withdrawn", day(q[4], 50))]
    sent(unit, q[4], day(q[4], 5), gone)  # in time, but taken away again

    outcome = data.up_to_date(subject_of(unit.membership.partnership, framework))

    assert (outcome.numerator, outcome.denominator) == (1, 4)


def test_a6_takes_a_currency_for_a_unit(reporting):
    unit, framework, _, full, bare = reporting
    bare.delete()
    full.change(unit="", measure="currency", currency=CurrencyFactory(code="USD"))

    assert data.standardised(subject_of(unit.membership.partnership, framework)).value == 1


def test_a6_needs_the_whole_sheet_and_a_stated_link(reporting):
    unit, framework, *_ = reporting
    outcome = data.standardised(subject_of(unit.membership.partnership, framework))
    assert outcome.value == Decimal("0.5")


def test_d4_weighs_by_value_in_usd_under_the_original_dates():
    partnership = PartnershipFactory(active=True)
    member = MembershipFactory(partnership=partnership)
    usd, kes, xof = (CurrencyFactory(code=code) for code in ("USD", "KES", "XOF"))
    ExchangeRateFactory(currency=kes, on=date(2023, 12, 1), usd=Decimal("0.01"), loaded_at=NOON)

    def promise(currency, amount, delivered, due_on=date(2025, 6, 30), confirmed_at=NOON, **fields):
        commitment = CommitmentFactory(
            partnership=partnership,
            membership=member,
            currency=currency,
            amount=amount,
            due_on=due_on,
            **fields,
        )
        DeliveryFactory(
            commitment=commitment,
            partnership=partnership,
            membership=member,
            amount=delivered,
            currency=currency,
            delivered_on=date(2025, 6, 1),
            confirmed_at=confirmed_at,
        )
        return commitment

    promise(usd, 100, 150)  # capped at 1: 100 of 100
    promise(kes, 30_000, 15_000)  # 150 of 300
    promise(usd, 100, 100, confirmed_at=None)  # not confirmed: 0 of 100
    late = promise(usd, 500, 0)  # postponed: under its first date 0 of 500
    DueDateFactory(commitment=late, due_on=date(2026, 6, 30), held_from=NOON)
    promise(usd, 999, 0, due_on=date(2026, 6, 30))  # not due yet
    promise(usd, 70, 0, withdrawn=True, receiver_agreed=True)  # taken back by agreement
    unrated = promise(xof, 5, 5)

    outcome = coalition.promises_kept(subject_of(partnership))

    assert outcome.value == Decimal("0.25")  # (100 + 150) / (100 + 300 + 100 + 500)
    assert outcome.beside == {
        "under_revised_dates": Decimal("0.5"),  # 250 / 500, without the postponed one
        "left_out_without_rate": [unrated.pk],
    }


def test_d4_is_not_applicable_when_nothing_is_due():
    assert (
        coalition.promises_kept(subject_of(PartnershipFactory(active=True))).state
        == "not_applicable"
    )


@pytest.mark.parametrize(("level", "expected"), [("national", "0.4"), ("community", "0.67")])
def test_e1_counts_sectors_of_five_or_three(level, expected):
    partnership = PartnershipFactory(active=True, level=level, lead=False)
    for kind in ("national_government", "parliament", "msme"):  # public, public, private
        MembershipFactory(partnership=partnership, partner__kind=kind)
    MembershipFactory(
        partnership=partnership, partner__kind="un_entity", accepted_on=date(2026, 2, 1)
    )

    outcome = coalition.broad_coalition(subject_of(partnership))

    assert round(outcome.value, 2) == Decimal(expected)


def measure(code):
    return Measure(code, code, "", lambda subject: Outcome())


def test_scores_are_ranges_and_recording_nothing_never_looks_better():
    outcomes = [
        (measure("A1"), Outcome(value=Decimal(1))),
        (measure("A2"), Outcome(state="no_data")),
        (measure("D4"), Outcome(state="not_applicable")),
        (measure("E1"), Outcome(value=Decimal("0.5"))),
    ]

    result = scores(outcomes)

    assert result["groups"]["A"] == {
        "low": Decimal("0.5"),
        "high": 1,
        "measured": 1,
        "applicable": 2,
    }
    assert (result["low"], result["high"]) == (Decimal("0.5"), Decimal("0.75"))
    assert round(result["coverage"], 4) == Decimal("0.6667")
    assert result["total"] == Decimal("0.75")


def test_no_total_below_sixty_percent_coverage():
    outcomes = [
        (measure("A1"), Outcome(value=Decimal(1))),
        (measure("A2"), Outcome(state="no_data")),
    ]
    assert scores(outcomes)["total"] is None
