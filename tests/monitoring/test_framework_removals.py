"""What is taken out of a draft, and targets that are written as one grid."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from monitoring.models import Framework, Indicator, PeriodTarget, Result
from monitoring.services.frameworks import (
    discard_framework,
    remove_indicator,
    remove_result,
    remove_target,
    set_targets,
)
from registry.errors import NotAllowed
from tests.factories import (
    CategoryFactory,
    FrameworkFactory,
    IndicatorFactory,
    PartnershipFactory,
    PeriodTargetFactory,
    ResultFactory,
)
from tests.moves import People, refused

pytestmark = pytest.mark.django_db
YEAR = (date(2024, 1, 1), date(2024, 12, 31))
FIRST = (date(2024, 1, 1), date(2024, 3, 31))
SECOND = (date(2024, 4, 1), date(2024, 6, 30))


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


@pytest.fixture
def target(people):
    return PeriodTargetFactory(indicator__result__framework__partnership=people.partnership)


def removals(target, by):
    framework = target.indicator.result.framework
    return [
        lambda: remove_target(target, by=by),
        lambda: remove_indicator(target.indicator, by=by),
        lambda: remove_result(target.indicator.result, by=by, with_all=True),
        lambda: discard_framework(framework, by=by),
        lambda: set_targets(framework, {(target.indicator_id, None, *YEAR): None}, by=by),
    ]


@pytest.mark.parametrize("number", range(5))
def test_each_is_taken_out_of_a_draft(people, target, number):
    framework = target.indicator.result.framework

    removals(target, people.lead_manager)[number]()

    assert not PeriodTarget.objects.exists()
    assert Indicator.objects.exists() == (number in (0, 4))
    assert Result.objects.exists() == (number in (0, 1, 4))
    assert Framework.objects.filter(pk=framework.pk).exists() == (number != 3)


@pytest.mark.parametrize("who", ["lead_evaluator", "manager", "outsider"])
def test_only_by_the_leads_managers(people, target, who):
    for forbidden in removals(target, people[who]):
        with refused("lead_only", NotAllowed):
            forbidden()

    assert PeriodTarget.objects.exists()


@pytest.mark.parametrize("status", ["proposed", "agreed", "superseded"])
def test_nothing_is_taken_out_of_what_was_proposed(people, status):
    framework = FrameworkFactory(partnership=people.partnership, **{status: True})
    target = PeriodTargetFactory(indicator__result__framework=framework)

    for forbidden in removals(target, people.lead_manager):
        with refused("framework_settled"):
            forbidden()

    assert PeriodTarget.objects.exists()


def test_a_result_goes_with_what_stands_under_it_only_where_that_is_said(people, target):
    top = target.indicator.result
    ResultFactory(framework=top.framework, parent=top)

    with refused("result_not_empty"):
        remove_result(top, by=people.lead_manager)
    remove_result(top, by=people.lead_manager, with_all=True)

    assert not Result.objects.exists()


def test_a_target_per_category_does_not_keep_a_framework_from_being_discarded(people, target):
    category = CategoryFactory(dimension__framework=target.indicator.result.framework)
    target.indicator.dimensions.add(category.dimension)
    PeriodTargetFactory(indicator=target.indicator, category=category)

    discard_framework(target.indicator.result.framework, by=people.lead_manager)

    assert not Framework.objects.exists()


def test_targets_are_written_changed_and_taken_away_at_once(people, target):
    indicator, framework = target.indicator, target.indicator.result.framework
    other = IndicatorFactory(result__framework=framework)
    cells = {
        (indicator.pk, None, *YEAR): None,
        (indicator.pk, None, *FIRST): Decimal(0),
        (indicator.pk, None, *SECOND): Decimal("12.5"),
        (other.pk, None, *YEAR): Decimal(-3),
        (other.pk, None, date(2025, 1, 1), date(2025, 12, 31)): None,
    }

    assert set_targets(framework, cells, by=people.lead_manager) == 4
    assert set_targets(framework, cells, by=people.lead_manager) == 0

    stored = PeriodTarget.objects.values_list("indicator", "starts_on", "value")
    assert set(stored) == {
        (indicator.pk, FIRST[0], Decimal(0)),
        (indicator.pk, SECOND[0], Decimal("12.5")),
        (other.pk, YEAR[0], Decimal(-3)),
    }


def test_everything_that_is_wrong_is_said_of_its_cell_and_nothing_is_saved(people, target):
    indicator, framework = target.indicator, target.indicator.result.framework
    elsewhere, strange = IndicatorFactory(), CategoryFactory()
    wrong = {
        (indicator.pk, None, *FIRST): "Another target covers a part of this span.",
        (indicator.pk, None, date(2025, 1, 2), date(2025, 3, 31)): "No period of the framework",
        (indicator.pk, strange.pk, *YEAR): "Not a category",
        (elsewhere.pk, None, *YEAR): "Not an indicator of this framework",
    }
    good = {(IndicatorFactory(result__framework=framework).pk, None, *YEAR): Decimal(1)}

    with pytest.raises(ValidationError) as refusal:
        cells = dict.fromkeys(wrong, Decimal(5)) | good
        set_targets(framework, cells, by=people.lead_manager)

    said = refusal.value.message_dict
    assert said.keys() == wrong.keys()
    assert all(text in said[cell][0] for cell, text in wrong.items())
    assert PeriodTarget.objects.get() == target
