"""A1, A2, A6 and A9 against arithmetic done by hand, in the comments."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from registry.models import Event
from tests.factories import (
    CurrencyFactory,
    EndorsementFactory,
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
    PeriodFactory,
    PeriodTargetFactory,
    ReportingUnitFactory,
    SubmissionFactory,
)
from tests.monitoring.scored import CUTOFF, NOON, ON, SHEET, outcome_of, subject_of

pytestmark = pytest.mark.django_db
LATER = CUTOFF + timedelta(days=1)


def test_a1_counts_the_members_who_endorsed_the_agreed_edition():
    partnership = PartnershipFactory(active=True)
    MembershipFactory.create_batch(2, partnership=partnership)
    framework = FrameworkFactory(partnership=partnership, agreed=True)
    MembershipFactory(partnership=partnership, accepted_on=date(2025, 5, 1))  # has not endorsed

    outcome = outcome_of("A1", subject_of(partnership, framework))

    assert outcome.value == Decimal("0.75")  # 3 of 4
    assert {row["type"] for row in outcome.evidence} == {
        "monitoring.framework",
        "partnerships.endorsement",
    }
    assert "1 member(s)" in outcome.next_step


def test_a1_is_zero_for_an_active_partnership_without_any_framework():
    assert outcome_of("A1", subject_of(PartnershipFactory(active=True))).value == 0


def test_a1_has_no_data_without_accepted_members():
    partnership = PartnershipFactory(active=True, lead=False)
    assert outcome_of("A1", subject_of(partnership)).state == "no_data"


def test_a1_takes_the_proposal_where_nothing_was_agreed_and_none_that_was_taken_back():
    partnership = PartnershipFactory(active=True)
    member = MembershipFactory(partnership=partnership)
    first = FrameworkFactory(partnership=partnership, proposed=True)
    EndorsementFactory(agreement=first.agreement, membership=member)
    taken_back = FrameworkFactory(partnership=partnership, proposed=True)
    taken_back.change(status="withdrawn", withdrawn_at=CUTOFF - timedelta(days=40))

    outcome = outcome_of("A1", subject_of(partnership, first))

    assert outcome.value == Decimal("0.5")  # of the lead and the member, the member
    assert outcome.evidence[0] == {"type": "monitoring.framework", "id": first.pk}


def test_a1_reads_no_endorsement_after_the_reference_date():
    partnership = PartnershipFactory(active=True)
    member = MembershipFactory(partnership=partnership)
    framework = FrameworkFactory(partnership=partnership, proposed=True)
    EndorsementFactory(
        agreement=framework.agreement,
        membership=member,
        endorsed_at=datetime(2026, 1, 1, tzinfo=UTC),  # the day after; before the cut-off
    )

    assert outcome_of("A1", subject_of(partnership, framework)).value == 0


def test_a1_of_a_draft_that_was_never_proposed_is_no_data_before_activation():
    partnership = PartnershipFactory(registered=True)
    framework = FrameworkFactory(partnership=partnership)
    assert outcome_of("A1", subject_of(partnership, framework)).state == "no_data"


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

    outcome = outcome_of("A2", subject_of(unit.membership.partnership, framework))

    assert outcome.value == Decimal("0.5")  # `bare` has no baseline


def test_a2_leaves_out_what_waits_for_a_reviewer(reporting):
    unit, framework, period, _, bare = reporting
    submission = SubmissionFactory(unit=unit, period=period, values={bare: 4})
    submission.change(status="submitted", submitted_at=NOON)
    sent_at = datetime(2026, 1, 20, tzinfo=UTC)
    Event.log(submission, "submitted", was="draft", became="submitted", at=sent_at,
              facts={"indicators": [bare.pk]})  # fmt: skip

    outcome = outcome_of("A2", subject_of(unit.membership.partnership, framework))

    assert (outcome.numerator, outcome.denominator) == (0, 1)  # only `full` is missing
    assert outcome.beside == {
        "waiting_for_reviewer": 1,  # submission, sent on 20 January: 11 days before the cut-off
        "longest_wait_days": 11,
        "left_out": [{"indicators": 1, "reason": "values wait for a reviewer"}],
    }


def test_a2_is_not_applicable_before_the_due_date(reporting):
    unit, framework, *_ = reporting
    subject = subject_of(unit.membership.partnership, framework, cutoff_at=CUTOFF - timedelta(3))
    assert outcome_of("A2", subject).state == "not_applicable"


def test_a2_is_not_changed_by_what_is_approved_after_the_cutoff(reporting):
    unit, framework, period, full, _ = reporting
    partnership = unit.membership.partnership
    before = outcome_of("A2", subject_of(partnership, framework))
    SubmissionFactory(unit=unit, period=period, values={full: 3}, approved__at=LATER)

    assert outcome_of("A2", subject_of(partnership, framework)) == before
    assert before.value == 0  # of two due none has data


def test_a6_takes_a_currency_for_a_unit(reporting):
    unit, framework, _, full, bare = reporting
    bare.delete()
    full.change(unit="", measure="currency", currency=CurrencyFactory(code="USD"))

    assert outcome_of("A6", subject_of(unit.membership.partnership, framework)).value == 1


def test_a6_needs_the_whole_sheet_and_a_stated_link(reporting):
    unit, framework, _, full, bare = reporting
    outcome = outcome_of("A6", subject_of(unit.membership.partnership, framework))
    assert outcome.value == Decimal("0.5")
    read = [full.pk, bare.pk]  # both are opened, not only the one that passed
    assert outcome.evidence == [{"type": "monitoring.indicator", "id": pk} for pk in read]
    assert outcome.beside["full"] == [full.pk]


def test_a6_asks_no_unit_of_a_mark_or_a_text(reporting):
    unit, framework, _, full, bare = reporting
    bare.delete()
    full.change(unit="", measure="yes_no", accumulation="point_in_time", combine="min")

    assert outcome_of("A6", subject_of(unit.membership.partnership, framework)).value == 1


def test_a6_has_no_data_without_indicators():
    framework = FrameworkFactory(agreed=True)
    assert outcome_of("A6", subject_of(framework.partnership, framework)).state == "no_data"


@pytest.fixture
def levels():
    """A framework that names three levels; units at two of them, of two members."""
    unit = ReportingUnitFactory(level="national")
    partnership = unit.membership.partnership
    local = ReportingUnitFactory(
        membership__partnership=partnership, place="Kitui", level="community"
    )
    framework = FrameworkFactory(
        partnership=partnership, agreed=True, levels=["national", "subnational", "community"]
    )
    indicator = IndicatorFactory(result__framework=framework)
    period = PeriodFactory(framework=framework, starts_on=date(2025, 10, 1), ends_on=ON)
    return framework, unit, local, indicator, period


def test_a9_divides_levels_with_data_by_levels_named(levels):
    framework, unit, local, indicator, period = levels
    for one in (unit, local):
        SubmissionFactory(unit=one, period=period, values={indicator: 3}, approved=True)

    outcome = outcome_of("A9", subject_of(framework.partnership, framework))

    # named: national, subnational, community; data: national, community
    assert (outcome.numerator, outcome.denominator) == (2, 3)
    assert outcome.beside == {"levels": ["national", "community"]}
    assert "subnational" in outcome.next_step


def test_a9_leaves_out_a_level_whose_data_waits_for_a_reviewer(levels):
    framework, unit, local, indicator, period = levels
    SubmissionFactory(unit=unit, period=period, values={indicator: 3}, approved=True)
    waiting = SubmissionFactory(unit=local, period=period, values={indicator: 3})
    sent_at = CUTOFF - timedelta(days=4)
    Event.log(waiting, "submitted", became="submitted", at=sent_at)

    outcome = outcome_of("A9", subject_of(framework.partnership, framework))

    assert (outcome.numerator, outcome.denominator) == (1, 2)  # national; subnational lacks
    assert outcome.beside["longest_wait_days"] == 4


def test_a9_is_zero_when_nothing_came_and_not_applicable_before_it_is_due(levels):
    framework, *_ = levels
    partnership = framework.partnership

    assert outcome_of("A9", subject_of(partnership, framework)).value == 0
    early = subject_of(partnership, framework, cutoff_at=CUTOFF - timedelta(days=3))
    assert outcome_of("A9", early).state == "not_applicable"


def test_a9_has_no_data_where_the_framework_names_no_level_or_was_not_agreed(levels):
    framework, *_ = levels
    framework.levels = []
    assert outcome_of("A9", subject_of(framework.partnership, framework)).state == "no_data"
    draft = FrameworkFactory(partnership=framework.partnership, levels=["national"])
    PeriodFactory(framework=draft, starts_on=date(2025, 10, 1), ends_on=ON)
    assert outcome_of("A9", subject_of(framework.partnership, draft)).state == "no_data"


def test_a9_is_not_changed_by_what_is_approved_after_the_cutoff(levels):
    framework, unit, _, indicator, period = levels
    SubmissionFactory(unit=unit, period=period, values={indicator: 3}, approved__at=LATER)
    assert outcome_of("A9", subject_of(framework.partnership, framework)).value == 0
