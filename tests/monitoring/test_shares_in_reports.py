"""Shared results in reports over many partnerships: RULES 12, against figures by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import (
    ContributionFactory,
    CountryFactory,
    GlobalIndicatorFactory,
    GoalFactory,
    IndicatorFactory,
    PartnershipCountryFactory,
    PeriodFactory,
    SharedResultFactory,
    TargetFactory,
)
from tests.monitoring.reported import Q2, built, indicator, partnership, report
from tests.monitoring.test_country_report import place

pytestmark = pytest.mark.django_db


@pytest.fixture
def kenya():
    return CountryFactory(alpha2="KE")


@pytest.fixture
def library():
    return GlobalIndicatorFactory(target=TargetFactory(goal=GoalFactory(number=6)))


def work(library, *, countries=(), since=2023, **fields):
    """A partnership with yearly periods up to 2024, two quarters of 2025, and its indicator."""
    made = partnership(primary_goal=library.target.goal)
    for country in countries:
        PartnershipCountryFactory(partnership=made, country=country)
    framework = made.frameworks.get()
    for year in range(since, 2025):
        days = {"starts_on": date(year, 1, 1), "ends_on": date(year, 12, 31)}
        PeriodFactory(framework=framework, **days)
    PeriodFactory(framework=framework, starts_on=date(2025, 1, 1), ends_on=date(2025, 3, 31))
    row = IndicatorFactory(
        result__framework=framework,
        global_indicator=library,
        library_link="identical",
        **{"unit": "people", **fields},
    )
    return made, row


def share(row, part, *, starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31), **of):
    shared = SharedResultFactory(
        global_indicator=row.global_indicator, starts_on=starts_on, ends_on=ends_on, **of
    )
    return ContributionFactory(
        shared_result=shared,
        indicator=row,
        share=Decimal(part),
        since_at=datetime(2025, 5, 1, tzinfo=UTC),
    )


def years(first, last):
    return {"starts_on": date(first, 1, 1), "ends_on": date(last, 12, 31)}


def goal_line(library):
    return the_line(built("goal", goal=library.target.goal))


def the_line(content):
    (one,) = content["results"]
    (line,) = one["lines"]
    return line


def said(line):
    return line["year"]["value"], line["to_date"]["value"]


def test_a_share_of_this_year_scales_this_year_only(library):
    # 60 before 2025 in full, and half of the 40 of 2025: 60 + 20
    made, row = work(library)
    share(row, "0.5")
    report(made, Q2, indicators=[indicator(row, "100", year="40")])

    assert said(goal_line(library)) == ("20", "80")


def test_a_share_of_earlier_years_leaves_this_year_alone(library):
    # 0.25 · 60 + 40
    made, row = work(library)
    share(row, "0.25", **years(2023, 2024))
    report(made, Q2, indicators=[indicator(row, "100", year="40")])

    assert said(goal_line(library)) == ("40", "55")


def test_a_shared_result_for_each_year_counts_each_figure_once(library, kenya):
    # 0.5 · 70 + 0.5 · 30, of an indicator by place all of it in Kenya
    made, row = work(library, countries=[kenya], by_place=True)
    for year in (2023, 2024, 2025):
        share(row, "0.5", country=kenya, **years(year, year))
    in_kenya = indicator(row, "100", year="30")
    spans = {name: in_kenya[name] for name in ("year", "to_date")}
    places = [{"country": kenya.pk, "indicators": [{"id": row.pk, **spans}]}]
    report(made, Q2, indicators=[in_kenya], places=places)

    assert said(goal_line(library)) == ("15", "50")
    assert said(the_line(built("country", country=kenya))) == ("15", "50")


def test_the_narrowest_result_counts_and_no_other(library, kenya):
    # In Kenya 0.2 of 100, elsewhere 0.6 of 50: 20 + 30; the country itself says 20
    made, row = work(library, countries=[kenya], by_place=True)
    share(row, "0.6", country=None, **years(2023, 2025))
    share(row, "0.2", country=kenya, **years(2023, 2025))
    report(made, Q2, indicators=[indicator(row, "150")], places=[place(kenya, row, "100")])

    assert said(goal_line(library)) == ("50", "50")
    assert said(the_line(built("country", country=kenya))) == ("20", "20")


def test_of_two_spans_in_one_place_the_narrower_counts_not_the_larger(library):
    made, row = work(library)
    share(row, "0.9", **years(2023, 2025))
    share(row, "0.4", **years(2025, 2025))
    report(made, Q2, indicators=[indicator(row, "100", year="40")])

    assert said(goal_line(library)) == ("16", "70")  # 0.4 · 40; + 0.9 · 60


def test_a_country_without_its_own_share_goes_by_the_one_for_everywhere(library, kenya):
    peru = CountryFactory(alpha2="PE")
    made, row = work(library, countries=[kenya, peru], by_place=True)
    share(row, "0.6", country=None, **years(2023, 2025))
    share(row, "0.2", country=kenya, **years(2023, 2025))
    of_both = [place(kenya, row, "100"), place(peru, row, "50")]
    report(made, Q2, indicators=[indicator(row, "150")], places=of_both)

    assert said(the_line(built("country", country=peru))) == ("30", "30")  # 0.6 · 50


def test_different_shares_before_this_year_give_no_value_to_date_and_say_why(library):
    made, row = work(library)
    share(row, "0.5", **years(2024, 2025))  # of 2023 nothing is stated
    report(made, Q2, indicators=[indicator(row, "100", year="40")])

    (one,) = built("goal", goal=library.target.goal)["results"]

    assert one["lines"][0]["year"] == {"value": "20", "reason": "", "of": 1}
    none = {"value": None, "reason": "share_of_part_of_the_time", "of": 0}
    assert one["lines"][0]["to_date"] == none
    assert one["left_out"] == {"share_of_part_of_the_time": 1}


def test_different_shares_matter_only_where_something_happened(library):
    made, row = work(library)
    share(row, "0.5", **years(2024, 2025))
    report(made, Q2, indicators=[indicator(row, "40", year="40")])

    assert said(goal_line(library)) == ("20", "20")


def test_a_ratio_is_scaled_in_both_its_parts(library):
    # (0.5 · 10 + 40) / (0.5 · 20 + 100), of this year's parts and those of another
    made, row = work(library, ratio=True, since=2025)
    share(row, "0.5")
    of_both = {"numerator": "10", "denominator": "20"}
    report(made, Q2, indicators=[indicator(row, "0.5", **of_both)])
    other, alone = work(library, ratio=True)
    of_both = {"numerator": "40", "denominator": "100"}
    report(other, Q2, indicators=[indicator(alone, "0.4", **of_both)])

    assert goal_line(library)["to_date"]["value"] == "0.40909090909090909091"  # 45 / 110


def test_a_mean_is_not_scaled(library):
    made, row = work(library, combine="mean", accumulation="point_in_time")
    share(row, "0.5")
    report(made, Q2, indicators=[indicator(row, "10")])

    assert said(goal_line(library)) == ("10", "10")


def test_a_running_total_goes_by_the_result_of_the_reports_year(library):
    made, row = work(library, accumulation="cumulative")
    share(row, "0.9", **years(2024, 2024))
    share(row, "0.4", **years(2025, 2025))
    report(made, Q2, indicators=[indicator(row, "100")])

    assert said(goal_line(library)) == ("40", "40")


def test_the_low_end_of_a_range_of_people_is_scaled_too(library):
    unique = {"counts_people": "unique", "counts_new_people": True}
    made, row = work(library, since=2025, **unique)
    share(row, "0.5")
    report(made, Q2, indicators=[indicator(row, None, low="60", high="100")])

    figure = goal_line(library)["to_date"]

    assert (Decimal(figure["low"]), Decimal(figure["high"])) == (30, 50)


def test_what_happened_outside_of_a_shared_span_may_count_twice(library, kenya):
    made, row = work(library, countries=[kenya])
    shared = share(row, "0.5").shared_result
    report(made, Q2, indicators=[indicator(row, "40", year="40")])
    other, of_other = work(library, countries=[kenya])
    ContributionFactory(
        shared_result=shared,
        indicator=of_other,
        share=Decimal("0.5"),
        since_at=datetime(2025, 5, 1, tzinfo=UTC),
    )
    report(other, Q2, indicators=[indicator(of_other, "40", year="40")])
    assert goal_line(library)["may_count_twice"] is False

    for one, its in ((made, row), (other, of_other)):
        report(one, Q2, indicators=[indicator(its, "100", year="40")])
    line = goal_line(library)

    assert (line["may_count_twice"], line["shared"]) == (True, 2)
    assert said(line) == ("40", "160")  # 2 · 0.5 · 40, and 2 · 60 that nobody shared


def test_many_shares_take_no_more_queries(library):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            goal_line(library)
        return len(captured)

    def add():
        made, row = work(library)
        share(row, "0.5", country=None, place="", **years(2015 + add.n, 2025))
        add.n += 1
        report(made, Q2, indicators=[indicator(row, "100", year="40")])

    add.n = 0
    add()
    few = queries()
    for _ in range(4):
        add()
    assert queries() == few
