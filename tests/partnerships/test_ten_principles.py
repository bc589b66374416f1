"""The Ten Principles: a member's own dated statement, which it may withdraw."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from partnerships.models import TenPrinciplesCommitment
from partnerships.services.principles import commit_to_ten_principles
from registry.errors import NotAllowed
from registry.models import Event
from tests.factories import (
    MembershipFactory,
    PartnerIdentifierFactory,
    PartnershipFactory,
    TenPrinciplesCommitmentFactory,
    UserFactory,
)
from tests.merging import merge
from tests.moves import People, race, refused

pytestmark = pytest.mark.django_db
GOOD = {
    "committed_on": date(2024, 2, 1),
    "statement": "Signed by the chief executive.",
    "link": "https://example.org/letter",
}


@pytest.fixture
def member():
    return MembershipFactory(partnership__active=True, partner__company=True)


def state(membership, by=None, **fields):
    by = by or UserFactory(manages=membership.partner)
    return commit_to_ten_principles(membership, by=by, **{**GOOD, **fields})


def test_a_companys_own_managers_commit_it(member):
    stated = state(member)

    assert stated.of_partnership == member.partnership
    assert Event.objects.about(stated).get().kind == "tenprinciplescommitment.stated"


def test_a_un_entity_confirms_and_others_are_not_asked(member):
    united = MembershipFactory(partnership=member.partnership, partner__kind="un_entity")
    village = MembershipFactory(partnership=member.partnership, partner__kind="community")

    state(united)
    with refused("ten_principles_not_asked"):
        state(village)


@pytest.mark.parametrize("who", ["lead_manager", "manager", "outsider"])
def test_nobody_commits_another_or_withdraws_for_it(member, who):
    people = People(member.partnership)
    stated = state(member)

    with refused("members_only", NotAllowed):
        state(member, by=people[who])
    with refused("members_only", NotAllowed):
        stated.withdraw(by=people[who], reason="No.")


@pytest.mark.parametrize("role", ["evaluates", "observes"])
def test_a_members_other_people_do_not_commit_it(member, role):
    with refused("members_only", NotAllowed):
        state(member, by=UserFactory(**{role: member.partner}))


def test_an_invited_partner_does_not_commit_yet():
    invited = MembershipFactory(partnership__active=True, partner__company=True, invited=True)
    with refused("not_accepted"):
        state(invited)


def test_stands_until_it_is_withdrawn_and_then_another_one_may(member):
    stated = state(member)

    with refused("committed_already"):
        state(member)
    stated.withdraw(by=UserFactory(manages=member.partner), reason="The owner changed.")
    state(member)

    assert TenPrinciplesCommitment.objects.standing().count() == 1
    assert TenPrinciplesCommitment.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("committed_on", {"committed_on": date(2199, 1, 1)}),
        ("link", {"link": ""}),
        ("link", {"link": "javascript:alert(1)"}),
        ("participant", {"link": "", "participant": "9999"}),
        ("statement", {"statement": ""}),
        ("statement", {"statement": "x" * 1_000_000}),
    ],
)
def test_refuses_what_cannot_be_checked(member, field, fields):
    with pytest.raises(ValidationError) as refusal:
        state(member, **fields)
    assert list(refusal.value.error_dict) == [field]
    assert not TenPrinciplesCommitment.objects.exists()


def test_a_participant_number_of_its_own_does_instead_of_a_link(member):
    PartnerIdentifierFactory(partner=member.partner, scheme="UNGC", value="12345")
    assert state(member, link="", participant="12345").participant == "12345"


def test_in_force_by_both_dates_of_a_report(member):
    with time_machine.travel(datetime(2025, 3, 1, tzinfo=UTC)):
        stated = state(member)
    with time_machine.travel(datetime(2025, 5, 1, tzinfo=UTC)):
        stated.withdraw(by=UserFactory(admin=True), reason="The owner changed.")

    def count(on, month):
        at = datetime(2025, month, 1, tzinfo=UTC)
        return TenPrinciplesCommitment.objects.in_force(on, at).count()

    assert [count(date(2025, 12, 31), month) for month in (2, 4, 6)] == [0, 1, 0]
    assert [count(on, 4) for on in (date(2024, 1, 31), date(2024, 2, 1))] == [0, 1]


def test_the_database_holds_one_that_stands(member):
    TenPrinciplesCommitmentFactory(membership=member)
    with pytest.raises(IntegrityError, match="ten_principles_once"):
        TenPrinciplesCommitmentFactory(membership=member)


def test_is_public_with_its_partnership():
    draft = MembershipFactory(partner__company=True)
    hidden = TenPrinciplesCommitmentFactory(membership=draft)
    public = TenPrinciplesCommitmentFactory()
    outsider = UserFactory()

    assert list(TenPrinciplesCommitment.objects.visible_to(outsider)) == [public]
    insider = UserFactory(observes=draft.partner)
    assert set(TenPrinciplesCommitment.objects.visible_to(insider)) == {hidden, public}


def test_of_two_members_made_one_a_statement_goes_on():
    partnership = PartnershipFactory(active=True)
    ours, theirs = (
        MembershipFactory(partnership=partnership, partner__company=True) for _ in range(2)
    )
    kept = TenPrinciplesCommitmentFactory(membership=ours)
    TenPrinciplesCommitmentFactory(membership=theirs)

    merge(theirs.partner, ours.partner)

    kept.refresh_from_db()
    assert kept.membership.partner_id == ours.partner_id
    current = partnership.memberships.accepted().get(partner=ours.partner)
    assert current.ten_principles_commitments.standing().count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_commit_a_member_at_the_same_time_one_does():
    member = MembershipFactory(partnership__active=True, partner__company=True)
    by = UserFactory(manages=member.partner)

    outcomes = race(*(lambda: state(member, by=by) for _ in range(2)))

    assert sorted(getattr(one, "code", "done") for one in outcomes) == ["committed_already", "done"]
