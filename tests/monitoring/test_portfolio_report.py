"""The portfolio report against figures by hand, in the comments."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitoring.reports import runs
from monitoring.reports.documents import document_of, values
from monitoring.reports.snapshot import digest
from registry.models import Event
from tests.factories import (
    BudgetLineFactory,
    CommitmentFactory,
    CurrencyFactory,
    DeliveryFactory,
    ExchangeRateFactory,
    FundFactory,
    MatchFactory,
    NeedFactory,
    PartnershipFactory,
    ReportRunFactory,
)
from tests.monitoring.reported import (
    CUTOFF,
    OLD,
    Q1,
    Q2,
    built,
    end,
    indicator,
    partnership,
    report,
    run,
)

pytestmark = pytest.mark.django_db
LATER = datetime(2025, 9, 2, tzinfo=UTC)
EARLY = datetime(2025, 5, 1, tzinfo=UTC)


def of_measure(content, code):
    return next(one for one in content["measures"] if one["code"] == code)


def test_without_any_partnership_there_is_nothing_and_it_says_so():
    content = built("portfolio")

    assert content["partnerships"]["public"] == 0
    assert content["measures"] == []
    assert content["scores"]["median"] is None
    assert content["overdue"] == {"count": 0, "rows": []}


def test_counts_who_has_a_current_report_an_old_one_or_none():
    report(partnership())
    report(partnership(), OLD)
    partnership()
    report(partnership(active=False, completed=True))
    PartnershipFactory()  # a draft

    counts = built("portfolio")["partnerships"]

    assert counts == {
        "public": 4,
        "running": 3,
        "closed": 1,
        "current": 1,
        "outdated": 1,
        "never": 1,
    }


def test_quartiles_are_of_the_partnerships_own_values():
    # 0.1 0.2 0.4 1: mean 1.7/4 = 0.425; first quartile at place 0.75: 0.1 + 0.75·0.1 = 0.175;
    # median (0.2 + 0.4)/2 = 0.3; third at place 2.25: 0.4 + 0.25·0.6 = 0.55
    for value in ("0.4", "0.1", "1", "0.2", None, "n/a"):
        report(partnership(), measures={"A1": value}, score=value if value != "n/a" else None)

    content = built("portfolio")

    assert of_measure(content, "A1") == {
        "code": "A1",
        "title": "Agreed framework",
        "measured": 4,
        "mean": "0.425",
        "least": "0.1",
        "first_quartile": "0.175",
        "median": "0.3",
        "third_quartile": "0.55",
        "most": "1",
        "no_data": 1,
        "not_applicable": 1,
    }
    assert content["scores"]["median"] == "0.3"
    assert content["scores"]["without"] == 2


def test_scores_are_compared_by_the_end_where_missing_data_counts_as_nothing():
    kinds = {"kind": "ppp"}
    weak = partnership(**kinds)
    report(weak, score="0.82")  # all recorded, one weakly
    silent = partnership(**kinds)
    report(silent, score="0.8", high="1")  # the weak one not recorded
    for low in ("0.81", "0.84", "0.86"):
        report(partnership(**kinds), score=low)

    content = built("portfolio")

    # low ends: 0.8 0.81 0.82 0.84 0.86; high ends: 0.81 0.82 0.84 0.86 1
    scores = content["scores"]
    assert (scores["least"], scores["median"], scores["most"]) == ("0.8", "0.82", "0.86")
    assert (scores["high"]["median"], scores["high"]["most"]) == ("0.84", "1")
    rows = {row["partnership"]: row for row in content["outliers"]["rows"]}
    assert weak.pk not in rows  # it is the median
    far = rows[silent.pk]
    assert (far["score"], far["high"], far["distance"]) == ("0.8", "1", "-0.02")


def test_one_with_too_little_data_for_a_total_is_compared_too():
    made = partnership()
    of = report(made, score="0.3", high="0.9")
    assert of.headline.score == Decimal("0.9")
    little = partnership()
    report(little, scorecard={"measures": [], "low": "0.1", "high": "1", "total": None})

    scores = built("portfolio")["scores"]

    assert (scores["measured"], scores["median"]) == (2, "0.2")  # (0.3 + 0.1) / 2
    assert (scores["without"], scores["too_little_data"]) == (0, 1)


def test_zero_is_a_value_and_missing_is_none():
    report(partnership(), measures={"A1": "0", "A2": None})

    content = built("portfolio")

    assert of_measure(content, "A1")["mean"] == "0"
    assert of_measure(content, "A2")["mean"] is None
    assert of_measure(content, "A2")["no_data"] == 1


def test_counts_both_lights_of_each_report():
    report(partnership(), lights=("up_to_date", "on_track"))
    report(partnership(), lights=("up_to_date", "on_track"))
    report(partnership(), lights=("overdue", "off_track"))

    lights = built("portfolio")["lights"]

    assert lights["timeliness"] == {"up_to_date": 2, "overdue": 1}
    assert lights["achievement"] == {"on_track": 2, "off_track": 1}
    assert len(lights["both"]) == 2


def test_the_report_that_was_public_at_the_cutoff_counts():
    made = partnership()
    first = report(made, measures={"A1": "0.5"}, published=EARLY)
    report(made, measures={"A1": "0.9"}, published=LATER)
    end(first, "superseded", LATER)  # after the cut-off

    assert of_measure(built("portfolio"), "A1")["median"] == "0.5"
    later = built("portfolio", cutoff_at=datetime(2025, 9, 3, tzinfo=UTC))
    assert of_measure(later, "A1")["median"] == "0.9"


def test_a_withdrawn_report_gives_way_to_the_one_before():
    made = partnership()
    report(made, Q1, measures={"A1": "0.25"})
    end(report(made, measures={"A1": "1"}), "withdrawn", EARLY)

    assert of_measure(built("portfolio"), "A1")["median"] == "0.25"


def test_a_partnership_that_ended_later_was_running_then():
    made = partnership(active=False, terminated=True)
    for at, became in ((datetime(2024, 2, 1, tzinfo=UTC), "active"), (LATER, "terminated")):
        Event.objects.create(
            kind=f"partnership.{became}",
            subject_type="partnerships.partnership",
            subject_id=made.pk,
            became=became,
            at=at,
        )

    assert built("portfolio")["partnerships"]["running"] == 1


def test_overdue_ones_come_oldest_first_with_what_is_missing():
    late, older = partnership(), partnership()
    report(late, due=4, reported=1, oldest="2025-01-30", lights=("late", "on_track"))
    report(older, due=9, reported=8, oldest="2024-10-30", lights=("overdue", "on_track"))
    report(partnership(), due=2, reported=1, oldest="2025-07-30", lights=("due", "on_track"))

    overdue = built("portfolio")["overdue"]

    assert overdue["count"] == 2
    assert [row["partnership"] for row in overdue["rows"]] == [older.pk, late.pk]
    assert [row["missing"] for row in overdue["rows"]] == [1, 3]
    assert overdue["rows"][0]["days"] == (date(2025, 6, 30) - date(2024, 10, 30)).days


def test_what_improved_and_what_got_worse_since_the_report_before():
    better, worse, same, new = (partnership() for _ in range(4))
    report(better, Q1, measures={"A1": "0.2", "A2": "0.5", "B1": None})
    report(better, measures={"A1": "0.8", "A2": "0.4", "B1": "1"})  # (0.6 − 0.1 + 1) / 3 = 0.5
    report(worse, Q1, measures={"A1": "1"}, lights=("up_to_date", "on_track"))
    report(worse, measures={"A1": "0.5"}, lights=("up_to_date", "off_track"))
    report(same, Q1, measures={"A1": "1"})
    report(same, measures={"A1": "1"})
    report(new, measures={"A1": "1"})

    content = built("portfolio")
    changes = content["changes"]

    assert changes["before"] == "2025-03-31"
    counts = {name: changes[name] for name in ("compared", "first_time", "better", "worse", "same")}
    assert counts == {"compared": 3, "first_time": 1, "better": 1, "worse": 1, "same": 1}
    (most,) = changes["most_better"]
    assert (most["partnership"], most["change"], most["measures"]) == (better.pk, "0.5", 3)
    assert (most["code"], most["was"], most["now"]) == ("B1", None, "1")
    assert changes["most_worse"][0]["change"] == "-0.5"
    tables = {table.key: table for table in document_of("portfolio", content).tables()}
    for key, said in (("most_better", "+50"), ("most_worse", "\u221250")):
        ((_, change, *_),) = tables[key].rows
        assert values.shown(change, tables[key].columns[1].sort) == said
    assert changes["lights"] == [
        {"light": "achievement", "was": "on_track", "now": "off_track", "partnerships": 1}
    ]
    a1 = next(row for row in changes["measures"] if row["code"] == "A1")
    assert (a1["compared"], a1["better"], a1["worse"], a1["same"]) == (3, 1, 1, 1)


def test_who_no_longer_records_got_worse():
    made = partnership()
    report(made, Q1, measures={"A1": "0.8", "A2": "n/a", "A3": "1"})
    report(made, measures={"A1": None, "A2": "0", "A3": "1"})

    changes = built("portfolio")["changes"]

    (most,) = changes["most_worse"]
    # A1 0.8 → 0, A3 1 → 1: −0.8 / 2; A2 did not apply before
    assert (most["change"], most["measures"]) == ("-0.4", 2)
    assert (most["code"], most["was"], most["now"]) == ("A1", "0.8", None)


def test_a_measure_that_is_not_scored_makes_nobody_better_or_worse():
    made = partnership()
    report(made, Q1, measures={"A1": "0.5", "C3": "1"})
    report(made, measures={"A1": "0.5", "C3": "0"})

    content = built("portfolio")

    counts = {name: content["changes"][name] for name in ("better", "worse", "same")}
    assert counts == {"better": 0, "worse": 0, "same": 1}
    assert [row["code"] for row in content["changes"]["measures"]] == ["A1"]
    assert of_measure(content, "C3")["median"] == "0"  # still shown


def test_outliers_are_far_from_the_median_of_their_own_kind():
    scores = ["0.5", "0.6", "0.6", "0.7", "0.05"]  # median 0.6
    made = [partnership(kind="ppp") for _ in scores]
    for one, score in zip(made, scores, strict=True):
        report(one, score=score)
    report(partnership(kind="alliance"), score="0")  # alone of its kind

    outliers = built("portfolio")["outliers"]

    first = outliers["rows"][0]
    assert (first["partnership"], first["median"], first["distance"]) == (
        made[4].pk,
        "0.6",
        "-0.55",
    )
    assert {row["kind"] for row in outliers["rows"]} == {"ppp"}
    assert [row["scored"] for row in outliers["kinds"]] == [1, 5]


def test_figures_that_ask_to_be_looked_at_are_counted():
    from tests.factories import IndicatorFactory

    first, second = IndicatorFactory(), IndicatorFactory()
    said = [
        indicator(first, "5", progress="2.5"),
        indicator(second, None, reason="zero_denominator"),
    ]
    made = partnership()
    report(made, indicators=said)

    flags = built("portfolio")["flags"]

    counts = {row["flag"]: row["figures"] for row in flags["counts"]}
    assert flags["figures"] == 2
    assert counts["more_than_twice_the_target"] == 1
    assert counts["denominator_of_zero"] == 1
    assert counts["worse_than_the_baseline"] == 0
    assert flags["rows"][0]["partnership"] == made.pk


def test_the_gap_is_what_each_lacks_and_ones_surplus_fills_no_others():
    euro, yen = CurrencyFactory(code="EUR"), CurrencyFactory(code="JPY")
    ExchangeRateFactory(currency=euro, usd=Decimal("1.25"))
    lacking, rich, unrated = partnership(), partnership(), partnership()
    BudgetLineFactory(partnership=lacking, amount=1000, currency=euro, created_at=EARLY)
    own = CommitmentFactory(partnership=lacking, amount=300, currency=euro)
    DeliveryFactory(commitment=own, amount=100, currency=euro, confirmed=True, status="confirmed")
    BudgetLineFactory(partnership=rich, amount=100, currency=euro, created_at=EARLY)
    CommitmentFactory(partnership=rich, amount=900, currency=euro)
    CommitmentFactory(partnership=unrated, amount=70, currency=yen)

    funding = built("portfolio")["funding"]

    usd = funding["usd"]
    # need 1,100 EUR; committed 1,200 EUR; gap (1,000 − 300) EUR; all × 1.25
    assert (usd["need"], usd["committed"], usd["gap"]) == ("1375", "1500", "875")
    assert usd["confirmed"] == "125"
    assert (usd["with_need"], usd["with_gap"], usd["lacking_rates"]) == (2, 1, 1)
    assert funding["without_rate"] == ["JPY"]
    assert [row["partnership"] for row in funding["gaps"]] == [lacking.pk]
    by_currency = {row["currency"]: row for row in funding["currencies"]}
    assert by_currency["EUR"]["budget"] == "1100"
    assert by_currency["JPY"]["without_rate"] == "70"


def test_stated_needs_stand_where_there_is_no_budget_and_what_is_matched_is_off():
    dollar = CurrencyFactory(code="USD")
    made = partnership()
    need = NeedFactory(
        partnership=made, kind="finance", amount=1000, currency=dollar, created_at=EARLY
    )
    fund = FundFactory(currency=dollar, most=400)
    MatchFactory(need=need, solution=None, fund=fund, accepted=True)

    usd = built("portfolio")["funding"]["usd"]

    assert (usd["need"], usd["matched"], usd["gap"]) == ("1000", "400", "600")


def test_the_same_two_dates_give_the_same_hash_after_newer_data():
    made = partnership()
    first = report(made, measures={"A1": "0.5"}, published=EARLY)
    dollar = CurrencyFactory(code="USD")
    CommitmentFactory(partnership=made, amount=500, currency=dollar)
    before = digest(built("portfolio"))

    end(first, "withdrawn", LATER)
    report(made, measures={"A1": "1"}, published=LATER)
    report(partnership(registered_at=LATER), published=LATER)
    CommitmentFactory(partnership=made, amount=500, currency=dollar, created_at=LATER)
    ExchangeRateFactory(loaded_at=LATER)
    made.change(status="terminated")
    for at, became in ((EARLY, "active"), (LATER, "terminated")):
        Event.objects.create(
            kind=f"partnership.{became}",
            subject_type="partnerships.partnership",
            subject_id=made.pk,
            became=became,
            at=at,
        )

    assert digest(built("portfolio")) == before


def test_a_run_computes_and_stores_it():
    report(partnership(), measures={"A1": "0.5"})
    asked = ReportRunFactory(
        kind="portfolio",
        period=None,
        partnership=None,
        starts_on=Q2[0],
        ends_on=Q2[1],
        reference_on=Q2[1],
        cutoff_at=CUTOFF,
    )

    stored = runs.compute(asked)

    assert stored.kind == "portfolio"
    assert stored.sha256 == digest(built("portfolio"))
    assert not hasattr(stored, "headline")


def cost(count):
    for _ in range(count):
        made = partnership(kind="ppp")
        report(made, Q1, measures={"A1": "0.2"}, score="0.2")
        report(made, measures={"A1": "0.5"}, score="0.5", lights=("late", "on_track"))
    with CaptureQueriesContext(connection) as queries:
        built("portfolio")
    return len(queries)


def test_asks_as_many_queries_for_twelve_partnerships_as_for_two():
    # a table for the cohort, money, dollars and changes (dropped, made, analysed: 12), the
    # transaction's two, and one for each figure
    assert cost(2) == cost(10)
    assert run("portfolio").kind == "portfolio"
