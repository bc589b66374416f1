"""Data is returned with a reason for each value; the reasons stay, and how each was answered."""

import pytest
from django.core.exceptions import ValidationError

from monitoring.models import ReturnReason
from monitoring.models.returns import reasons_for
from monitoring.services.reviewing import decide
from monitoring.services.submissions import (
    correct_submission,
    record_observations,
    remove_observation,
    start_submission,
)
from registry.errors import DomainError
from registry.models import AuditEntry, Event
from tests.factories import IndicatorFactory, ObservationFactory
from tests.monitoring.sending import Sent, Unit
from tests.moves import read_twice

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent():
    """Three values handed in; the lead's manager reviews."""
    sent = Sent("draft")
    sent.more = IndicatorFactory.create_batch(2, result=sent.indicator.result)
    rows = [{"indicator": one.pk, "value": 1} for one in sent.more]
    record_observations(sent.submission, rows, by=sent.people.evaluator)
    sent.stored.submit(by=sent.people.evaluator)
    sent.submission.refresh_from_db()
    return sent


def value_of(sent, indicator):
    return sent.submission.observations.get(indicator=indicator)


def send_back(sent, **reasons):
    rows = {value_of(sent, one).pk: f"Why {one.code}?" for one in reasons.pop("of")}
    sent.stored.send_back(by=sent.people.lead_manager, reason="Look again.", rows=rows)


def answers(sent):
    rows = ReturnReason.objects.filter(indicator__isnull=False)
    return {one.indicator: one.answer for one in rows}


def test_each_value_keeps_its_reason_and_what_was_reported(sent):
    send_back(sent, of=[sent.indicator, sent.more[0]])

    said = reasons_for(sent.stored)
    assert [one.reason for one in said.whole] == ["Look again."]
    (one,) = said.of(sent.indicator.pk)
    assert (one.reason, one.value, one.by) == (
        f"Why {sent.indicator.code}?",
        5,
        sent.people.lead_manager,
    )
    assert said.of(sent.more[1].pk) == []
    moved = Event.objects.about(sent.submission).get(became="returned")
    assert moved.facts["cells"] == [[sent.indicator.pk, None], [sent.more[0].pk, None]]


def test_the_audit_log_has_the_reasons(sent):
    send_back(sent, of=[sent.indicator])

    entries = AuditEntry.objects.filter(
        table_name="monitoring_returnreason",
        operation="insert",
        row_id__in=[str(pk) for pk in sent.submission.return_reasons.values_list("pk", flat=True)],
    )
    assert {entry.after["reason"] for entry in entries} == {
        "Look again.",
        f"Why {sent.indicator.code}?",
    }


def test_handing_it_in_again_says_how_each_was_answered(sent):
    evaluator = sent.people.evaluator
    send_back(sent, of=[sent.indicator, *sent.more])
    changed = [{"indicator": sent.indicator.pk, "value": 6}]
    record_observations(sent.stored, changed, by=evaluator, replace=True)
    remove_observation(sent.stored.observations.get(indicator=sent.more[0]), by=evaluator)
    assert set(answers(sent).values()) == {""}

    sent.stored.submit(by=evaluator)

    assert answers(sent) == {
        sent.indicator: "changed",
        sent.more[0]: "withdrawn",
        sent.more[1]: "unchanged",
    }
    whole = ReturnReason.objects.get(indicator=None)
    assert (whole.answer, whole.answered_by) == ("resubmitted", evaluator)


def test_a_second_round_leaves_the_first_as_it_was_answered(sent):
    send_back(sent, of=[sent.indicator])
    sent.stored.submit(by=sent.people.evaluator)
    send_back(sent, of=[sent.indicator])

    newest, oldest = reasons_for(sent.stored).of(sent.indicator.pk)

    assert (newest.is_open, oldest.answer) == (True, "unchanged")


def test_withdrawing_it_answers_what_was_open_and_the_next_revision_still_shows_it(sent):
    send_back(sent, of=[sent.indicator])
    sent.stored.withdraw(by=sent.people.evaluator, reason="All wrong.")

    again = start_submission(sent.submission.unit, sent.submission.period, by=sent.people.evaluator)

    (one,) = reasons_for(again).of(sent.indicator.pk)
    assert one.answer == "withdrawn"


@pytest.mark.parametrize("text", ["", "  ", "x" * 2001])
def test_a_value_without_a_fit_reason_is_named_and_nothing_is_returned(sent, text):
    key = value_of(sent, sent.indicator).pk

    with pytest.raises(ValidationError) as refusal:
        sent.stored.send_back(by=sent.people.lead_manager, reason="Look.", rows={key: text})

    assert list(refusal.value.message_dict) == [f"rows.{key}"]
    assert sent.stored.status == "submitted"
    assert not ReturnReason.objects.exists()


def test_a_value_of_another_submission_is_refused(sent):
    strange = ObservationFactory()

    with pytest.raises(ValidationError):
        sent.stored.send_back(
            by=sent.people.lead_manager, reason="Look.", rows={strange.pk: "Why?"}
        )

    assert sent.stored.status == "submitted"


def test_one_form_accepts_or_returns_value_by_value(sent):
    key = value_of(sent, sent.indicator).pk

    decide(sent.stored, by=sent.people.lead_manager, returned={key: "Twice as many?"})

    assert sent.stored.status == "returned"
    assert reasons_for(sent.stored).whole[0].reason == "See the reason at one value."


def test_what_is_returned_is_not_validated(sent):
    with pytest.raises(ValidationError):
        decide(sent.stored, by=sent.people.lead_manager, reason="No.", is_validated=True)

    assert sent.stored.status == "submitted"


def test_of_a_return_and_an_approval_read_at_once_one_stands(sent):
    first, second = read_twice(sent.submission)
    lead = sent.people.lead_manager
    first.approve(by=lead)

    with pytest.raises(DomainError):
        second.send_back(by=lead, reason="No.", rows={value_of(sent, sent.indicator).pk: "Why?"})

    assert sent.stored.status == "approved"
    assert not ReturnReason.objects.exists()


def test_what_was_read_before_it_was_sent_anew_is_not_approved(sent):
    """The reviewer read 5; meanwhile it was returned and came back with 6."""
    read = sent.stored
    send_back(sent, of=[sent.indicator])
    rows = [{"indicator": sent.indicator.pk, "value": 6}]
    record_observations(sent.stored, rows, by=sent.people.evaluator, replace=True)
    sent.stored.submit(by=sent.people.evaluator)

    with pytest.raises(DomainError):
        read.approve(by=sent.people.lead_manager)

    assert sent.stored.status == "submitted"


def test_a_returned_correction_leaves_the_approved_values_counting():
    unit = Unit()
    correction = unit.correct({"indicator": unit.first.pk, "value": 50}, approve=False)
    key = correction.observations.get().pk

    correction.send_back(by=unit.people.lead_manager, reason="No.", rows={key: "Which well?"})
    correction.withdraw(by=unit.own, reason="It was right.")

    assert unit.counting() == {unit.first: 5, unit.second: 6}
    assert correct_submission(unit.newest_approved(), by=unit.own).revision == 3
