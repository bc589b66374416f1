"""Quorums, silence, objections, and proposals that are taken back."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from partnerships.models import (
    Agreement,
    Objection,
    amendments_need_endorsement,
    assent_of,
)
from partnerships.models.objections import bind_if_complete, object_to
from partnerships.models.quorums import endorsements_needed
from partnerships.tasks import bind_proposals
from registry.errors import DomainError, NotAllowed
from registry.models import Event
from tests.factories import (
    AgreementFactory,
    MembershipFactory,
    ObjectionFactory,
    PartnershipFactory,
    UserFactory,
    with_required_clauses,
)
from tests.moves import People, moves_of, race, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    """Of a partnership of four: the lead and three members."""
    people = People(PartnershipFactory(active=True))
    people.others = MembershipFactory.create_batch(2, partnership=people.partnership)
    return people


def proposal(people, **fields):
    agreement = with_required_clauses(AgreementFactory(partnership=people.partnership, **fields))
    agreement.propose(by=people.lead_manager)
    return agreement


def yes(agreement, *memberships):
    for membership in memberships:
        agreement.endorse(membership, by=UserFactory(manages=membership.partner))


def stored(agreement):
    return Agreement.objects.get(pk=agreement.pk)


def long_ago(agreement, days):
    Agreement.objects.filter(pk=agreement.pk).update(
        proposed_at=timezone.now() - timedelta(days=days)
    )


@pytest.mark.parametrize(
    ("quorum", "members", "needed"),
    [
        ("all", 4, 4),
        ("all", 0, 1),
        ("three_quarters", 4, 3),
        ("three_quarters", 5, 4),
        ("two_thirds", 3, 2),
        ("two_thirds", 4, 3),
        ("two_thirds", 7, 5),
        ("majority", 4, 3),
        ("majority", 5, 3),
        ("majority", 0, 1),
    ],
)
def test_how_many_have_to_say_yes(quorum, members, needed):
    assert endorsements_needed(quorum, members) == needed


def test_the_first_agreement_binds_by_the_quorum_that_it_states_itself(people):
    agreement = proposal(people, quorum="three_quarters")

    yes(agreement, people.lead_membership, people.membership)
    assert stored(agreement).status == "proposed"
    yes(agreement, people.others[0])

    assert stored(agreement).status == "binding"


def test_later_editions_bind_by_the_quorum_of_the_one_that_binds(people):
    AgreementFactory(partnership=people.partnership, binding=True, quorum="all")
    agreement = proposal(people, quorum="majority")

    yes(agreement, people.lead_membership, people.membership, people.others[0])
    assert stored(agreement).status == "proposed"
    yes(agreement, people.others[1])

    assert stored(agreement).status == "binding"


def test_other_documents_bind_by_the_quorum_of_the_partnership_agreement(people):
    AgreementFactory(partnership=people.partnership, binding=True, quorum="majority")
    principles = proposal(people, kind="engagement")

    yes(principles, people.lead_membership, people.membership, people.others[0])

    assert stored(principles).status == "binding"


def test_without_a_partnership_agreement_other_documents_need_all(people):
    principles = proposal(people, kind="engagement")

    yes(principles, people.lead_membership, people.membership, people.others[0])
    assert stored(principles).status == "proposed"
    yes(principles, people.others[1])

    assert stored(principles).status == "binding"


def test_only_a_partnership_agreement_states_how_is_decided(people):
    with pytest.raises(ValidationError, match="Only a partnership agreement"):
        AgreementFactory.build(
            partnership=people.partnership, kind="engagement", quorum="majority"
        ).check_values()


def test_a_yes_of_a_member_that_left_does_not_count(people):
    agreement = proposal(people, quorum="three_quarters")
    yes(agreement, people.lead_membership, people.membership)
    people.membership.leave(by=people.manager)

    yes(agreement, people.others[0])

    assert assent_of(agreement).said_yes == 2
    assert stored(agreement).status == "proposed"  # 2 of 3; three quarters of 3 are 3


def test_silence_counts_once_an_agreement_that_binds_says_so(people):
    AgreementFactory(partnership=people.partnership, binding=True, silence_days=30)
    principles = proposal(people, kind="engagement")
    yes(principles, people.lead_membership)

    long_ago(principles, 29)
    assert bind_proposals() == 0
    long_ago(principles, 32)
    assert [bind_proposals(), bind_proposals()] == [1, 0]

    assert stored(principles).status == "binding"
    assert Event.objects.about(principles).filter(became="binding", by=None).exists()


def test_nobody_is_bound_by_an_own_first_agreements_silence(people):
    agreement = proposal(people, silence_days=14)
    yes(agreement, people.lead_membership)
    long_ago(agreement, 100)

    assert not bind_if_complete(stored(agreement))


def test_silence_alone_binds_nobody(people):
    AgreementFactory(partnership=people.partnership, binding=True, silence_days=14)
    principles = proposal(people, kind="engagement")
    long_ago(principles, 100)

    assert not bind_if_complete(stored(principles))


def test_who_objects_is_not_silent(people):
    AgreementFactory(partnership=people.partnership, binding=True, silence_days=14)
    principles = proposal(people, kind="engagement")
    yes(principles, people.lead_membership)
    object_to(principles, people.membership, by=people.manager, reason="Too vague.")
    long_ago(principles, 100)

    assert not bind_if_complete(stored(principles))
    yes(principles, people.membership)

    assert stored(principles).status == "binding"
    assert Objection.objects.get().settled_at


def test_who_joined_later_has_as_many_days(people):
    AgreementFactory(partnership=people.partnership, binding=True, silence_days=14)
    principles = proposal(people, kind="engagement")
    yes(principles, people.lead_membership)
    long_ago(principles, 100)
    late = MembershipFactory(partnership=people.partnership, accepted_on=timezone.localdate())

    assert late.pk not in assent_of(stored(principles)).silent
    assert not bind_if_complete(stored(principles))


def test_an_objection_is_recorded_with_its_reason(people):
    agreement = proposal(people)

    objection = object_to(agreement, people.membership, by=people.manager, reason="Too vague.")

    assert (objection.reason, objection.user) == ("Too vague.", people.manager)
    assert Event.objects.about(agreement).filter(kind="agreement.objected").count() == 1
    again = object_to(agreement, people.membership, by=people.manager, reason="And too late.")
    assert [o.pk for o in Objection.objects.standing()] == [again.pk]


@pytest.mark.parametrize("who", ["lead_manager", "evaluator", "observer", "outsider"])
def test_nobody_objects_for_another_member(people, who):
    with refused("members_only", NotAllowed):
        object_to(proposal(people), people.membership, by=people[who], reason="No.")


def test_an_objection_needs_a_reason_a_proposal_and_no_yes_before(people):
    agreement = proposal(people)
    for reason in ("", " ", "x" * 2001):
        with pytest.raises(ValidationError) as refusal:
            object_to(agreement, people.membership, by=people.manager, reason=reason)
        assert "reason" in refusal.value.message_dict
    yes(agreement, people.membership)
    with refused("already_endorsed"):
        object_to(agreement, people.membership, by=people.manager, reason="No.")
    binding = AgreementFactory(partnership=people.partnership, kind="engagement", binding=True)
    with refused("not_proposed"):
        object_to(binding, people.membership, by=people.manager, reason="No.")


def test_objections_are_for_insiders(people):
    objection = ObjectionFactory(agreement=proposal(people), membership=people.membership)

    seen = {
        who: Objection.objects.visible_to(people[who]).filter(pk=objection.pk).exists()
        for who in ("lead_manager", "manager", "observer", "outsider", "admin")
    }

    assert seen == dict.fromkeys(("lead_manager", "manager", "observer", "admin"), True) | {
        "outsider": False
    }


@pytest.mark.parametrize("status", ["draft", "proposed"])
def test_the_lead_takes_a_draft_or_a_proposal_back_with_a_reason(people, status):
    agreement = AgreementFactory(partnership=people.partnership)
    if status == "proposed":
        agreement = proposal(people)
    with pytest.raises(ValidationError):
        agreement.withdraw(by=people.lead_manager, reason=" ")
    with refused("lead_only", NotAllowed):
        agreement.withdraw(by=people.manager, reason="Ours.")

    agreement.withdraw(by=people.lead_manager, reason="We talk first.")

    assert stored(agreement).status == "withdrawn"
    assert moves_of(agreement)[-1] == (status, "withdrawn")


@pytest.mark.parametrize("status", ["binding", "superseded", "withdrawn"])
def test_what_is_settled_is_not_taken_back(people, status):
    agreement = AgreementFactory(partnership=people.partnership, **{status: True})

    with refused("invalid_transition"):
        agreement.withdraw(by=people.lead_manager, reason="We talk first.")


def test_a_proposal_that_never_bound_is_not_public(people):
    agreement = proposal(people)
    agreement.withdraw(by=people.lead_manager, reason="We talk first.")
    overtaken = AgreementFactory(partnership=people.partnership, superseded=True, bound_at=None)

    seen = Agreement.objects.visible_to(people.outsider)

    assert not seen.filter(pk__in=[agreement.pk, overtaken.pk]).exists()


@pytest.mark.django_db(transaction=True)
def test_the_last_endorsement_and_a_withdrawal_have_one_winner(people):
    agreement = proposal(people, quorum="three_quarters")
    yes(agreement, people.lead_membership, people.membership)
    last = people.others[0]
    by = UserFactory(manages=last.partner)

    outcomes = race(
        lambda: stored(agreement).endorse(last, by=by),
        lambda: stored(agreement).withdraw(by=people.lead_manager, reason="We talk first."),
    )

    errors = [o.code for o in outcomes if isinstance(o, DomainError)]
    assert len(errors) == 1
    assert errors[0] in ("not_proposed", "invalid_transition")
    assert stored(agreement).status in ("binding", "withdrawn")
    assert len(moves_of(agreement)) == 2


def test_amendments_need_endorsement_while_an_agreement_that_binds_says_so(people):
    asked = amendments_need_endorsement
    assert not asked(people.partnership)
    proposal(people, amendments_need_endorsement=True)
    assert not asked(people.partnership)

    AgreementFactory(partnership=people.partnership, binding=True, amendments_need_endorsement=True)

    assert asked(people.partnership)


def test_binds_by_the_night_after_who_had_said_nothing_left(people):
    principles = proposal(people, kind="engagement")
    others = [row for row in people.partnership.memberships.accepted() if row != people.membership]
    yes(principles, *others)
    assert bind_proposals() == 0

    people.membership.leave(by=people.manager)

    assert [bind_proposals(), bind_proposals()] == [1, 0]
    assert stored(principles).status == "binding"
