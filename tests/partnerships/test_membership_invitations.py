"""Inviting an organisation by e-mail: one link, once, for the address, and with a partner."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from partnerships.models import MembershipInvitation, MembershipInvitationMail
from partnerships.services.member_invitations import (
    decline_place,
    invite_by_email,
    mail_again,
    take_up,
)
from partnerships.tasks import expire_membership_invitations, mail_membership_invitation
from registry.errors import DomainError, NotAllowed
from registry.models import AuditEntry, Notice
from registry.services.privacy import erase_person, export_person
from tests.factories import (
    MembershipFactory,
    MembershipInvitationFactory,
    MembershipInvitationMailFactory,
    PartnerFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.moves import People, moves_of, race, read_twice, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return People(PartnershipFactory(title="Water\nfor all"))


@pytest.fixture
def partner():
    return PartnerFactory()


@pytest.fixture
def person(partner):
    return UserFactory(manages=partner, email="asha@example.org")


@pytest.fixture
def invitation(people, person):
    return MembershipInvitationFactory(
        partnership=people.partnership, email=person.email, by=people.lead_manager
    )


def stored(row):
    return type(row).objects.get(pk=row.pk)


def test_the_mail_leads_to_a_page_on_which_one_joins(
    people, partner, person, client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        invite_by_email(
            people.partnership,
            email=" Asha@example.org",
            roles=["funding"],
            message="Dear Asha, join us.",
            by=people.lead_manager,
        )
    sent = mail.outbox[-1]
    assert sent.to == ["asha@example.org"]
    assert sent.subject == "Invitation to a partnership: Water for all"
    assert "Dear Asha, join us." in sent.body
    url = re.search(r"/partnership-invitations/[\w-]+/", sent.body).group()

    assert "Dear Asha, join us." in client.get(url).content.decode()
    client.force_login(person)
    form = {"partner": partner.pk, "interests": "Sells pumps.", "no_conflicts": "on"}
    page = client.post(url, form)

    assert page.status_code == 302
    membership = partner.memberships.get()
    assert (membership.status, membership.roles) == ("accepted", ["funding"])
    assert membership.declarations.get().interests == "Sells pumps."
    assert membership.conflicts.get().is_none
    assert client.get(url).status_code == 404


def test_the_address_and_the_message_go_with_the_answer(invitation, partner, person):
    take_up(invitation, by=person, partner=partner)

    ended = stored(invitation)
    assert (ended.status, ended.email, ended.message, ended.token_hash) == ("accepted", "", "", "")
    assert ended.membership == partner.memberships.get()
    assert moves_of(invitation) == [("open", "accepted")]
    assert person.email not in str(list(AuditEntry.objects.values_list("before", "after")))
    assert Notice.objects.get(user=invitation.by).kind == "membershipinvitation.accepted"
    with refused("invitation_ended"):
        take_up(stored(invitation), by=person, partner=partner)


def test_somebody_elses_account_is_refused(invitation, partner):
    other = UserFactory(manages=partner)

    for answer in (
        lambda: take_up(invitation, by=other, partner=partner),
        lambda: decline_place(invitation, by=other),
    ):
        with refused("not_the_addressee", NotAllowed):
            answer()
    assert not partner.memberships.exists()


def test_joins_only_with_a_partner_one_manages(invitation, person):
    with refused("own_partner_only", NotAllowed):
        take_up(invitation, by=person, partner=PartnerFactory())

    assert stored(invitation).status == "open"


def test_an_expired_one_is_not_taken_up_and_loses_its_address(invitation, partner, person):
    invitation.change(expires_at=timezone.now() - timedelta(seconds=1))

    with refused("invitation_expired"):
        take_up(invitation, by=person, partner=partner)
    assert expire_membership_invitations() == 1
    assert (stored(invitation).status, stored(invitation).email) == ("expired", "")


def test_a_partner_that_waits_to_be_verified_gets_a_place_and_joins_later(invitation, person):
    pending = PartnerFactory(pending=True)
    person.affiliations.create(partner=pending, role="manager")

    membership = take_up(invitation, by=person, partner=pending)

    assert (membership.status, stored(invitation).status) == ("invited", "accepted")
    with refused("partner_not_verified", NotAllowed):
        membership.accept(by=person)
    pending.verify(by=UserFactory(admin=True))
    membership = stored(membership)
    membership.accept(by=person)
    assert stored(membership).status == "accepted"


def test_a_company_that_needs_a_review_first_gets_a_place(people, person):
    people.partnership.change(kind="ppp")
    company = PartnerFactory(company=True)
    person.affiliations.create(partner=company, role="manager")
    invitation = MembershipInvitationFactory(partnership=people.partnership, email=person.email)

    assert take_up(invitation, by=person, partner=company).status == "invited"


@pytest.mark.parametrize("state", ["suspended"])
def test_a_partner_the_registry_has_closed_does_not_join(invitation, person, state):
    closed = PartnerFactory(**{state: True})
    person.affiliations.create(partner=closed, role="manager")

    with refused(f"partner_{state}"):
        take_up(invitation, by=person, partner=closed)

    assert stored(invitation).status == "open"


def test_a_member_is_not_made_one_again(invitation, partner, person, people):
    MembershipFactory(partnership=people.partnership, partner=partner)

    with refused("already_member"):
        take_up(invitation, by=person, partner=partner)


def test_an_invitation_of_the_partner_itself_is_answered_with_it(
    invitation, partner, person, people
):
    invited = MembershipFactory(partnership=people.partnership, partner=partner, invited=True)

    assert take_up(invitation, by=person, partner=partner) == invited
    assert stored(invited).status == "accepted"


@pytest.mark.parametrize("who", ["lead_evaluator", "manager", "outsider"])
def test_only_the_leads_managers_invite_and_take_back(people, invitation, who):
    with refused("lead_only", NotAllowed):
        invite_by_email(
            people.partnership, email="x@example.org", roles=["funding"], by=people[who]
        )
    with refused("lead_only", NotAllowed):
        invitation.withdraw(by=people[who])


def test_a_registered_partnership_invites_by_an_amendment_only():
    people = People(PartnershipFactory(active=True))

    with refused("needs_amendment"):
        invite_by_email(
            people.partnership, email="x@example.org", roles=["funding"], by=people.lead_manager
        )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"email": ""}, "email"),
        ({"roles": []}, "roles"),
        ({"roles": ["emperor"]}, "roles"),
        ({"roles": ["lead"]}, "roles"),
        ({"message": "x" * 2001}, "message"),
    ],
)
def test_wrong_input_names_its_field_and_invites_nobody(people, wrong, field):
    values = {"email": "x@example.org", "roles": ["funding"], **wrong}

    with pytest.raises(ValidationError) as refusal:
        invite_by_email(people.partnership, by=people.lead_manager, **values)

    assert field in refusal.value.error_dict
    assert not MembershipInvitation.objects.exists()
    assert not MembershipInvitationMail.objects.exists()


def test_an_address_is_asked_once(people, invitation):
    with pytest.raises(IntegrityError, match="membership_invitation_once"), transaction.atomic():
        invite_by_email(
            people.partnership, email="ASHA@example.org", roles=["funding"], by=people.lead_manager
        )


def test_a_new_mail_has_a_new_link_and_the_old_one_ends(people, invitation, client):
    first = invitation.new_secret()
    mail_again(invitation, by=people.lead_manager)
    mail_membership_invitation(MembershipInvitationMail.objects.get().pk)

    assert client.get(f"/partnership-invitations/{first}/").status_code == 404
    with refused("mailed_just_now"):
        mail_again(stored(invitation), by=people.lead_manager)


def test_a_mail_of_an_ended_invitation_is_not_sent(people):
    job = MembershipInvitationMailFactory(invitation__partnership=people.partnership)
    job.invitation.withdraw(by=people.lead_manager)

    mail_membership_invitation(job.pk)

    assert (mail.outbox, stored(job).status) == ([], "failed")


def test_seen_by_who_edits_and_by_the_addressee_alone(people, invitation, person):
    seen = {
        who: MembershipInvitation.objects.visible_to(people[who]).exists()
        for who in ("lead_manager", "lead_observer", "manager", "outsider", "admin")
    }
    assert seen == {
        "lead_manager": True,
        "lead_observer": False,
        "manager": False,
        "outsider": False,
        "admin": True,
    }
    assert MembershipInvitation.objects.visible_to(person).get() == invitation


def test_an_erased_person_is_invited_no_more(invitation, person):
    held = export_person(person, by=person)["membership_invitations"]
    assert [row["email"] for row in held] == [person.email]

    erase_person(person, by=person, reason="I go.")

    assert (stored(invitation).status, stored(invitation).email) == ("withdrawn", "")


def test_the_link_alone_is_enough_to_decline(invitation, client):
    url = f"/partnership-invitations/{invitation.new_secret()}/"

    assert client.post(url, {"decline": "yes"}).status_code == 302
    assert stored(invitation).status == "declined"


def test_another_account_is_told_so_on_the_page(invitation, client, partner):
    other = UserFactory(manages=partner)
    client.force_login(other)
    page = client.post(
        f"/partnership-invitations/{invitation.new_secret()}/", {"partner": partner.pk}
    )

    assert "for another e-mail address" in page.content.decode()
    assert stored(invitation).status == "open"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", ["accept", "withdraw", "decline"])
def test_of_two_answers_at_once_one_stands(other):
    people = People(PartnershipFactory())
    partner = PartnerFactory()
    person = UserFactory(manages=partner)
    lead = people.lead_manager
    row = MembershipInvitationFactory(partnership=people.partnership, email=person.email)
    mine, theirs = read_twice(row)
    calls = {
        "accept": lambda: take_up(theirs, by=person, partner=partner),
        "withdraw": lambda: theirs.withdraw(by=lead),
        "decline": lambda: decline_place(theirs, by=person),
    }

    outcomes = race(lambda: take_up(mine, by=person, partner=partner), calls[other])

    lost = [o for o in outcomes if isinstance(o, Exception)]
    assert len(lost) == 1
    assert isinstance(lost[0], DomainError)
    assert partner.memberships.count() == (stored(row).status == "accepted")
