"""RULES 10: what keeps a series and what breaks it."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from monitoring.services.frameworks import add_indicator, edit_indicator
from tests import factories as f

pytestmark = pytest.mark.django_db
BASE = {"measure": "number", "accumulation": "flow", "combine": "sum"}


@pytest.fixture
def former():
    return f.IndicatorFactory(result__framework__agreed=True)


@pytest.fixture
def admin():
    return f.UserFactory(admin=True)


@pytest.fixture
def result(former):
    next_one = f.FrameworkFactory(partnership=former.framework.partnership)
    return f.ResultFactory(framework=next_one)


@pytest.mark.parametrize(
    "change",
    [{"title": "In other words"}, {"baseline_value": Decimal(3)}, {"code": "NEW"}],
)
def test_wording_and_baselines_keep_the_series(former, result, admin, change):
    made = add_indicator(
        result, by=admin, continues=former, **{**BASE, "title": former.title, **change}
    )
    assert made.series == former.series


@pytest.mark.parametrize(
    "change",
    [
        {"accumulation": "cumulative"},
        {"combine": "mean"},
        {"unit": "litres"},
        {"by_place": True},
        {"measure": "ratio", "combine": "ratio"},
        {"counts_people": "contacts"},
    ],
)
def test_another_measure_unit_accumulation_or_coverage_breaks_it(former, result, admin, change):
    fields = {**BASE, "title": former.title}
    with pytest.raises(ValidationError):
        add_indicator(result, by=admin, continues=former, **{**fields, **change})
    made = add_indicator(result, by=admin, continues=former, **fields)
    with pytest.raises(ValidationError):
        edit_indicator(made, by=admin, **change)


def test_without_a_word_there_is_a_series_of_its_own(former, result, admin):
    made = add_indicator(result, by=admin, **BASE, title=former.title)
    assert made.series != former.series
