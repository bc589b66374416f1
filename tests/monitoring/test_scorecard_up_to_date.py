"""A4 against arithmetic done by hand, in the comments."""

from datetime import datetime, timedelta

import pytest

from registry.models import Event
from tests.factories import (
    FrameworkFactory,
    IndicatorFactory,
    PeriodFactory,
    ReportingUnitFactory,
    SubmissionFactory,
)
from tests.monitoring.scored import CUTOFF, NOON, outcome_of, subject_of

pytestmark = pytest.mark.django_db


def sent(unit, period, complete_at, moves):
    submission = SubmissionFactory(unit=unit, period=period, complete_at=complete_at)
    for became, at in moves:
        Event.log(submission, became, became=became, at=at)
    if became == "withdrawn":
        submission.change(status=became)
    return submission


def day(period, days):
    return datetime.combine(period.ends_on, NOON.timetz()) + timedelta(days=days)


@pytest.fixture
def quarters():
    """A unit with its quarters from January 2024, each due 30 days after its end."""
    unit = ReportingUnitFactory()
    framework = FrameworkFactory(partnership=unit.membership.partnership, agreed=True)
    IndicatorFactory(result__framework=framework)
    return unit, framework, [PeriodFactory(framework=framework) for _ in range(7)]


def test_a4_counts_complete_in_time_and_answered_returns(quarters):
    unit, framework, q = quarters

    kept = sent(unit, q[3], day(q[3], 5), [("submitted", day(q[3], 5))])  # in time
    late = sent(unit, q[4], day(q[4], 31), [("submitted", day(q[4], 31))])  # a day late
    answered = [
        ("submitted", day(q[5], 9)),
        ("returned", day(q[5], 20)),
        ("submitted", day(q[5], 33)),
    ]
    soon = sent(unit, q[5], day(q[5], 9), answered)  # answered after 13 days
    left = [("submitted", day(q[6], 9)), ("returned", day(q[6], 20)), ("submitted", day(q[6], 36))]
    slow = sent(unit, q[6], day(q[6], 9), left)  # answered after 16 days

    outcome = outcome_of("A4", subject_of(unit.membership.partnership, framework))

    # Due after 2024-12-31 up to 2025-12-31: the quarters q[3] to q[6]; two of four were kept.
    assert (outcome.numerator, outcome.denominator) == (2, 4)
    assert outcome.beside["kept"] == [kept.pk, soon.pk]
    read = [one.pk for one in (kept, late, soon, slow)]  # also what did not pass
    assert outcome.evidence == [{"type": "monitoring.submission", "id": pk} for pk in read]


def test_a4_reads_the_first_revision_that_was_handed_in_and_stands(quarters):
    unit, framework, q = quarters
    sent(unit, q[3], None, [("withdrawn", day(q[3], 2))])  # begun in error
    sent(unit, q[3], day(q[3], 5), [("submitted", day(q[3], 5))])  # in time
    gone = [("submitted", day(q[4], 5)), ("withdrawn", day(q[4], 50))]
    sent(unit, q[4], day(q[4], 5), gone)  # in time, but taken away again

    outcome = outcome_of("A4", subject_of(unit.membership.partnership, framework))

    assert (outcome.numerator, outcome.denominator) == (1, 4)
    # that which is missing is seen on the unit
    assert outcome.evidence[1:] == [{"type": "monitoring.reportingunit", "id": unit.pk}]


def test_a4_reads_no_return_and_no_withdrawal_after_the_cutoff(quarters):
    unit, framework, q = quarters
    partnership = unit.membership.partnership
    kept = sent(unit, q[6], day(q[6], 5), [("submitted", day(q[6], 5))])
    before = outcome_of("A4", subject_of(partnership, framework))
    Event.log(kept, "returned", became="returned", at=CUTOFF + timedelta(days=1))
    Event.log(kept, "withdrawn", became="withdrawn", at=CUTOFF + timedelta(days=30))
    kept.change(status="withdrawn")

    assert outcome_of("A4", subject_of(partnership, framework)) == before
    assert (before.numerator, before.denominator) == (1, 4)


def test_a4_reads_what_came_through_a_unit_that_is_one_with_another(quarters):
    """Since a merge of partners two units are one: what either sent is sent."""
    unit, framework, q = quarters
    other = ReportingUnitFactory(membership__partnership=framework.partnership, merged_into=unit)
    sent(other, q[3], day(q[3], 5), [("submitted", day(q[3], 5))])

    outcome = outcome_of("A4", subject_of(framework.partnership, framework))

    assert (outcome.numerator, outcome.denominator) == (1, 4)


def test_a4_is_not_applicable_to_a_published_file(quarters):
    unit, framework, _ = quarters
    subject = subject_of(unit.membership.partnership, framework)
    framework.cadence = "irregular"
    assert outcome_of("A4", subject).state == "not_applicable"


def test_a4_is_not_applicable_when_nothing_was_due():
    framework = FrameworkFactory(agreed=True)
    assert outcome_of("A4", subject_of(framework.partnership, framework)).state == "not_applicable"
