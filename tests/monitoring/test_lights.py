"""Two lights, never one for the other: RULES 19."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from monitoring.aggregation import lights, partnership_figures
from monitoring.aggregation.figures import Light
from registry.models import Event
from tests.factories import (
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
    PeriodFactory,
    ReportingUnitFactory,
    SubmissionFactory,
)

ON = date(2025, 6, 30)


def indicator(colour, level="output", begins_on=None):
    result = SimpleNamespace(level=level)
    return SimpleNamespace(
        light=Light(colour, ""), indicator=SimpleNamespace(result=result), begins_on=begins_on
    )


def colour_of(*colours, ended=True):
    items = [indicator(*c) if isinstance(c, tuple) else indicator(c) for c in colours]
    return lights.achievement(items, on=ON, has_ended_period=ended).colour


@pytest.mark.parametrize(
    ("colours", "expected"),
    [
        (["no_data", "no_data", "on_track"], "no_data"),  # one of three has data
        (["no_data", "on_track"], "on_track"),  # half is enough
        (["on_track", "met", "at_risk"], "on_track"),  # two thirds
        (["on_track", "at_risk"], "at_risk"),  # half
        (["off_track", "on_track", "on_track"], "on_track"),  # a third is not more than a third
        (["off_track", "off_track", "on_track", "on_track", "on_track"], "off_track"),
        ([("off_track", "outcome"), "on_track", "on_track"], "at_risk"),
        ([], "no_data"),
    ],
)
def test_achievement_by_the_shares_of_those_with_data(colours, expected):
    assert colour_of(*colours) == expected


def test_what_begins_later_is_not_due_yet():
    later = ("no_data", "output", date(2025, 7, 1))
    assert colour_of("on_track", later, later) == "on_track"


def test_achievement_is_grey_before_the_first_period_has_ended():
    assert colour_of("on_track", ended=False) == "no_data"


@pytest.fixture
def reporting(db):
    """Two units, due for the quarters of 2024 and of the first half of 2025."""
    partnership = PartnershipFactory(active=True)
    members = [partnership.memberships.get(), MembershipFactory(partnership=partnership)]
    framework = FrameworkFactory(partnership=partnership, agreed=True)
    indicator = IndicatorFactory(result__framework=framework)
    periods = [PeriodFactory(framework=framework) for _ in range(6)]
    units = [ReportingUnitFactory(membership=member) for member in members]
    return SimpleNamespace(
        partnership=partnership, units=units, periods=periods, indicator=indicator
    )


def send(reporting, unit, numbers):
    for number in numbers:
        period = reporting.periods[number]
        at = datetime.combine(period.ends_on, datetime.min.time(), UTC)
        submission = SubmissionFactory(
            unit=reporting.units[unit], period=period, values={reporting.indicator: 1}
        )
        Event.log(submission, "submitted", was="draft", became="submitted", at=at)


def timeliness(reporting, on, today=None):
    cutoff = datetime.combine(today or on, datetime.max.time(), UTC)
    return partnership_figures(reporting.partnership, reference_on=on, cutoff_at=cutoff)


Q6_ENDS, Q6_DUE = date(2025, 6, 30), date(2025, 7, 30)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2025, 7, 1), "due"),
        (Q6_DUE, "due"),
        (date(2025, 7, 31), "late"),
        (date(2025, 10, 28), "late"),  # 90 days
        (date(2025, 10, 29), "overdue"),  # 91
    ],
)
def test_timeliness_of_one_missing_period(reporting, today, expected):
    send(reporting, 0, range(6))
    send(reporting, 1, range(5))

    figures = timeliness(reporting, Q6_ENDS, today)

    assert figures.timeliness.colour == expected
    assert (figures.reported, figures.due) == (11, 12)


def test_everything_sent_is_up_to_date_although_nobody_has_reviewed_it(reporting):
    send(reporting, 0, range(6))
    send(reporting, 1, range(6))
    assert timeliness(reporting, Q6_ENDS).timeliness.colour == "up_to_date"


def test_two_missing_periods_of_a_unit_are_overdue(reporting):
    send(reporting, 0, range(6))
    send(reporting, 1, range(4))
    assert timeliness(reporting, Q6_ENDS, date(2025, 8, 1)).timeliness.colour == "overdue"


def test_nothing_sent_for_two_years_is_inactive(reporting):
    send(reporting, 0, [0])
    assert timeliness(reporting, Q6_ENDS, date(2026, 4, 1)).timeliness.colour == "inactive"


def test_what_was_returned_and_not_sent_again_is_missing(reporting):
    send(reporting, 0, range(6))
    send(reporting, 1, range(6))
    last = reporting.units[1].submissions.get(period=reporting.periods[5])
    Event.log(last, "returned", became="returned", at=datetime(2025, 7, 15, tzinfo=UTC))

    assert timeliness(reporting, Q6_ENDS, date(2025, 7, 14)).timeliness.colour == "up_to_date"
    assert timeliness(reporting, Q6_ENDS, date(2025, 7, 20)).timeliness.colour == "due"


def test_a_member_is_due_from_acceptance_to_its_last_day(reporting):
    member = reporting.units[1].membership
    member.change(accepted_on=date(2024, 4, 1), status="left", ended_on=date(2024, 12, 31))

    # The lead: six quarters; the other: the three that ended while it was a member.
    assert timeliness(reporting, Q6_ENDS).due == 9


def test_a_unit_that_is_asked_for_nothing_owes_nothing(reporting):
    member = reporting.units[0].membership
    reporting.indicator.change(responsible=member)

    assert timeliness(reporting, Q6_ENDS).due == 6  # the other unit is asked for nothing


def test_what_was_due_under_an_earlier_edition_stays_due(reporting):
    """Nothing came in under the first edition: a second one does not wipe that out."""
    first = reporting.periods[0].framework
    at = datetime(2025, 4, 1, tzinfo=UTC)
    first.change(status="superseded", superseded_at=at, ends_on=date(2025, 3, 31))
    first.agreement.change(status="superseded")
    reporting.periods[5].delete()
    second = FrameworkFactory(
        partnership=reporting.partnership, agreed=True, agreed_at=at, starts_on=date(2025, 4, 1)
    )
    IndicatorFactory(result__framework=second)
    PeriodFactory(framework=second)

    figures = timeliness(reporting, Q6_ENDS, date(2025, 8, 1))

    assert (figures.due, figures.timeliness.colour) == (12, "overdue")


def test_missing_data_darkens_timeliness_and_never_achievement(reporting):
    figures = timeliness(reporting, Q6_ENDS, date(2026, 1, 1))
    assert (figures.timeliness.colour, figures.achievement.colour) == ("overdue", "no_data")


@pytest.mark.parametrize("size", [1, 12])
def test_figures_cost_the_same_queries_for_any_number_of_indicators(
    reporting, size, django_assert_num_queries
):
    result = reporting.indicator.result
    IndicatorFactory.create_batch(size, result=result)
    send(reporting, 0, range(3))

    # framework; indicators; their targets; periods; figures; due items; none over targets' spans
    with django_assert_num_queries(6):
        timeliness(reporting, Q6_ENDS)
