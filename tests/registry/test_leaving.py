"""People leave: their tasks are handed over, and the last manager does not simply go."""

import pytest
from django.core.exceptions import ValidationError

from registry.errors import DomainError, NotAllowed
from registry.models import Affiliation, Event, Notice, Partner, RoleReason, User, tasks_at
from registry.services import people
from tests.factories import (
    AffiliationFactory,
    AssignmentFactory,
    MembershipFactory,
    PartnerFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
)
from tests.moves import race, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    return PartnerFactory()


@pytest.fixture
def manager(partner):
    return UserFactory(manages=partner)


def role_of(user, partner):
    return user.affiliations.get(partner=partner)


def draft_of(user, partner):
    unit = ReportingUnitFactory(membership__partner=partner)
    return SubmissionFactory(unit=unit, created_by=user)


def test_a_manager_takes_a_role_away_and_the_person_is_told(partner, manager):
    observer = UserFactory(observes=partner)

    people.remove_affiliation(role_of(observer, partner), by=manager)

    assert not observer.has_role(partner.pk)
    event = Event.objects.about(partner).get(kind="partner.disaffiliated")
    assert (event.was, event.facts, event.reason) == ("observer", {"user": str(observer.key)}, "")
    assert [notice.user for notice in Notice.objects.filter(event=event)] == [observer]


@pytest.mark.parametrize("role", ["evaluates", "observes", "elsewhere"])
def test_only_managers_take_others_roles_away(partner, manager, role):
    by = (
        UserFactory(manages=PartnerFactory())
        if role == "elsewhere"
        else UserFactory(**{role: partner})
    )

    with refused("managers_only", NotAllowed):
        people.remove_affiliation(role_of(manager, partner), by=by)
    assert manager.has_role(partner.pk)


def test_what_a_person_has_begun_is_named_and_handed_over_in_one_go(partner, manager):
    evaluator, colleague = UserFactory(evaluates=partner), UserFactory(evaluates=partner)
    draft = draft_of(evaluator, partner)
    others = draft_of(colleague, partner)
    tasks = people.tasks_of(role_of(evaluator, partner), by=manager)
    assert [(task.kind, task.url) for task in tasks] == [
        ("submission", f"/submissions/{draft.pk}/")
    ]

    with refused("open_tasks"):
        people.remove_affiliation(role_of(evaluator, partner), by=manager)
    people.remove_affiliation(role_of(evaluator, partner), by=manager, to=colleague)

    draft.refresh_from_db()
    assert (draft.in_charge, draft.created_by, draft.version) == (colleague, evaluator, 2)
    assert len(tasks_at(partner, colleague)) == 2
    assert not tasks_at(partner, evaluator)
    event = Event.objects.about(draft).get(kind="submission.handed_over")
    assert event.facts == {"from": str(evaluator.key), "to": str(colleague.key)}
    assert not Event.objects.about(others).filter(kind="submission.handed_over").exists()


def test_whoever_cannot_send_the_data_does_not_take_it_over(partner, manager):
    evaluator, limited = UserFactory(evaluates=partner), UserFactory(evaluates=partner)
    draft = draft_of(evaluator, partner)
    elsewhere = MembershipFactory(partner=partner)
    AssignmentFactory(affiliation=role_of(limited, partner), partnership=elsewhere.partnership)

    for to in (limited, UserFactory(observes=partner)):
        with refused("cannot_take_over"):
            people.remove_affiliation(role_of(evaluator, partner), by=manager, to=to)

    draft.refresh_from_db()
    assert draft.in_charge is None
    assert evaluator.has_role(partner.pk)


@pytest.mark.parametrize("who", ["outsider", "closed", "service", "self"])
def test_only_a_colleague_takes_over(partner, manager, who):
    evaluator = UserFactory(evaluates=partner)
    to = {
        "outsider": lambda: UserFactory(manages=PartnerFactory()),
        "closed": lambda: UserFactory(manages=partner, is_active=False),
        "service": lambda: UserFactory(manages=partner, service=True),
        "self": lambda: evaluator,
    }[who]()

    with pytest.raises(ValidationError) as refusal:
        people.remove_affiliation(role_of(evaluator, partner), by=manager, to=to)
    assert set(refusal.value.error_dict) == {"hand_over_to"}


def test_who_keeps_a_working_role_keeps_the_tasks(partner, manager):
    evaluator = UserFactory(evaluates=partner)
    AffiliationFactory(user=evaluator, partner=partner, role="observer")
    draft_of(evaluator, partner)

    people.remove_affiliation(evaluator.affiliations.get(role="observer"), by=manager)

    assert len(tasks_at(partner, evaluator)) == 1


def test_the_last_manager_leaves_by_handing_over(partner, manager):
    successor = UserFactory(observes=partner)

    with refused("last_manager"):
        people.remove_affiliation(role_of(manager, partner), by=manager)
    people.remove_affiliation(role_of(manager, partner), by=manager, to=successor)

    assert list(User.objects.managers_of(partner.pk)) == [successor]
    assert Partner.objects.get(pk=partner.pk).needs_second_manager()


def test_or_says_why_nobody_takes_over(partner, manager):
    people.remove_affiliation(role_of(manager, partner), by=manager, reason="Nobody is left.")

    stated = RoleReason.objects.get()
    assert (stated.partner, stated.user, stated.kind) == (partner, manager, "left_open")
    assert not Event.objects.filter(reason__contains="Nobody").exists()
    assert list(Partner.objects.that_lost_their_manager()) == [partner]


@pytest.mark.parametrize("other", [{"is_active": False}, {"service": True}])
def test_a_closed_account_or_a_system_is_no_other_manager(partner, manager, other):
    UserFactory(manages=partner, **other)

    with refused("last_manager"):
        people.remove_affiliation(role_of(manager, partner), by=UserFactory(admin=True))
    with refused("last_manager"):
        people.change_role(role_of(manager, partner), "observer", by=manager)


def test_another_role_instead_of_one_ends_its_assignments(partner, manager):
    evaluator = UserFactory(evaluates=partner)
    membership = MembershipFactory(partner=partner)
    AssignmentFactory(affiliation=role_of(evaluator, partner), partnership=membership.partnership)

    changed = people.change_role(role_of(evaluator, partner), "manager", by=manager)

    assert changed.role == "manager"
    assert not changed.assignments.exists()
    with pytest.raises(ValidationError):
        people.change_role(changed, "owner", by=manager)


def test_a_service_account_manages_no_people(partner, manager):
    service = UserFactory(service=True, manages=partner)

    for act in (
        lambda: people.remove_affiliation(role_of(manager, partner), by=service),
        lambda: people.change_role(role_of(manager, partner), "observer", by=service),
        lambda: people.ask_to_join(PartnerFactory(), by=service, role="observer"),
    ):
        with refused("people_only", NotAllowed):
            act()


@pytest.mark.django_db(transaction=True)
def test_of_two_managers_that_remove_each_other_one_stays():
    partner = PartnerFactory()
    one, two = UserFactory(manages=partner), UserFactory(manages=partner)
    roles = [role_of(two, partner), role_of(one, partner)]

    outcomes = race(
        lambda: people.remove_affiliation(roles[0], by=one),
        lambda: people.remove_affiliation(roles[1], by=two),
    )

    assert sorted(type(outcome) for outcome in outcomes if outcome) == [NotAllowed]
    assert User.objects.managers_of(partner.pk).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_the_last_two_managers_that_leave_at_once_one_stays():
    partner = PartnerFactory()
    both = [UserFactory(manages=partner), UserFactory(manages=partner)]
    roles = [role_of(user, partner) for user in both]

    outcomes = race(
        lambda: people.remove_affiliation(roles[0], by=both[0]),
        lambda: people.remove_affiliation(roles[1], by=both[1]),
    )

    refusals = [outcome for outcome in outcomes if outcome]
    assert [(type(error), error.code) for error in refusals] == [(DomainError, "last_manager")]
    assert Affiliation.objects.filter(partner=partner).count() == 1


def test_who_takes_over_from_the_last_manager_is_told_of_the_role(client, partner, manager):
    observer = UserFactory(observes=partner)
    client.force_login(manager)
    page = f"/partners/{partner.pk}/people/{role_of(manager, partner).pk}/"
    assert "whoever takes over becomes its manager" in client.get(page).content.decode()

    client.post(page, {"do": "remove", "to": observer.pk, "reason": ""})

    assert observer.has_role(partner.pk, "manager")
    told = Notice.objects.filter(user=observer, kind="partner.affiliated")
    assert [notice.event.became for notice in told] == ["manager"]
    client.force_login(observer)
    assert f"A role was given at {partner.name}" in client.get("/notices/").content.decode()


def test_one_of_two_managers_leaves_no_new_one(client, partner, manager):
    other = UserFactory(manages=partner)
    client.force_login(manager)

    page = client.get(f"/partners/{partner.pk}/people/{role_of(other, partner).pk}/")

    assert "becomes its manager" not in page.content.decode()
