"""What makes no sense is refused, and the answer names the field and what was expected."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from partnerships.models import Commitment, Delivery, Membership
from partnerships.services.agreements import draft_agreement
from partnerships.services.deliveries import record_delivery
from partnerships.services.members import invite
from tests.factories import (
    CommitmentFactory,
    CurrencyFactory,
    FrameworkFactory,
    MembershipFactory,
    PartnerFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.moves import field_of

pytestmark = pytest.mark.django_db
API = "/api/v1/"


@pytest.fixture
def admin():
    return UserFactory(admin=True)


def refused_field(call):
    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        call()
    return field_of(refusal.value)


@pytest.mark.parametrize("day", [date(2027, 1, 1), date.max])
def test_a_promise_is_not_postponed_beyond_its_partnership(admin, day):
    promise = CommitmentFactory()

    assert refused_field(lambda: promise.postpone(day, by=admin, reason="Later.")) == "due_on"
    assert not promise.due_dates.exists()


def test_nor_beyond_all_time_where_the_partnership_has_no_end(admin):
    promise = CommitmentFactory(partnership=PartnershipFactory(active=True, ends_on=None))

    with pytest.raises(ValidationError):
        promise.postpone(date.max, by=admin, reason="Later.")
    promise.postpone(date(2030, 1, 1), by=admin, reason="Later.")

    assert Commitment.objects.get().due_dates.get().due_on == date(2030, 1, 1)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"delivered_on": date(2023, 12, 31)}, "delivered_on"),
        ({"delivered_on": date.max}, "delivered_on"),
        ({"amount": None}, "amount"),
        ({"amount": Decimal(-1)}, "amount"),
        ({"currency": "EUR"}, "currency"),
    ],
)
def test_a_delivery_is_of_its_promises_time_and_money(admin, change, field):
    fields = {"delivered_on": date(2024, 6, 1), "amount": Decimal(5)} | change
    if "currency" in change:
        fields["currency"] = CurrencyFactory(code="EUR")

    assert refused_field(lambda: record_delivery(CommitmentFactory(), by=admin, **fields)) == field
    assert not Delivery.objects.exists()


def test_a_delivery_in_the_years_before_its_promise_is_refused(admin):
    promise = CommitmentFactory(committed_on=date(2025, 6, 1))
    fields = {"by": admin, "amount": Decimal(5)}

    early = lambda: record_delivery(promise, delivered_on=date(2024, 12, 31), **fields)  # noqa: E731
    assert refused_field(early) == "delivered_on"
    record_delivery(promise, delivered_on=date(2025, 1, 1), **fields)


def test_what_is_not_money_is_delivered_without_an_amount(admin):
    promise = CommitmentFactory(kind="policy", amount=None, currency=None)

    assert record_delivery(promise, by=admin, delivered_on=date(2024, 6, 1)).amount is None


def test_a_role_is_named_once(admin):
    partnership, partner = PartnershipFactory(), PartnerFactory()
    roles = ["funding", "technical", "funding"]

    assert (
        refused_field(lambda: invite(partnership, partner=partner, roles=roles, by=admin))
        == "roles"
    )
    assert not Membership.objects.filter(partner=partner).exists()


def test_a_hand_made_document_does_not_unseat_the_framework(admin):
    framework = FrameworkFactory(agreed=True)

    def draft():
        draft_agreement(framework.partnership, by=admin, kind="framework", title="Ours")

    assert refused_field(draft) == "kind"
    assert framework.partnership.agreements.count() == 1


def test_nor_does_one_over_the_api(api, admin):
    api.force_authenticate(admin)
    body = {"partnership": PartnershipFactory().pk, "kind": "framework", "title": "O"}

    answer = api.post(API + "agreements/", body, format="json")

    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "kind")


@pytest.mark.parametrize("status", ["draft", "submitted", "active"])
def test_who_is_only_invited_reads_members_promises_once_they_are_public(api, status):
    partnership = PartnershipFactory(**({} if status == "draft" else {status: True}))
    promise = CommitmentFactory(
        partnership=partnership, membership=MembershipFactory(partnership=partnership)
    )
    invited = MembershipFactory(partnership=partnership, invited=True)
    readers = {
        "invited": UserFactory(manages=invited.partner),
        "member": UserFactory(observes=promise.membership.partner),
    }

    seen = {
        name: Commitment.objects.visible_to(user).filter(pk=promise.pk).exists()
        for name, user in readers.items()
    }

    assert seen == {"invited": status == "active", "member": True}


def test_the_lead_is_not_patched(api, admin):
    partnership = PartnershipFactory()
    api.force_authenticate(admin)

    answer = api.patch(
        f"{API}partnerships/{partnership.pk}/",
        {"lead": PartnerFactory().pk},
        format="json",
        HTTP_IF_MATCH="*",
    )

    assert answer.status_code == 400
    assert [(e["attr"], e["code"]) for e in answer.json()["errors"]] == [("lead", "unknown_field")]


def test_a_reporting_unit_twice_is_told_in_words(api, admin):
    membership = MembershipFactory(partnership=PartnershipFactory(active=True))
    api.force_authenticate(admin)
    answers = [
        api.post(API + "reporting-units/", {"membership": membership.pk}, format="json")
        for _ in range(2)
    ]

    assert [a.status_code for a in answers] == [201, 409]
    (error,) = answers[1].json()["errors"]
    assert error["code"] == "reporting_unit_once"
    assert "country and place" in error["detail"]
