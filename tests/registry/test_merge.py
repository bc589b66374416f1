"""Two records of one organisation become one: who may, from where, and what goes along."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from registry.errors import NotAllowed
from registry.models import (
    Affiliation,
    Event,
    JoinRequest,
    MovedField,
    Notice,
    Partner,
    PartnerMerge,
)
from registry.services.merging import counts_of, merge_partners, preview_merge
from tests.factories import (
    AffiliationFactory,
    JoinRequestFactory,
    MembershipFactory,
    PartnerFactory,
    PartnerIdentifierFactory,
    UserFactory,
)
from tests.factories.due_diligence import DueDiligenceFactory
from tests.merging import dump, merge
from tests.moves import moves_of, refused

pytestmark = pytest.mark.django_db


def partner_that_is(status):
    return PartnerFactory(**({} if status == "verified" else {status: True}))


@pytest.mark.parametrize("status", ["pending", "verified", "suspended"])
def test_an_admin_merges_from_any_state_and_leaves_a_trace(status):
    duplicate, into, admin = partner_that_is(status), PartnerFactory(), UserFactory(admin=True)

    made = merge(duplicate, into, admin)

    assert (duplicate.status, duplicate.merged_into) == ("merged", into)
    assert moves_of(duplicate) == [(status, "merged")]
    event = Event.objects.about(duplicate).get()
    assert (event.by, event.facts) == (admin, {"into": into.pk, "merge": made.pk})
    assert (made.was, made.by, made.undone_at) == (status, admin, None)


def test_a_pending_one_may_go_into_a_pending_one():
    duplicate, into = PartnerFactory.create_batch(2, pending=True)

    merge(duplicate, into)

    assert (duplicate.merged_into, into.status) == (into, "pending")


@pytest.mark.parametrize("role", ["manages", "evaluates", "observes"])
def test_nobody_else_merges(role):
    duplicate, into = PartnerFactory.create_batch(2)
    user = UserFactory(**{role: duplicate})
    AffiliationFactory(user=user, partner=into)

    with refused("admins_only", NotAllowed):
        merge(duplicate, into, user)

    assert Partner.objects.get(pk=duplicate.pk).status == "verified"


def test_not_into_itself():
    partner = PartnerFactory()

    with pytest.raises(ValidationError) as refusal:
        merge(partner, Partner.objects.get(pk=partner.pk))

    assert list(refusal.value.error_dict) == ["into"]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2001])
def test_not_without_a_reason_of_some_length(reason):
    duplicate, into = PartnerFactory.create_batch(2)

    with pytest.raises(ValidationError) as refusal:
        merge_partners(duplicate, into=into, by=UserFactory(admin=True), reason=reason)

    assert list(refusal.value.error_dict) == ["reason"]


@pytest.mark.parametrize(
    ("of_duplicate", "of_survivor", "code"),
    [
        ("verified", "suspended", "survivor_suspended"),
        ("pending", "suspended", "survivor_suspended"),
        ("verified", "pending", "survivor_not_verified"),
        ("suspended", "pending", "survivor_not_verified"),
    ],
)
def test_not_into_one_that_nobody_may_act_for(of_duplicate, of_survivor, code):
    with refused(code):
        merge(partner_that_is(of_duplicate), partner_that_is(of_survivor))


def test_not_what_was_merged_and_not_into_what_was_merged():
    first, second, third = PartnerFactory.create_batch(3)
    merge(first, second)

    with refused("already_merged") as again:
        merge(Partner.objects.get(pk=first.pk), third)
    with refused("survivor_merged") as into_it:
        merge(third, Partner.objects.get(pk=first.pk))

    assert again.value.extra == into_it.value.extra == {"into": second.pk}


def test_a_chain_leads_to_its_end():
    first, second, third = PartnerFactory.create_batch(3)

    merge(first, second)
    merge(second, third)

    for merged in (first, second):
        assert Partner.objects.all().survivor_of(merged.pk) == third
    assert Partner.objects.all().survivor_of(third.pk) is None


@pytest.mark.parametrize("move", ["verify", "suspend"])
def test_merged_is_the_end_of_its_life(move):
    duplicate = PartnerFactory()
    merge(duplicate, PartnerFactory())

    with refused("invalid_transition"):
        getattr(duplicate, move)(
            by=UserFactory(admin=True), **({"reason": "Because."} if move == "suspend" else {})
        )


def test_roles_move_without_doubling():
    duplicate, into = PartnerFactory.create_batch(2)
    both, one = UserFactory(manages=duplicate), UserFactory(evaluates=duplicate)
    AffiliationFactory(user=both, partner=into)

    made = merge(duplicate, into)

    held = Affiliation.objects.filter(partner=into).order_by("user").values_list("user", "role")
    assert set(held) == {(both.pk, "manager"), (one.pk, "evaluator")}
    assert len(held) == 2
    assert [(row["model"], row["why"]) for row in made.stayed] == [
        ("registry.affiliation", "the other has the same already")
    ]
    assert not Partner.objects.editable_by(both).filter(pk=duplicate.pk).exists()
    assert not Partner.objects.visible_to(both).filter(pk=duplicate.pk).exists()


def test_requests_identifiers_and_memberships_move():
    duplicate, into = PartnerFactory.create_batch(2)
    request = JoinRequestFactory(partner=duplicate)
    identifier = PartnerIdentifierFactory(partner=duplicate)
    membership = MembershipFactory(partner=duplicate)

    made = merge(duplicate, into)

    for row in (request, identifier, membership):
        row.refresh_from_db()
        assert row.partner == into
    assert counts_of(list(made.moved.all())) == {
        "partnerships.membership": 1,
        "registry.formername": 1,
        "registry.joinrequest": 1,
        "registry.partneridentifier": 1,
    }
    moved = made.moved.get(model="partnerships.membership")
    assert (moved.field, moved.before, moved.after, moved.version) == (
        "partner_id",
        duplicate.pk,
        into.pk,
        membership.version,
    )


def test_managers_of_both_are_told():
    duplicate, into = PartnerFactory.create_batch(2)
    managers = {UserFactory(manages=duplicate), UserFactory(manages=into)}

    merge(duplicate, into)

    assert {notice.user for notice in Notice.objects.filter(kind="partner.took_over")} == managers


def test_a_preview_says_what_a_merge_does_and_does_nothing():
    duplicate, into, admin = PartnerFactory(), PartnerFactory(), UserFactory(admin=True)
    AffiliationFactory(partner=duplicate)
    before, events = dump(), Event.objects.count()

    plan = preview_merge(duplicate, into=into, by=admin, reason="A try.")

    assert counts_of(plan.written) == {"registry.affiliation": 1, "registry.formername": 1}
    assert (dump(), Event.objects.count()) == (before, events)
    assert counts_of(list(merge(duplicate, into, admin).moved.all())) == counts_of(plan.written)


@pytest.mark.parametrize(
    ("mine", "yours", "code"),
    [("cleared", "not_cleared", "merge_refused"), ("not_cleared", "cleared", "merge_refused")],
)
def test_opposite_reviews_are_settled_first(mine, yours, code):
    duplicate, into = PartnerFactory.create_batch(2, company=True)
    DueDiligenceFactory(partner=duplicate, **{mine: True})
    DueDiligenceFactory(partner=into, **{yours: True})
    admin = UserFactory(admin=True)
    before = dump()

    with refused(code) as refusal:
        merge(duplicate, into, admin)

    assert [row["code"] for row in refusal.value.extra["settle"]] == ["due_diligence_differs"]
    assert dump() == before


def test_of_two_reviews_that_agree_the_later_is_the_last_word():
    duplicate, into = PartnerFactory.create_batch(2, company=True)
    later = DueDiligenceFactory(partner=duplicate, cleared=True)
    earlier = DueDiligenceFactory(
        partner=into, status="decided", outcome="cleared", decided_on="2025-01-01"
    )

    merge(duplicate, into)

    later.refresh_from_db()
    earlier.refresh_from_db()
    assert (later.partner, later.status) == (into, "decided")
    assert (earlier.partner, earlier.status) == (into, "superseded")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE registry_movedfield SET before = 'null'",
        "DELETE FROM registry_movedfield",
        "UPDATE registry_partnermerge SET into_id = duplicate_id",
        "UPDATE registry_partnermerge SET reason = 'Another.'",
        "DELETE FROM registry_partnermerge",
    ],
)
def test_the_log_does_not_change_by_any_way(sql):
    duplicate = PartnerFactory()
    AffiliationFactory(partner=duplicate)
    merge(duplicate, PartnerFactory())

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert PartnerMerge.objects.count() == 1
    assert MovedField.objects.count() == 2


@pytest.mark.parametrize(
    "make",
    [
        lambda partner: AffiliationFactory(partner=partner),
        lambda partner: JoinRequestFactory(partner=partner),
        lambda partner: PartnerIdentifierFactory(partner=partner),
        lambda partner: MembershipFactory(partner=partner),
        lambda partner: DueDiligenceFactory(partner=partner),
    ],
)
def test_nothing_new_is_given_to_what_was_merged(make):
    duplicate = PartnerFactory()
    merge(duplicate, PartnerFactory())

    with pytest.raises(DatabaseError) as refusal, transaction.atomic():
        make(duplicate)

    assert refusal.value.__cause__.diag.constraint_name == "partner_merged"
    assert not JoinRequest.objects.filter(partner=duplicate).exists()
