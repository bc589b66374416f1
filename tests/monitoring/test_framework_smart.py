"""What an indicator lacks before members agree to it: errors stop a proposal, warnings do not."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from monitoring.models import Framework, Indicator
from monitoring.models.smart import findings_of
from monitoring.services.frameworks import add_indicator, edit_indicator, propose_framework
from tests.factories import (
    DisclosureFactory,
    FrameworkFactory,
    GlobalIndicatorFactory,
    IndicatorFactory,
    PartnershipFactory,
    PeriodTargetFactory,
    ResultFactory,
    UserFactory,
)
from tests.moves import field_of, refused

pytestmark = pytest.mark.django_db
NUMBER = {"title": "Pumps", "measure": "number", "accumulation": "flow", "combine": "sum"}
STATE = {"point_in_time": True}
BASED = {"baseline_value": Decimal(10), "baseline_on": date(2023, 12, 31)}
PLAN = {
    "baseline_unavailable": True,
    "baseline_plan": "A survey of two hundred households.",
    "baseline_plan_on": date(2024, 6, 30),
}
WHOLE = {
    "definition": "What two people count alike.",
    "unit": "pieces",
    "method": "Counted.",
    "source": "Registers.",
    "frequency": "Each quarter.",
    "means_of_verification": "Photographs.",
    "library_link": "none",
    "baseline_source": "Census.",
}


@pytest.fixture
def framework():
    return FrameworkFactory(theory_of_change="If, then.", assumptions="Peace.")


def indicator(framework, target=20, **fields):
    member = {"responsible": framework.partnership.memberships.get()}
    made = IndicatorFactory(result__framework=framework, **(WHOLE | member | fields))
    if target is not None:
        PeriodTargetFactory(indicator=made, value=Decimal(target))
    return made


def found(framework, severity=None):
    return [f.code for f in findings_of(framework) if severity in (None, f.severity)]


def test_one_that_has_it_all_lacks_nothing(framework):
    indicator(framework)
    indicator(framework, **STATE, **BASED)

    assert found(framework) == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"definition": " "}, "no_definition"),
        ({"unit": ""}, "no_unit"),
        ({"target": None}, "no_target"),
        (STATE, "no_baseline"),
        ({"cumulative": True}, "no_baseline"),
        ({"ratio": True}, "no_baseline"),
        ({"accumulation": "as_published"}, "accumulation_open"),
    ],
    ids=str,
)
def test_what_two_people_could_not_measure_alike_is_an_error_and_stops_it(framework, fields, code):
    indicator(framework, **fields)

    assert code in found(framework, "error")
    with refused("not_smart"):
        propose_framework(framework, by=UserFactory(admin=True))
    assert Framework.objects.get().status == "draft"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"responsible": None}, "no_responsible"),
        ({"means_of_verification": ""}, "no_means_of_verification"),
        ({"method": ""}, "no_method"),
        ({"source": ""}, "no_source"),
        ({"frequency": ""}, "no_frequency"),
        ({"library_link": ""}, "library_open"),
        (STATE | BASED | {"baseline_source": ""}, "baseline_unsourced"),
        (STATE | BASED | {"baseline_on": None}, "baseline_undated"),
    ],
    ids=str,
)
def test_what_people_should_weigh_is_a_warning_and_stops_nothing(framework, fields, code):
    made = indicator(framework, **fields)

    assert found(framework) == [code]
    assert findings_of(framework)[0].indicator == made
    propose_framework(framework, by=UserFactory(admin=True))
    assert Framework.objects.get().status == "proposed"


@pytest.mark.parametrize(
    ("direction", "baseline", "target", "wrong"),
    [
        ("increase", 10, 20, False),
        ("increase", 10, 10, False),
        ("increase", 10, 5, True),
        ("increase", -10, -5, False),
        ("increase", 0, -1, True),
        ("decrease", 80, 20, False),
        ("decrease", 80, 80, False),
        ("decrease", 80, 90, True),
    ],
)
def test_a_target_on_the_wrong_side_of_the_baseline_is_a_warning(
    framework, direction, baseline, target, wrong
):
    indicator(
        framework,
        target,
        **STATE,
        **(BASED | {"baseline_value": Decimal(baseline)}),
        direction=direction,
    )

    assert found(framework) == (["wrong_side"] if wrong else [])


def test_a_ratios_baseline_is_its_parts(framework):
    parts = {"baseline_numerator": Decimal(4), "baseline_denominator": Decimal(10)}
    indicator(framework, "0.3", ratio=True, baseline_on=date(2023, 12, 31), **parts)

    assert found(framework) == ["wrong_side"]


def test_a_baseline_of_more_than_the_whole_is_looked_at_again(framework):
    parts = {"baseline_numerator": Decimal(45), "baseline_denominator": Decimal(40)}
    indicator(framework, "1.2", ratio=True, baseline_on=date(2023, 12, 31), **parts)

    assert found(framework) == ["baseline_above_whole"]


def test_an_indicator_to_maintain_has_no_wrong_side(framework):
    indicator(framework, 5, maintained=True, **STATE, **BASED)

    assert found(framework) == []


def test_zero_is_a_baseline_and_a_plan_stands_for_one(framework):
    indicator(framework, **STATE, **(BASED | {"baseline_value": Decimal(0)}))
    indicator(framework, **STATE, **PLAN)

    assert found(framework) == []


@pytest.mark.parametrize("library", ["global_indicator", "disclosure"])
def test_what_a_library_defines_needs_no_definition_here(framework, library):
    record = GlobalIndicatorFactory() if library == "global_indicator" else DisclosureFactory()
    indicator(framework, definition="", library_link="proxy", **{library: record})

    assert found(framework) == []


def test_a_library_without_its_link_is_a_warning(framework):
    indicator(framework, global_indicator=GlobalIndicatorFactory())

    assert found(framework) == ["no_library_link"]


def test_a_framework_without_its_theory_is_a_warning():
    framework = FrameworkFactory()
    indicator(framework)

    assert found(framework) == ["no_theory_of_change", "no_assumptions"]


def test_a_narrative_needs_neither_unit_nor_target(framework):
    indicator(framework, None, narrative=True, unit="")

    assert found(framework) == []


def test_the_light_track_asks_for_less_and_for_the_sdgs():
    framework = FrameworkFactory(partnership=PartnershipFactory(active=True, track="light"))
    IndicatorFactory(result__framework=framework, smart=True)

    assert found(framework) == ["library_open", "light_without_sdg"]


def test_more_than_five_on_the_light_track_are_not_proposed(framework):
    for _ in range(6):
        indicator(framework)
    framework.partnership.track = "light"
    framework.partnership.save()

    assert found(framework, "error") == ["light_at_most_five"]


def test_the_refusal_names_the_indicators(framework):
    made = indicator(framework, definition="")

    with refused("not_smart") as refusal:
        propose_framework(framework, by=UserFactory(admin=True))

    assert made.title in refusal.value.detail
    assert "two people" in refusal.value.detail
    assert refusal.value.extra == {"findings": 1}


def test_its_cost_is_the_same_for_many(framework, django_assert_max_num_queries):
    for _ in range(8):
        indicator(framework)
    framework = Framework.objects.get()

    # partnership, indicators, targets, categories
    with django_assert_max_num_queries(6):
        findings_of(framework)


# baselines that are not available


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"baseline_unavailable": True}, "baseline_plan"),
        (PLAN | {"baseline_plan": ""}, "baseline_plan"),
        (PLAN | {"baseline_plan_on": None}, "baseline_plan"),
        (PLAN | {"baseline_unavailable": False}, "baseline_plan"),
        (PLAN | BASED, "baseline_unavailable"),
        (PLAN | {"baseline_plan_on": date(1800, 1, 1)}, "baseline_plan_on"),
    ],
    ids=str,
)
def test_not_available_has_a_plan_and_no_value(framework, fields, field):
    result = ResultFactory(framework=framework)

    with pytest.raises(ValidationError) as refusal:
        add_indicator(result, by=UserFactory(admin=True), **(NUMBER | fields))

    assert field_of(refusal.value) == field


def test_the_database_holds_it_too(framework):
    made = indicator(framework)

    for change in ({"baseline_unavailable": True}, {"baseline_plan": "Some."}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Indicator.objects.filter(pk=made.pk).update(**change)


def test_not_available_is_not_the_same_as_missing_and_ends_with_a_value(framework):
    made = indicator(framework, **STATE, **PLAN)
    missing = indicator(framework, **STATE)
    by = UserFactory(admin=True)
    assert [f.indicator for f in findings_of(framework)] == [missing]

    with pytest.raises(ValidationError), transaction.atomic():
        edit_indicator(Indicator.objects.get(pk=made.pk), by=by, baseline_value=Decimal(0))
    ends = {"baseline_unavailable": False, "baseline_plan": "", "baseline_plan_on": None}
    edit_indicator(Indicator.objects.get(pk=made.pk), by=by, **BASED, **ends)

    assert Indicator.objects.get(pk=made.pk).baseline_value == 10
