"""Who decides on a partnership's data: those who are named, else the lead's managers; four eyes."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from monitoring.models import Reviewer, Submission
from monitoring.services.reviewers import name_reviewer, person_of_a_member
from monitoring.services.submissions import record_observations
from registry.errors import NotAllowed
from registry.models import Event
from tests.factories import AffiliationFactory, MembershipFactory, ReviewerFactory, UserFactory
from tests.monitoring.sending import Sent
from tests.moves import race, read_twice, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent():
    return Sent("submitted")


def named(sent, **who):
    return name_reviewer(sent.people.partnership, by=sent.people.lead_manager, **who)


def may_decide(sent, user):
    """The rule on the record, and the same rule as the queue has it."""
    try:
        sent.stored.require_reviewer(user)
    except NotAllowed as refusal:
        decided = refusal.code
    else:
        decided = ""
    queue = Submission.objects.reviewable_by(user).filter(pk=sent.submission.pk).exists()
    assert queue == (decided == "")
    return decided


def another_members_evaluator(sent):
    return UserFactory(evaluates=MembershipFactory(partnership=sent.people.partnership).partner)


def test_where_nobody_is_named_the_leads_managers_and_admins_decide(sent):
    people = sent.people
    assert [may_decide(sent, people[who]) for who in ("lead_manager", "admin")] == ["", ""]
    assert may_decide(sent, people.lead_evaluator) == "reviewer_only"


def test_a_named_person_decides_and_the_leads_managers_no_more(sent):
    person = another_members_evaluator(sent)
    assert may_decide(sent, person) == "reviewer_only"

    named(sent, user=person)

    assert may_decide(sent, person) == ""
    assert may_decide(sent, sent.people.lead_manager) == "reviewer_only"
    assert may_decide(sent, sent.people.admin) == ""


def test_a_named_members_managers_and_evaluators_decide_not_its_observers(sent):
    membership = MembershipFactory(partnership=sent.people.partnership)
    named(sent, membership=membership)

    assert may_decide(sent, UserFactory(manages=membership.partner)) == ""
    assert may_decide(sent, UserFactory(evaluates=membership.partner)) == ""
    assert may_decide(sent, UserFactory(observes=membership.partner)) == "reviewer_only"


def test_a_naming_that_ended_gives_the_decision_back_to_the_lead(sent):
    person = another_members_evaluator(sent)
    reviewer = named(sent, user=person)

    reviewer.end(by=sent.people.lead_manager)

    assert may_decide(sent, person) == "reviewer_only"
    assert may_decide(sent, sent.people.lead_manager) == ""
    kinds = Event.objects.about(reviewer).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["reviewer.named", "reviewer.ended"]


def test_who_works_for_no_member_any_more_decides_no_more(sent):
    person = another_members_evaluator(sent)
    named(sent, user=person)

    person.affiliations.all().delete()

    assert may_decide(sent, person) == "reviewer_only"


def test_a_members_people_do_not_decide_once_it_left(sent):
    membership = MembershipFactory(partnership=sent.people.partnership)
    person = UserFactory(manages=membership.partner)
    named(sent, membership=membership)

    membership.leave(by=person)

    assert may_decide(sent, person) == "reviewer_only"


def test_a_named_reviewer_never_decides_on_data_of_the_own_organisation(sent):
    membership = sent.submission.unit.membership
    named(sent, membership=membership)
    colleague = UserFactory(manages=membership.partner)

    assert may_decide(sent, colleague) == "own_data"
    with refused("own_data", NotAllowed):
        sent.submission.approve(by=colleague)


def test_nor_on_data_that_the_own_organisation_sends_for_another(sent):
    sender = MembershipFactory(partnership=sent.people.partnership)
    Submission.objects.filter(pk=sent.submission.pk).update(sent_for=sender)
    named(sent, membership=sender)

    assert may_decide(sent, UserFactory(manages=sender.partner)) == "own_data"


def test_nobody_decides_on_what_the_own_hand_wrote_even_if_another_handed_it_in():
    sent = Sent("draft")
    manager = sent.people.lead_manager
    AffiliationFactory(
        user=manager, partner=sent.submission.unit.membership.partner, role="manager"
    )
    row = {"indicator": sent.indicator.pk, "value": 7}
    record_observations(sent.submission, [row], by=manager, replace=True)
    sent.stored.submit(by=sent.people.evaluator)

    assert may_decide(sent, manager) == "own_submission"
    assert may_decide(sent, sent.people.admin) == ""


def test_the_database_too_keeps_writers_and_reviewers_apart(sent):
    by = UserFactory()
    row = Submission.objects.filter(pk=sent.submission.pk)

    with pytest.raises(IntegrityError, match="submission_not_reviewed_by_a_writer"):
        row.update(writers=[by.pk], approved_by=by)


@pytest.mark.parametrize("who", ["manager", "lead_evaluator", "lead_observer", "outsider"])
def test_others_name_nobody_and_end_no_naming(sent, who):
    reviewer = ReviewerFactory(membership__partnership=sent.people.partnership)

    with refused("lead_only", NotAllowed):
        name_reviewer(
            sent.people.partnership, by=sent.people[who], membership=sent.people.membership
        )
    with refused("lead_only", NotAllowed):
        reviewer.end(by=sent.people[who])


@pytest.mark.parametrize("state", ["invited", "declined", "left"])
def test_only_an_accepted_member_is_named(sent, state):
    membership = MembershipFactory(partnership=sent.people.partnership, **{state: True})

    with pytest.raises(ValidationError) as refusal:
        named(sent, membership=membership)

    assert "membership" in refusal.value.message_dict


def test_only_people_of_members_are_named(sent):
    with pytest.raises(ValidationError):
        named(sent, user=sent.people.outsider)
    with pytest.raises(ValidationError):
        named(sent, user=sent.people.lead_observer)
    with pytest.raises(ValidationError):
        person_of_a_member(sent.people.partnership, sent.people.outsider.email)
    found = person_of_a_member(sent.people.partnership, sent.people.evaluator.email.upper())
    assert found == sent.people.evaluator


def test_neither_both_nor_none_are_named(sent):
    with pytest.raises(ValidationError):
        named(sent)
    with pytest.raises(ValidationError):
        named(sent, user=another_members_evaluator(sent), membership=sent.people.membership)


def test_twice_is_refused(sent):
    named(sent, membership=sent.people.membership)

    with refused("named_already"):
        named(sent, membership=sent.people.membership)


def test_of_two_who_end_it_at_once_one_is_told(sent):
    first, second = read_twice(named(sent, membership=sent.people.membership))

    first.end(by=sent.people.lead_manager)
    with refused("ended"):
        second.end(by=sent.people.admin)


@pytest.mark.django_db(transaction=True)
def test_of_namings_at_once_one_stands():
    sent = Sent("submitted")
    partnership, by = sent.people.partnership, sent.people.lead_manager
    membership = sent.people.membership

    outcomes = race(*[lambda: name_reviewer(partnership, by=by, membership=membership)] * 3)

    assert [getattr(o, "code", "") for o in outcomes].count("named_already") == 2
    assert Reviewer.objects.current().count() == 1
