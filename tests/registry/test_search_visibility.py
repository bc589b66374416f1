"""A search tells nobody of partners that they may not see."""

import pytest

from tests.factories import PartnerFactory, PartnerIdentifierFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def hidden():
    partner = PartnerFactory(pending=True, name="Secret Lagoon", acronym="SLG")
    PartnerIdentifierFactory(partner=partner, scheme="IATI", value="XX-SECRET-1")
    return partner


def answer(api, text):
    return api.get("/api/v1/partners/", {"search": text, "count": "true"}).json()


@pytest.mark.parametrize("text", ["secret", "SLG", "XX-SECRET-1", "lagoon", "secrett lagon"])
@pytest.mark.parametrize("state", ["pending", "suspended"])
def test_finds_and_counts_only_what_the_caller_sees(api, hidden, text, state):
    type(hidden).objects.filter(pk=hidden.pk).update(status=state)
    for user, sees in (
        (None, False),
        (UserFactory(manages=PartnerFactory(name="Other")), False),
        (UserFactory(observes=hidden), True),
        (UserFactory(admin=True), True),
    ):
        api.force_authenticate(user)
        found = answer(api, text)
        assert [row["id"] for row in found["results"]] == ([hidden.pk] if sees else [])
        assert found["count"] == sees


def test_hidden_finds_do_not_keep_similar_ones_away(api):
    """Five hidden exact finds must not show by the absence of what is only similar."""
    for _ in range(5):
        PartnerFactory(pending=True, name="Turkana")
    similar = PartnerFactory(name="Turkama")
    found = answer(api, "turkana")
    assert [row["id"] for row in found["results"]] == [similar.pk]
    assert found["count"] == 1


def test_hidden_finds_take_no_place_among_the_newest(api, monkeypatch):
    monkeypatch.setattr("registry.models.search.RANKED", 3)
    seen = [PartnerFactory(name=f"Lagoon {n}").pk for n in range(3)]
    for _ in range(5):
        PartnerFactory(pending=True, name="Lagoon")
    assert {row["id"] for row in answer(api, "lagoon")["results"]} == set(seen)


def test_the_page_of_partners_finds_only_what_one_sees(client, hidden):
    PartnerFactory(name="Open Lagoon")
    shown = client.get("/partners/", {"q": "lagoon"}).content.decode()
    assert "Open Lagoon" in shown
    assert "Secret Lagoon" not in shown
