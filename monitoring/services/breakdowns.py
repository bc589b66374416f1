"""What people do with ways to break figures down: crossed dimensions, categories' baselines."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from monitoring.ingest.names import categories_of
from monitoring.models import Category, CategoryBaseline, Dimension, Framework, Indicator
from registry.models import User

MOST_PAIRS = 2_000
LONGEST_CODE, LONGEST_LABEL = 120, 300


@transaction.atomic
def cross_dimensions(
    framework: Framework, first: Dimension, second: Dimension, *, by: User
) -> Dimension:
    """Make the draft's own dimension of two: a category for each pair, "not known" included."""
    _draft_of_lead(framework, by)
    for name, dimension in (("first", first), ("second", second)):
        if dimension.first_id:
            raise ValidationError({name: "It is crossed itself: a cell has two sides at most."})
        if dimension.framework_id not in (None, framework.pk):
            raise ValidationError({name: "A dimension of another framework."})
    if first.pk == second.pk:
        raise ValidationError({"second": "A dimension is crossed with another one."})
    pairs = _pairs(first, second)
    crossed = Dimension.objects.create(
        framework=framework,
        code=_short(f"{first.code}*{second.code}", LONGEST_CODE),
        label=f"{first.label} by {second.label[:1].lower()}{second.label[1:]}"[:LONGEST_LABEL],
        first=first,
        second=second,
    )
    for category in pairs:
        category.dimension = crossed
    Category.objects.bulk_create(pairs)
    return crossed


def _pairs(first: Dimension, second: Dimension) -> list[Category]:
    sides = [(a, b) for a in first.categories.all() for b in second.categories.all()]
    if not 1 <= len(sides) <= MOST_PAIRS:
        text = f"{len(sides):,} pairs of categories: 1 to {MOST_PAIRS:,} can be crossed."
        raise ValidationError({"second": text})
    return [
        Category(
            code=_short(f"{a.code}*{b.code}", LONGEST_CODE, number),
            label=f"{a.label}, {b.label[:1].lower()}{b.label[1:]}"[:LONGEST_LABEL],
            sort=number,
            first=a,
            second=b,
        )
        for number, (a, b) in enumerate(sides, start=1)
    ]


def _short(code: str, longest: int, number: int | None = None) -> str:
    """Codes that are too long together end in the pair's number, so that they stay apart."""
    if len(code) <= longest:
        return code
    end = f"~{number}" if number else "~"
    return code[: longest - len(end)] + end


@transaction.atomic
def add_category_baseline(indicator: Indicator, *, by: User, **fields: Any) -> CategoryBaseline:
    _draft_of_lead(indicator.result.framework, by)
    baseline = CategoryBaseline(indicator=indicator, **fields)
    if baseline.category not in categories_of(indicator):
        raise ValidationError({"category": "Not a category of this indicator's dimensions."})
    return baseline.store()


@transaction.atomic
def edit_category_baseline(
    baseline: CategoryBaseline, *, by: User, **fields: Any
) -> CategoryBaseline:
    _draft_of_lead(baseline.indicator.result.framework, by)
    return baseline.amend(**fields)


@transaction.atomic
def remove_category_baseline(baseline: CategoryBaseline, *, by: User) -> None:
    _draft_of_lead(baseline.indicator.result.framework, by)
    baseline.delete()


@transaction.atomic
def set_category_baselines(
    indicator: Indicator, said: Mapping[int, Mapping[str, Decimal | None]], *, by: User
) -> None:
    """Write the baselines of many categories at once, all or none; one without a value goes.

    What is wrong is said by category: the ValidationError's keys are `value_7`, `numerator_7`.
    """
    _draft_of_lead(indicator.result.framework, by)
    stored = {row.category_id: row for row in indicator.category_baselines.all()}
    known = {category.pk: category for category in categories_of(indicator)}
    wrong: dict[str, Any] = {}
    for pk, parts in said.items():
        try:
            _set_baseline(indicator, known.get(pk), stored.get(pk), parts)
        except ValidationError as refused:
            named = refused.message_dict if hasattr(refused, "error_dict") else {}
            wrong |= {f"{name}_{pk}": texts for name, texts in named.items()} or {
                f"value_{pk}": refused.messages
            }
    if wrong:
        raise ValidationError(wrong)


def _set_baseline(
    indicator: Indicator,
    category: Category | None,
    stored: CategoryBaseline | None,
    parts: Mapping[str, Decimal | None],
) -> None:
    if all(value is None for value in parts.values()):
        if stored:
            stored.delete()
    elif stored:
        if any(getattr(stored, name) != value for name, value in parts.items()):
            stored.amend(**parts)
    elif category is None:
        raise ValidationError({"value": "Not a category of this indicator's dimensions."})
    else:
        CategoryBaseline(indicator=indicator, category=category, **parts).store()


def _draft_of_lead(framework: Framework, by: User) -> None:
    framework.partnership.require_editor(by)
    Framework.objects.select_for_update(no_key=True).get(pk=framework.pk).require_draft()
