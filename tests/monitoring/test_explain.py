"""How a figure came about: what went in, the rule, what was left out, the sum itself."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from tests import factories as f
from tests.merging import merge
from tests.monitoring.measured import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


@pytest.fixture
def explained(api, world):
    """What the API says; `by` signs in, at first as an admin, None is the public."""

    def ask(indicator, period=1, by="admin", **parameters):
        if by == "admin":
            by = ask.admin = getattr(ask, "admin", None) or f.UserFactory(admin=True)
        api.force_authenticate(by)
        parameters |= {"period": world.periods[period - 1].pk} if period else {}
        answer = api.get(f"/api/v1/indicators/{indicator.pk}/explain/", parameters)
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask


def test_a_ratio_across_three_units(world, explained):
    """Show 2, first half; printed with -s."""
    indicator = world.indicator(ratio=True, title="Water points that work")
    for unit, parts in enumerate([(2, 5), (3, 6), (4, 9)]):
        world.report(indicator, unit, 1, parts)

    found = explained(indicator)
    show(found)
    assert found["arithmetic"] == "(2 + 3 + 4) / (5 + 6 + 9) = 9/20 = 0.45"
    assert found["figure"]["value"] == "0.45"
    assert (found["figure"]["numerator"], found["figure"]["denominator"]) == ("9", "20")
    assert [row["unit"] for row in found["observations"]] == [unit.pk for unit in world.units]
    assert any("never a mean of ratios" in sentence for sentence in found["rule"])


def test_a_corrected_running_total(world, explained):
    """Show 2, second half; printed with -s."""
    indicator = world.indicator(cumulative=True, title="Kilometres of pipe laid")
    first = world.report(indicator, 0, 1, 30)
    world.report(indicator, 0, 2, 50)
    world.report(indicator, 1, 2, 7)
    corrected = world.report(indicator, 0, 2, 45)

    found = explained(indicator, 2)
    show(found)
    assert found["arithmetic"] == "45 + 7 = 52"
    used = {row["unit"]: row for row in found["observations"]}
    assert used[world.units[0].pk]["submission"] == corrected.pk
    assert used[world.units[0].pk]["revision"] == 2
    (out,) = found["left_out"]
    assert (out["why"], out["value"], out["revision"]) == ("superseded", "50", 1)
    # The first quarter's value is only counted: a later one of the same unit stands for it.
    assert found["left_out_counts"] == {"superseded": 1, "earlier": 1}
    assert first.pk not in {row["submission"] for row in found["left_out"]}
    assert explained(indicator, 1)["arithmetic"] == "30"


def show(found):
    figure = found["figure"]
    lines = [f"\n{found['indicator']['title']}, {found['period']['label']}: {figure['value']}"]
    lines += [f"  rule: {sentence}" for sentence in found["rule"]]
    lines += [f"  = {found['arithmetic']}"]
    for row in found["observations"]:
        value = row["value"] or f"{row['numerator']} of {row['denominator']}"
        lines.append(
            f"  {row['unit_name']}, {row['period_label']}: {value} (revision {row['revision']}, "
            f"{row['verification']}, evidence: {row['evidence']})"
        )
    for row in found["left_out"]:
        lines.append(f"  left out: {row['value']}, revision {row['revision']}: {row['text']}")
    print("\n".join(lines))  # noqa: T201 - shown with -s


@pytest.mark.parametrize(
    ("fields", "reports", "arithmetic"),
    [
        ({}, [2, 3, 4], "2 + 3 + 4 = 9"),
        ({}, [2], "2"),
        ({}, ["2.5", -3], "2.5 + (-3) = -0.5"),
        ({"combine": "mean"}, [2, 3, 4], "(2 + 3 + 4) / 3 = 3"),
        ({"combine": "mean"}, [1, 1, 2], "(1 + 1 + 2) / 3 ≈ 1.33333333333"),
        ({"combine": "min"}, [2, 3], "min(2, 3) = 2"),
        ({"combine": "max"}, [2, 3], "max(2, 3) = 3"),
        ({"ratio": True}, [(1, 3)], "1 / 3 ≈ 0.333333333333"),
        ({"ratio": True}, [(0, 0)], "0 / 0: no value, the denominators come to 0"),
        ({"percent": True}, [40, 60], ""),
        ({"people": True, "cumulative": True}, [5, 8], "from max(5, 8) = 8 to 5 + 8 = 13"),
        ({"yes_no": True}, [1, 0, 1], "1 + 0 + 1 = 2"),
    ],
)
def test_the_arithmetic_as_a_person_would_write_it(world, explained, fields, reports, arithmetic):
    indicator = world.indicator(**fields)
    for unit, value in enumerate(reports):
        world.report(indicator, unit, 1, value)

    assert explained(indicator)["arithmetic"] == arithmetic


def test_a_flow_to_date_is_added_up_unit_by_unit(world, explained):
    indicator = world.indicator()
    for unit, period, value in [(0, 1, 1), (0, 2, 2), (1, 2, 4)]:
        world.report(indicator, unit, period, value)

    assert explained(indicator, 2)["arithmetic"] == "2 + 4 = 6"
    to_date = explained(indicator, 2, span="to_date")
    assert (to_date["arithmetic"], to_date["figure"]["value"]) == ("(1 + 2) + 4 = 7", "7")
    assert len(to_date["observations"]) == 3


def test_calendar_and_framework_years_go_as_far_as_the_period(world, explained):
    indicator = world.indicator()
    for period in range(1, 7):
        world.report(indicator, 0, period, period)

    assert explained(indicator, 6, span="year")["arithmetic"] == "5 + 6 = 11"
    assert explained(indicator, 3, span="framework_year")["arithmetic"] == "1 + 2 + 3 = 6"


def test_what_was_left_out_and_why(world, explained):
    indicator = world.indicator(point_in_time=True)
    world.report(indicator, 0, 1, 5)
    f.SubmissionFactory(unit=world.units[0], period=world.periods[2], values={indicator: 6})
    left = world.report(indicator, 1, 2, 7)
    left.unit.membership.change(status="left", ended_on=world.periods[1].ends_on)
    gone = world.report(indicator, 2, 3, 8)
    gone.withdraw(by=f.UserFactory(admin=True), reason="Counted twice.")

    found = explained(indicator, 3)
    assert found["figure"]["value"] is None
    assert {row["value"]: row["why"] for row in found["left_out"]} == {
        "5": "stale",
        "6": "not_approved",
        "7": "member_left",
        "8": "withdrawn",
    }


def test_a_carried_state_says_so(world, explained):
    indicator = world.indicator(point_in_time=True)
    world.report(indicator, 0, 1, 5)

    found = explained(indicator, 2)
    (row,) = found["observations"]
    assert (row["carried"], row["period"]) == (True, world.periods[0].pk)
    assert found["figure"]["carried_from"] == world.periods[0].ends_on.isoformat()


def test_as_of_a_former_moment(world, explained):
    indicator = world.indicator()
    world.report(indicator, 0, 1, 5, at=datetime(2024, 5, 1, tzinfo=UTC))
    world.report(indicator, 0, 1, 6, at=datetime(2024, 6, 1, tzinfo=UTC))

    assert explained(indicator, as_of="2024-05-15T00:00:00Z")["figure"]["value"] == "5"
    before = explained(indicator, as_of="2024-04-15T00:00:00Z")
    assert before["figure"]["reason"] == "no_actual"
    assert {row["why"] for row in before["left_out"]} == {"not_approved"}


def test_as_of_a_moment_before_two_members_were_made_one(world, explained):
    sex, _ = world.dimension()
    indicator = world.indicator(sex, point_in_time=True)
    at = datetime(2024, 8, 1, tzinfo=UTC)
    world.report(indicator, 0, 1, 2, at=at)
    world.report(indicator, 1, 2, 3, at=at, unsafe={sex: "They would be found."})
    was = explained(indicator, 2, as_of="2024-08-15T00:00:00Z")

    merge(world.members[1].partner, world.members[0].partner)
    found = explained(indicator, 2, as_of="2024-08-15T00:00:00Z")

    used = [[row["unit"] for row in one["observations"]] for one in (was, found)]
    assert len(used[0]) == 2  # one carried
    assert used[0] == used[1]
    assert found["left_out"] == []
    (broken,) = found["breakdowns"]
    (before,) = was["breakdowns"]
    assert [(unit["unit"], unit["state"]) for unit in broken["units"]] == [
        (unit["unit"], unit["state"]) for unit in before["units"]
    ]


def test_progress_with_its_arithmetic_and_a_categorys_own_baseline(world, explained):
    sex, codes = world.dimension()
    indicator = world.indicator(sex, point_in_time=True, baseline_value=Decimal(10))
    world.target(indicator, 1, 1, 20)
    world.target(indicator, 1, 1, 12, category=codes["F"])
    world.report(indicator, 0, 1, 15, F=9, M=6)

    total = explained(indicator)
    assert total["progress_arithmetic"] == "(15 - 10) / (20 - 10) = 0.5"
    female = explained(indicator, category=codes["F"].pk)
    assert female["progress"]["reason"] == "no_baseline"
    f.CategoryBaselineFactory(indicator=indicator, category=codes["F"], value=8)
    female = explained(indicator, category=codes["F"].pk)
    assert female["progress_arithmetic"] == "(9 - 8) / (12 - 8) = 0.25"


def test_a_flows_progress_is_over_every_target_that_has_ended(world, explained):
    """RULES 17: the figure of the period alone is not what the progress is made of."""
    indicator = world.indicator()
    world.target(indicator, 1, 2, 100)
    world.target(indicator, 3, 4, 60)
    world.target(indicator, 5, 6, 999)
    for period, value in enumerate([40, 50, 20, 10], start=1):
        world.report(indicator, 0, period, value)

    found = explained(indicator, 4)
    assert found["figure"]["value"] == "10"
    assert found["progress"]["value"] == "0.75"
    assert found["progress_arithmetic"] == "(90 + 30) / (100 + 60) = 0.75"
    assert explained(indicator, 4, span="to_date")["progress_arithmetic"].endswith("= 0.75")
    assert explained(indicator, 2)["progress_arithmetic"] == "90 / 100 = 0.9"
    assert explained(indicator, 1)["progress_arithmetic"] == ""


def test_a_flows_progress_less_its_baseline(world, explained):
    indicator = world.indicator(baseline_value=Decimal(10))
    world.target(indicator, 1, 1, 30)
    world.target(indicator, 2, 2, 50)
    world.report(indicator, 0, 1, 20)
    world.report(indicator, 0, 2, 30)

    found = explained(indicator, 2)
    assert found["progress"]["value"] == "0.5"
    assert found["progress_arithmetic"] == "((20 + 30) - 20) / ((30 + 50) - 20) = 0.5"


def test_verification_and_evidence_stand_beside_each_value(world, explained):
    indicator = world.indicator()
    sent = world.report(indicator, 0, 1, 5)
    f.EvidenceFactory(submission=sent)
    f.EvidenceFactory(submission=sent, observation=sent.observations.get())

    (row,) = explained(indicator)["observations"]
    assert (row["evidence"], row["verification"]) == (2, "self_reported")
    (row,) = explained(indicator, by=None)["observations"]
    assert row["evidence"] == 0


def test_the_public_sees_only_what_counts_now(world, explained):
    indicator = world.indicator()
    world.report(indicator, 0, 1, 5)
    world.report(indicator, 0, 1, 6)
    f.SubmissionFactory(unit=world.units[1], period=world.periods[0], values={indicator: 9})

    found = explained(indicator, by=None)
    assert (found["figure"]["value"], found["arithmetic"]) == ("6", "6")
    assert found["left_out"] == []
    before = explained(indicator, by=None, as_of=timezone.now() - timedelta(days=1))
    assert "5" not in {row["value"] for row in before["observations"]}


def test_small_groups_are_named_as_suppressed_while_the_total_stays(world, explained):
    sex, codes = world.dimension()
    indicator = world.indicator(sex, counts_people="contacts")
    world.report(indicator, 0, 1, 103, F=100, M=3)

    found = explained(indicator, by=None)
    assert found["figure"]["value"] == "103"
    (broken,) = found["breakdowns"]
    assert {c["code"]: c["figure"]["reason"] for c in broken["categories"]} == {
        "F": "suppressed",
        "M": "suppressed",
        "_U": "no_actual",
    }
    assert broken["difference"] is None
    hidden = explained(indicator, by=None, category=codes["M"].pk)
    assert (hidden["figure"]["reason"], hidden["arithmetic"]) == ("suppressed", "")
    assert hidden["observations"] == []

    inside = explained(indicator)["breakdowns"][0]["categories"]
    assert {c["code"]: c["figure"]["value"] for c in inside} == {"F": "100", "M": "3", "_U": None}


def test_large_groups_are_public(world, explained):
    sex, codes = world.dimension()
    indicator = world.indicator(sex, counts_people="contacts")
    world.report(indicator, 0, 1, 100, F=60, M=40)

    (broken,) = explained(indicator, by=None)["breakdowns"]
    assert [c["figure"]["value"] for c in broken["categories"]] == ["60", "40", None]
    assert explained(indicator, by=None, category=codes["F"].pk)["arithmetic"] == "60"


def test_the_public_sees_no_breakdown_of_people_as_of_a_former_moment(world, explained):
    sex, _ = world.dimension()
    indicator = world.indicator(sex, counts_people="contacts")
    world.report(indicator, 0, 1, 100, F=60, M=40)

    (broken,) = explained(indicator, by=None, as_of="2025-01-01T00:00:00Z")["breakdowns"]
    assert {c["figure"]["reason"] for c in broken["categories"]} == {"suppressed", "no_actual"}


def test_a_unit_that_is_not_safe_to_break_down_is_named_without_its_reason(world, explained):
    sex, _ = world.dimension()
    indicator = world.indicator(sex)
    world.report(indicator, 0, 1, 100, unsafe={sex: "They would be found."})

    (state,) = explained(indicator, by=None)["breakdowns"][0]["units"]
    assert (state["state"], state["reason"]) == ("not_safe_to_collect", "")
    (state,) = explained(indicator)["breakdowns"][0]["units"]
    assert state["reason"] == "They would be found."


@pytest.mark.parametrize(
    ("parameters", "attr"),
    [
        ({"period": "1"}, "period"),
        ({"period": "x"}, "period"),
        ({"category": "1"}, "category"),
        ({"span": "week"}, "span"),
        ({"as_of": "yesterday"}, "as_of"),
    ],
)
def test_refuses_what_means_nothing(api, world, parameters, attr):
    indicator = world.indicator()
    answer = api.get(f"/api/v1/indicators/{indicator.pk}/explain/", parameters)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr


def test_another_partnerships_period_does_not_exist_here(api, world):
    period = f.PeriodFactory()
    url = f"/api/v1/indicators/{world.indicator().pk}/explain/"
    assert api.get(url, {"period": period.pk}).status_code == 400


@pytest.mark.parametrize("size", [1, 3])
def test_costs_the_same_whatever_the_size(api, django_assert_num_queries, size):
    world = World(units=size, periods=size * 3)
    dimensions = [world.dimension(code)[0] for code in ("SEX", "AGE", "PLACE")[:size]]
    indicator = world.indicator(*dimensions, counts_people="contacts")
    for unit in range(size):
        for period in range(1, size * 3 + 1):
            world.report(indicator, unit, period, 100, F=60, M=40)
    url = f"/api/v1/indicators/{indicator.pk}/explain/"
    # indicator, dimensions; period; targets, categories; periods and values read (2); baselines;
    # observations, evidence; what is not safe; names of units
    with django_assert_num_queries(12):
        assert api.get(url, {"period": world.periods[-1].pk}).status_code == 200
