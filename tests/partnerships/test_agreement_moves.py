"""Documents: frozen when proposed, binding once every member has endorsed what it read."""

from hashlib import sha256

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from partnerships.models import Agreement
from partnerships.services.agreements import (
    begin_from_checklist,
    draft_agreement,
    edit_agreement,
)
from registry.errors import NotAllowed
from registry.models import Event
from tests.factories import (
    AgreementFactory,
    MembershipFactory,
    PartnershipFactory,
    UserFactory,
    with_required_clauses,
)
from tests.moves import People, moves_of, race, read_twice, refused

pytestmark = pytest.mark.django_db
STATES = ["draft", "proposed", "binding", "superseded", "withdrawn"]


@pytest.fixture
def people():
    """Of an active partnership of two: the lead and one member."""
    return People(PartnershipFactory(active=True))


def agreement_that_is(status, people, **fields):
    """A draft has the clauses without which it could not be proposed."""
    if status == "draft":
        return with_required_clauses(AgreementFactory(partnership=people.partnership, **fields))
    return AgreementFactory(partnership=people.partnership, **{status: True}, **fields)


def stored(agreement):
    return Agreement.objects.get(pk=agreement.pk)


@pytest.mark.parametrize("who", ["lead_manager", "admin"])
def test_the_lead_proposes_and_the_text_is_frozen(people, who):
    agreement = agreement_that_is("draft", people)

    agreement.propose(by=people[who])

    assert stored(agreement).sha256 == sha256(agreement.text.encode()).hexdigest()
    assert moves_of(agreement) == [("draft", "proposed")]
    with refused("not_a_draft"):
        edit_agreement(agreement, by=people.lead_manager, preamble="Something else.")


@pytest.mark.parametrize(
    "who", ["lead_evaluator", "lead_observer", "manager", "evaluator", "outsider"]
)
def test_others_neither_draft_nor_propose(people, who):
    agreement = agreement_that_is("draft", people)

    with refused("lead_only", NotAllowed):
        agreement.propose(by=people[who])
    with refused("lead_only", NotAllowed):
        draft_agreement(people.partnership, by=people[who], kind="partnership", title="Ours")
    with refused("lead_only", NotAllowed):
        edit_agreement(agreement, by=people[who], preamble="Mine.")

    assert stored(agreement).status == "draft"


@pytest.mark.parametrize("status", STATES[1:])
def test_what_was_proposed_is_not_proposed_again(people, status):
    with refused("invalid_transition"):
        agreement_that_is(status, people).propose(by=people.admin)


def test_of_two_proposals_read_at_once_one_is_logged(people):
    agreement = agreement_that_is("draft", people)
    first, second = read_twice(agreement)

    first.propose(by=people.admin)
    with refused("invalid_transition"):
        second.propose(by=people.admin)

    assert len(moves_of(agreement)) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "treaty"},
        {"title": ""},
        {"preamble": "x" * 10_001},
        {"quorum": "nobody"},
        {"silence_days": 13},
    ],
)
def test_bad_fields_are_refused(people, fields):
    good = {"kind": "partnership", "title": "Ours"}

    with pytest.raises(ValidationError) as refusal:
        draft_agreement(people.partnership, by=people.lead_manager, **good | fields)

    assert set(refusal.value.message_dict) == set(fields)


def test_it_binds_with_the_last_members_word_and_not_before(people):
    agreement = agreement_that_is("proposed", people)

    agreement.endorse(people.lead_membership, by=people.lead_manager)
    assert stored(agreement).status == "proposed"
    agreement.endorse(people.membership, by=people.manager)

    assert agreement.status == stored(agreement).status == "binding"
    assert moves_of(agreement) == [("proposed", "binding")]
    assert Event.objects.about(agreement).filter(kind="agreement.endorsed").count() == 2
    assert {e.sha256 for e in agreement.endorsements.all()} == {agreement.sha256}


def test_invited_members_are_not_waited_for(people):
    MembershipFactory(partnership=people.partnership, invited=True)
    agreement = agreement_that_is("proposed", people)

    agreement.endorse(people.lead_membership, by=people.lead_manager)
    agreement.endorse(people.membership, by=people.manager)

    assert stored(agreement).status == "binding"


def test_saying_yes_twice_is_once(people):
    agreement = agreement_that_is("proposed", people)

    rows = [agreement.endorse(people.membership, by=people.manager) for _ in range(2)]

    assert rows[0] == rows[1]
    assert Event.objects.about(agreement).count() == 1


@pytest.mark.parametrize(
    "who", ["lead_manager", "lead_evaluator", "evaluator", "observer", "outsider"]
)
def test_nobody_endorses_for_another_member(people, who):
    agreement = agreement_that_is("proposed", people)

    with refused("members_only", NotAllowed):
        agreement.endorse(people.membership, by=people[who])

    assert not agreement.endorsements.exists()


def test_a_member_of_another_partnership_does_not_endorse(people):
    agreement = agreement_that_is("proposed", people)
    stranger = MembershipFactory()

    with refused("not_a_member"):
        agreement.endorse(stranger, by=UserFactory(manages=stranger.partner))

    assert not agreement.endorsements.exists()


@pytest.mark.parametrize("state", ["invited", "declined", "left"])
def test_only_accepted_members_endorse(people, state):
    agreement = agreement_that_is("proposed", people)
    membership = MembershipFactory(partnership=people.partnership, **{state: True})

    with refused("not_accepted"):
        agreement.endorse(membership, by=UserFactory(manages=membership.partner))


@pytest.mark.parametrize("status", ["draft", "superseded", "withdrawn"])
def test_only_a_proposal_is_endorsed(people, status):
    agreement = agreement_that_is(status, people, endorsements_of_all=False)

    with refused("not_proposed"):
        agreement.endorse(people.membership, by=people.manager)


def test_the_hash_of_another_text_is_refused(people):
    agreement = agreement_that_is("proposed", people)

    with refused("outdated_text"):
        agreement.endorse(
            people.membership, by=people.manager, sha256=sha256(b"Old text.").hexdigest()
        )

    agreement.endorse(people.membership, by=people.manager, sha256=agreement.sha256)
    assert agreement.endorsements.get().sha256 == agreement.sha256


def test_a_new_edition_needs_new_endorsements_and_supersedes_the_old_one(people):
    old = agreement_that_is("binding", people)
    new = begin_from_checklist(people.partnership, by=people.lead_manager, kind="partnership")
    assert new.edition == 2

    new.propose(by=people.lead_manager)
    new.endorse(people.lead_membership, by=people.lead_manager)
    assert stored(old).status == "binding"
    new.endorse(people.membership, by=people.manager)

    assert [stored(a).status for a in (old, new)] == ["superseded", "binding"]
    assert moves_of(old) == [("binding", "superseded")]
    assert old.endorsements.count() == 2


def test_a_late_word_on_an_overtaken_proposal_does_not_bring_it_back(people):
    old = agreement_that_is("proposed", people)
    old.endorse(people.lead_membership, by=people.lead_manager)
    new = agreement_that_is("proposed", people)
    for membership, by in (
        (people.lead_membership, people.lead_manager),
        (people.membership, people.manager),
    ):
        new.endorse(membership, by=by)

    with refused("not_proposed"):
        old.endorse(people.membership, by=people.manager)

    assert [stored(a).status for a in (old, new)] == ["superseded", "binding"]


def test_kinds_of_documents_do_not_supersede_each_other(people):
    principles = agreement_that_is("binding", people, kind="engagement")
    agreement = agreement_that_is("proposed", people)

    agreement.endorse(people.lead_membership, by=people.lead_manager)
    agreement.endorse(people.membership, by=people.manager)

    assert stored(principles).status == stored(agreement).status == "binding"


def test_one_edition_binds_at_a_time_in_the_database_too(people):
    agreement_that_is("binding", people)

    with pytest.raises(IntegrityError, match="agreement_one_binding"), transaction.atomic():
        agreement_that_is("binding", people)


@pytest.mark.django_db(transaction=True)
def test_when_the_last_two_members_endorse_at_once_it_binds_once(people):
    third = MembershipFactory(partnership=people.partnership)
    agreement = agreement_that_is("proposed", people)
    agreement.endorse(people.lead_membership, by=people.lead_manager)
    pairs = [
        (people.membership, people.manager),
        (third, UserFactory(manages=third.partner)),
    ]

    outcomes = race(
        *[
            lambda member=member, by=by: stored(agreement).endorse(member, by=by)
            for member, by in pairs
        ]
    )

    assert not [o for o in outcomes if isinstance(o, Exception)]
    assert stored(agreement).status == "binding"
    assert moves_of(agreement) == [("proposed", "binding")]
    assert agreement.endorsements.count() == 3
