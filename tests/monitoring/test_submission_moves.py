"""A submission's life: handed in by its own people, decided by somebody else, once."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from monitoring.models import Observation, Submission
from monitoring.services.evidence import add_evidence
from monitoring.services.submissions import record_observations
from registry.errors import DomainError, NotAllowed
from registry.models import Event
from tests.factories import (
    IndicatorFactory,
    MembershipFactory,
    SubmissionFactory,
    UserFactory,
)
from tests.monitoring.sending import FROM, MOVES, Sent
from tests.moves import moves_of, refused

pytestmark = pytest.mark.django_db
STATES = ["draft", "submitted", "returned", "approved", "superseded", "withdrawn"]
ALLOWED = [(move, was, to) for move, moves in FROM.items() for was, to in moves.items()]
WRONG = [(move, was) for move in FROM for was in STATES if was not in FROM[move]]
WRONG_CODES = {"invalid_transition", "submission_locked"}
SENDERS = ["manager", "evaluator", "admin"]
REVIEWERS = ["lead_manager", "admin"]


@pytest.mark.parametrize(("move", "was", "to"), ALLOWED)
def test_a_move_leaves_its_trace(move, was, to):
    sent = Sent(was)
    admin, version = sent.people.admin, sent.stored.version

    MOVES[move](sent.submission, admin)

    assert (sent.stored.status, sent.stored.version) == (to, version + 1)
    assert moves_of(sent.submission) == [(was, to)]
    assert Event.objects.about(sent.submission).get().by == admin


@pytest.mark.parametrize(("move", "was"), WRONG)
def test_refuses_a_move_from_the_wrong_state(move, was):
    sent = Sent(was)

    with pytest.raises(DomainError) as refusal:
        MOVES[move](sent.submission, sent.people.admin)

    assert refusal.value.code in WRONG_CODES
    assert sent.stored.status == was
    assert moves_of(sent.submission) == []


@pytest.mark.parametrize("who", SENDERS)
def test_its_own_people_hand_it_in(who):
    sent = Sent("draft")

    sent.submission.submit(by=sent.people[who])

    assert sent.stored.submitted_by == sent.people[who]
    assert sent.stored.submitted_at is not None


@pytest.mark.parametrize("who", ["observer", "lead_manager", "lead_evaluator", "outsider"])
def test_others_do_not_hand_it_in_or_write_into_it(who):
    sent = Sent("draft")
    by = sent.people[who]
    row = {"indicator": sent.indicator.pk, "value": 1}

    with refused("unit_only", NotAllowed):
        sent.submission.submit(by=by)
    with refused("unit_only", NotAllowed):
        record_observations(sent.submission, [row], by=by)
    with refused("unit_only", NotAllowed):
        add_evidence(sent.submission, by=by, title="Photo", url="https://example.org/a")

    assert sent.stored.status == "draft"


@pytest.mark.parametrize("who", REVIEWERS)
@pytest.mark.parametrize("move", ["approve", "send_back"])
def test_the_leads_managers_and_admins_decide(move, who):
    sent = Sent("submitted")

    MOVES[move](sent.submission, sent.people[who])

    assert len(moves_of(sent.submission)) == 1


@pytest.mark.parametrize(
    "who", ["manager", "evaluator", "observer", "lead_evaluator", "lead_observer", "outsider"]
)
@pytest.mark.parametrize("move", ["approve", "send_back"])
def test_others_do_not_decide(move, who):
    sent = Sent("submitted")

    with refused("reviewer_only", NotAllowed):
        MOVES[move](sent.submission, sent.people[who])

    assert sent.stored.status == "submitted"
    assert not Observation.objects.counting().exists()


@pytest.mark.parametrize("who", REVIEWERS)
@pytest.mark.parametrize("move", ["approve", "send_back"])
def test_who_handed_it_in_does_not_decide(move, who):
    sent = Sent("submitted", submitted_by=UserFactory())
    sent.submission.change(submitted_by=sent.people[who])

    with refused("own_submission", NotAllowed):
        MOVES[move](sent.submission, sent.people[who])


@pytest.mark.parametrize("who", [*SENDERS, "lead_manager"])
def test_its_own_people_or_a_reviewer_withdraw_it(who):
    sent = Sent("approved")

    sent.submission.withdraw(by=sent.people[who], reason="Wrong year.")

    assert not Observation.objects.counting().exists()
    assert sent.stored.withdrawn_at is not None


@pytest.mark.parametrize("who", ["observer", "lead_evaluator", "lead_observer", "outsider"])
def test_others_do_not_withdraw_it(who):
    sent = Sent("approved")

    with refused("unit_only", NotAllowed):
        sent.submission.withdraw(by=sent.people[who], reason="Mine.")

    assert Observation.objects.counting().count() == 1


@pytest.mark.parametrize("move", ["send_back", "withdraw"])
def test_a_move_against_the_sender_gives_its_reason(move):
    sent = Sent("submitted")

    with pytest.raises(ValidationError) as refusal:
        getattr(sent.submission, move)(by=sent.people.admin, reason=" ")

    assert "reason" in refusal.value.message_dict


def test_a_submission_without_a_value_is_not_handed_in():
    submission = SubmissionFactory()

    with refused("no_observations"):
        submission.submit(by=UserFactory(admin=True))


@pytest.mark.parametrize("was", ["draft", "approved"])
def test_a_closed_period_takes_neither_data_nor_a_withdrawal(was):
    sent = Sent(was)
    sent.submission.period.close(by=sent.people.admin)
    move = "submit" if was == "draft" else "withdraw"

    with refused("period_closed"):
        MOVES[move](sent.stored, sent.people.admin)

    assert sent.stored.status == was


def test_values_count_from_the_approval_on():
    sent = Sent("submitted")
    assert not Observation.objects.counting().exists()

    sent.submission.approve(by=sent.people.lead_manager)

    stored = sent.stored
    assert stored.approved_by == sent.people.lead_manager
    counting = Observation.objects.counting().get()
    assert (counting.value, counting.counts_from) == (5, stored.approved_at)


def test_complete_is_when_every_value_of_the_unit_was_first_handed_in():
    sent = Sent("draft")
    IndicatorFactory(result__framework=sent.submission.period.framework, by_place=True)
    missing = IndicatorFactory(result__framework=sent.submission.period.framework)
    evaluator = sent.people.evaluator

    sent.submission.submit(by=evaluator)
    assert sent.stored.complete_at is None
    sent.submission.send_back(by=sent.people.lead_manager, reason="Incomplete.")
    record_observations(sent.submission, [{"indicator": missing.pk, "value": 0}], by=evaluator)
    sent.submission.submit(by=evaluator)

    assert sent.stored.complete_at == sent.stored.submitted_at


def test_the_database_keeps_reviewer_and_submitter_apart():
    user = UserFactory()
    submission = SubmissionFactory(submitted=True)

    with pytest.raises(IntegrityError, match="submission_reviewed_by_another"):
        Submission.objects.filter(pk=submission.pk).update(submitted_by=user, approved_by=user)


def test_a_left_members_membership_does_not_stop_its_last_report():
    sent = Sent("draft")
    membership = sent.submission.unit.membership
    membership.leave(by=sent.people.manager)

    sent.submission.submit(by=sent.people.manager)

    assert sent.stored.status == "submitted"
    assert MembershipFactory._meta.model.objects.get(pk=membership.pk).status == "left"
