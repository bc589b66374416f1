"""A correction of an old period gives revision 2: its reasons name it, its figures differ."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine

from monitoring.models import Report
from monitoring.reports import runs
from monitoring.reports.revisions import Change, corrections, differences, previous_of
from monitoring.services.reports import request_report
from monitoring.services.submissions import correct_submission, record_observations
from tests.factories import (
    AffiliationFactory,
    FrameworkFactory,
    IndicatorFactory,
    PeriodFactory,
    ReportFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def test_walks_figures_and_names_where_they_stand():
    before = {
        "cutoff_at": "2024-05-01",
        "lights": {"achievement": {"colour": "at_risk", "inputs": {"due": 1}}},
        "indicators": [
            {"id": 1, "code": "W1", "title": "Wells", "to_date": {"value": "12", "low": None}},
            {"id": 2, "code": "W2", "title": "Pumps", "to_date": {"value": "3", "low": None}},
        ],
        "scorecard": {"measures": [{"code": "A1", "title": "Agreed", "value": "1"}]},
    }
    after = {
        "cutoff_at": "2024-06-01",
        "lights": {"achievement": {"colour": "on_track", "inputs": {"due": 2}}},
        "indicators": [
            {"id": 2, "code": "W2", "title": "Pumps", "to_date": {"value": "3", "low": None}},
            {"id": 1, "code": "W1", "title": "Wells", "to_date": {"value": "0", "low": "4"}},
            {"id": 3, "code": "W3", "title": "Taps", "to_date": {"value": None, "low": None}},
        ],
        "scorecard": {"measures": [{"code": "A1", "title": "Agreed", "value": None}]},
    }

    assert differences(before, after) == [
        Change("lights › achievement › colour", "at_risk", "on_track"),
        Change("indicators: W1 Wells › to date › value", "12", "0"),
        Change("indicators: W1 Wells › to date › low", None, "4"),
        Change("indicators: W3 Taps", None, "there"),
        Change("scorecard › measures: A1 Agreed › value", "1", None),
    ]
    assert differences(after, after) == []


def changed(before, after):
    return [change[1:] for change in differences({"rows": before}, {"rows": after})]


@pytest.mark.parametrize(
    "key",
    ["partnership", "commitment", "indicator", "partner", "global_indicator", "currency", "flag"],
)
def test_rows_are_of_the_same_thing_wherever_they_stand(key):
    """A new row comes first and moves the others down: they have not changed."""
    rows = [{key: f"{n}", "amount": n} for n in (1, 2, 3)]

    assert changed(rows[1:], rows) == [(None, "there")]
    assert changed(rows, rows[::-1]) == []
    assert changed(rows[:1], [rows[0] | {"amount": 9}]) == [(1, 9)]


def test_all_that_tells_a_row_apart_counts():
    """One partnership has several indicators, and one scope several currencies; what has neither
    is told by its words. Two that nothing tells apart are taken in their order."""
    figures = [
        {"partnership": p, "indicator": i, "currency": "", "value": f"{p}{i}"}
        for p in (1, 2)
        for i in (1, 2)
    ]
    sums = [{"scope": s, "currency": c, "sum": s + c} for s in "ab" for c in "xy"]
    lines = [{"measure": "number", "unit": u, "value": u} for u in ("mg", "Mg")]
    levels = [{"level": one, "partnerships": 3} for one in ("global", "national")]
    for rows in (figures, sums, lines, levels):
        assert changed(rows, rows[::-1]) == []
        assert changed(rows[1:], rows) == [(None, "there")]

    (change,) = differences({"figures": figures}, {"figures": figures[:3]})
    assert change == Change("figures: partnership 2, indicator 2", "there", None)
    twice = [{"partnership": 1, "since": "a"}, {"partnership": 1, "since": "b"}]
    assert changed(twice, [twice[0], {"partnership": 1, "since": "c"}]) == [("b", "c")]


def test_a_measure_of_one_partnership_is_not_that_of_another():
    before = [{"partnership": 1, "code": "A1", "value": "0.2"}]
    after = [{"partnership": 2, "code": "A1", "value": "0.3"}, *before]

    (change,) = differences({"outliers": before}, {"outliers": after})

    assert change == Change("outliers: A1, partnership 2", None, "there")


@pytest.fixture
def corrected():
    """Revision 1 with 12, and after a correction revision 2 with 20."""
    unit = ReportingUnitFactory()
    framework = FrameworkFactory(partnership=unit.membership.partnership, agreed=True)
    indicator = IndicatorFactory(result__framework=framework, title="Wells")
    period = PeriodFactory(framework=framework)
    with time_machine.travel(datetime(2025, 1, 10, tzinfo=UTC)):
        sent = SubmissionFactory(
            unit=unit, period=period, values={indicator: Decimal(12)}, approved=True
        )
        first = runs.compute(request_report(framework.partnership, period, by=None))
    sender = AffiliationFactory(partner=unit.membership.partner, role="evaluator").user
    with time_machine.travel(datetime(2025, 2, 10, tzinfo=UTC)):
        fixed = correct_submission(sent, by=sender)
        record_observations(fixed, [{"indicator": indicator.pk, "value": "20"}], by=sender)
        fixed.submit(by=sender)
        fixed.approve(by=UserFactory(admin=True))
    with time_machine.travel(datetime(2025, 2, 11, tzinfo=UTC)):
        again = request_report(framework.partnership, period, by=None, revision=2)
        second = runs.compute(again)
    return first, second, fixed


def test_the_reasons_name_the_correction(corrected):
    first, second, fixed = corrected

    (why,) = corrections(second, first)

    assert (why.what, why.type, why.id) == ("A correction was approved", "submission", fixed.pk)
    assert why.about == f"{fixed.unit}, {fixed.period.label}"
    assert corrections(first, first) == []


def test_the_figures_that_differ_are_listed(corrected):
    first, second, _ = corrected

    found = {
        change.path.partition(" › ")[2]: (change.before, change.after)
        for change in differences(first.content, second.content)
        if "Wells" in change.path
    }

    assert found["to date › value"] == ("12", "20")
    assert found["period › actual › value"] == ("12", "20")


def test_a_visitor_compares_with_what_is_public_only(client):
    period = PeriodFactory()
    old = ReportFactory(period=period, status="withdrawn", content={"secret": "1"})
    public = ReportFactory(period=period, revision=2, published=True, content={"secret": "2"})
    page = client.get(f"/reports/{public.pk}/changes/")

    assert "no earlier revision" in page.content.decode()
    answer = client.get(f"/api/v1/reports/{public.pk}/changes/").json()
    assert answer == {"previous": None, "reasons": [], "changes": []}
    assert previous_of(public, Report.objects.visible_to(UserFactory(admin=True))) == old


def test_the_page_and_the_api_say_the_same(client, corrected):
    _, second, _ = corrected
    client.force_login(UserFactory(admin=True))

    page = client.get(f"/reports/{second.pk}/changes/").content.decode()
    answer = client.get(f"/api/v1/reports/{second.pk}/changes/").json()

    assert "A correction was approved" in page
    assert [one["what"] for one in answer["reasons"]] == ["A correction was approved"]
    for change in answer["changes"]:
        assert change["path"][1:] in page
