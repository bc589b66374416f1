"""A target is a finite value over whole periods, which no other target of its indicator shares."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from monitoring.models import Framework
from monitoring.services.frameworks import add_target, edit_framework, propose_framework
from tests.factories import (
    CategoryFactory,
    IndicatorFactory,
    PartnershipFactory,
    PeriodTargetFactory,
    UserFactory,
)
from tests.moves import field_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def indicator():
    """Of the draft of an active partnership."""
    return IndicatorFactory(result__framework__partnership=PartnershipFactory(active=True))


@pytest.fixture
def manager(indicator):
    """Of the lead partner."""
    lead = indicator.framework.partnership.memberships.get()
    return UserFactory(manages=lead.partner)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"starts_on": date(2024, 1, 2)}, "starts_on"),
        ({"ends_on": date(2024, 12, 30)}, "ends_on"),
        ({"starts_on": date(2027, 1, 1), "ends_on": date(2027, 12, 31)}, "starts_on"),
        ({"starts_on": date(2025, 1, 1), "ends_on": date(2024, 12, 31)}, None),
        ({"value": Decimal("Infinity")}, "value"),
        ({"value": Decimal("1e21")}, "value"),
        ({"value": None}, "value"),
    ],
)
def test_a_target_spans_whole_periods_with_a_finite_value(indicator, manager, fields, field):
    good = {
        "starts_on": date(2024, 1, 1),
        "ends_on": date(2024, 12, 31),
        "value": Decimal(5),
    }

    with pytest.raises(ValidationError) as refusal:
        add_target(indicator, by=manager, **good | fields)

    assert field_of(refusal.value) == field


def test_a_target_for_a_category_of_no_dimension_of_the_indicator_is_refused(indicator, manager):

    with pytest.raises(ValidationError) as refusal:
        add_target(
            indicator,
            by=manager,
            value=Decimal(5),
            category=CategoryFactory(),
            starts_on=date(2024, 1, 1),
            ends_on=date(2024, 12, 31),
        )

    assert field_of(refusal.value) == "category"


def test_spans_of_one_indicator_do_not_overlap(indicator, manager):
    PeriodTargetFactory(indicator=indicator)

    with pytest.raises(IntegrityError, match="target_spans_apart"), transaction.atomic():
        add_target(
            indicator,
            by=manager,
            value=Decimal(5),
            starts_on=date(2024, 10, 1),
            ends_on=date(2025, 3, 31),
        )


def test_targets_that_a_new_cadence_has_made_unfit_stop_the_proposal(indicator, manager):
    framework = indicator.framework
    PeriodTargetFactory(indicator=indicator, starts_on=date(2024, 1, 1), ends_on=date(2024, 3, 31))
    edit_framework(framework, by=manager, cadence="yearly")

    with pytest.raises(ValidationError) as refusal:
        propose_framework(framework, by=manager)

    assert field_of(refusal.value) == "ends_on"
    assert Framework.objects.get().status == "draft"
