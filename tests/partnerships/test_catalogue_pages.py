"""The Solutions Catalogue in pages: found, entered, edited, answered, screened."""

import pytest

from partnerships.models import Fund, Match, Need, Solution
from tests.factories import (
    CurrencyFactory,
    FundFactory,
    GoalFactory,
    MatchFactory,
    NeedFactory,
    PartnerFactory,
    PartnershipFactory,
    SolutionFactory,
    TargetFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    return PartnerFactory()


@pytest.fixture
def signed_in(client, partner):
    client.force_login(UserFactory(manages=partner))
    return client


def text(response):
    return response.content.decode()


@pytest.mark.parametrize("what", ["solutions", "needs", "funds"])
def test_lists_are_filtered_by_words_goal_and_country(client, what):
    factory = {"solutions": SolutionFactory, "needs": NeedFactory, "funds": FundFactory}[what]
    GoalFactory(number=3)
    factory(title="Pumps that last")
    factory(title="Clinics at night", targets=["3.8"], countries=["PE"])

    for query, seen, hidden in (
        ("q=last", "Pumps", "Clinics"),
        ("goal=3", "Clinics", "Pumps"),
        ("country=PE", "Clinics", "Pumps"),
    ):
        page = text(client.get(f"/{what}/?{query}"))
        assert seen in page
        assert f"<bdi>{hidden}" not in page
    assert len(client.get(f"/{what}/").content) < 60_000


def test_a_manager_proposes_a_solution_and_an_admin_screens_it(signed_in, client, partner):
    TargetFactory()
    form = {
        "owner": partner.pk,
        "title": "Mechanics",
        "problem": "P",
        "approach": "A",
        "kinds": ["expertise"],
        "targets": "6.1",
    }
    answer = signed_in.post("/solutions/new/", form)
    solution = Solution.objects.get()
    assert answer["Location"] == f"/solutions/{solution.pk}/"

    client.force_login(UserFactory(admin=True))
    assert "Mechanics" in text(client.get("/secretariat/solutions/"))
    client.post(f"/solutions/{solution.pk}/move/", {"move": "screen"})
    assert Solution.objects.public().get() == solution


def test_what_is_wrong_is_said_and_what_was_typed_stays(signed_in, partner):
    CurrencyFactory()
    form = {
        "partner": partner.pk,
        "title": "A fund of mine",
        "description": "D",
        "finance_type": "110",
        "currency": "USD",
        "opens_on": "2024-02-01",
        "closes_on": "2024-01-01",
        "targets": "6.1 99.9",
    }
    page = text(signed_in.post("/funds/new/", form))
    assert "Not an SDG target: 6.1, 99.9" in page
    TargetFactory()
    page = text(signed_in.post("/funds/new/", {**form, "targets": "6.1"}))
    assert "must not close before it opens" in page
    assert "A fund of mine" in page
    assert not Fund.objects.exists()


def test_a_stale_form_is_refused_and_keeps_what_was_typed(signed_in, partner):
    need = NeedFactory(partner=partner)
    form = {
        "title": "Mine",
        "description": "D",
        "kind": "data",
        "targets": "6.1",
        "urgency": "high",
        "version": "0",
    }
    page = text(signed_in.post(f"/needs/{need.pk}/edit/", form))
    assert "changed by somebody else" in page
    assert "Mine" in page
    signed_in.post(f"/needs/{need.pk}/edit/", {**form, "version": str(need.version)})
    assert Need.objects.get().title == "Mine"


def test_a_need_is_matched_and_answered_on_its_pages(signed_in, partner):
    need = NeedFactory(partner=partner)
    SolutionFactory(title="The mechanic")
    signed_in.post(f"/needs/{need.pk}/move/", {"move": "find"})
    match = Match.objects.get()
    page = text(signed_in.get(f"/needs/{need.pk}/"))
    assert "The mechanic" in page
    assert "same target 6.1, same country KE" in page

    page = text(signed_in.post(f"/matches/{match.pk}/", {"answer": "decline", "reason": " "}))
    assert "Give the reason." in page
    signed_in.post(f"/matches/{match.pk}/", {"answer": "decline", "reason": "Too far."})
    assert Match.objects.get().status == "declined"


def test_reasons_are_for_both_sides_alone(client):
    match = MatchFactory(accepted=True, answer_reason="Our own reason.")
    assert "Our own reason." not in text(client.get(f"/matches/{match.pk}/"))
    client.force_login(UserFactory(observes=match.offering_partner))
    assert "Our own reason." in text(client.get(f"/matches/{match.pk}/"))


def test_a_refused_move_is_said(signed_in, partner):
    solution = SolutionFactory(owner=partner)
    page = text(signed_in.post(f"/solutions/{solution.pk}/move/", {"move": "pilot"}, follow=True))
    assert "Say first where it was tried." in page


def test_a_solution_does_not_tell_of_a_partnership_that_is_a_draft(client, api):
    draft = PartnershipFactory(title="A plan that nobody knows")
    lead = draft.memberships.get().partner
    solution = SolutionFactory(owner=lead, partnership=draft)
    address = f"/api/v1/solutions/{solution.pk}/"

    assert "nobody knows" not in text(client.get(f"/solutions/{solution.pk}/"))
    assert api.get(address).json()["partnership"] is None
    assert api.get("/api/v1/solutions/", {"partnership": draft.pk}).json()["results"] == []
    manager = UserFactory(manages=lead)
    client.force_login(manager)
    api.force_authenticate(manager)
    assert "nobody knows" in text(client.get(f"/solutions/{solution.pk}/"))
    assert api.get(address).json()["partnership"] == draft.pk
    assert len(api.get("/api/v1/solutions/", {"partnership": draft.pk}).json()["results"]) == 1


def test_a_lead_states_its_partnerships_need(client):
    TargetFactory()
    partnership = PartnershipFactory(active=True)
    client.force_login(UserFactory(manages=partnership.memberships.get().partner))
    form = {
        "partnership": partnership.pk,
        "title": "Boats",
        "description": "To reach the islands.",
        "kind": "in_kind",
        "targets": "6.1",
        "urgency": "normal",
    }

    answer = client.post("/needs/new/", form)

    need = Need.objects.get()
    assert answer["Location"] == f"/needs/{need.pk}/"
    assert need.partnership == partnership
