"""Pages of contacts and of one's own data."""

import json

import pytest

from registry.models import Contact, User
from tests.factories import PASSWORD, ContactFactory, PartnerFactory, UserFactory

pytestmark = pytest.mark.django_db
DATA = "/account/data/"


@pytest.fixture
def partner():
    return PartnerFactory()


@pytest.fixture
def manager(partner, client):
    user = UserFactory(manages=partner, name="Jane Managing")
    client.force_login(user)
    return user


def test_a_manager_adds_changes_and_removes_a_contact(client, partner, manager):
    url = f"/partners/{partner.pk}/contacts/"
    client.post(url, {"name": "Ann Other", "email": "ann@example.org", "subject": "data"})
    contact = Contact.objects.get()
    assert "Ann Other" in client.get(url).content.decode()

    client.post(
        f"{url}{contact.pk}/", {"name": "Ann Else", "phone": "020 55555", "subject": "data"}
    )
    contact.refresh_from_db()
    assert (contact.name, contact.email, contact.phone) == ("Ann Else", "", "020 55555")

    client.post(f"{url}{contact.pk}/", {"remove": "1"})
    assert not Contact.objects.exists()


def test_what_is_refused_stays_in_the_form(client, partner, manager):
    url = f"/partners/{partner.pk}/contacts/"

    page = client.post(url, {"name": "Ann Other", "subject": "data"}).content.decode()

    assert "Give an e-mail address or a phone number." in page
    assert 'value="Ann Other"' in page
    assert not Contact.objects.exists()


def test_another_partners_contact_is_not_found_under_ones_own(client, partner, manager):
    foreign = ContactFactory()

    assert client.get(f"/partners/{partner.pk}/contacts/{foreign.pk}/").status_code == 404


def test_one_takes_ones_data_along_as_a_file(client, manager):
    page, file = client.get(DATA), client.get(f"{DATA}file/")

    assert "affiliation (registry), as user" in page.content.decode()
    assert file["Content-Disposition"].startswith("attachment")
    assert file["Cache-Control"] == "no-store"
    assert json.loads(file.content)["user"]["email"] == manager.email


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"password": "wrong"}, "This is not your password."),
        ({"confirm": "other@example.org"}, "This is not your e-mail address."),
    ],
)
def test_erasing_wants_password_and_address(client, manager, form, says):
    page = client.post(DATA, {"password": PASSWORD, "confirm": manager.email, **form})

    assert says in page.content.decode()
    assert User.objects.get(pk=manager.pk).is_active


def test_one_erases_oneself_and_is_signed_out(client, manager):
    answer = client.post(DATA, {"password": PASSWORD, "confirm": manager.email}, follow=True)

    assert "Your account is erased." in answer.content.decode()
    assert client.get("/account/").status_code == 302
    assert User.objects.get(pk=manager.pk).erased_at


def test_an_admin_erases_and_sees_where_the_name_still_stands(client, partner):
    person = UserFactory(name="Jane Managing", manages=partner)
    partner.change(summary="Led by Jane Managing.")
    client.force_login(UserFactory(admin=True))
    form = {"email": person.email, "reason": "Asked by letter.", "sure": "on"}

    page = client.post("/secretariat/people-data/", form).content.decode()

    assert f"registry_partner {partner.pk} (summary)" in page
    assert str(person.key) in page


def test_an_admin_asks_for_nobody(client):
    client.force_login(UserFactory(admin=True))
    url, form = "/secretariat/people-data/", {"email": "nobody@example.org"}

    for answer in (
        client.post(f"{url}hand-out/", form),
        client.post(url, {**form, "reason": "Asked.", "sure": "on"}),
    ):
        assert "Nobody has this e-mail address here." in answer.content.decode()
