"""The history of a record as people read it."""

import pytest

from registry.acting import acting
from registry.models import Partner
from tests.factories import (
    CountryFactory,
    MembershipFactory,
    PartnerFactory,
    PartnershipFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    return PartnerFactory(name="Water <b>", country=CountryFactory(alpha2="KE"))


@pytest.fixture
def manager(partner, client):
    manager = UserFactory(name="Amina", manages=partner)
    client.force_login(manager)
    return manager


def text(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_says_who_changed_what_in_words(client, partner, manager):
    with acting(str(manager.key)):
        Partner.objects.filter(pk=partner.pk).update(
            country=CountryFactory(alpha2="PE"), kind="academia", acronym="W"
        )

    page = text(client.get(f"/history/registry.partner/{partner.pk}/"))
    for words in (
        "Changed by <bdi>Amina</bdi>",
        "Kenya",
        "Peru",
        "academia and research",
        "Created",
    ):
        assert words in page
    assert "Water <b>" not in page


def test_is_linked_for_those_who_may_read_it(client, partner, manager):
    link = f"/history/registry.partner/{partner.pk}/"
    assert link in text(client.get(f"/partners/{partner.pk}/"))
    client.logout()
    assert link not in text(client.get(f"/partners/{partner.pk}/"))


def test_a_partnership_links_to_its_history(client, partner, manager):
    partnership = PartnershipFactory(active=True)
    link = f"/history/partnerships.partnership/{partnership.pk}/"
    assert link not in text(client.get(f"/partnerships/{partnership.pk}/"))
    MembershipFactory(partnership=partnership, partner=partner)

    assert link in text(client.get(f"/partnerships/{partnership.pk}/"))
    assert "Created" in text(client.get(link))


def test_who_may_not_read_it_finds_nothing(client, partner):
    assert client.get(f"/history/registry.partner/{partner.pk}/").status_code == 302
    client.force_login(UserFactory())
    assert client.get(f"/history/registry.partner/{partner.pk}/").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["registry.partner/x/", "nothing/1/", "registry.auditseal/1/", "registry.partner/1/?after=-1"],
)
def test_a_wrong_address_is_not_found(client, path):
    client.force_login(UserFactory(admin=True))

    assert client.get(f"/history/{path}").status_code == 404


def test_a_personal_column_says_only_that_it_changed(client):
    user = UserFactory(name="Wangari")
    client.force_login(UserFactory(admin=True))
    type(user).objects.filter(pk=user.pk).update(name="Njeri")

    page = text(client.get(f"/history/registry.user/{user.pk}/"))
    assert "changed; not kept" in page


def test_long_histories_go_on_on_the_next_page(client, partner, manager):
    for number in range(51):
        Partner.objects.filter(pk=partner.pk).update(acronym=f"A{number}")
    path = f"/history/registry.partner/{partner.pk}/"
    first = client.get(path)
    after = first.context["page"]["next"]

    assert len(first.context["changes"]) == 50
    assert len(client.get(path, {"after": after}).context["changes"]) == 2


def test_a_change_of_which_one_sees_nothing_is_left_out(client, partner, manager):
    Partner.objects.filter(pk=partner.pk).update(version=77)
    path = f"/history/registry.partner/{partner.pk}/"

    shown = client.get(path).context["changes"]

    assert [change.operation for change, _ in shown] == ["insert"]
