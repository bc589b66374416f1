"""What is kept about rows of every kind does not tell of complaints to whom they concern."""

import pytest
from django.urls import reverse

from partnerships.models import Complaint
from partnerships.services.voices import send_complaint
from registry.models import AuditEntry, Event, WebhookDelivery
from registry.services.merging import counts_of
from registry.tasks import tell_events
from tests.factories import (
    AffiliationFactory,
    ComplaintFactory,
    PartnerFactory,
    UserFactory,
    WebhookFactory,
)
from tests.merging import merge

pytestmark = pytest.mark.django_db


@pytest.fixture
def row():
    return ComplaintFactory()


@pytest.fixture
def concerned(row):
    """An admin with a role at the partner that leads the partnership complained of."""
    lead = row.partnership.memberships.get().partner
    return AffiliationFactory(user=UserFactory(admin=True), partner=lead, role="observer").user


def history_of(api, row, user):
    api.force_authenticate(user)
    asked = {"subject_type": "partnerships.complaint", "subject_id": row.pk}
    return api.get("/api/v1/history/", asked).status_code


def test_its_history_is_read_by_admins_whom_it_does_not_concern(api, row, concerned):
    assert history_of(api, row, UserFactory(admin=True)) == 200
    assert history_of(api, row, concerned) == 404
    assert history_of(api, row, UserFactory(manages=row.partnership.memberships.get().partner)) == (
        404
    )


def test_neither_sender_nor_request_enter_the_audit_log(api):
    sender = UserFactory(name="Wangari")
    api.force_authenticate(sender)
    body = {"category": "fraud", "text": "A receipt."}

    api.post("/api/v1/complaints/", body, format="json", headers={"X-Request-ID": "r-77"})

    entry = AuditEntry.objects.about(Complaint, str(Complaint.objects.get().pk)).get()
    assert {entry.actor, entry.token, entry.request} <= {None, ""}
    assert not AuditEntry.objects.filter(actor=str(sender.key)).exists()


def test_no_webhook_is_told_not_even_the_registrys_own():
    WebhookFactory(partner=None, kinds=["*"])

    send_complaint(category="fraud", text="A receipt.")
    tell_events()

    assert Event.objects.filter(kind="complaint.received").exists()
    assert not WebhookDelivery.objects.exists()


def test_the_back_office_lists_no_event_of_one(client, row):
    Event.log(row, "received")
    shown = Event.log(row.partnership, "registered")
    client.force_login(UserFactory(is_staff=True))

    listed = client.get(reverse("admin:registry_event_changelist")).context["cl"].queryset

    assert list(listed) == [shown]


def test_a_merge_moves_one_and_does_not_count_it():
    duplicate, into = PartnerFactory(), PartnerFactory()
    row = ComplaintFactory(partnership=None, partner=duplicate)

    done = merge(duplicate, into)

    row.refresh_from_db()
    assert row.partner == into
    assert "partnerships.complaint" not in counts_of(list(done.moved.all()))
