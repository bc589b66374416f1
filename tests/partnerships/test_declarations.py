"""What members declare: dated, kept, private; a renewal is a new row."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from partnerships.models import ConflictOfInterest, Declaration
from partnerships.services.declarations import (
    declare,
    declare_all,
    declare_conflict,
    declare_no_conflict,
    renew_conflict,
    resolve_conflict,
)
from partnerships.services.members import accept
from registry.errors import NotAllowed
from registry.models import Notice
from registry.tasks import tell_events
from tests.factories import (
    ConflictOfInterestFactory,
    DeclarationFactory,
    MembershipFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.moves import People, field_of, race, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


def test_a_renewal_is_a_new_row_and_the_newest_counts(people, api):
    member = people.membership
    with time_machine.travel("2024-03-01T10:00:00Z", tick=False):
        declare(member, by=people.manager, interests="Sells pumps.")
    with time_machine.travel("2026-03-01T10:00:00Z", tick=False):
        declare(member, by=people.manager, interests="Sold the pumps.", expected_benefit="Data.")

    assert list(member.declarations.values_list("interests", "declared_at")) == [
        ("Sold the pumps.", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("Sells pumps.", datetime(2024, 3, 1, 10, tzinfo=UTC)),
    ]
    api.force_authenticate(people.lead_manager)
    shown = api.get(f"/api/v1/memberships/{member.pk}/").json()
    assert shown["interests"] == "Sold the pumps."
    assert shown["declared_at"] == "2026-03-01T10:00:00Z"


@pytest.mark.parametrize("who", ["lead_manager", "evaluator", "observer", "outsider"])
def test_a_member_declares_for_itself_alone(people, who):
    with refused("members_only", NotAllowed):
        declare(people.membership, by=people[who], interests="Sells pumps.")
    with refused("members_only", NotAllowed):
        declare_no_conflict(people.membership, by=people[who])

    assert not Declaration.objects.exists()
    assert not ConflictOfInterest.objects.exists()


def test_who_left_declares_nothing_more(people):
    left = MembershipFactory(partnership=people.partnership, left=True)

    with refused("not_a_member"):
        declare(left, by=UserFactory(manages=left.partner), interests="Sells pumps.")


def test_an_empty_declaration_is_none(people):
    with pytest.raises(ValidationError, match="State the interests"):
        declare(people.membership, by=people.manager)
    with pytest.raises(IntegrityError, match="declaration_says_something"), transaction.atomic():
        DeclarationFactory(interests="", expected_benefit="")


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("lead_observer", True),
        ("manager", True),
        ("evaluator", True),
        ("admin", True),
        ("outsider", False),
    ],
)
def test_members_people_and_admins_read_what_is_declared(people, who, sees):
    declaration = DeclarationFactory(membership=people.membership)
    conflict = ConflictOfInterestFactory(membership=people.membership)

    for row in (declaration, conflict):
        seen = type(row).objects.visible_to(people[who])
        assert list(seen) == ([row] if sees else [])


def test_never_public(people, api):
    DeclarationFactory(membership=people.membership, interests="Sells pumps.")
    ConflictOfInterestFactory(membership=people.membership, description="Owns the pumps.")

    for name in ("declarations", "conflicts-of-interest"):
        assert api.get(f"/api/v1/{name}/").status_code == 401
    shown = api.get(f"/api/v1/memberships/{people.membership.pk}/").json()
    assert [shown[k] for k in ("interests", "declared_at", "conflicts_declared_at")] == [
        "",
        None,
        None,
    ]


def test_a_conflict_ends_the_statement_that_there_is_none(people):
    none = declare_no_conflict(people.membership, by=people.manager)

    conflict = declare_conflict(people.membership, by=people.manager, description="Owns the pumps.")

    none.refresh_from_db()
    assert (none.ending, none.ended_at) == ("replaced", conflict.declared_at)
    assert list(people.membership.conflicts.open()) == [conflict]


def test_none_is_not_stated_while_a_conflict_is_open(people):
    conflict = ConflictOfInterestFactory(membership=people.membership)

    with refused("conflicts_open"):
        declare_no_conflict(people.membership, by=people.manager)

    resolve_conflict(conflict, by=people.manager, outcome="The shares are sold.")
    declare_no_conflict(people.membership, by=people.manager)
    assert people.membership.conflicts.open().get().is_none


def test_a_change_never_rewrites_what_held_before(people):
    with time_machine.travel("2025-01-10T08:00:00Z", tick=False):
        first = declare_conflict(
            people.membership,
            by=people.manager,
            description="Owns the pumps.",
            review_on=date(2025, 6, 30),
        )
    with time_machine.travel("2025-07-10T08:00:00Z", tick=False):
        second = renew_conflict(first, by=people.manager, mitigation="Does not choose.")

    held = ConflictOfInterest.objects.held_at
    assert list(held(datetime(2025, 7, 1, tzinfo=UTC))) == [first]
    assert list(held(datetime(2025, 8, 1, tzinfo=UTC))) == [second]
    assert (second.description, second.mitigation) == ("Owns the pumps.", "Does not choose.")
    assert (first.mitigation, second.replaces) == ("", first)
    with refused("conflict_ended"):
        renew_conflict(first, by=people.manager, owner="The board")


def test_a_review_is_still_to_come(people):
    with time_machine.travel("2025-07-10T08:00:00Z"), pytest.raises(ValidationError) as refusal:
        declare_conflict(
            people.membership,
            by=people.manager,
            description="Owns the pumps.",
            review_on=date(2025, 7, 9),
        )

    assert field_of(refusal.value) == "review_on"


def test_joining_and_declaring_is_one_step(people):
    invited = MembershipFactory(partnership=people.partnership, invited=True)
    by = UserFactory(manages=invited.partner)

    accept(invited, by=by, expected_benefit="Learns.", conflicts=[{"description": "Owns pumps."}])

    assert invited.declarations.get().expected_benefit == "Learns."
    assert invited.conflicts.get().description == "Owns pumps."


def test_what_contradicts_itself_joins_nobody(people):
    invited = MembershipFactory(partnership=people.partnership, invited=True)
    by = UserFactory(manages=invited.partner)

    with pytest.raises(ValidationError) as refusal:
        accept(invited, by=by, no_conflicts=True, conflicts=[{"description": "Owns pumps."}])

    assert field_of(refusal.value) == "no_conflicts"
    invited.refresh_from_db()
    assert invited.status == "invited"


def test_nothing_said_is_nothing_declared(people):
    declare_all(people.membership, by=people.manager, interests=" ")

    assert not Declaration.objects.exists()


def test_the_lead_is_told(people, django_capture_on_commit_callbacks):
    lead = people.lead_manager
    declare(people.membership, by=people.manager, interests="Sells pumps.")
    tell_events()

    assert Notice.objects.get(user=lead, kind="declaration.made")


@pytest.mark.django_db(transaction=True)
def test_of_two_renewals_at_once_one_holds():
    people = People(PartnershipFactory(active=True))
    by = people.manager
    conflict = ConflictOfInterestFactory(membership=people.membership)
    copies = [ConflictOfInterest.objects.get(pk=conflict.pk) for _ in range(2)]

    outcomes = race(*[lambda one=one: renew_conflict(one, by=by, owner="Board") for one in copies])

    assert [o.code for o in outcomes if isinstance(o, Exception)] == ["conflict_ended"]
    assert people.membership.conflicts.open().count() == 1
