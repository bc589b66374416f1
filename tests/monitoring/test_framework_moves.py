"""A framework is written, proposed, endorsed by every member, and then stands."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from monitoring.models import Framework, Indicator, PeriodTarget
from monitoring.services.frameworks import (
    add_indicator,
    add_result,
    add_target,
    create_framework,
    edit_framework,
    edit_indicator,
    propose_framework,
)
from monitoring.services.periods import open_periods
from registry.errors import NotAllowed
from tests.factories import (
    CurrencyFactory,
    DimensionFactory,
    FrameworkFactory,
    IndicatorFactory,
    PartnershipFactory,
    ResultFactory,
)
from tests.moves import People, field_of, moves_of, read_twice, refused

pytestmark = pytest.mark.django_db
DATES = {"starts_on": date(2024, 1, 1), "ends_on": date(2025, 12, 31)}
NUMBER = {"title": "Pumps", "measure": "number", "accumulation": "flow", "combine": "sum"}

RATIO = {"measure": "ratio", "combine": "ratio"}


@pytest.fixture
def people():
    """Of an active partnership of two: the lead and one member."""
    return People(PartnershipFactory(active=True))


def draft_of(people):
    framework = FrameworkFactory(partnership=people.partnership)
    IndicatorFactory(result__framework=framework, smart=True)
    return framework


def endorse_all(framework, people):
    framework.agreement.endorse(people.lead_membership, by=people.lead_manager)
    framework.agreement.endorse(people.membership, by=people.manager)


def stored(framework):
    return Framework.objects.get(pk=framework.pk)


def test_it_is_agreed_with_the_last_members_word_and_not_before(people):
    framework = draft_of(people)

    propose_framework(framework, by=people.lead_manager)
    framework.agreement.endorse(people.lead_membership, by=people.lead_manager)
    assert stored(framework).status == "proposed"
    framework.agreement.endorse(people.membership, by=people.manager)

    assert stored(framework).status == "agreed"
    assert stored(framework).agreed_at is not None
    assert moves_of(framework) == [("draft", "proposed"), ("proposed", "agreed")]


def test_once_it_is_agreed_the_periods_that_have_begun_are_there(people):
    framework = draft_of(people)  # quarters from January 2024 on
    with time_machine.travel("2024-08-15", tick=False):
        propose_framework(framework, by=people.lead_manager)
        endorse_all(framework, people)

        ends = [period.ends_on for period in framework.periods.order_by("ends_on")]
        assert ends == [date(2024, 3, 31), date(2024, 6, 30), date(2024, 9, 30)]
        assert len(open_periods(stored(framework), by=people.lead_manager)) == 3  # and opens none
    assert framework.periods.count() == 3


def test_the_document_that_members_endorse_names_every_indicator(people):
    framework = draft_of(people)
    other = IndicatorFactory(result__framework=framework, title="Litres per head", smart=True)
    PeriodTarget.objects.filter(indicator=other).update(value=Decimal("12.5"))

    propose_framework(framework, by=people.lead_manager)

    text = framework.agreement.text
    for indicator in Indicator.objects.filter(result__framework=framework):
        assert indicator.title in text
    assert "12.5" in text


@pytest.mark.parametrize(
    "who", ["lead_evaluator", "lead_observer", "manager", "evaluator", "outsider"]
)
def test_only_the_leads_managers_write_and_propose_it(people, who):
    framework, by = draft_of(people), people[who]
    result = framework.results.get()

    for forbidden in (
        lambda: create_framework(people.partnership, by=by, title="Ours", **DATES),
        lambda: edit_framework(framework, by=by, title="Mine"),
        lambda: add_result(framework, by=by, level="output", title="Wells"),
        lambda: add_indicator(result, by=by, **NUMBER),
        lambda: add_target(result.indicators.get(), by=by, value=Decimal(1), **DATES),
        lambda: propose_framework(framework, by=by),
    ):
        with refused("lead_only", NotAllowed):
            forbidden()

    assert stored(framework).status == "draft"


@pytest.mark.parametrize("status", ["proposed", "agreed", "superseded"])
def test_what_was_proposed_does_not_change_any_more(people, status):
    framework = FrameworkFactory(partnership=people.partnership, **{status: True})
    indicator, by = IndicatorFactory(result__framework=framework), people.lead_manager

    for forbidden in (
        lambda: edit_framework(framework, by=by, title="New"),
        lambda: add_result(framework, by=by, level="output", title="Wells"),
        lambda: add_indicator(indicator.result, by=by, **NUMBER),
        lambda: edit_indicator(indicator, by=by, title="New"),
        lambda: add_target(indicator, by=by, value=Decimal(1), **DATES),
        lambda: propose_framework(framework, by=by),
    ):
        with refused("framework_settled"):
            forbidden()

    assert Indicator.objects.count() == 1
    assert not PeriodTarget.objects.exists()
    assert moves_of(framework) == []


def test_a_framework_without_indicators_is_not_proposed(people):
    framework = FrameworkFactory(partnership=people.partnership)

    with refused("no_indicators"):
        propose_framework(framework, by=people.lead_manager)


def test_of_two_proposals_read_at_once_one_stands(people):
    first, second = read_twice(draft_of(people))

    propose_framework(first, by=people.lead_manager)
    with refused("framework_settled"):
        propose_framework(second, by=people.lead_manager)

    assert moves_of(first) == [("draft", "proposed")]
    assert people.partnership.agreements.count() == 1


def test_a_new_edition_supersedes_the_old_one_once_it_is_agreed(people):
    old = draft_of(people)
    propose_framework(old, by=people.lead_manager)
    endorse_all(old, people)
    new = create_framework(people.partnership, by=people.lead_manager, title="Two", **DATES)
    IndicatorFactory(result__framework=new, smart=True)
    propose_framework(new, by=people.lead_manager)
    assert (new.edition, stored(old).status) == (2, "agreed")

    endorse_all(new, people)

    assert [stored(f).status for f in (old, new)] == ["superseded", "agreed"]
    assert stored(old).superseded_at is not None
    assert moves_of(old)[-1] == ("agreed", "superseded")


def test_a_late_word_on_an_overtaken_proposal_does_not_put_it_in_force(people):
    old, new = draft_of(people), draft_of(people)
    for framework in (old, new):
        propose_framework(framework, by=people.lead_manager)
    old.agreement.endorse(people.lead_membership, by=people.lead_manager)
    endorse_all(new, people)

    with refused("not_proposed"):
        old.agreement.endorse(people.membership, by=people.manager)

    assert [stored(f).status for f in (old, new)] == ["superseded", "agreed"]


def test_one_edition_is_in_force_in_the_database_too(people):
    FrameworkFactory(partnership=people.partnership, agreed=True)

    with pytest.raises(IntegrityError, match="framework_one_in_force"), transaction.atomic():
        FrameworkFactory(
            partnership=people.partnership, status="agreed", agreed_at="2024-01-01T00:00Z"
        )


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"ends_on": date(2023, 12, 31)}, None),
        ({"cadence": "daily"}, "cadence"),
        ({"cadence": "irregular"}, None),
        ({"title": ""}, "title"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ],
)
def test_a_contradictory_framework_is_refused(people, fields, field):
    with pytest.raises(ValidationError) as refusal:
        create_framework(
            people.partnership, by=people.lead_manager, **{"title": "Ours"} | DATES | fields
        )

    assert field_of(refusal.value) == field
    assert not Framework.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"measure": "guess"},
        {"measure": "ratio"},
        {"measure": "currency"},
        {"measure": "number", "currency": True},
        {"measure": "rating", "combine": "sum", "accumulation": "point_in_time"},
        {"measure": "rating", "combine": "mean", "accumulation": "flow"},
        {"measure": "yes_no", "accumulation": "cumulative"},
        {"measure": "percent", "combine": "mean", "accumulation": "point_in_time"},
        {"accumulation": "as_published"},
        {"combine": "ratio"},
        {"direction": "maintain_up"},
        {"direction": "maintain_up", "tolerance": Decimal(-1)},
        {"baseline_numerator": Decimal(1), "baseline_denominator": Decimal(2)},
        RATIO | {"baseline_numerator": Decimal(1), "baseline_denominator": Decimal(0)},
        RATIO | {"baseline_numerator": Decimal(1)},
        RATIO | {"baseline_denominator": Decimal(1)},
        {"title": ""},
        {"baseline_value": Decimal("1e25")},
    ],
    ids=str,
)
def test_an_indicator_that_cannot_be_added_up_is_refused(people, fields):
    framework = FrameworkFactory(partnership=people.partnership)
    if "currency" in fields:
        fields = fields | {"currency": CurrencyFactory()}

    with pytest.raises(ValidationError):
        add_indicator(ResultFactory(framework=framework), by=people.lead_manager, **NUMBER | fields)

    assert not Indicator.objects.exists()


def test_an_edit_cannot_bring_an_indicator_into_a_refused_state(people):
    indicator = draft_of(people).results.get().indicators.get()

    with pytest.raises(ValidationError), transaction.atomic():
        edit_indicator(indicator, by=people.lead_manager, accumulation="as_published")

    assert Indicator.objects.get().accumulation == "flow"


def test_results_and_dimensions_of_another_framework_are_refused(people):
    framework, other = draft_of(people), FrameworkFactory()

    with pytest.raises(ValidationError) as refusal:
        add_result(
            framework,
            by=people.lead_manager,
            level="output",
            title="Wells",
            parent=ResultFactory(framework=other),
        )
    assert "parent" in refusal.value.message_dict
    with pytest.raises(ValidationError) as refusal:
        add_indicator(
            framework.results.get(),
            by=people.lead_manager,
            dimensions=[DimensionFactory(framework=other)],
            **NUMBER,
        )
    assert "dimensions" in refusal.value.message_dict
