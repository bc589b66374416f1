"""A partner's tabs: each is shown to those for whom it opens, and only to them."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import PartnerFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    return PartnerFactory()


def tabs_of(page):
    nav = re.search(r'<nav class="sub" aria-label="This organisation">.*?</nav>', page, re.DOTALL)
    return re.findall(r'href="([^"]+)"', nav.group()) if nav else []


@pytest.mark.parametrize(
    ("who", "number"),
    [({"evaluates": True}, 2), ({"observes": True}, 2), ({"manages": True}, 9)],
)
def test_every_tab_of_ones_own_partner_opens(client, partner, who, number):
    client.force_login(UserFactory(**dict.fromkeys(who, partner)))

    page = client.get(f"/partners/{partner.pk}/").content.decode()

    assert "Ask to join" not in page
    assert len(tabs_of(page)) == number
    for address in tabs_of(page):
        answer = client.get(address)
        assert answer.status_code == 200, address
        if "/history/" not in address:
            assert tabs_of(answer.content.decode()) == tabs_of(page)


def test_an_admin_opens_all_of_them(client, partner):
    client.force_login(UserFactory(admin=True))

    tabs = tabs_of(client.get(f"/partners/{partner.pk}/").content.decode())

    assert len(tabs) == 10
    assert {client.get(address).status_code for address in tabs} == {200}


def test_the_page_costs_the_same_for_many_people_as_for_few(
    client, partner, django_assert_num_queries
):
    client.force_login(UserFactory(observes=partner))
    path = f"/partners/{partner.pk}/"
    with CaptureQueriesContext(connection) as few:
        client.get(path)
    UserFactory.create_batch(5, evaluates=partner)

    with django_assert_num_queries(len(few)):
        client.get(path)


def test_somebody_else_is_asked_to_join(client, partner):
    client.force_login(UserFactory(manages=PartnerFactory()))

    page = client.get(f"/partners/{partner.pk}/").content.decode()

    assert tabs_of(page) == []
    assert "Ask to join this organisation" in page


def test_the_people_page_names_each_field_once(client, partner):
    client.force_login(UserFactory(manages=partner))

    page = client.get(f"/partners/{partner.pk}/people/").content.decode()

    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_a_partner_that_is_not_verified_is_told_so_before_it_adds_a_webhook(client):
    partner = PartnerFactory(pending=True)
    client.force_login(UserFactory(manages=partner))

    page = client.get(f"/partners/{partner.pk}/webhooks/").content.decode()

    assert "must verify" in page
    assert 'name="url"' not in page


def test_the_way_in_is_on_the_first_page(client):
    page = client.get("/").content.decode()
    assert 'href="/sign-up/?next=/partners/new/">Register your organisation' in page
    assert 'href="/sign-up/">Sign up' in page
    client.force_login(UserFactory())
    page = client.get("/").content.decode()

    assert 'href="/partners/new/">Register your organisation' in page
    assert "/sign-up/" not in page
