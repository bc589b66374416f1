"""Targets in one grid: spans across, indicators and categories down."""

from datetime import date
from decimal import Decimal

import pytest

from monitoring.models import PeriodTarget
from monitoring.services.frameworks import set_targets
from tests.factories import (
    CategoryFactory,
    FrameworkFactory,
    IndicatorFactory,
    PartnershipFactory,
    PeriodTargetFactory,
)
from tests.moves import People

pytestmark = pytest.mark.django_db
Y2024 = (date(2024, 1, 1), date(2024, 12, 31))
Q1 = (date(2024, 1, 1), date(2024, 3, 31))


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


@pytest.fixture
def draft(people, client):
    client.force_login(people.lead_manager)
    return FrameworkFactory(partnership=people.partnership)


def address(draft, query=""):
    return f"/partnerships/{draft.partnership.reference}/framework/{draft.edition}/targets/{query}"


def name(indicator, span=Y2024, category=None):
    first, last = span
    return f"t-{indicator.pk}-{category.pk if category else 0}-{first:%Y%m%d}-{last:%Y%m%d}"


def stamp(client, draft, query=""):
    text = client.get(address(draft, query)).content.decode()
    return text.split('name="stamp" value="')[1].split('"')[0]


def send(client, draft, query="", **cells):
    form = {"stamp": stamp(client, draft, query), **cells}
    return client.post(address(draft, query), form)


def stored():
    rows = PeriodTarget.objects.order_by("pk")
    return [(row.starts_on, row.ends_on, row.value) for row in rows]


def test_each_year_has_a_column_and_what_is_typed_is_stored(client, draft):
    indicator = IndicatorFactory(result__framework=draft)

    answer = send(client, draft, **{name(indicator): "1 234.5"})

    assert answer.status_code == 302
    assert stored() == [(*Y2024, Decimal("1234.5"))]
    again = client.get(address(draft)).content.decode()
    assert 'value="1234.5"' in again
    for year in ("2024", "2025", "2026"):
        assert f'<th scope="col">{year}</th>' in again


@pytest.mark.parametrize(
    ("typed", "value"), [("40 %", "0.4"), ("0.4", "0.4"), ("12,5%", "0.125"), ("0", "0")]
)
def test_a_share_is_typed_in_per_cent_or_as_it_is(client, draft, typed, value):
    ratio = IndicatorFactory(result__framework=draft, ratio=True)

    send(client, draft, **{name(ratio): typed})

    assert stored() == [(*Y2024, Decimal(value))]


def test_yes_or_no_is_chosen(client, draft):
    indicator = IndicatorFactory(result__framework=draft, yes_no=True)

    send(client, draft, **{name(indicator): "1"})

    assert stored() == [(*Y2024, Decimal(1))]


def test_an_emptied_cell_has_no_target_and_a_zero_is_one(client, draft):
    indicator, other = IndicatorFactory.create_batch(2, result__framework=draft)
    PeriodTargetFactory(indicator=indicator)

    send(client, draft, **{name(indicator): "", name(other): "0"})

    assert stored() == [(*Y2024, Decimal(0))]
    assert PeriodTarget.objects.get().indicator == other


@pytest.mark.parametrize("typed", ["many", "1,234", "12 wells", "NaN", "1e999", "9" * 30])
def test_what_is_no_number_is_said_at_its_cell_and_nothing_is_saved(client, draft, typed):
    indicator, other = IndicatorFactory.create_batch(2, result__framework=draft)

    answer = send(client, draft, **{name(indicator): typed, name(other): "5"})

    text = answer.content.decode()
    assert f'href="#id_{name(indicator)}"' in text
    assert f'value="{typed}"' in text
    assert stored() == []


def test_targets_of_other_spans_are_named_and_not_crossed(client, draft):
    indicator = IndicatorFactory(result__framework=draft)
    PeriodTargetFactory(indicator=indicator)

    text = client.get(address(draft, "?per=period")).content.decode()
    assert "Set for other days: 2024: 100" in text
    answer = send(client, draft, "?per=period", **{name(indicator, Q1): "5"})

    assert "Another target covers a part of this span" in answer.content.decode()
    assert stored() == [(*Y2024, Decimal(100))]


def test_columns_follow_the_targets_that_are_set(client, draft):
    indicator = IndicatorFactory(result__framework=draft)
    PeriodTargetFactory(indicator=indicator, starts_on=Q1[0], ends_on=Q1[1])

    text = client.get(address(draft)).content.decode()

    assert name(indicator, Q1) in text
    assert name(indicator) not in text


def test_categories_have_rows_where_they_are_asked_for_or_set(client, draft):
    indicator = IndicatorFactory(result__framework=draft)
    woman = CategoryFactory(code="F")
    man = CategoryFactory(code="M", dimension=woman.dimension)
    indicator.dimensions.add(woman.dimension)
    assert name(indicator, category=woman) not in client.get(address(draft)).content.decode()

    send(client, draft, "?categories=yes", **{name(indicator, category=woman): "7"})

    assert PeriodTarget.objects.get().category == woman
    text = client.get(address(draft)).content.decode()
    assert name(indicator, category=woman) in text
    assert name(indicator, category=man) not in text


def test_of_two_managers_the_second_one_sees_both(client, draft, people):
    indicator = IndicatorFactory(result__framework=draft)
    read = stamp(client, draft)
    set_targets(draft, {(indicator.pk, None, *Y2024): Decimal(7)}, by=people.lead_manager)

    answer = client.post(address(draft), {"stamp": read, name(indicator): "9"})

    text = answer.content.decode()
    assert answer.status_code == 409
    assert '<td data-l="Stored now"><span class="text">7</span>' in text
    assert '<td data-l="You typed"><span class="text">9</span>' in text
    assert stored() == [(*Y2024, Decimal(7))]
    assert send(client, draft, **{name(indicator): "9"}).status_code == 302


def test_monthly_periods_come_in_parts_and_other_parts_stay(client, people):
    client.force_login(people.lead_manager)
    draft = FrameworkFactory(partnership=people.partnership, cadence="monthly")
    indicator = IndicatorFactory(result__framework=draft)
    july = (date(2024, 7, 1), date(2024, 7, 31))
    PeriodTargetFactory(indicator=indicator, starts_on=july[0], ends_on=july[1])

    first = client.get(address(draft, "?per=period")).content.decode()
    assert first.count('inputmode="decimal"') == 6
    second = client.get(address(draft, "?per=period&from=6")).content.decode()
    assert name(indicator, july) in second
    send(client, draft, "?per=period")

    assert stored() == [(*july, Decimal(100))]


def test_a_text_has_no_target(client, draft):
    indicator = IndicatorFactory(result__framework=draft, narrative=True)
    assert f"t-{indicator.pk}-" not in client.get(address(draft)).content.decode()


@pytest.mark.parametrize("query", ["?per=x", "?from=-1", "?from=999", "?row=abc", "?row=99999999"])
def test_addresses_with_nonsense_show_the_first_part(client, draft, query):
    IndicatorFactory(result__framework=draft)
    assert client.get(address(draft, query)).status_code == 200
