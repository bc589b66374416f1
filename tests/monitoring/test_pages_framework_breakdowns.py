"""Baselines of an indicator's categories, and crossed breakdowns, on pages of the draft."""

from decimal import Decimal

import pytest

from monitoring.models import CategoryBaseline, Dimension
from monitoring.services.breakdowns import set_category_baselines
from tests.factories import (
    CategoryFactory,
    DimensionFactory,
    FrameworkFactory,
    IndicatorFactory,
    PartnershipFactory,
)
from tests.moves import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


@pytest.fixture
def draft(people, client):
    client.force_login(people.lead_manager)
    return FrameworkFactory(partnership=people.partnership)


@pytest.fixture
def woman():
    return CategoryFactory(code="F", label="Women")


@pytest.fixture
def indicator(draft, woman):
    found = IndicatorFactory(result__framework=draft)
    found.dimensions.add(woman.dimension)
    return found


def address(draft, rest):
    return f"/partnerships/{draft.partnership.reference}/framework/{draft.edition}/{rest}"


def send(client, draft, indicator, **values):
    page = address(draft, f"indicators/{indicator.pk}/baselines/")
    text = client.get(page).content.decode()
    stamp = text.split('name="stamp" value="')[1].split('"')[0]
    return client.post(page, {"stamp": stamp, **values})


def stored():
    rows = CategoryBaseline.objects.order_by("category")
    return [(row.category, row.value, row.numerator, row.denominator) for row in rows]


def test_each_category_has_its_own_and_an_emptied_one_has_none(client, draft, indicator, woman):
    man = CategoryFactory(code="M", dimension=woman.dimension)

    send(client, draft, indicator, **{f"value_{woman.pk}": "0", f"value_{man.pk}": "3 200"})
    assert stored() == [(woman, 0, None, None), (man, 3200, None, None)]
    send(client, draft, indicator, **{f"value_{woman.pk}": "", f"value_{man.pk}": "7"})

    assert stored() == [(man, 7, None, None)]


def test_a_share_has_both_parts(client, draft, woman):
    ratio = IndicatorFactory(result__framework=draft, ratio=True)
    ratio.dimensions.add(woman.dimension)

    half = send(client, draft, ratio, **{f"denominator_{woman.pk}": "5"}).content.decode()
    assert f'href="#id_numerator_{woman.pk}"' in half
    assert stored() == []
    numbers = {f"numerator_{woman.pk}": "2", f"denominator_{woman.pk}": "5"}
    send(client, draft, ratio, **numbers)

    assert stored() == [(woman, None, 2, 5)]


def test_what_is_no_number_is_said_at_its_field(client, draft, indicator, woman):
    text = send(client, draft, indicator, **{f"value_{woman.pk}": "some"}).content.decode()

    assert f'href="#id_value_{woman.pk}"' in text
    assert stored() == []


def test_of_two_managers_the_second_one_sees_both(client, draft, indicator, woman, people):
    page = address(draft, f"indicators/{indicator.pk}/baselines/")
    stamp = client.get(page).content.decode().split('name="stamp" value="')[1].split('"')[0]
    said = {woman.pk: {"value": Decimal(7)}}
    set_category_baselines(indicator, said, by=people.lead_manager)

    answer = client.post(page, {"stamp": stamp, f"value_{woman.pk}": "9"})

    text = answer.content.decode()
    assert answer.status_code == 409
    assert '<td data-l="Stored now"><span class="text">7</span>' in text
    assert '<td data-l="You typed"><span class="text">9</span>' in text
    assert stored() == [(woman, 7, None, None)]


def test_what_is_not_broken_down_says_so(client, draft):
    bare = IndicatorFactory(result__framework=draft)
    text = client.get(address(draft, f"indicators/{bare.pk}/baselines/")).content.decode()
    assert "It is not broken down" in text


def test_two_breakdowns_are_crossed_for_this_draft(client, draft, woman):
    child = CategoryFactory(dimension=DimensionFactory(code="AGE"), code="Y")
    form = {"first": woman.dimension.pk, "second": woman.dimension.pk}
    same = client.post(address(draft, "cross/"), form).content.decode()
    assert 'href="#id_second"' in same

    client.post(address(draft, "cross/"), form | {"second": child.dimension.pk})

    crossed = Dimension.objects.get(framework=draft)
    assert (crossed.first, crossed.second) == (woman.dimension, child.dimension)
