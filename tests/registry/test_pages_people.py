"""Signing in, and the pages about partners."""

import pytest

from tests.factories import (
    PASSWORD,
    MembershipFactory,
    PartnerFactory,
    PartnerIdentifierFactory,
    PartnershipFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def test_signs_in_by_email_and_out_again(client):
    user = UserFactory(email="eva@example.org")

    answer = client.post("/sign-in/", {"login": "Eva@Example.org", "password": PASSWORD})

    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)
    client.post("/sign-out/")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("email", ["eva@example.org", "nobody@example.org"])
def test_a_refused_sign_in_does_not_say_whether_the_account_exists(client, email):
    UserFactory(email="eva@example.org")

    answer = client.post("/sign-in/", {"login": email, "password": "wrong"})

    assert "E-mail and password do not belong together." in answer.content.decode()


def test_sign_in_does_not_lead_to_another_host(client):
    UserFactory(email="eva@example.org")

    form = {"login": "eva@example.org", "password": PASSWORD, "next": "//evil.example/"}

    assert client.post("/sign-in/", form).headers["Location"] == "/"


def test_the_list_shows_verified_partners_only(client):
    PartnerFactory(name="Known Trust")
    PartnerFactory(name="Unknown Trust", pending=True)

    page = client.get("/partners/").content.decode()

    assert "Known Trust" in page
    assert "Unknown Trust" not in page
    assert "1 partner<" in page


def test_a_partner_is_found_by_a_part_of_its_name_kind_and_country(client):
    PartnerFactory(name="Água & Vida, Lda.", kind="msme", country__alpha2="PE")
    PartnerFactory(name="Vida Foundation", kind="foundation", country__alpha2="KE")

    page = client.get("/partners/?q=vida&kind=msme&country=PE").content.decode()

    assert "Água &amp; Vida" in page
    assert "Vida Foundation" not in page


def test_a_partner_page_has_facts_identifiers_and_public_partnerships(client):
    partner = PartnerFactory(name="Jiko Ltd", kind="start_up")
    PartnerIdentifierFactory(partner=partner, scheme="LEI", value="LEI-1")
    MembershipFactory(partner=partner, partnership__active=True, partnership__title="Public one")
    MembershipFactory(partner=partner, partnership__title="Secret draft")

    page = client.get(f"/partners/{partner.pk}/").content.decode()

    assert "SDG targets" in page
    assert "LEI-1" in page
    assert "Public one" in page
    assert "Secret draft" not in page


def test_an_unverified_partner_is_not_there_for_the_public_but_for_its_own_people(client):
    partner = PartnerFactory(pending=True)
    address = f"/partners/{partner.pk}/"

    assert client.get(address).status_code == 404
    client.force_login(UserFactory(manages=partner))
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("size", [2, 15])
def test_the_partner_list_costs_three_queries_at_any_size(client, django_assert_num_queries, size):
    PartnerFactory.create_batch(size)

    # countries for the form; page; capped count
    with django_assert_num_queries(3):
        client.get("/partners/")


def test_pages_follow_each_other_without_gap_or_repeat(client):
    partners = PartnerFactory.create_batch(45)
    seen, address = [], "/partners/"

    while address:
        page = client.get(address)
        seen += [row.pk for row in page.context["page"].rows]
        following = page.context["page"].next
        address = f"/partners/?after={following.replace('+', '%2B')}" if following else ""

    assert sorted(seen) == sorted(partner.pk for partner in partners)
    assert len(seen) == 45


@pytest.mark.parametrize("after", ["x", "2026-01-01~5", "2026-01-01T00:00:00Z~", "9~9"])
def test_a_made_up_page_key_is_not_found(client, after):
    assert client.get("/partners/", {"after": after}).status_code == 404


def test_an_unknown_address_is_answered_in_the_same_dress(client):
    answer = client.get("/nothing-here/")

    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()


def test_a_form_from_elsewhere_is_refused_in_the_same_dress(db):
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"login": "a"})

    assert answer.status_code == 403
    assert "The form has expired" in answer.content.decode()


def test_a_draft_partnership_is_counted_nowhere_on_the_home_page(client):
    PartnershipFactory()
    PartnershipFactory(active=True)

    totals = client.get("/").context["totals"]

    assert totals["partnerships"] == totals["active"] == 1
