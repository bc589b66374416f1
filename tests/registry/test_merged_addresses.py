"""Pages under the old number of a merged partner lead on to its survivor's."""

import pytest

from tests.factories import AffiliationFactory, PartnerFactory, UserFactory
from tests.merging import merge

pytestmark = pytest.mark.django_db


@pytest.fixture
def merged():
    duplicate, into = PartnerFactory(), PartnerFactory()
    manager = UserFactory(manages=duplicate)
    merge(duplicate, into)
    return duplicate, into, manager


@pytest.mark.parametrize("page", ["people/", "edit/", "edit/links/", "people/?q=a"])
@pytest.mark.parametrize("who", ["manager", "admin"])
def test_a_page_of_the_workspace_leads_on(client, merged, page, who):
    duplicate, into, manager = merged
    client.force_login(manager if who == "manager" else UserFactory(admin=True))

    answer = client.get(f"/partners/{duplicate.pk}/{page}")

    assert answer.status_code == 301
    assert answer.headers["Location"] == f"/partners/{into.pk}/{page}"
    assert client.get(answer.headers["Location"]).status_code == 200


def test_what_is_sent_there_is_not_sent_on(client, merged):
    duplicate, _, manager = merged
    client.force_login(manager)

    assert client.post(f"/partners/{duplicate.pk}/people/", {}).status_code == 404


def test_to_an_unseen_survivor_nothing_leads(client):
    duplicate, into = PartnerFactory(pending=True), PartnerFactory(pending=True)
    merge(duplicate, into)
    client.force_login(UserFactory())

    assert client.get(f"/partners/{duplicate.pk}/people/").status_code == 404


def test_a_page_that_was_refused_for_another_reason_stays_refused(client):
    partner = PartnerFactory()
    client.force_login(UserFactory())

    assert client.get(f"/partners/{partner.pk}/people/").status_code == 403


def test_the_dry_run_names_who_gains_which_role(client):
    duplicate, into = PartnerFactory(), PartnerFactory()
    AffiliationFactory(partner=duplicate, role="manager", user__name="Wangari Maathai")
    both = UserFactory(name="Njeri Both", observes=duplicate)
    AffiliationFactory(partner=into, role="observer", user=both)
    client.force_login(UserFactory(admin=True))

    form = {"duplicate": duplicate.pk, "into": into.pk, "reason": "The same one twice."}
    page = client.post("/secretariat/merges/", form).content.decode()

    gaining = page.partition("Would gain a role")[2].partition("Would change")[0]
    assert "Wangari Maathai" in gaining
    assert "): manager</li>" in gaining
    assert "Njeri" not in gaining
