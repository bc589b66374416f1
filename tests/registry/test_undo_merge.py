"""Taking a merge back: what was not touched returns, later work stays, and both are told."""

import pytest
from django.core.exceptions import ValidationError

from partnerships.services.commitments import add_commitment
from registry.errors import NotAllowed
from registry.models import Affiliation, Partner, PartnerMerge
from registry.services.unmerging import undo_merge
from tests.factories import (
    AffiliationFactory,
    MembershipFactory,
    PartnerFactory,
    PartnerIdentifierFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.merging import merge
from tests.moves import moves_of, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return UserFactory(admin=True)


def undo(made, by):
    return undo_merge(made, by=by, reason="They are two after all.")


@pytest.mark.parametrize("status", ["pending", "verified", "suspended"])
def test_the_duplicate_is_what_it_was(admin, status):
    duplicate = PartnerFactory(**({} if status == "verified" else {status: True}))
    made = merge(duplicate, PartnerFactory(), admin)

    undo(made, admin)

    duplicate.refresh_from_db()
    assert (duplicate.status, duplicate.merged_into) == (status, None)
    assert moves_of(duplicate) == [(status, "merged"), ("merged", status)]
    assert (made.undone_by, made.kept) == (admin, [])


def test_only_an_admin_with_a_reason(admin):
    duplicate = PartnerFactory()
    made = merge(duplicate, PartnerFactory(), admin)

    with refused("admins_only", NotAllowed):
        undo(made, UserFactory(manages=made.into))
    with pytest.raises(ValidationError):
        undo_merge(made, by=admin, reason=" ")


def test_once(admin):
    made = merge(PartnerFactory(), PartnerFactory(), admin)
    undo(made, admin)

    with refused("already_undone"):
        undo(PartnerMerge.objects.get(pk=made.pk), admin)


def test_not_while_the_survivor_is_merged_itself(admin):
    first, second, third = PartnerFactory.create_batch(3)
    made = merge(first, second, admin)
    merge(second, third, admin)

    with refused("merge_not_undoable") as refusal:
        undo(made, admin)

    assert len(refusal.value.extra["reasons"]) == 1
    assert Partner.objects.get(pk=first.pk).merged_into == third


def test_what_was_changed_or_removed_since_stays_and_is_listed(admin):
    duplicate, into = PartnerFactory.create_batch(2)
    edited, untouched = MembershipFactory.create_batch(2, partner=duplicate)
    removed = AffiliationFactory(partner=duplicate)
    identifier = PartnerIdentifierFactory(partner=duplicate)
    made = merge(duplicate, into, admin)
    edited.refresh_from_db()
    edited.amend(roles=["advisory"])
    Affiliation.objects.get(pk=removed.pk).delete()

    undo(made, admin)

    for row in (edited, untouched, identifier):
        row.refresh_from_db()
    assert (edited.partner, untouched.partner, identifier.partner) == (into, duplicate, duplicate)
    assert {(row["model"], row["id"], row["why"]) for row in made.kept} == {
        ("partnerships.membership", edited.pk, "changed since"),
        ("registry.affiliation", removed.pk, "removed since"),
    }


def test_later_work_keeps_its_membership_with_the_survivor(admin):
    duplicate, into = PartnerFactory.create_batch(2)
    partnership = PartnershipFactory(active=True)
    membership = MembershipFactory(partner=duplicate, partnership=partnership)
    made = merge(duplicate, into, admin)
    membership.refresh_from_db()
    promise = add_commitment(
        partnership,
        membership=membership,
        by=UserFactory(manages=into),
        title="Pumps",
        kind="capacity",
        due_on=partnership.ends_on,
    )

    undo(made, admin)

    membership.refresh_from_db()
    assert (membership.partner, promise.membership) == (into, membership)
    assert [row["why"] for row in made.kept] == ["later work stands on it"]


def test_two_memberships_of_one_partnership_go_back_together_or_not_at_all(admin):
    duplicate, into = PartnerFactory.create_batch(2)
    partnership = PartnershipFactory(active=True)
    theirs = MembershipFactory(partner=duplicate, partnership=partnership, roles=["funding"])
    ours = MembershipFactory(partner=into, partnership=partnership)
    made = merge(duplicate, into, admin)
    ours.refresh_from_db()
    ours.amend(roles=["advisory"])

    undo(made, admin)

    theirs.refresh_from_db()
    ours.refresh_from_db()
    assert (theirs.partner, theirs.status, ours.status) == (into, "left", "accepted")
    assert {row["id"] for row in made.kept} == {theirs.pk, ours.pk}


def test_the_name_of_the_duplicate_finds_the_survivor_until_then(admin):
    duplicate, into = PartnerFactory(name="Agua Clara"), PartnerFactory(name="Clear Water")
    made = merge(duplicate, into, admin)
    assert into.former_names.get().name == "Agua Clara"

    undo(made, admin)

    assert not into.former_names.exists()
