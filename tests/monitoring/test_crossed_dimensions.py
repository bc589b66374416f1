"""Two dimensions crossed for a draft framework, and baselines of categories."""

import pytest
from django.core.exceptions import ValidationError

from monitoring.models import CategoryBaseline, Dimension
from monitoring.services.breakdowns import add_category_baseline, cross_dimensions
from registry.errors import DomainError, NotAllowed
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return f.FrameworkFactory()


@pytest.fixture
def lead(draft):
    return f.UserFactory(manages=draft.partnership.memberships.get().partner)


@pytest.fixture
def sex():
    for number, code in enumerate(["F", "M", "_U"]):
        f.CategoryFactory(dimension__code="SEX", code=code, sort=number)
    return Dimension.objects.get(code="SEX")


@pytest.fixture
def age():
    for number, code in enumerate(["Y", "_U"]):
        f.CategoryFactory(dimension__code="AGE", code=code, sort=number)
    return Dimension.objects.get(code="AGE")


def test_makes_a_category_for_each_pair_in_order(draft, lead, sex, age):
    crossed = cross_dimensions(draft, sex, age, by=lead)

    pairs = crossed.categories.values_list("code", "first__code", "second__code")
    assert list(pairs) == [
        ("F*Y", "F", "Y"),
        ("F*_U", "F", "_U"),
        ("M*Y", "M", "Y"),
        ("M*_U", "M", "_U"),
        ("_U*Y", "_U", "Y"),
        ("_U*_U", "_U", "_U"),
    ]
    assert (crossed.code, crossed.first, crossed.second) == ("SEX*AGE", sex, age)


def test_refuses_itself_a_crossed_one_and_another_frameworks(draft, lead, sex, age):
    crossed = cross_dimensions(draft, sex, age, by=lead)
    foreign = f.CategoryFactory(dimension__framework=f.FrameworkFactory()).dimension
    for first, second in [(sex, sex), (crossed, age), (sex, foreign)]:
        with pytest.raises(ValidationError):
            cross_dimensions(draft, first, second, by=lead)
    assert Dimension.objects.exclude(first=None).count() == 1


def test_refuses_dimensions_without_categories(draft, lead, sex):
    with pytest.raises(ValidationError, match="0 pairs"):
        cross_dimensions(draft, sex, f.DimensionFactory(code="EMPTY"), by=lead)


def test_only_the_lead_and_only_in_a_draft(draft, lead, sex, age):
    with pytest.raises(NotAllowed):
        cross_dimensions(draft, sex, age, by=f.UserFactory())
    agreed = f.FrameworkFactory(agreed=True)
    with pytest.raises(DomainError, match="agreed"):
        cross_dimensions(agreed, sex, age, by=f.UserFactory(admin=True))


def test_codes_that_are_too_long_together_stay_apart(draft, lead, sex):
    for code in ("A" * 119 + "1", "A" * 119 + "2"):
        f.CategoryFactory(dimension__code="LONG", code=code)
    long = Dimension.objects.get(code="LONG")

    codes = list(cross_dimensions(draft, long, sex, by=lead).categories.values_list("code"))
    assert len(set(codes)) == 6
    assert max(len(code) for (code,) in codes) <= 120


def test_over_rest(api, draft, lead, sex, age):
    api.force_authenticate(lead)
    body = {"framework": draft.pk, "first": sex.pk, "second": age.pk}
    made = api.post("/api/v1/dimensions/", body, format="json")
    assert made.status_code == 201
    assert (made.json()["code"], made.json()["first"]) == ("SEX*AGE", sex.pk)

    again = api.post("/api/v1/dimensions/", body, format="json")
    assert again.status_code in (400, 409)
    assert Dimension.objects.exclude(first=None).count() == 1


@pytest.mark.parametrize(
    ("measure", "parts", "field"),
    [
        ({}, {"numerator": 1, "denominator": 2}, "value"),
        ({"ratio": True}, {"value": 1}, "numerator"),
        ({"ratio": True}, {"numerator": 1, "denominator": 0}, None),
    ],
)
def test_a_categorys_baseline_fits_the_measure(draft, lead, sex, measure, parts, field):
    indicator = f.IndicatorFactory(result__framework=draft, **measure)
    indicator.dimensions.add(sex)
    with pytest.raises(ValidationError) as refused:
        add_category_baseline(indicator, by=lead, category=sex.categories.first(), **parts)
    assert field is None or field in refused.value.message_dict
    assert not CategoryBaseline.objects.exists()


def test_a_baseline_belongs_to_a_category_that_is_reported(draft, lead, sex, age):
    indicator = f.IndicatorFactory(result__framework=draft)
    indicator.dimensions.add(sex)
    with pytest.raises(ValidationError, match="Not a category"):
        add_category_baseline(indicator, by=lead, category=age.categories.first(), value=1)
