"""A new edition's indicator takes over an earlier one's series, if it measures the same."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from monitoring.models import Indicator
from monitoring.services.frameworks import add_indicator, edit_indicator
from tests.factories import (
    CurrencyFactory,
    FrameworkFactory,
    IndicatorFactory,
    PartnershipFactory,
    ResultFactory,
    UserFactory,
)
from tests.moves import field_of

pytestmark = pytest.mark.django_db
SAME = {"title": "Safe wells", "measure": "number", "accumulation": "flow", "combine": "sum"}


class Editions:
    """An agreed edition with an indicator, and the draft of the next."""

    def __init__(self):
        self.partnership = PartnershipFactory(active=True)
        self.lead = UserFactory(manages=self.partnership.memberships.get().partner)
        agreed = FrameworkFactory(partnership=self.partnership, agreed=True)
        self.old = IndicatorFactory(result__framework=agreed, title="Wells")
        self.draft = FrameworkFactory(partnership=self.partnership)
        self.result = ResultFactory(framework=self.draft)

    def add(self, **fields):
        values = SAME | {"continues": self.old} | fields
        return add_indicator(self.result, by=self.lead, **values)


@pytest.fixture
def editions():
    return Editions()


def refusal_of(call):
    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        call()
    return field_of(refusal.value)


def test_wording_and_baseline_change_and_the_series_goes_on(editions):
    new = editions.add(baseline_value=Decimal(3), baseline_on=date(2023, 12, 31))

    assert Indicator.objects.get(pk=new.pk).series == editions.old.series
    assert new.title == "Safe wells"


def test_without_being_asked_to_it_begins_a_series_of_its_own(editions):
    assert editions.add(continues=None).series != editions.old.series


BREAKS = [
    ({"accumulation": "cumulative"}, "accumulation"),
    ({"combine": "mean"}, "combine"),
    ({"unit": "wells"}, "unit"),
    ({"by_place": True}, "by_place"),
    ({"counts_people": "unique"}, "counts_people"),
]


@pytest.mark.parametrize(("change", "field"), BREAKS)
def test_what_breaks_the_series_is_refused(editions, change, field):
    assert refusal_of(lambda: editions.add(**change)) == field
    assert not editions.result.indicators.exists()


@pytest.mark.parametrize(("change", "field"), BREAKS)
def test_an_edit_cannot_break_a_series_that_was_taken_over(editions, change, field):
    new = editions.add()

    assert refusal_of(lambda: edit_indicator(new, by=editions.lead, **change)) == field


def test_another_measure_or_currency_breaks_it(editions):
    money = {"measure": "currency", "currency": CurrencyFactory(code="EUR")}
    with pytest.raises(ValidationError) as refusal:
        editions.add(**money)
    assert set(refusal.value.message_dict) == {"measure", "currency"}

    dollars = IndicatorFactory(result=editions.old.result, money=True)
    assert refusal_of(lambda: editions.add(continues=dollars, **money)) == "currency"


def test_another_scale_breaks_it(editions):
    rated = {"measure": "rating", "combine": "mean", "accumulation": "point_in_time"}
    old = IndicatorFactory(result=editions.old.result, rating=True)

    scale = {"rating_min": Decimal(1), "rating_max": Decimal(10)}
    assert refusal_of(lambda: editions.add(continues=old, **rated, **scale)) == "rating_max"


def test_one_indicator_of_an_edition_continues_it(editions):
    editions.add()

    assert refusal_of(editions.add) == "continues"


def test_it_continues_no_later_edition_and_no_other_partnerships(editions):
    own = IndicatorFactory(result=ResultFactory(framework=editions.draft))
    later = IndicatorFactory(
        result__framework=FrameworkFactory(partnership=editions.partnership, edition=9)
    )
    foreign = IndicatorFactory(
        result__framework=FrameworkFactory(agreed=True, edition=1),
    )

    for other in (own, later, foreign):
        assert refusal_of(lambda other=other: editions.add(continues=other)) == "continues"


def test_over_the_api_it_is_stated_once_and_read_as_series(editions, api):
    api.force_authenticate(editions.lead)
    body = SAME | {"result": editions.result.pk, "continues": editions.old.pk}

    made = api.post("/api/v1/indicators/", body, format="json")
    changed = api.patch(
        f"/api/v1/indicators/{made.json()['id']}/",
        {"continues": editions.old.pk},
        format="json",
        HTTP_IF_MATCH="*",
    )

    assert (made.status_code, made.json()["series"]) == (201, str(editions.old.series))
    assert changed.status_code == 400
    assert changed.json()["errors"][0]["attr"] == "continues"
