"""Complaints: to the secretariat alone, and to none of it whom they concern."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from partnerships.models import Complaint
from partnerships.services.voices import find_sent, send_complaint
from registry.errors import NotAllowed
from registry.models import AuditEntry, Event, Notice
from registry.telling import tell
from tests.factories import (
    AffiliationFactory,
    ComplaintFactory,
    MembershipFactory,
    PartnerFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.moves import People, race, read_twice, refused

pytestmark = pytest.mark.django_db
STATES = ["received", "acknowledged", "reviewed", "closed"]
ALLOWED = {
    ("received", "acknowledge"),
    ("acknowledged", "assign"),
    ("reviewed", "assign"),
    ("acknowledged", "close"),
    ("reviewed", "close"),
}
CALLS = {
    "acknowledge": lambda row, by: row.acknowledge(by=by, message="We read it."),
    "assign": lambda row, by: row.assign(by, by=by),
    "close": lambda row, by: row.close(by=by, outcome="founded", message="It was so."),
}


def complaint(state, **values):
    return ComplaintFactory(**({} if state == "received" else {state: True}), **values)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("move", CALLS)
def test_moves_only_as_designed(state, move):
    row = complaint(state)
    admin = UserFactory(admin=True)

    if (state, move) in ALLOWED:
        CALLS[move](row, admin)
    else:
        with refused("invalid_transition"):
            CALLS[move](row, admin)
        assert Complaint.objects.get(pk=row.pk).status == state


@pytest.mark.parametrize(
    "who",
    ["lead_manager", "lead_evaluator", "lead_observer", "manager", "evaluator", "outsider"],
)
@pytest.mark.parametrize("move", CALLS)
def test_nobody_but_an_admin_acts_or_sees(who, move):
    row = complaint("acknowledged")
    person = People(row.partnership)[who]

    assert not Complaint.objects.visible_to(person).exists()
    with refused("admins_only", NotAllowed):
        CALLS[move](row, person)


def test_an_admin_whom_it_concerns_neither_sees_nor_acts():
    partnership = PartnershipFactory(active=True)
    member = MembershipFactory(partnership=partnership).partner
    accused = PartnerFactory()
    on_partnership, on_partner = (
        ComplaintFactory(partnership=partnership),
        ComplaintFactory(partnership=None, partner=accused),
    )
    general = ComplaintFactory(partnership=None)
    colleague = AffiliationFactory(
        user=UserFactory(admin=True), partner=member, role="observer"
    ).user
    friend = AffiliationFactory(user=UserFactory(admin=True), partner=accused, role="manager").user

    def seen(user):
        return set(Complaint.objects.visible_to(user).values_list("pk", flat=True))

    assert seen(colleague) == {on_partner.pk, general.pk}
    assert seen(friend) == {on_partnership.pk, general.pk}
    assert seen(UserFactory(admin=True)) == {on_partnership.pk, on_partner.pk, general.pk}
    assert seen(AnonymousUser()) == set()
    with refused("admins_only", NotAllowed):
        on_partnership.acknowledge(by=colleague)


def test_it_is_not_given_to_somebody_whom_it_concerns():
    row = complaint("acknowledged")
    lead = row.partnership.memberships.get().partner
    concerned = AffiliationFactory(user=UserFactory(admin=True), partner=lead).user

    with pytest.raises(ValidationError) as refusal:
        row.assign(concerned, by=UserFactory(admin=True))

    assert list(refusal.value.error_dict) == ["assigned_to"]


def test_only_admins_whom_it_does_not_concern_are_told():
    far, near = UserFactory(admin=True), UserFactory(admin=True)
    partnership = PartnershipFactory(active=True)
    lead = partnership.memberships.get().partner
    AffiliationFactory(user=near, partner=lead, role="observer")
    manager = UserFactory(manages=lead)

    send_complaint(partnership=partnership, category="fraud", text="A receipt.")
    tell(Event.objects.get(kind="complaint.received"))

    told = set(Notice.objects.values_list("user_id", flat=True))
    assert far.pk in told
    assert not told & {near.pk, manager.pk}


@pytest.mark.django_db(transaction=True)
def test_closed_once_by_one_of_two():
    row = complaint("reviewed")
    admin = UserFactory(admin=True)
    first, second = read_twice(row)

    outcomes = race(*[lambda r=r: CALLS["close"](r, admin) for r in (first, second)])

    assert sorted(type(one).__name__ for one in outcomes) == ["DomainError", "NoneType"]
    assert Event.objects.about(row).filter(became="closed").count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"outcome": "", "message": "Word."}, "outcome"),
        ({"outcome": "king", "message": "Word."}, "outcome"),
        ({"outcome": "founded", "message": " "}, "message"),
        ({"outcome": "founded", "message": "x" * 5_001}, "message"),
        ({"outcome": "founded", "message": "Word.", "findings": "x" * 20_001}, "findings"),
    ],
)
def test_closing_needs_outcome_and_word(values, field):
    row = complaint("reviewed")

    with pytest.raises(ValidationError) as refusal:
        row.close(by=UserFactory(admin=True), **values)

    assert list(refusal.value.error_dict) == [field]
    assert Complaint.objects.get(pk=row.pk).status == "reviewed"


def test_the_database_refuses_a_closed_one_without_outcome():
    row = complaint("received")

    with pytest.raises(IntegrityError, match="complaint_closed_with_outcome"):
        Complaint.objects.filter(pk=row.pk).update(status="closed")


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"text": "A."}, "category"),
        ({"category": "fraud"}, "text"),
        ({"category": "fraud", "text": " "}, "text"),
        ({"category": "fraud", "text": "x" * 20_001}, "text"),
        ({"category": "gossip", "text": "A."}, "category"),
        ({"category": "fraud", "text": "A.", "contact": "x" * 301}, "contact"),
        ({"category": "fraud", "text": "A.", "partnership": 0}, "partnership"),
    ],
)
def test_bad_input_is_named_and_nothing_saved(api, body, attr):
    answer = api.post("/api/v1/complaints/", body, format="json")

    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == [attr]
    assert not Complaint.objects.exists()


def test_who_sends_it_is_not_kept(api):
    sender = UserFactory(name="Wangari Tested", email="wangari@example.org")
    api.force_authenticate(sender)

    sent = api.post(
        "/api/v1/complaints/",
        {"category": "fraud", "text": "A secret receipt.", "contact": "+254 700 000 000"},
        format="json",
    )

    row = Complaint.objects.get(pk=sent.json()["id"])
    assert sender not in [getattr(row, name, None) for name in ("user", "assigned_to")]
    assert Event.objects.get(kind="complaint.received").by is None
    held = " ".join(str(entry.__dict__) for entry in AuditEntry.objects.all())
    assert "secret receipt" not in held
    assert "+254" not in held


def test_a_first_word_is_due_in_seven_days_and_the_code_shows_it(client):
    row, code = send_complaint(category="abuse", text="It happened in May.")
    assert row.acknowledge_by == timezone.localdate() + timedelta(days=7)

    row.acknowledge(by=UserFactory(admin=True), message="We read it and look into it.")
    page = client.post("/sent-messages/", {"code": code})

    assert "We read it and look into it." in page.content.decode()
    assert "It happened in May." not in page.content.decode()
    assert find_sent(code).pk == row.pk


def test_acknowledged_without_a_word_it_says_that_it_was_read(client):
    row, code = send_complaint(category="abuse", text="It happened in May.")
    assert "first word by" in client.post("/sent-messages/", {"code": code}).content.decode()

    row.acknowledge(by=UserFactory(admin=True))

    page = client.post("/sent-messages/", {"code": code}).content.decode()
    assert "has read it" in page
    assert "first word by" not in page


def test_findings_are_not_for_the_sender(api):
    row, code = send_complaint(category="abuse", text="It happened in May.")
    admin = UserFactory(admin=True)
    row.acknowledge(by=admin)
    row.close(by=admin, outcome="founded", message="We acted.", findings="The driver did it.")

    answer = api.post("/api/v1/sent-messages/", {"code": code}, format="json")

    assert answer.json()["message"] == "We acted."
    assert "driver" not in answer.content.decode()


def test_a_partnerships_pages_and_history_say_nothing_of_it(client, api):
    row = complaint("acknowledged", text="The clerk took the money.")
    lead = People(row.partnership).lead_manager
    client.force_login(lead)
    api.force_authenticate(lead)

    shown = [
        client.get(f"/partnerships/{row.partnership.reference}/").content.decode(),
        client.get(f"/partnerships/{row.partnership.reference}/feedback/").content.decode(),
        api.get("/api/v1/complaints/").content.decode(),
        api.get(f"/api/v1/partnerships/{row.partnership_id}/").content.decode(),
        client.get(f"/history/partnerships.partnership/{row.partnership_id}/").content.decode(),
    ]

    assert not any("clerk" in one for one in shown)
    assert not any(f"Complaint {row.pk}" in one for one in shown)
