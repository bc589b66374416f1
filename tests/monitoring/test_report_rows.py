"""What a partnership's report says stands as rows too, written by the database from its content."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from monitoring.models import Report, ReportFigure, ReportHeadline, ReportKind, ReportMeasure
from monitoring.reports import runs
from tests.factories import (
    CountryFactory,
    FrameworkFactory,
    IndicatorFactory,
    PeriodFactory,
    PeriodTargetFactory,
    ReportFactory,
    ReportingUnitFactory,
    ReportRunFactory,
    SubmissionFactory,
)

pytestmark = pytest.mark.django_db
CONTENT = {
    "completeness": {"due": 4, "reported": 3},
    "lights": {"timeliness": {"inputs": {"oldest_missing_due_on": "2025-04-30"}}},
    "scorecard": {
        "low": "0.25",
        "high": "0.5",
        "total": None,
        "measured": 1,
        "applicable": 2,
        "measures": [
            {
                "code": "A1",
                "state": "measured",
                "value": "0.66666666666666666667",
                "numerator": "2",
                "denominator": "3",
            },
            {"code": "A2", "state": "no_data", "value": None},
        ],
    },
}


def test_a_computed_report_is_written_as_rows():
    unit = ReportingUnitFactory()
    framework = FrameworkFactory(partnership=unit.membership.partnership, agreed=True)
    indicator = IndicatorFactory(result__framework=framework, cumulative=True, baseline_value=0)
    PeriodTargetFactory(indicator=indicator, value=Decimal(40))
    period = PeriodFactory(framework=framework)
    values = {indicator: Decimal("12.5")}
    SubmissionFactory(unit=unit, period=period, values=values, approved=True)

    report = runs.compute(ReportRunFactory(period=period))

    figure = report.figures.get()
    assert (figure.indicator, figure.country, figure.value) == (indicator, None, Decimal("12.5"))
    assert figure.light == report.content["indicators"][0]["light"]["colour"]
    said = {one["code"]: one["state"] for one in report.content["scorecard"]["measures"]}
    assert dict(report.measures.values_list("code", "state")) == said
    assert (report.headline.due, report.headline.reported) == (1, 0)  # no event of sending


def test_headline_and_measures_keep_what_the_content_says():
    report = ReportFactory(content=CONTENT)

    headline = report.headline
    assert (headline.due, headline.reported) == (4, 3)
    assert headline.oldest_missing_due_on == date(2025, 4, 30)
    assert (headline.score_low, headline.score_high) == (Decimal("0.25"), Decimal("0.5"))
    assert headline.score is None
    first, second = report.measures.order_by("code")
    assert first.value == Decimal("0.66666666666666666667")
    assert (first.numerator, first.denominator) == (2, 3)
    assert (second.state, second.value) == ("no_data", None)


def test_figures_of_a_country_stand_beside_those_of_everywhere():
    indicator, kenya = IndicatorFactory(), CountryFactory()
    everywhere = {"id": indicator.pk, "to_date": {"value": "10"}, "year": {"value": "0"}}
    there = {"id": indicator.pk, "to_date": {"value": None, "reason": "no_actual"}}
    places = [{"country": kenya.pk, "indicators": [there]}]

    report = ReportFactory(content={"indicators": [everywhere], "places": places})

    rows = dict(report.figures.values_list("country", "value"))
    assert rows == {None: Decimal(10), kenya.pk: None}
    assert report.figures.get(country=None).year_value == 0  # a value, not missing
    assert report.figures.get(country=kenya).reason == "no_actual"


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"indicators": None, "scorecard": None, "completeness": "?"},
        {"indicators": [{"title": "without a number"}], "scorecard": {"measures": {"A1": 1}}},
        {"scorecard": {"measures": [{"code": "A1", "state": "measured", "value": "a lot"}]}},
    ],
)
def test_a_content_of_another_form_gives_no_values(content):
    report = ReportFactory(content=content)

    assert report.headline.due is None
    assert not report.figures.exists()
    assert not report.measures.exclude(value=None).exists()


def test_many_at_once_and_none_of_other_kinds():
    first, second = ReportFactory.build_batch(2, content=CONTENT, period=PeriodFactory())
    second.revision = 2
    both = [first, second]
    for one in both:
        one.partnership = one.period.framework.partnership
    days = {"starts_on": date(2025, 1, 1), "ends_on": date(2025, 12, 31)}
    whole = Report(
        kind=ReportKind.PORTFOLIO,
        **days,
        reference_on=days["ends_on"],
        cutoff_at=first.cutoff_at,
        content=CONTENT,
        sha256="0" * 64,
    )

    Report.objects.bulk_create([*both, whole])

    assert set(ReportHeadline.objects.values_list("report", flat=True)) == {one.pk for one in both}
    assert ReportMeasure.objects.count() == 4


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE monitoring_reportmeasure SET value = 1",
        "DELETE FROM monitoring_reportheadline",
        "INSERT INTO monitoring_reportmeasure (report_id, code, state) SELECT id, 'Z9', ''"
        + " FROM monitoring_report",
    ],
)
def test_nobody_changes_what_a_report_says(sql):
    ReportFactory(content=CONTENT)

    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        connection.cursor().execute(sql)

    assert not ReportFigure.objects.exists()
