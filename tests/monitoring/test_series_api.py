"""An indicator over time and crossed, as JSON and CSV, and what everybody may see of it."""

import csv
import io
import itertools
from datetime import timedelta

import pytest

from tests import factories as f
from tests.monitoring.measured import World
from tests.monitoring.solving import Solver

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


@pytest.fixture
def drawn(api):
    def ask(indicator, **parameters):
        answer = api.get("/api/v1/series/", {"indicator": indicator.pk, **parameters})
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask


def values(found):
    return [row["figure"]["value"] for row in found["rows"]]


def test_over_periods_with_targets_and_reported_of_due(world, drawn):
    indicator = world.indicator()
    world.target(indicator, 1, 2, 10)
    for unit, period, value in [(0, 1, 2), (1, 1, 3), (0, 2, 4)]:
        world.report(indicator, unit, period, value)

    found = drawn(indicator)
    assert values(found) == ["5", "4", None, None, None, None]
    assert [row["target"] for row in found["rows"]][:3] == [None, "10", None]
    assert found["rows"][1]["progress"]["value"] == "0.9"
    assert [row["due"] for row in found["rows"]] == [3] * 6


def test_over_calendar_and_framework_years(world, drawn):
    indicator = world.indicator()
    for period in range(1, 7):
        world.report(indicator, 0, period, period)

    assert values(drawn(indicator, by="year")) == ["10", "11"]
    found = drawn(indicator, by="framework_year")
    assert [(row["time"]["label"], row["figure"]["value"]) for row in found["rows"]] == [
        ("year 1", "10"),
        ("year 2", "11"),
    ]


def test_a_running_totals_year_is_its_last_value(world, drawn):
    indicator = world.indicator(cumulative=True)
    for period in range(1, 7):
        world.report(indicator, 0, period, period * 10)

    assert values(drawn(indicator, by="year")) == ["40", "60"]


def test_units_and_places(world, drawn):
    indicator = world.indicator(by_place=True)
    kenya = f.CountryFactory(alpha2="KE")
    for unit in world.units[:2]:
        unit.country, unit.place = kenya, "Kisumu"
        unit.save()
    for unit, value in enumerate([1, 2, 4]):
        world.report(indicator, unit, 1, value)

    by_unit = drawn(indicator, by="unit")
    assert sorted(values(by_unit)) == ["1", "2", "4"]
    by_place = drawn(indicator, by="place")
    assert {row["place"]: row["figure"]["value"] for row in by_place["rows"]} == {
        "Kisumu": "3",
        "": "4",
    }


def test_pivots_have_a_row_for_each_pair(world, drawn):
    sex, _ = world.dimension()
    indicator = world.indicator(sex)
    world.report(indicator, 0, 1, 100, F=60, M=40)
    world.report(indicator, 1, 2, 10, F=6, M=4)

    found = drawn(indicator, by="period", across="category")
    assert len(found["rows"]) == 6 * 3
    assert values(found)[:6] == ["60", "40", None, "6", "4", None]
    found = drawn(indicator, by="unit", across="category", period=world.periods[0].pk)
    assert len(found["rows"]) == 2 * 3
    found = drawn(indicator, by="unit", across="period")
    assert len(found["rows"]) == 2 * 6


def result_of_next_edition(world):
    """In an edition that takes the place of the world's, from its last period on."""
    world.framework.change(status="superseded", superseded_at=f.NOON)
    new = f.FrameworkFactory(
        partnership=world.partnership,
        status="agreed",
        agreed_at=f.NOON,
        starts_on=world.periods[5].starts_on,
    )
    return f.ResultFactory(framework=new)


def test_joined_editions_and_breaks(world, drawn):
    old = world.indicator(code="W1")
    broken = world.indicator(code="W2", combine="sum")
    world.report(old, 0, 1, 5)
    world.report(broken, 0, 1, 7)
    result = result_of_next_edition(world)
    joined = f.IndicatorFactory(result=result, code="W1", series=old.series)
    apart = f.IndicatorFactory(result=result, code="W2", combine="mean")

    found = drawn(joined)
    assert [one["edition"] for one in found["editions"]] == [1]
    assert (found["breaks"], values(found)[0]) == ([], "5")
    found = drawn(apart)
    begins = world.periods[5].starts_on
    assert [(one["indicator"], one["differs"], one["until"]) for one in found["breaks"]] == [
        (broken.pk, ["combine"], str(begins - timedelta(days=1)))
    ]
    assert set(values(found)) <= {None}
    # What was reported for the superseded edition stays under it.
    assert values(drawn(broken))[0] == "7"


def test_a_break_is_shown_whatever_the_codes_and_no_proposals(world, drawn):
    old = world.indicator(code="")
    overtaken = f.FrameworkFactory(
        partnership=world.partnership, status="superseded", agreed_at=None
    )
    f.IndicatorFactory(result__framework=overtaken, code="W9")
    result = result_of_next_edition(world)
    renamed = f.IndicatorFactory(
        result=result,
        code="W9",
        continues=old,
        breaks_series=True,
        break_reason="Counted by another method.",
    )

    assert [one["indicator"] for one in drawn(renamed)["breaks"]] == [old.pk]


def test_what_nobody_said_how_to_add_up_has_figures_of_single_periods(world, drawn):
    indicator = world.indicator(accumulation="as_published")
    for period, value in ((1, 40), (2, 90)):
        world.report(indicator, 0, period, value)

    assert values(drawn(indicator))[:2] == ["40", "90"]
    for over in ({"by": "year"}, {"by": "framework_year"}, {"by": "unit"}):
        figures = [row["figure"] for row in drawn(indicator, **over)["rows"]]
        assert {(one["value"], one["reason"]) for one in figures} == {
            (None, "accumulation_unknown")
        }


def test_csv_has_the_same_figures(api, world, drawn):
    sex, _ = world.dimension()
    indicator = world.indicator(sex, title="=cmd", ratio=True)
    world.report(indicator, 0, 1, (1, 3), F=(1, 2), M=(0, 1))
    query = {"indicator": indicator.pk, "by": "period", "across": "category", "output": "csv"}

    answer = api.get("/api/v1/series/", query)
    assert answer["Content-Type"].startswith("text/csv")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode())))
    said = drawn(indicator, by="period", across="category")["rows"]
    assert [line["value"] or None for line in lines] == [row["figure"]["value"] for row in said]
    assert lines[0]["title"] == "'=cmd"


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ({}, "indicator"),
        ({"by": "week"}, "by"),
        ({"by": "period", "across": "year"}, "across"),
        ({"by": "unit", "across": "unit"}, "across"),
        ({"by": "category"}, "dimension"),
        ({"by": "unit", "period": 1}, "period"),
    ],
)
def test_refuses_what_means_nothing(api, world, query, attr):
    query = {"indicator": world.indicator().pk, **query} if query else {}
    answer = api.get("/api/v1/series/", query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr


def test_a_draft_does_not_exist_for_others(api):
    assert api.get("/api/v1/series/", {"indicator": f.IndicatorFactory().pk}).status_code == 404


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("output", ["json", "csv"])
def test_costs_the_same_whatever_the_size(api, django_assert_num_queries, size, output):
    world = World(units=size, periods=size * 2)
    sex, _ = world.dimension()
    indicator = world.indicator(sex, counts_people="contacts")
    for unit, period in itertools.product(range(size), range(1, size * 2 + 1)):
        world.report(indicator, unit, period, 100, F=60, M=40)
    query = {"indicator": indicator.pk, "by": "unit", "across": "category", "output": output}
    # indicator; dimension, its categories; targets, dimensions, categories; periods, values;
    # baselines; units; what was due; breaks
    with django_assert_num_queries(12):
        api.get("/api/v1/series/", query)


# What everybody may see, put together by an attacker


class Attacker:
    """Learns everything that the API says without an account; unknowns are unit × period × sex."""

    def __init__(self, api, world, indicator, counts):
        self.api, self.world, self.indicator, self.counts = api, world, indicator, counts
        self.solver = Solver()
        self.units = {unit.pk: n for n, unit in enumerate(world.units)}
        self.learned = 0

    def ask(self, path, **query):
        answer = self.api.get(f"/api/v1/{path}/", query)
        assert answer.status_code == 200
        return answer.json()

    def learn(self, units, periods, code, value):
        if value is None:
            return
        terms = {
            (u, p, c): 1
            for u, p, c in self.counts
            if u in units and p in periods and code in ("", c)
        }
        self.learned += code != ""
        self.solver.learn(terms, value)

    def read_series(self):
        axes = itertools.permutations(("period", "year", "framework_year", "unit", "category"), 2)
        times = {"period", "year", "framework_year"}
        for by, across in axes:
            if {by, across} <= times:
                continue
            query = {"indicator": self.indicator.pk, "by": by, "across": across}
            for row in self.ask("series", **query)["rows"]:
                self.read_row(row)
        for by in ("period", "year", "framework_year"):
            for row in self.ask("series", indicator=self.indicator.pk, by=by)["rows"]:
                self.read_row(row)

    def read_row(self, row):
        units = {self.units[row["unit"]]} if row["unit"] else set(self.units.values())
        periods = self.periods(row["time"]["starts_on"], row["time"]["ends_on"])
        code = row["category"]["code"] if row["category"] else ""
        self.learn(units, periods, code, row["figure"]["value"])

    def periods(self, first, last):
        if self.indicator.accumulation == "cumulative":
            first = ""
        return {
            n
            for n, period in enumerate(self.world.periods, 1)
            if first <= period.starts_on.isoformat() and period.ends_on.isoformat() <= last
        }

    def read_explanations(self):
        spans = ("period", "to_date", "year", "framework_year")
        for period, span in itertools.product(self.world.periods, spans):
            path = f"indicators/{self.indicator.pk}/explain"
            found = self.ask(path, period=period.pk, span=span)
            numbers = [n for n, p in enumerate(self.world.periods, 1) if p.pk == period.pk]
            reach = range(1, numbers[0] + 1)
            if self.indicator.accumulation == "flow" and span == "period":
                reach = numbers
            elif self.indicator.accumulation == "flow" and span != "to_date":
                reach = [n for n in reach if (n - 1) // 4 == (numbers[0] - 1) // 4]
            everybody = set(self.units.values())
            for broken in found["breakdowns"]:
                assert broken["difference"] is None
                for item in broken["categories"]:
                    self.learn(everybody, set(reach), item["code"], item["figure"]["value"])

    def read_observations(self):
        rows = self.ask("observations", indicator=self.indicator.pk, limit=500)["results"]
        assert all(row["category"] is None for row in rows)


WORLDS = {
    "one small quarter": {(0, 1, "F"): 40, (0, 1, "M"): 50, (0, 2, "F"): 4, (0, 2, "M"): 60,
                          (0, 3, "F"): 30, (0, 3, "M"): 60, (0, 4, "F"): 45, (0, 4, "M"): 40},
    "one small unit": {(0, 1, "F"): 40, (0, 1, "M"): 50, (1, 1, "F"): 3, (1, 1, "M"): 30,
                       (0, 2, "F"): 40, (0, 2, "M"): 20, (1, 2, "F"): 20, (1, 2, "M"): 30},
    "few of unknown sex": {(0, n, c): k for n in (1, 2, 3, 5)
                           for c, k in (("F", 70), ("M", 40), ("_U", 2))},
    "all large": {(u, n, c): 30 + n for u in (0, 1, 2) for n in range(1, 7) for c in ("F", "M")},
}  # fmt: skip


@pytest.mark.parametrize("accumulation", ["flow", "cumulative"])
@pytest.mark.parametrize("name", WORLDS)
def test_who_solves_equations_finds_no_small_group(api, world, name, accumulation):
    sex, _ = world.dimension()
    indicator = world.indicator(sex, counts_people="contacts", accumulation=accumulation)
    counts = WORLDS[name]
    for unit, period in sorted({(u, p) for u, p, _ in counts}):
        reach = range(1, period + 1) if accumulation == "cumulative" else [period]
        parts = {
            code: sum(counts.get((unit, n, code), 0) for n in reach) for code in ("F", "M", "_U")
        }
        if not any(code == "_U" for _, _, code in counts):
            parts.pop("_U")
        world.report(indicator, unit, period, sum(parts.values()), **parts)

    attacker = Attacker(api, world, indicator, counts)
    attacker.read_series()
    attacker.read_explanations()
    attacker.read_observations()

    assert attacker.learned or name == "one small unit"
    units = [{0}, {1}, {2}, {0, 1, 2}]
    spans = [range(a, b + 1) for a in range(1, 7) for b in range(a, 7)]
    for some, span, code in itertools.product(units, spans, ("F", "M", "_U")):
        group = [(u, p, c) for u, p, c in counts if u in some and p in span and c == code]
        if 1 <= sum(counts[one] for one in group) <= 10:
            assert attacker.solver.tells(dict.fromkeys(group, 1)) is None, (some, span, code)
