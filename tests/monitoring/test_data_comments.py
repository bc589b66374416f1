"""Senders and reviewers talk about data; the other side is told, and nobody outside reads it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from monitoring.models import SubmissionComment
from monitoring.services.reviewers import name_reviewer
from monitoring.services.reviewing import comment_on
from registry.errors import NotAllowed
from registry.models import AuditEntry, Event, Notice
from registry.telling import tell
from tests.factories import MembershipFactory, ObservationFactory, SpotCheckFactory, UserFactory
from tests.monitoring.sending import Sent
from tests.moves import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent():
    return Sent("submitted")


def told(event):
    tell(event)
    return set(Notice.objects.filter(event=event).values_list("user", flat=True))


def newest(kind):
    return Event.objects.filter(kind=kind).latest("pk")


@pytest.mark.parametrize(
    ("who", "is_of_sender"),
    [("manager", True), ("evaluator", True), ("lead_manager", False), ("admin", False)],
)
def test_both_sides_comment_on_the_whole_or_on_a_value(sent, who, is_of_sender):
    made = comment_on(sent.submission, " Why? ", by=sent.people[who], observation=sent.observation)

    assert (made.text, made.indicator, made.is_of_sender) == ("Why?", sent.indicator, is_of_sender)


@pytest.mark.parametrize("who", ["observer", "lead_observer", "outsider"])
def test_others_do_not_comment(sent, who):
    with refused("members_only", NotAllowed):
        comment_on(sent.submission, "Why?", by=sent.people[who])


@pytest.mark.parametrize("text", ["", " ", "x" * 5001], ids=["empty", "blank", "long"])
def test_a_comment_says_something_of_fit_length(sent, text):
    with pytest.raises(ValidationError):
        comment_on(sent.submission, text, by=sent.people.admin)

    assert not SubmissionComment.objects.exists()


def test_a_value_of_another_submission_is_refused(sent):
    with pytest.raises(ValidationError):
        comment_on(sent.submission, "Why?", by=sent.people.admin, observation=ObservationFactory())


def test_members_read_it_nobody_else_and_the_log_does_not_hold_it(sent):
    made = comment_on(sent.submission, "Ask Amina.", by=sent.people.admin)

    visible = SubmissionComment.objects.visible_to
    assert visible(sent.people.observer).count() == 1
    assert not visible(sent.people.outsider).exists()
    entry = AuditEntry.objects.get(
        table_name="monitoring_submissioncomment", row_id=made.pk, operation="insert"
    )
    assert "Ask Amina." not in str(entry.after)
    assert "Ask Amina." not in str(newest("submission.commented").facts)


def test_what_was_said_stays_whoever_writes(sent):
    made = comment_on(sent.submission, "Why?", by=sent.people.admin)
    rows = SubmissionComment.objects.filter(pk=made.pk)

    for write in (lambda: rows.update(text="Never mind."), rows.delete):
        with pytest.raises(IntegrityError, match="neither changed"), transaction.atomic():
            write()


def test_the_other_side_is_told(sent):
    lead, evaluator = sent.people.lead_manager, sent.people.evaluator
    comment_on(sent.submission, "Why?", by=lead)
    assert told(newest("submission.commented")) == {evaluator.pk}

    comment_on(sent.submission, "Because.", by=evaluator)

    answered = told(newest("submission.commented"))
    assert lead.pk in answered
    assert evaluator.pk not in answered


def test_where_reviewers_are_named_it_is_they_who_are_told(sent):
    lead = sent.people.lead_manager
    membership = MembershipFactory(partnership=sent.people.partnership)
    manager = UserFactory(manages=membership.partner)
    evaluator = UserFactory(evaluates=membership.partner)
    UserFactory(observes=membership.partner)
    name_reviewer(sent.people.partnership, by=lead, membership=membership)
    assert told(newest("reviewer.named")) == {manager.pk, evaluator.pk}

    comment_on(sent.submission, "Here.", by=sent.people.evaluator)

    assert told(newest("submission.commented")) == {manager.pk, evaluator.pk}


def test_the_sender_and_who_is_to_act_are_told_of_a_spot_check(sent):
    admin, manager = sent.people.admin, sent.people.manager
    check = SpotCheckFactory(
        to_do=True, submission=sent.submission, indicator=sent.indicator, by=admin
    )

    event = Event.log(check, "recorded", by=admin)

    people = told(event)
    assert {sent.people.evaluator.pk, manager.pk} <= people
    assert admin.pk not in people
