"""Figures over partnerships, with the shares they state of a result: RULES 7, 8 and 12."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.utils import timezone

from monitoring.aggregation.portfolio import indicators_of, portfolio
from partnerships.models import Partnership
from tests import factories as f

pytestmark = pytest.mark.django_db


class Library:
    """A global indicator that several partnerships report for the first quarters of 2024."""

    def __init__(self, **indicator):
        self.code = f.GlobalIndicatorFactory()
        self.facts = {"library_link": "identical", **indicator}

    def reported(self, *values, countries=(), units=None, **facts):
        """A partnership's values: a quarter each, or of several units in the first quarter."""
        partnership = f.PartnershipFactory(active=True)
        for country in countries:
            f.PartnershipCountryFactory(partnership=partnership, country=country)
        framework = f.FrameworkFactory(partnership=partnership, agreed=True)
        indicator = f.IndicatorFactory(
            result__framework=framework,
            global_indicator=self.code,
            **{**self.facts, "by_place": bool(units), **facts},
        )
        if units:
            period = f.PeriodFactory(framework=framework)
            for country, value in units.items():
                unit = f.ReportingUnitFactory(
                    membership=f.MembershipFactory(partnership=partnership), country=country
                )
                f.SubmissionFactory(
                    unit=unit, period=period, values={indicator: value}, approved=True
                )
            return indicator
        unit = f.ReportingUnitFactory(membership=f.MembershipFactory(partnership=partnership))
        for value in values:
            f.SubmissionFactory(
                unit=unit,
                period=f.PeriodFactory(framework=framework),
                values={indicator: value},
                approved=True,
            )
        return indicator

    def share(self, indicator, share, result=None):
        result = result or f.SharedResultFactory(global_indicator=self.code)
        f.ContributionFactory(shared_result=result, indicator=indicator, share=D(share))
        return result

    def listed(self, year):
        public = Partnership.objects.public()
        return indicators_of(public, year=year, global_indicator=self.code)

    def figures(self, year=2024, country=None):
        (figures,) = portfolio(self.listed(year), year=year, country=country and country.pk)
        return figures

    def line(self, **asked):
        (line,) = self.figures(**asked).lines
        return line


def test_a_flow_is_the_sum_of_the_years_periods_over_partnerships():
    library = Library()
    library.reported(10, 20)
    library.reported(5)

    assert library.line().figure.value == 35


def test_a_running_total_is_the_latest():
    library = Library(accumulation="cumulative")
    library.reported(10, 30)
    library.reported(5)

    assert library.line().figure.value == 35


def test_shares_of_one_result_are_counted_once():
    # 0.6 × 100 + 0.3 × 50 = 75, the rest is others'
    library = Library()
    result = library.share(library.reported(100), "0.6")
    library.share(library.reported(50), "0.3", result)

    line = library.line()

    assert line.figure.value == 75
    assert sorted(part.counted.value for part in line.parts) == [15, 60]
    assert sorted(part.figure.value for part in line.parts) == [50, 100]
    assert line.may_count_twice is False


def test_a_ratio_is_scaled_in_both_its_parts():
    # (0.5 × 30 + 0.25 × 10) / (0.5 × 100 + 0.25 × 40) = 17.5 / 60
    library = Library(ratio=True)
    result = library.share(library.reported((30, 100)), "0.5")
    library.share(library.reported((10, 40)), "0.25", result)

    figure = library.line().figure

    assert (figure.numerator, figure.denominator) == (D("17.5"), 60)
    assert figure.value == D("0.2916666666666666666666666667")


def test_a_ratio_over_partnerships_is_not_a_mean_of_ratios():
    library = Library(ratio=True)
    library.reported((1, 2))
    library.reported((1, 8))

    assert library.line().figure.value == D("0.2")


def test_no_denominator_at_all_gives_no_value():
    library = Library(ratio=True)
    library.reported((0, 0))

    figure = library.line().figure

    assert (figure.value, figure.reason) == (None, "zero_denominator")


@pytest.mark.parametrize(("combine", "expected"), [("mean", 6), ("min", 2), ("max", 12)])
def test_means_and_extremes_are_over_all_units_and_unscaled(combine, expected):
    # 2, 4, 6 and 12: their mean is 6, the mean of the partnerships' means 8
    kenya, uganda, chad = f.CountryFactory.create_batch(3)
    library = Library(combine=combine)
    first = library.reported(units={kenya: 2, uganda: 4, chad: 6})
    second = library.reported(units={kenya: 12})
    result = library.share(first, "0.5")
    library.share(second, "0.1", result)

    assert library.line().figure.value == expected


def test_unique_persons_of_several_partnerships_are_a_range():
    library = Library(people=True, counts_new_people=True, units_overlap=False)
    library.reported(70)
    library.reported(50)

    figure = library.line().figure

    assert (figure.value, figure.low, figure.high) == (None, 70, 120)


def test_two_that_report_the_same_place_may_count_twice():
    kenya, uganda = f.CountryFactory.create_batch(2)
    library = Library()
    library.reported(10, countries=[kenya])
    library.reported(10, countries=[uganda])
    assert library.line().may_count_twice is False

    library.reported(10, countries=[kenya, uganda])

    assert library.line().may_count_twice is True


def test_units_in_different_countries_do_not_count_twice():
    kenya, uganda = f.CountryFactory.create_batch(2)
    library = Library()
    library.reported(units={kenya: 1}, countries=[kenya, uganda])
    library.reported(units={uganda: 1}, countries=[kenya, uganda])

    assert library.line().may_count_twice is False


def test_a_shared_result_in_a_place_scales_only_the_units_there():
    # In Kenya half of 10, in Uganda all of 7
    kenya, uganda = f.CountryFactory.create_batch(2)
    library = Library()
    indicator = library.reported(units={kenya: 10, uganda: 7})
    result = f.SharedResultFactory(global_indicator=library.code, country=kenya)
    library.share(indicator, "0.5", result)

    assert library.line().figure.value == 12


def test_a_country_has_its_units_and_partnerships_that_work_nowhere_else():
    kenya, uganda = f.CountryFactory.create_batch(2)
    library = Library()
    library.reported(units={kenya: 10, uganda: 7})
    library.reported(5, countries=[kenya])
    both = library.reported(100, countries=[kenya, uganda])

    figures = library.figures(country=kenya)

    assert [line.figure.value for line in figures.lines] == [15]
    assert [(out.indicator, out.reason) for out in figures.left_out] == [
        (both, "several_countries")
    ]


def test_what_is_not_identical_is_named_and_not_added():
    library = Library()
    library.reported(10)
    proxy = library.reported(1000, library_link="proxy")
    published = library.reported(500, accumulation="as_published")

    figures = library.figures()

    assert figures.lines[0].figure.value == 10
    assert {(out.indicator, out.reason) for out in figures.left_out} == {
        (proxy, "not_identical"),
        (published, "accumulation_unknown"),
    }


def test_two_currencies_are_two_lines():
    library = Library(money=True)
    library.reported(10, currency=f.CurrencyFactory(code="KES"))
    library.reported(20, currency=f.CurrencyFactory(code="USD"))

    assert sorted(line.figure.value for line in library.figures().lines) == [10, 20]


def test_a_unit_is_as_written():
    """A megagram is no milligram; spaces around it are none of it."""
    library = Library()
    library.reported(10, unit="Mg")
    library.reported(5, unit=" Mg")
    library.reported(20, unit="mg")

    assert sorted(line.figure.value for line in library.figures().lines) == [15, 20]


def test_an_ended_statement_no_longer_scales():
    library = Library()
    indicator = library.reported(100)
    result = library.share(indicator, "0.25")
    result.contributions.update(until_at=timezone.now())

    assert library.line().figure.value == 100


def test_a_result_of_another_year_does_not_scale():
    library = Library()
    result = f.SharedResultFactory(
        global_indicator=library.code, starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31)
    )
    library.share(library.reported(100), "0.25", result)

    assert library.line().figure.value == 100


def test_drafts_and_private_partnerships_are_not_in_it():
    library = Library()
    library.reported(10)
    hidden = library.reported(1000)
    hidden.framework.partnership.change(status="draft")
    unapproved = library.reported()
    f.SubmissionFactory(
        unit=f.ReportingUnitFactory(
            membership=f.MembershipFactory(partnership=unapproved.framework.partnership)
        ),
        period=f.PeriodFactory(framework=unapproved.framework),
        values={unapproved: 500},
    )

    figures = library.figures()

    assert figures.lines[0].figure.value == 10
    assert [(out.indicator, out.reason) for out in figures.left_out] == [(unapproved, "no_actual")]


def test_a_fixed_number_of_queries(django_assert_num_queries):
    library = Library()
    for _ in range(2):
        library.reported(1, 2, 3)
        with django_assert_num_queries(3):
            library.figures()


def test_a_share_scales_the_periods_of_its_span_only():
    # The first half of the year is shared: 0.4 × (100 + 100) + 100 + 100 = 280
    library = Library()
    result = f.SharedResultFactory(global_indicator=library.code, ends_on=date(2024, 6, 30))
    library.share(library.reported(100, 100, 100, 100), "0.4", result)

    line = library.line()

    assert (line.figure.value, line.parts[0].figure.value) == (280, 400)
    assert line.parts[0].shared_results == [result.pk]


def test_what_happened_outside_a_shared_span_may_count_twice():
    library = Library()
    result = f.SharedResultFactory(global_indicator=library.code, ends_on=date(2024, 3, 31))
    library.share(library.reported(100, 100), "0.4", result)
    library.reported(50)

    assert library.line().may_count_twice is True


def test_a_past_year_is_of_the_edition_that_held_then():
    library = Library()
    was = library.reported(600, 400)
    framework = was.result.framework
    framework.agreement.change(status="superseded")
    framework.change(status="superseded", superseded_at=timezone.now())
    later = f.FrameworkFactory(
        partnership=framework.partnership, agreed=True, starts_on=date(2025, 1, 1)
    )
    f.PeriodFactory(framework=later)  # ended, and without the indicator

    assert library.figures(2024).lines[0].figure.value == 1000
    assert library.listed(2025) == []
