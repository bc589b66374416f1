"""Scores made of measures, and what changed since the previous report."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.reports.accountability import Measure, Outcome, scores
from monitoring.reports.accountability.scoring import change_since, coverage_of
from monitoring.reports.snapshot import plain

VALUES = st.integers(0, 100).map(lambda n: Decimal(n) / 100)
STATES = st.one_of(VALUES, st.sampled_from(["no_data", "not_applicable"]))
CODES = ["A1", "A2", "A3", "B1", "C1", "C2", "D4", "E1"]


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


def test_what_is_compared_falls_where_recording_stops():
    """A6 at 0.1 or without data, beside four full ones: high 0.82 or 1, low 0.82 or 0.8."""
    full = [(measure(f"A{n}"), Outcome(value=Decimal(1))) for n in range(1, 5)]
    weakly = scores([*full, (measure("A6"), Outcome(value=Decimal("0.1")))])
    nothing = scores([*full, (measure("A6"), Outcome(state="no_data"))])

    assert (weakly["low"], weakly["total"]) == (Decimal("0.82"), Decimal("0.82"))
    assert (nothing["low"], nothing["total"]) == (Decimal("0.8"), 1)


def test_what_is_shown_and_not_scored_counts_in_no_score_and_no_coverage():
    shown = Measure("C3", "C3", "", lambda subject: Outcome(), is_scored=False)
    outcomes = [
        (measure("C1"), Outcome(value=Decimal(1))),
        (shown, Outcome(value=Decimal("0.2"))),
    ]

    result = scores(outcomes)

    assert (result["total"], result["measured"], result["applicable"]) == (1, 1, 1)
    assert result["groups"]["C"]["high"] == 1


def outcomes_of(states):
    return [
        (measure(code), Outcome(value=one) if isinstance(one, Decimal) else Outcome(state=one))
        for code, one in zip(CODES, states, strict=True)
    ]


@given(st.lists(STATES, min_size=8, max_size=8), st.integers(0, 7), VALUES)
def test_recording_weakly_never_falls_below_recording_nothing(states, which, weak):
    """Whatever else is measured: with a value, however small, the low end is not lower, and the
    coverage is higher, than without any data."""
    states[which] = "no_data"
    nothing = scores(outcomes_of(states))
    states[which] = weak
    weakly = scores(outcomes_of(states))

    assert weakly["low"] >= nothing["low"]
    assert weakly["coverage"] > nothing["coverage"]


@given(st.lists(STATES, min_size=8, max_size=8))
def test_the_low_end_lies_within_the_range_and_shares_stay_shares(states):
    result = scores(outcomes_of(states))
    ends = [result["low"], result["high"]]
    if None not in ends:
        assert 0 <= result["low"] <= result["high"] <= 1
    assert result["total"] in (None, result["high"])


def test_groups_weigh_the_same_however_many_measures_they_have():
    states = ["no_data"] * 8
    states[0], states[1], states[2] = Decimal("0.9"), Decimal("0.6"), "no_data"  # A
    states[3:] = [Decimal("0.2"), *["not_applicable"] * 4]  # B; the others ask nothing

    result = scores(outcomes_of(states))

    # A: (0.9 + 0.6) / 2 = 0.75, with the missing one 1.5 / 3 = 0.5; B: 0.2
    assert (result["low"], result["high"]) == (Decimal("0.35"), Decimal("0.475"))
    assert (result["coverage"], result["total"]) == (Decimal("0.75"), Decimal("0.475"))


def test_coverage_tells_what_stands_behind_a_value():
    outcome = Outcome(
        value=Decimal(1),
        denominator=Decimal(4),
        evidence=[{"type": "monitoring.report", "id": 1}],
        beside={"waiting_for_reviewer": 2, "left_out": [{"report": 3, "reason": "in review"}]},
    )
    assert coverage_of(outcome) == {
        "counted": 4,
        "evidence": 1,
        "left_out": 1,
        "waiting_for_reviewer": 2,
    }


def test_coverage_counts_what_an_entry_stands_for():
    """Eleven indicators in one entry of A2, seven observations in one of A3, one each elsewhere."""
    waiting = {"reason": "values wait for a reviewer"}
    entries = {
        11: [{"indicators": 11, **waiting}],
        7: [{"observations": 7, **waiting}],
        2: [{"indicator": 40, "reason": "not safe to collect"}, {"indicator": 41, "reason": "too"}],
        1: [{"what": "need", "currency": "XDR", "amount": Decimal(90), "reason": "no_rate"}],
    }
    for left_out, said in entries.items():
        assert coverage_of(Outcome(beside={"left_out": said}))["left_out"] == left_out


@pytest.mark.parametrize(
    ("now", "before", "how", "by"),
    [
        ("0.5", "0.25", "up", "0.25"),
        ("0.25", "0.5", "down", "-0.25"),
        ("0.5", "0.5", "same", "0"),
        ("0.5", None, "gained", None),
        (None, "0.5", "lost", None),
        (None, None, "none", None),
    ],
)
def test_a_change_says_how_and_by_how_much(now, before, how, by):
    found = change_since({"value": now and Decimal(now)}, {"value": before, "state": "measured"})
    assert (found["how"], found["by"]) == (how, by and Decimal(by))
    assert found["was_state"] == "measured"


def test_a_measure_that_was_not_measured_before_says_so():
    assert change_since({"value": Decimal(1)}, None)["how"] == "new"


@pytest.mark.parametrize("zero", ["-0", "-0.00", "0E-12", "-0E+3"])
def test_a_zero_is_written_without_a_sign(zero):
    assert plain(Decimal(zero)) == "0"


def test_thirds_are_the_same_as_the_thirds_that_were_stored():
    third = Decimal(1) / Decimal(3)
    stored = plain({"value": third})
    assert change_since({"value": third}, stored)["how"] == "same"
