"""Inviting people by e-mail: who may, who can accept, and what becomes of the address."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from registry import tasks
from registry.errors import DomainError, NotAllowed
from registry.models import Affiliation, Event, Invitation, InvitationMail, Notice
from registry.services import invitations
from tests.factories import InvitationFactory, PartnerFactory, UserFactory
from tests.moves import moves_of, race, read_twice, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    return PartnerFactory(name="Tumaini\nTrust")


@pytest.fixture
def manager(partner):
    return UserFactory(manages=partner)


def invite(partner, by, email="new@example.org", role="evaluator"):
    return invitations.invite_person(partner, email=email, role=role, by=by)


def link_in(message):
    return re.search(r"/invitations/([\w-]+)/", message.body).group(1)


def test_a_mail_leads_to_the_answer_and_the_address_gets_the_role(
    partner, manager, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        invitation = invite(partner, manager, email=" New@Example.org ")
    (message,) = mail.outbox
    assert message.to == ["new@example.org"]
    assert message.subject == "Invitation to act for Tumaini Trust"
    assert list(Invitation.objects.with_secret(link_in(message))) == [invitation]
    invitation.refresh_from_db()
    assert link_in(message) not in invitation.token_hash

    person = UserFactory(email="new@example.org")
    invitations.accept_invitation(invitation, by=person)

    assert person.has_role(partner.pk, "evaluator")
    assert moves_of(invitation) == [("open", "accepted")]
    told = Notice.objects.get(kind="invitation.accepted")
    assert (told.user, told.event.by) == (manager, person)


def test_the_answer_is_the_same_with_and_without_an_account(api, partner, manager):
    api.force_authenticate(manager)
    known = UserFactory().email

    first, second = (
        api.post(
            "/api/v1/invitations/", {"partner": partner.pk, "email": email, "role": "observer"}
        )
        for email in (known, "nobody@example.org")
    )

    assert first.status_code == second.status_code == 201
    varying = {"id", "email", "created_at", "updated_at", "expires_at"}
    assert {k: v for k, v in first.json().items() if k not in varying} == {
        k: v for k, v in second.json().items() if k not in varying
    }


@pytest.mark.parametrize("end", ["accept", "decline", "withdraw", "expire"])
def test_however_it_ends_the_address_is_erased(partner, manager, end):
    invitation = InvitationFactory(partner=partner, email="new@example.org", by=manager)
    person = UserFactory(email="new@example.org")
    if end == "expire":
        Invitation.objects.update(expires_at=timezone.now())
        assert tasks.expire_invitations() == 1
    else:
        by = manager if end == "withdraw" else person
        getattr(invitation, end)(by=by)

    invitation.refresh_from_db()
    assert (invitation.email, invitation.token_hash) == ("", "")
    assert not Event.objects.filter(facts__icontains="new@example.org").exists()


@pytest.mark.parametrize("role", ["evaluates", "observes", "elsewhere"])
def test_only_the_partners_managers_invite(partner, role):
    elsewhere = role == "elsewhere"
    by = UserFactory(**({"manages": PartnerFactory()} if elsewhere else {role: partner}))

    with refused("managers_only", NotAllowed):
        invite(partner, by)
    with refused("people_only", NotAllowed):
        invite(partner, UserFactory(service=True, manages=partner))
    assert not Invitation.objects.exists()


def test_nobody_is_invited_to_a_suspended_partner_nor_gets_in(partner, manager):
    invitation = invite(partner, manager)
    partner.suspend(by=UserFactory(admin=True), reason="Because.")

    with refused("partner_suspended"):
        invite(partner, manager, email="other@example.org")
    with refused("partner_suspended"):
        invitation.accept(by=UserFactory(email="new@example.org"))
    invitation.refresh_from_db()
    assert invitation.status == "open"


@pytest.mark.parametrize(
    "email", ["", "x", "a b@example.org", "a@b@example.org", "x" * 260 + "@e.org"]
)
def test_what_is_no_address_is_refused_by_name(partner, manager, email):
    with pytest.raises(ValidationError) as refusal:
        invite(partner, manager, email=email)
    assert set(refusal.value.error_dict) == {"email"}
    assert not InvitationMail.objects.exists()


def test_one_address_is_invited_to_a_role_once_at_a_time(partner, manager):
    invite(partner, manager)

    with pytest.raises(IntegrityError, match="invitation_once"), transaction.atomic():
        invite(partner, manager, email="NEW@example.org")
    with refused("already_affiliated"):
        invite(partner, manager, email=manager.email, role="manager")


def test_somebody_elses_account_cannot_accept(partner):
    invitation = InvitationFactory(partner=partner, email="new@example.org")

    for by in (UserFactory(), UserFactory(admin=True), UserFactory(manages=partner)):
        with refused("not_the_addressee", NotAllowed):
            invitations.accept_invitation(invitation, by=by)
        with refused("not_the_addressee", NotAllowed):
            invitations.decline_invitation(invitation, by=by)
    assert not Affiliation.objects.filter(partner=partner, role="evaluator").exists()


def test_whoever_holds_the_mail_may_decline_without_an_account(partner):
    invitation = InvitationFactory(partner=partner)
    secret = invitation.new_secret()
    invitation.refresh_from_db()

    with refused("not_the_addressee", NotAllowed):
        invitations.decline_invitation(invitation, by=None, secret="another")
    invitations.decline_invitation(invitation, by=None, secret=secret)

    assert invitation.status == "declined"


def test_after_fourteen_days_it_is_too_late_even_before_the_task_has_run(partner):
    invitation = InvitationFactory(partner=partner, email="new@example.org")
    left = invitation.expires_at - timezone.now()
    assert timedelta(days=13, hours=23) < left <= timedelta(days=14)
    Invitation.objects.update(expires_at=timezone.now())
    invitation.refresh_from_db()

    with refused("invitation_expired"):
        invitation.accept(by=UserFactory(email="new@example.org"))
    assert not Invitation.objects.answerable().exists()


@pytest.mark.parametrize("ended", ["accept", "decline", "withdraw"])
def test_what_has_ended_ends_no_other_way(partner, manager, ended):
    person = UserFactory(email="new@example.org")
    first, second = read_twice(InvitationFactory(partner=partner, email=person.email))
    getattr(first, ended)(by=manager if ended == "withdraw" else person)

    for act, by in (("accept", person), ("decline", person), ("withdraw", manager)):
        with pytest.raises(DomainError):
            getattr(second, act)(by=by)
    assert Event.objects.about(first).exclude(was="").count() == 1


@pytest.mark.django_db(transaction=True)
def test_accepted_twice_at_once_it_is_accepted_once():
    person = UserFactory(email="new@example.org")
    first, second = read_twice(InvitationFactory(email=person.email))

    outcomes = race(lambda: first.accept(by=person), lambda: second.accept(by=person))

    assert sum(isinstance(outcome, Affiliation) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, DomainError) for outcome in outcomes) == 1
    assert person.affiliations.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_an_acceptance_and_a_withdrawal_at_once_one_stands():
    person = UserFactory(email="new@example.org")
    first, second = read_twice(InvitationFactory(email=person.email))
    manager = UserFactory(manages=first.partner)

    outcomes = race(lambda: first.accept(by=person), lambda: second.withdraw(by=manager))

    assert sum(isinstance(outcome, DomainError) for outcome in outcomes) == 1
    stored = Invitation.objects.get()
    assert person.affiliations.exists() == (stored.status == "accepted")


def test_an_address_that_was_not_confirmed_accepts_nothing(partner):
    person = UserFactory(email="new@example.org")
    person.emailaddress_set.update(verified=False)
    invitation = InvitationFactory(partner=partner, email=person.email)

    with refused("not_the_addressee", NotAllowed):
        invitations.accept_invitation(invitation, by=person)
    assert invitation not in Invitation.objects.visible_to(person)
    person.emailaddress_set.update(verified=True)
    assert invitations.accept_invitation(invitation, by=person).user == person


def test_the_notice_of_an_answer_leads_to_the_partners_people(client, partner, manager):
    invited = UserFactory(email="new@example.org")
    invitations.accept_invitation(invite(partner, manager), by=invited)
    client.force_login(manager)

    notice = Notice.objects.get(user=manager)
    page = client.get("/notices/").content.decode()
    answer = client.post(f"/notices/{notice.pk}/read/")

    assert "Evaluator at Tumaini Trust: accepted" in page
    assert answer.headers["Location"] == f"/partners/{partner.pk}/people/"
    assert client.get(answer.headers["Location"]).status_code == 200
