"""What changes between two editions is told, and a proposal is taken back."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from monitoring.models import Framework, Indicator
from monitoring.models.changes import changes_between, former_of, series_breaks
from monitoring.services.editions import new_edition
from monitoring.services.frameworks import (
    edit_indicator,
    edit_result,
    edit_target,
    propose_framework,
    remove_indicator,
    withdraw_framework,
)
from registry.errors import NotAllowed
from tests.factories import (
    FrameworkFactory,
    IndicatorFactory,
)
from tests.monitoring.agreed import Agreed
from tests.moves import People, race, refused

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


def test_what_changed_is_told_row_by_row_and_field_by_field(agreed):
    gone = IndicatorFactory(result=agreed.output, title="Old")
    edition = agreed.next(title="Second")
    made = agreed.continuing(edition)
    edit_indicator(made, by=agreed.by, baseline_value=Decimal("5.50"))
    edit_target(made.targets.get(ends_on=ENDS, category=None), by=agreed.by, value=Decimal(55))
    made.targets.get(ends_on=date(2024, 12, 31)).delete()
    edit_result(edition.results.get(parent=None), by=agreed.by, title="Water for all")
    remove_indicator(Indicator.objects.get(continues=gone), by=agreed.by)
    new = IndicatorFactory(result=edition.results.first(), title="New", code="N")

    told = changes_between(agreed.framework, edition)

    assert [(c.field, c.was, c.became) for c in told.framework] == [
        ("title", agreed.framework.title, "Second")
    ]
    assert [(c.kind, c.later) for c in told.results] == [
        ("changed", edition.results.get(parent=None).pk),
        ("changed", edition.results.exclude(parent=None).get().pk),
    ]
    rows = {c.kind: c for c in told.indicators}
    assert [tuple(f) for f in rows["changed"].fields] == [("baseline_value", "4", "5.5")]
    assert (rows["added"].later, rows["removed"].former) == (new.pk, gone.pk)
    targets = {c.kind: c for c in told.targets}
    assert [tuple(f) for f in targets["changed"].fields] == [("value", "40", "55")]
    assert (targets["changed"].indicator, targets["removed"].later) == (made.pk, None)


def test_two_editions_that_say_the_same_do_not_differ(agreed):
    edition = agreed.next()

    assert changes_between(agreed.framework, edition).is_empty
    assert former_of(edition) == agreed.framework
    assert former_of(agreed.framework) is None


def test_a_changed_target_needs_the_members_again_and_stays_to_be_seen(agreed):
    people = agreed.people
    edition = agreed.next()
    made = agreed.continuing(edition)
    edit_target(made.targets.get(ends_on=ENDS, category=None), by=agreed.by, value=Decimal(55))
    propose_framework(edition, by=agreed.by)

    edition.agreement.endorse(people.lead_membership, by=people.lead_manager)
    assert Framework.objects.get(pk=edition.pk).status == "proposed"
    edition.agreement.endorse(people.membership, by=people.manager)

    assert Framework.objects.get(pk=edition.pk).status == "agreed"
    former = Framework.objects.get(pk=agreed.framework.pk)
    assert former.status == "superseded"
    (change,) = changes_between(former, edition).targets
    assert [tuple(field) for field in change.fields] == [("value", "40", "55")]


def test_a_proposal_is_taken_back_with_its_document_and_begun_again(agreed):
    edition = agreed.next()
    edit_indicator(
        agreed.continuing(edition),
        by=agreed.by,
        unit="pumps",
        breaks_series=True,
        break_reason="Pumps now.",
    )
    propose_framework(edition, by=agreed.by)
    edition.agreement.endorse(agreed.people.membership, by=agreed.people.manager)

    with pytest.raises(ValidationError):
        withdraw_framework(edition, by=agreed.by, reason=" ")
    withdraw_framework(edition, by=agreed.by, reason="The targets were those of last year.")

    edition.refresh_from_db()
    assert (edition.status, edition.agreement.status) == ("withdrawn", "withdrawn")
    assert edition.agreement.endorsements.count() == 1
    again = new_edition(edition, by=agreed.by).framework
    made = agreed.continuing(again)
    assert (again.edition, made.unit, made.breaks_series) == (3, "pumps", True)
    assert series_breaks(again)[0].former == agreed.indicator


@pytest.mark.parametrize("who", ["lead_evaluator", "manager", "evaluator", "outsider"])
def test_only_the_lead_takes_it_back(agreed, who):
    edition = agreed.next()

    with refused("lead_only", NotAllowed):
        withdraw_framework(edition, by=agreed.people[who], reason="So.")


@pytest.mark.parametrize("state", ["agreed", "superseded"])
def test_what_held_is_not_taken_back(state):
    framework = FrameworkFactory(**{state: True})
    by = People(framework.partnership).lead_manager

    with refused("invalid_transition"):
        withdraw_framework(framework, by=by, reason="So.")


@pytest.mark.django_db(transaction=True)
def test_of_the_last_word_and_the_taking_back_one_wins():
    agreed = Agreed()
    people, edition = agreed.people, agreed.next()
    lead, member = people.lead_manager, people.manager
    propose_framework(edition, by=lead)
    edition.agreement.endorse(people.lead_membership, by=lead)
    first, second = Framework.objects.get(pk=edition.pk), Framework.objects.get(pk=edition.pk)

    race(
        lambda: first.agreement.endorse(people.membership, by=member),
        lambda: withdraw_framework(second, by=lead, reason="Wait."),
    )

    stored = Framework.objects.get(pk=edition.pk)
    assert (stored.status, stored.agreement.status) in [
        ("agreed", "binding"),
        ("withdrawn", "withdrawn"),
    ]
