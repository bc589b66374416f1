"""An invitation's mail is a row first: sent once, tried again, and never after the end."""

import re

import pytest
from django.core import mail

from registry import tasks
from registry.models import Invitation, InvitationMail
from registry.models.jobs import MAX_ATTEMPTS
from registry.services import invitations
from tests.factories import InvitationFactory, InvitationMailFactory, UserFactory
from tests.moves import refused

pytestmark = pytest.mark.django_db


def test_a_second_hint_sends_nothing():
    row = InvitationMailFactory()

    tasks.mail_invitation(row.pk)
    tasks.mail_invitation(row.pk)

    row.refresh_from_db()
    assert (len(mail.outbox), row.status) == (1, "ready")


@pytest.mark.parametrize("error", [ConnectionRefusedError, TimeoutError])
def test_a_mail_that_failed_is_tried_again_and_given_up_in_the_end(monkeypatch, error):
    def fail(*given, **named):
        raise error("550 new@example.org is unknown")

    monkeypatch.setattr(tasks, "send_invitation", fail)
    row = InvitationMailFactory()
    for attempt in range(MAX_ATTEMPTS):
        row.refresh_from_db()
        assert (row.attempts, row.status) == (attempt, "queued")
        tasks.mail_invitation(row.pk)

    row.refresh_from_db()
    assert row.status == "failed"
    assert row.error == error.__name__, "the server's words repeat the address"


def test_a_lost_hint_is_found_again(settings):
    row = InvitationMailFactory()
    assert tasks.sweep_invitation_mails() == 0
    InvitationMail.objects.update(queued_at="2024-01-01T00:00:00Z")

    assert tasks.sweep_invitation_mails() == 1

    row.refresh_from_db()
    assert (row.status, len(mail.outbox)) == ("ready", 1)


def test_to_an_invitation_that_has_ended_nothing_is_sent():
    row = InvitationMailFactory()
    row.invitation.withdraw(by=UserFactory(manages=row.invitation.partner))

    tasks.mail_invitation(row.pk)

    row.refresh_from_db()
    assert (row.status, mail.outbox) == ("failed", [])
    assert Invitation.objects.get().token_hash == ""


def test_of_two_mails_the_newer_link_works_and_they_are_not_sent_in_a_hurry(
    django_capture_on_commit_callbacks,
):
    invitation = InvitationFactory()
    manager = UserFactory(manages=invitation.partner)
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            invitations.invite_again(invitation, by=manager)
        with refused("mailed_just_now"):
            invitations.invite_again(invitation, by=manager)
        InvitationMail.objects.update(queued_at="2024-01-01T00:00:00Z")

    old, new = (re.search(r"/invitations/([\w-]+)/", sent.body).group(1) for sent in mail.outbox)
    assert not Invitation.objects.with_secret(old).exists()
    assert Invitation.objects.with_secret(new).exists()
