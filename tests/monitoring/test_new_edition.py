"""The next edition says what the one before says, until it is changed: RULES 10."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from monitoring.models import Dimension, Framework, Indicator, PeriodTarget
from monitoring.models.changes import series_breaks
from monitoring.services.editions import new_edition
from monitoring.services.frameworks import (
    add_indicator,
    edit_indicator,
    edit_target,
)
from registry.errors import NotAllowed
from tests.factories import (
    CategoryBaselineFactory,
    CategoryFactory,
    DimensionFactory,
    IndicatorFactory,
    PeriodFactory,
    PeriodTargetFactory,
    QualityRuleFactory,
    SubmissionFactory,
)
from tests.monitoring.agreed import Agreed
from tests.moves import race, refused

pytestmark = pytest.mark.django_db
ENDS = date(2026, 12, 31)
YEARS = {
    2024: (date(2024, 1, 1), date(2024, 12, 31)),
    2025: (date(2025, 1, 1), date(2025, 12, 31)),
    2026: (date(2026, 1, 1), date(2026, 12, 31)),
}


@pytest.fixture
def agreed():
    return Agreed()


def test_it_says_the_same_and_is_a_draft_of_its_own(agreed):
    QualityRuleFactory(framework=agreed.framework, indicator=agreed.indicator, check_of="outlier")

    edition = agreed.next()

    made = agreed.continuing(edition)
    assert (edition.edition, edition.status, edition.based_on) == (2, "draft", agreed.framework)
    assert edition.theory_of_change == "If, then."
    assert [r.parent and r.parent.title for r in edition.results.order_by("pk")] == [
        None,
        agreed.outcome.title,
    ]
    assert [r.series for r in edition.results.order_by("pk")] == [
        agreed.outcome.series,
        agreed.output.series,
    ]
    assert made.pk != agreed.indicator.pk
    assert (made.series, made.breaks_series) == (agreed.indicator.series, None)
    assert (made.baseline_value, made.definition) == (4, "Wells that give water.")
    assert made.responsible == agreed.people.membership
    assert sorted(t.value for t in made.targets.all()) == [9, 20, 30, 40]
    assert made.quality_rules.get().check_of == "outlier"
    assert Indicator.objects.filter(result__framework=agreed.framework).count() == 1


def test_its_own_dimensions_are_copied_and_shared_ones_are_used(agreed):
    made = agreed.continuing(agreed.next())

    dimensions = {d.code: d for d in made.dimensions.all()}
    assert dimensions["SEX"] == Dimension.objects.get(code="SEX")
    assert dimensions["ward"].framework == made.framework
    target = made.targets.get(category__isnull=False)
    assert target.category.dimension == dimensions["ward"]
    assert target.category.code == "north"


def test_crossed_dimensions_of_its_own_stay_crossed(agreed):
    sex = DimensionFactory()
    female = CategoryFactory(dimension=sex)
    crossed = DimensionFactory(framework=agreed.framework, code="x", first=sex, second=agreed.own)
    CategoryFactory(dimension=crossed, code="F-north", first=female, second=agreed.ward)

    edition = agreed.next()

    made = Dimension.objects.get(framework=edition, code="x")
    assert made.first == sex
    assert made.second == Dimension.objects.get(framework=edition, code="ward")
    cell = made.categories.get()
    assert (cell.first, cell.second.dimension) == (female, made.second)


def test_baselines_of_categories_come_along(agreed):
    CategoryBaselineFactory(indicator=agreed.indicator, category=agreed.ward, value=Decimal(2))

    made = agreed.continuing(agreed.next())

    assert made.category_baselines.get().value == 2
    assert made.category_baselines.get().category.dimension.framework == made.framework


def test_with_data_it_begins_with_the_first_period_that_has_not_begun(agreed, monkeypatch):
    monkeypatch.setattr(Framework, "today", lambda self: date(2025, 5, 20))
    SubmissionFactory(period=PeriodFactory(framework=agreed.framework))

    made = new_edition(agreed.framework, by=agreed.by)

    assert (made.framework.starts_on, made.framework.ends_on) == (date(2025, 7, 1), ENDS)
    # 2024 lies before, 2025 is cut: both stay with the edition before.
    assert made.targets_left_out == 2
    kept = PeriodTarget.objects.filter(indicator__result__framework=made.framework)
    assert sorted(t.value for t in kept) == [9, 40]


def test_without_data_it_begins_where_the_one_before_began(agreed):
    assert agreed.next().starts_on == agreed.framework.starts_on


def test_after_the_last_period_it_lasts_as_long_as_the_one_before(agreed, monkeypatch):
    monkeypatch.setattr(Framework, "today", lambda self: date(2027, 5, 20))
    SubmissionFactory(period=PeriodFactory(framework=agreed.framework))

    edition = agreed.next()

    assert (edition.starts_on, edition.ends_on) == (date(2027, 1, 1), date(2029, 12, 31))


def test_it_does_not_cut_through_a_period_that_was_opened(agreed):
    PeriodFactory(framework=agreed.framework)

    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        agreed.next(starts_on=date(2024, 2, 1))

    assert "2024 Q1" in str(refusal.value)
    assert Framework.objects.count() == 1


@pytest.mark.parametrize(
    "who", ["lead_evaluator", "lead_observer", "manager", "evaluator", "outsider"]
)
def test_only_the_leads_managers_begin_it(agreed, who):
    with refused("lead_only", NotAllowed):
        new_edition(agreed.framework, by=agreed.people[who])

    assert Framework.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_begun_by_two_at_once_they_are_two_editions():
    agreed = Agreed()
    by = agreed.by

    made = race(*[lambda: new_edition(agreed.framework, by=by).framework.edition] * 2)

    assert sorted(made) == [2, 3]


def test_its_cost_does_not_grow_with_what_it_says(agreed):
    agreed.by  # noqa: B018 - made before anything is counted

    def cost():
        with CaptureQueriesContext(connection) as queries:
            agreed.next()
        return len(queries)

    before = cost()
    for _ in range(12):
        extra = IndicatorFactory(result=agreed.output)
        extra.dimensions.set([agreed.own])
        PeriodTargetFactory(indicator=extra)

    assert cost() == before


def test_targets_baselines_and_wording_change_and_the_series_goes_on(agreed):
    edition = agreed.next()
    made = agreed.continuing(edition)

    edit_indicator(made, by=agreed.by, title="Wells in use", baseline_value=Decimal(5))
    target = made.targets.get(ends_on=ENDS, category=None)
    edit_target(target, by=agreed.by, value=Decimal(55))

    assert agreed.continuing(edition).series == agreed.indicator.series
    assert series_breaks(edition) == []


def test_other_words_for_the_definition_ask_whether_the_series_breaks(agreed):
    edition = agreed.next()
    made = agreed.continuing(edition)
    words = {"definition": "Wells that give clean water."}

    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        edit_indicator(made, by=agreed.by, **words)
    assert list(refusal.value.message_dict) == ["breaks_series"]

    made = agreed.continuing(edition)
    edit_indicator(made, by=agreed.by, breaks_series=False, **words)
    assert agreed.continuing(edition).series == agreed.indicator.series


@pytest.mark.parametrize(
    "change",
    [
        {"measure": "yes_no", "accumulation": "point_in_time"},
        {"accumulation": "flow"},
        {"unit": "pumps"},
        {"by_place": True},
        {"counts_people": "unique"},
        {"combine": "mean"},
    ],
    ids=str,
)
def test_what_is_measured_differently_begins_a_new_series_by_choice_only(agreed, change):
    edition = agreed.next()

    with pytest.raises(ValidationError), transaction.atomic():
        edit_indicator(agreed.continuing(edition), by=agreed.by, **change)
    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        edit_indicator(agreed.continuing(edition), by=agreed.by, breaks_series=True, **change)
    assert list(refusal.value.message_dict) == ["break_reason"]
    edit_indicator(
        agreed.continuing(edition),
        by=agreed.by,
        breaks_series=True,
        break_reason="Counted anew.",
        **change,
    )

    made = agreed.continuing(edition)
    assert made.series != agreed.indicator.series
    (found,) = series_breaks(edition)
    assert (found.indicator, found.former, found.is_joined) == (made, agreed.indicator, False)
    assert {f.field for f in found.fields} == set(change)


def test_a_joined_series_is_offered_only_where_it_is_said(agreed):
    edition = agreed.next()
    why = {"breaks_series": True, "break_reason": "A better count."}
    edit_indicator(agreed.continuing(edition), by=agreed.by, unit="pumps", **why)
    assert not series_breaks(edition)[0].is_joined

    edit_indicator(agreed.continuing(edition), by=agreed.by, joins_series=True)

    assert series_breaks(edition)[0].is_joined


def test_the_choice_is_taken_back_while_it_is_a_draft(agreed):
    edition = agreed.next()
    edit_indicator(agreed.continuing(edition), by=agreed.by, breaks_series=True, break_reason="So.")
    assert agreed.continuing(edition).series != agreed.indicator.series

    edit_indicator(agreed.continuing(edition), by=agreed.by, breaks_series=None, break_reason="")

    assert agreed.continuing(edition).series == agreed.indicator.series


def test_one_that_continues_nothing_has_nothing_to_break(agreed):
    edition = agreed.next()
    result = edition.results.first()
    facts = {"title": "New", "measure": "number", "accumulation": "flow", "combine": "sum"}

    with pytest.raises(ValidationError) as refusal:
        add_indicator(result, by=agreed.by, breaks_series=True, break_reason="So.", **facts)

    assert "breaks_series" in refusal.value.message_dict
