"""One submission per unit and period; corrections replace cells (RULES 4)."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from monitoring.models import Observation, Submission
from monitoring.services.submissions import correct_submission, start_submission
from registry.errors import NotAllowed
from tests.factories import (
    PeriodFactory,
    SubmissionFactory,
    UserFactory,
)
from tests.monitoring.sending import Unit
from tests.moves import moves_of, race, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return Unit()


def test_a_correction_replaces_only_its_own_cells(unit):
    unit.correct({"indicator": unit.first.pk, "value": 50})

    assert unit.counting() == {unit.first: 50, unit.second: 6}
    assert unit.status_of(unit.submission) == "approved"


def test_a_correction_counts_nothing_until_it_is_approved(unit):
    unit.correct({"indicator": unit.first.pk, "value": 50}, approve=False)

    assert unit.counting() == {unit.first: 5, unit.second: 6}


def test_a_submission_of_which_nothing_counts_any_more_is_superseded(unit):
    unit.correct(
        {"indicator": unit.first.pk, "value": 50}, {"indicator": unit.second.pk, "value": 0}
    )

    assert unit.counting() == {unit.first: 50, unit.second: 0}
    assert moves_of(unit.submission) == [("approved", "superseded")]


def test_withdrawing_a_correction_does_not_revive_what_it_replaced(unit):
    correction = unit.correct({"indicator": unit.first.pk, "value": 50})

    correction.withdraw(by=unit.own, reason="Wrong year.")

    assert unit.counting() == {unit.second: 6}
    old = unit.submission.observations.get(indicator=unit.first)
    assert old.counts_until == Submission.objects.get(pk=correction.pk).approved_at


def test_a_value_is_taken_away_by_an_explicit_withdrawal(unit):
    unit.correct({"indicator": unit.first.pk, "withdraws": True})

    assert unit.counting() == {unit.second: 6}


def test_a_value_taken_away_may_be_given_anew(unit):
    unit.correct({"indicator": unit.first.pk, "withdraws": True})

    unit.correct({"indicator": unit.first.pk, "value": 8})

    assert unit.counting() == {unit.first: 8, unit.second: 6}


def test_corrections_of_corrections_keep_every_value_they_replaced(unit):
    for value in (50, 51, 52):
        unit.correct({"indicator": unit.first.pk, "value": value})

    history = Observation.objects.filter(indicator=unit.first).order_by("counts_from")
    assert [o.value for o in history] == [5, 50, 51, 52]
    assert [o.counts_until for o in history[:3]] == [o.counts_from for o in history[1:]]
    assert list(unit.unit.submissions.order_by("revision").values_list("revision", flat=True)) == [
        1,
        2,
        3,
        4,
    ]


@pytest.mark.parametrize("status", ["draft", "submitted", "returned", "superseded", "withdrawn"])
def test_only_approved_data_is_corrected(status):
    submission = SubmissionFactory(status=status)

    with refused("not_approved"):
        correct_submission(submission, by=UserFactory(admin=True))


def test_one_correction_is_under_way_at_a_time(unit):
    correction = correct_submission(unit.submission, by=unit.own)

    with refused("submission_exists") as refusal:
        correct_submission(unit.submission, by=unit.own)

    assert refusal.value.extra == {"submission": correction.pk}


@pytest.mark.django_db(transaction=True)
def test_of_two_corrections_begun_at_once_one_stands_and_the_other_is_told_which():
    unit = Unit()

    outcomes = race(*[lambda: correct_submission(unit.submission, by=unit.own)] * 3)

    (made,) = [o for o in outcomes if isinstance(o, Submission)]
    refusals = [o for o in outcomes if o is not made]
    assert [(o.code, o.extra) for o in refusals] == [
        ("submission_exists", {"submission": made.pk})
    ] * 2


def test_a_second_submission_points_to_the_first(unit):
    with refused("submission_exists") as refusal:
        start_submission(unit.unit, unit.period, by=unit.own)

    assert refusal.value.extra == {"submission": unit.submission.pk}
    assert str(unit.submission.pk) in refusal.value.detail


@pytest.mark.django_db(transaction=True)
def test_of_submissions_begun_at_once_one_stands_and_the_others_are_told_which():
    unit = Unit()
    period = PeriodFactory(framework=unit.period.framework)

    outcomes = race(*[lambda: start_submission(unit.unit, period, by=unit.own)] * 4)

    (made,) = [o for o in outcomes if isinstance(o, Submission)]
    refusals = [o for o in outcomes if o is not made]
    assert [(o.code, o.extra) for o in refusals] == [
        ("submission_exists", {"submission": made.pk})
    ] * 3


def test_after_a_withdrawal_the_unit_begins_anew(unit):
    unit.submission.withdraw(by=unit.own, reason="Wrong year.")

    again = start_submission(unit.unit, unit.period, by=unit.own)

    assert again.revision == 2


def test_a_unit_whose_correction_was_withdrawn_whole_can_still_report(unit):
    correction = unit.correct(
        {"indicator": unit.first.pk, "value": 50}, {"indicator": unit.second.pk, "value": 0}
    )
    correction.withdraw(by=unit.own, reason="Wrong year.")

    again = start_submission(unit.unit, unit.period, by=unit.own)

    assert again.revision == 3
    assert unit.counting() == {}


def test_a_closed_period_takes_no_submission_and_no_correction(unit):
    period = PeriodFactory(framework=unit.period.framework, closed=True)
    unit.period.close(by=unit.people.lead_manager)

    with refused("period_closed"):
        start_submission(unit.unit, period, by=unit.own)
    with refused("period_closed"):
        correct_submission(unit.submission, by=unit.own)


@pytest.mark.parametrize("who", ["lead_manager", "lead_evaluator", "manager", "outsider"])
def test_others_neither_begin_nor_correct_a_units_data(unit, who):
    period = PeriodFactory(framework=unit.period.framework)

    with refused("unit_only", NotAllowed):
        start_submission(unit.unit, period, by=unit.people[who])
    with refused("unit_only", NotAllowed):
        correct_submission(unit.submission, by=unit.people[who])


def test_an_observer_does_not_begin_its_own_partners_data(unit):
    period = PeriodFactory(framework=unit.period.framework)

    with refused("unit_only", NotAllowed):
        start_submission(unit.unit, period, by=UserFactory(observes=unit.unit.membership.partner))


def test_a_unit_reports_for_periods_of_its_own_partnership(unit):
    with pytest.raises(ValidationError) as refusal:
        start_submission(unit.unit, PeriodFactory(), by=unit.own)

    assert "unit" in refusal.value.message_dict


def test_the_database_too_holds_one_submission_in_progress(unit):
    correct_submission(unit.submission, by=unit.own)

    with pytest.raises(IntegrityError, match="submission_one_in_progress"):
        SubmissionFactory(unit=unit.unit, period=unit.period, revision=9)
