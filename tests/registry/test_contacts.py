"""Contacts are the partner's people's to see, its managers' to keep, and nobody else's."""

import pytest
from django.core.exceptions import ValidationError

from registry.errors import NotAllowed
from registry.models import AuditEntry, Contact, Event
from registry.services.contacts import add_contact, edit_contact, remove_contact
from tests.factories import ContactFactory, PartnerFactory, UserFactory
from tests.moves import field_of

pytestmark = pytest.mark.django_db
CONTACTS = "registry_contact"
PERSON = {"name": "Wanjiru Njoroge-Smith", "email": "wanjiru@example.org", "phone": "+254 20 555"}


@pytest.fixture
def partner():
    return PartnerFactory()


@pytest.fixture
def manager(partner):
    return UserFactory(manages=partner)


def test_a_manager_keeps_contacts_and_the_logs_name_nobody(partner, manager):
    contact = add_contact(partner, by=manager, **PERSON)
    key = contact.pk
    edit_contact(contact, by=manager, phone="020 777777")
    remove_contact(contact, by=manager)

    assert not Contact.objects.exists()
    verbs = Event.objects.about(partner).order_by("pk").values_list("kind", flat=True)
    assert list(verbs) == [f"partner.contact_{v}" for v in ("added", "edited", "removed")]
    audited = AuditEntry.objects.filter(table_name=CONTACTS, row_id=str(key)).order_by("-id")[:3]
    assert [one.operation for one in audited] == ["delete", "update", "insert"]
    logged = [*Event.objects.values(), *AuditEntry.objects.values()]
    for word in (*PERSON.values(), "777777", "Njoroge"):
        assert word not in str(logged)


@pytest.mark.parametrize("role", ["evaluates", "observes"])
def test_colleagues_read_and_do_not_change(partner, role):
    colleague = UserFactory(**{role: partner})
    contact = ContactFactory(partner=partner)

    assert contact in Contact.objects.visible_to(colleague)
    for change in (
        lambda: add_contact(partner, by=colleague, **PERSON),
        lambda: edit_contact(contact, by=colleague, name="X"),
        lambda: remove_contact(contact, by=colleague),
    ):
        with pytest.raises(NotAllowed):
            change()


def test_others_find_none(partner):
    ContactFactory(partner=partner)

    assert not Contact.objects.visible_to(UserFactory(manages=PartnerFactory())).exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"email": "nobody"}, "email"),
        ({"phone": "call me"}, "phone"),
        ({"phone": "+1"}, "phone"),
        ({"subject": "love"}, "subject"),
        ({"email": "", "phone": ""}, None),
        ({"name": "x" * 151}, "name"),
    ],
)
def test_refuses_what_reaches_nobody(partner, manager, wrong, field):
    with pytest.raises(ValidationError) as refusal:
        add_contact(partner, by=manager, **{**PERSON, **wrong})

    assert field_of(refusal.value) == field
    assert not Contact.objects.exists()


def test_the_public_sees_none_of_it_anywhere(partner, api, client):
    ContactFactory(partner=partner, **PERSON)

    for reader, url in ((api, "/api/v1/partners/"), (client, "/partners/")):
        answer = reader.get(f"{url}{partner.pk}/")
        assert answer.status_code == 200
        assert b"wanjiru" not in answer.content.lower()


@pytest.mark.parametrize("size", [1, 20])
def test_a_list_costs_the_same_at_any_size(api, partner, manager, django_assert_num_queries, size):
    ContactFactory.create_batch(size, partner=partner)
    api.force_authenticate(manager)

    # the page
    with django_assert_num_queries(1):
        assert len(api.get("/api/v1/contacts/").json()["results"]) == size


def test_a_contact_stays_its_partners(api, partner, manager):
    contact = ContactFactory(partner=partner)
    api.force_authenticate(manager)

    answer = api.patch(f"/api/v1/contacts/{contact.pk}/", {"partner": 1}, HTTP_IF_MATCH="*")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "unknown_field")
