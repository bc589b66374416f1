"""Results form a tree, members are responsible, and a scale has a top above its bottom."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from monitoring.models import Indicator, Result
from monitoring.services.frameworks import add_indicator, edit_indicator, edit_result
from tests.factories import (
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
    ResultFactory,
    UserFactory,
)
from tests.moves import field_of

pytestmark = pytest.mark.django_db
RATING = {
    "title": "Trust",
    "measure": "rating",
    "accumulation": "point_in_time",
    "combine": "mean",
}


@pytest.fixture
def framework():
    return FrameworkFactory(partnership=PartnershipFactory(active=True))


@pytest.fixture
def admin():
    return UserFactory(admin=True)


def refused_field(call):
    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        call()
    return field_of(refusal.value)


@pytest.mark.parametrize("depth", [0, 1, 3])
def test_a_result_does_not_stand_below_itself(framework, admin, depth):
    top = lowest = ResultFactory(framework=framework)
    for _ in range(depth):
        lowest = ResultFactory(framework=framework, parent=lowest)

    assert refused_field(lambda: edit_result(top, by=admin, parent=lowest)) == "parent"
    assert Result.objects.get(pk=top.pk).parent is None


def test_a_result_moves_within_the_tree(framework, admin):
    top, other = ResultFactory.create_batch(2, framework=framework)
    child = ResultFactory(framework=framework, parent=top)

    edit_result(child, by=admin, parent=other)
    edit_result(top, by=admin, parent=child)

    assert Result.objects.get(pk=top.pk).parent == child


def test_the_ring_that_an_older_writer_left_is_no_endless_loop(framework, admin):
    first, second = ResultFactory.create_batch(2, framework=framework)
    Result.objects.filter(pk=first.pk).update(parent=second)
    Result.objects.filter(pk=second.pk).update(parent=first)
    third = ResultFactory(framework=framework)

    edit_result(third, by=admin, parent=first)

    assert Result.objects.get(pk=third.pk).parent_id == first.pk


def test_a_member_of_another_partnership_is_not_responsible(framework, admin):
    indicator = IndicatorFactory(result__framework=framework)
    own = MembershipFactory(partnership=framework.partnership)

    assert (
        refused_field(lambda: edit_indicator(indicator, by=admin, responsible=MembershipFactory()))
        == "responsible"
    )
    edit_indicator(Indicator.objects.get(), by=admin, responsible=own)

    assert Indicator.objects.get().responsible == own


@pytest.mark.parametrize(("low", "high"), [(5, 5), (5, 1), (0, -1)])
def test_a_scale_ends_above_where_it_begins(framework, admin, low, high):
    scale = {"rating_min": Decimal(low), "rating_max": Decimal(high)}

    with pytest.raises(ValidationError) as refusal:
        add_indicator(ResultFactory(framework=framework), by=admin, **RATING | scale)

    assert "rating_max" in str(refusal.value)
    assert not Indicator.objects.exists()
