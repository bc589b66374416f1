"""F1 and F2 against arithmetic done by hand, in the comments."""

from datetime import date
from decimal import Decimal

import pytest

from monitoring.reports.accountability import beyond
from partnerships.models import Commitment
from tests.factories import (
    CommitmentFactory,
    DeliverableFactory,
    DeliveryFactory,
    PartnershipFactory,
    TechnologyAssessmentFactory,
    TechnologyMitigationFactory,
)
from tests.monitoring.subjects import at, ids, subject_of

pytestmark = pytest.mark.django_db
LATE = at(2026, 2, 28)  # after the cut-off
JULY = at(2025, 7, 1)


@pytest.fixture
def partnership():
    return PartnershipFactory(active=True)


def promise(partnership, *parts, kind="capacity", amount=None, unit="", **fields):
    """Due on 30 June 2025; with a deliverable for each of the parts."""
    made = CommitmentFactory(
        partnership=partnership, membership=partnership.memberships.first(), kind=kind,
        amount=amount, unit=unit, currency=None,
        **{"due_on": date(2025, 6, 30)} | fields,
    )  # fmt: skip
    return made, [DeliverableFactory(commitment=made, title=part, created_at=at(2024, 2, 1))
                  for part in parts]  # fmt: skip


def deliver(made, *parts, amount=None, confirmed_at=JULY, on=date(2025, 6, 20)):
    delivery = DeliveryFactory(
        commitment=made, amount=amount, delivered_on=on, confirmed_at=confirmed_at
    )
    delivery.deliverables.set(parts)


def test_f1_counts_promises_whose_parts_all_arrived(partnership):
    whole, (course, manual) = promise(partnership, "course", "manual")
    deliver(whole, course)
    deliver(whole, manual)
    half, (pump, _) = promise(partnership, "pump", "spare")
    deliver(half, pump)
    silent, (tool,) = promise(partnership, "tool")
    deliver(silent, tool, confirmed_at=None)
    pumps, _ = promise(partnership, amount=40, unit="pumps")
    deliver(pumps, amount=40)
    fewer, _ = promise(partnership, amount=40, unit="pumps")
    deliver(fewer, amount=39)
    once, _ = promise(partnership, kind="policy")
    deliver(once)
    promise(partnership, due_on=date(2026, 1, 1))  # not due yet
    CommitmentFactory(partnership=partnership, due_on=date(2025, 6, 30))  # finance

    outcome = beyond.science_and_capacity(subject_of(partnership))

    # `whole`, `pumps` and `once`, of six due.
    assert (outcome.numerator, outcome.denominator) == (3, 6)
    assert outcome.beside == {"not_delivered": [half.pk, silent.pk, fewer.pk]}
    assert len(ids(outcome)) == 6


def test_f1_by_the_day_and_the_cutoff(partnership):
    made, _ = promise(partnership)
    deliver(made, on=date(2025, 7, 5), confirmed_at=at(2026, 2, 2))

    def value(**dates):
        return beyond.science_and_capacity(subject_of(partnership, **dates)).value

    assert value() == 0  # confirmed after the cut-off
    assert value(cutoff_at=at(2026, 2, 3)) == 1
    assert value(on=date(2025, 7, 4), cutoff_at=at(2026, 2, 3)) == 0  # not made by then
    made.change(status="withdrawn", withdrawn_on=date(2025, 10, 1), receiver_agreed=True)
    assert value(on=date(2025, 9, 30)) == 0  # stays in until that day
    assert value() is None


def test_f1_is_not_applicable_where_nothing_is_due(partnership):
    outcome = beyond.science_and_capacity(subject_of(partnership))
    assert (outcome.state, outcome.why[:11]) == ("not_applicable", "nothing due")


def test_f2_asks_for_broad_recent_assessments_with_mitigations_in_date(partnership):
    def assessed(**fields):
        made, _ = promise(partnership, kind="technology")
        return made, TechnologyAssessmentFactory(
            partnership=partnership, commitment=made,
            **{"assessed_on": date(2025, 2, 1), "review_on": date(2027, 2, 1)} | fields,
        )  # fmt: skip

    good, seen = assessed()
    done, kept = assessed()
    TechnologyMitigationFactory(
        assessment=kept, due_on=date(2025, 6, 1), done_on=date(2025, 5, 1), done_at=at(2025, 5, 2)
    )
    _, late = assessed()
    TechnologyMitigationFactory(assessment=late, due_on=date(2025, 12, 30))
    assessed(assessors=["msme", "national_government", "un_entity"])  # nobody from outside
    assessed(assessors=["msme", "academia"])  # two sectors
    assessed(assessed_on=date(2023, 12, 31))  # more than 24 months ago
    assessed(created_at=LATE)  # not known yet
    promise(partnership, kind="technology", withdrawn=True)  # brings no technology

    outcome = beyond.technology_assessed(subject_of(partnership))

    # `good` and `done`, of seven.
    assert (outcome.numerator, outcome.denominator) == (2, 7)
    assert ("technologyassessment", seen.pk) in ids(outcome)
    assert not {good.pk, done.pk} & set(outcome.beside["not_assessed"])


def test_f2_as_of_the_day_before_a_mitigation_was_overdue(partnership):
    made, _ = promise(partnership, kind="technology")
    assessment = TechnologyAssessmentFactory(
        partnership=partnership, commitment=made, assessed_on=date(2025, 2, 1),
        review_on=date(2027, 2, 1),
    )  # fmt: skip
    TechnologyMitigationFactory(assessment=assessment, due_on=date(2025, 9, 30))
    assert beyond.technology_assessed(subject_of(partnership, on=date(2025, 9, 30))).value == 1
    assert beyond.technology_assessed(subject_of(partnership)).value == 0


def test_f2_is_not_applicable_without_technology(partnership):
    assert beyond.technology_assessed(subject_of(partnership)).state == "not_applicable"


@pytest.mark.parametrize("size", [2, 20])
def test_group_f_costs_the_same_at_any_size(partnership, size, django_assert_num_queries):
    for _ in range(size):
        made, parts = promise(partnership, "one", "two", kind="technology")
        deliver(made, *parts)
        TechnologyAssessmentFactory(partnership=partnership, commitment=made)
    subject = subject_of(partnership)
    assert subject.has(Commitment)

    with django_assert_num_queries(1):  # promises with how they stood
        assert beyond.science_and_capacity(subject).value == Decimal(1)
    with django_assert_num_queries(2):  # promises, assessments
        beyond.technology_assessed(subject)
