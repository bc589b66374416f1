"""The year of an annual report: its periods, and the editions in which they were agreed."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from monitoring.reports.kinds.annual import annual_report
from tests.factories import (
    CategoryFactory,
    DimensionFactory,
    FrameworkFactory,
    IndicatorFactory,
    ObservationFactory,
    PeriodFactory,
    PeriodTargetFactory,
    ReportingUnitFactory,
    SubmissionFactory,
)
from tests.factories.monitoring import approve
from tests.monitoring.annual import as_of

pytestmark = pytest.mark.django_db


def quarters(unit, framework, *values, first=1):
    """Quarters of 2024 from the nth on, each with a value of the framework's one indicator, or
    none; a target of the year stands."""
    row = IndicatorFactory(result__framework=framework)
    PeriodTargetFactory(indicator=row, value=Decimal(100), ends_on=date(2024, 12, 31))
    for number, value in enumerate(values, first):
        month = 3 * number
        period = PeriodFactory(
            framework=framework,
            starts_on=date(2024, month - 2, 1),
            ends_on=date(2024, month, 31 if month in (3, 12) else 30),
        )
        if value is not None:
            values_of = {row: Decimal(value)}
            SubmissionFactory(unit=unit, period=period, values=values_of, approved=True)
    return row


def agreed(partnership, **fields):
    return FrameworkFactory(partnership=partnership, agreed=True, **fields)


def agreed_anew(framework, starts_on, at):
    """The next edition, agreed at a moment for the days from one on."""
    for one in (framework.agreement, framework):
        one.change(status="superseded", superseded_at=at)
    return agreed(framework.partnership, starts_on=starts_on, agreed_at=at)


def measured(content, *codes):
    found = {one["code"]: one for one in content["scorecard"]["measures"]}
    return [(found[code]["numerator"], found[code]["denominator"]) for code in codes]


CUTOFF = datetime(2025, 3, 1, tzinfo=UTC)


def test_an_edition_agreed_for_the_next_year_leaves_the_year_as_it_is():
    unit = ReportingUnitFactory(since_on="2024-01-01")
    partnership = unit.membership.partnership
    framework = agreed(partnership)
    quarters(unit, framework, 10, 10, 10, 10)
    before = as_of(partnership, CUTOFF)
    assert before["indicators"][0]["year"]["value"] == "40"

    new = agreed_anew(framework, date(2025, 1, 1), datetime(2025, 2, 1, tzinfo=UTC))
    PeriodFactory(framework=new, starts_on=date(2025, 1, 1), ends_on=date(2025, 3, 31))

    after = as_of(partnership, CUTOFF)
    assert after["framework"] == before["framework"]
    assert after["indicators"] == before["indicators"]
    assert after["completeness"] == before["completeness"]
    assert measured(after, "A2") == measured(before, "A2") == [("4", "4")]


def test_an_edition_without_a_period_that_ended_gives_way_to_the_one_before():
    unit = ReportingUnitFactory(since_on="2024-01-01")
    framework = agreed(unit.membership.partnership)
    quarters(unit, framework, 10, 10, 10)
    agreed_anew(framework, date(2024, 10, 1), datetime(2024, 10, 2, tzinfo=UTC))

    content = as_of(framework.partnership, CUTOFF)

    assert content["framework"]["edition"] == 1
    assert measured(content, "A2") == [("3", "3")]


def test_the_scorecard_reads_all_periods_of_the_year():
    unit = ReportingUnitFactory(since_on="2024-01-01", level="national")
    other = ReportingUnitFactory(
        membership=unit.membership, since_on="2024-01-01", level="subnational", place="Kisumu"
    )
    framework = agreed(unit.membership.partnership, levels=["national", "subnational"])
    row = quarters(unit, framework, None, None, 20, 10)
    row.counts_people = "unique"
    row.save()
    first = framework.periods.order_by("ends_on").first()
    SubmissionFactory(unit=other, period=first, values={row: Decimal(5)}, approved=True)

    content = as_of(framework.partnership, CUTOFF)

    # A2: the first, third and fourth quarter of four; A3: three values without evidence;
    # A9: the last quarter alone was reported at the national level only
    assert measured(content, "A2", "A3", "A9") == [("3", "4"), ("0", "3"), ("2", "2")]


def test_breakdowns_are_judged_in_every_period_of_the_year():
    unit = ReportingUnitFactory(since_on="2024-01-01")
    framework = agreed(unit.membership.partnership)
    row = quarters(unit, framework, None, None, None, None)
    sex = DimensionFactory()
    women, men = (CategoryFactory(dimension=sex, code=code) for code in "FM")
    row.counts_people = "unique"
    row.save()
    row.dimensions.add(sex)
    third, last = framework.periods.order_by("ends_on")[2:]

    def send(period, broken_down):
        sent = SubmissionFactory(unit=unit, period=period)
        of = {"submission": sent, "indicator": row}
        ObservationFactory(**of, value=Decimal(10))
        if broken_down:
            ObservationFactory(**of, value=Decimal(6), category=women)
            ObservationFactory(**of, value=Decimal(4), category=men)
        approve(sent)

    send(last, broken_down=True)
    assert measured(as_of(framework.partnership, CUTOFF), "A5") == [("1", "1")]
    send(third, broken_down=False)
    assert measured(as_of(framework.partnership, CUTOFF), "A5") == [("0", "1")]


def test_a_year_of_two_editions_is_measured_under_each():
    unit = ReportingUnitFactory(since_on="2024-01-01")
    framework = agreed(unit.membership.partnership)
    quarters(unit, framework, 10, None, 10)
    new = agreed_anew(framework, date(2024, 7, 1), datetime(2024, 6, 15, tzinfo=UTC))
    quarters(unit, new, None, 10, first=3)

    content = as_of(framework.partnership, CUTOFF)

    # the first edition's third quarter, after the second began, is none of the year's
    assert content["framework"]["edition"] == 2
    assert measured(content, "A2", "A3") == [("2", "4"), ("0", "2")]


def test_a_year_in_which_no_period_ended_has_nothing_due():
    unit = ReportingUnitFactory(since_on="2024-01-01")
    framework = agreed(unit.membership.partnership)
    quarters(unit, framework, 10)
    cutoff = datetime(2026, 3, 1, tzinfo=UTC)

    content = annual_report(
        framework.partnership, 2025, reference_on=date(2025, 12, 31), cutoff_at=cutoff
    )

    found = {one["code"]: one for one in content["scorecard"]["measures"]}
    for code in ("A2", "A3", "A5", "A9"):
        assert found[code]["state"] == "not_applicable"
        assert found[code]["why"] == "nothing due: no period ended in the year"
