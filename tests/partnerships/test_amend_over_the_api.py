"""A registered partnership is amended over the API: the public sees it once it is approved."""

import pytest
from rest_framework.test import APIClient

from tests.factories import (
    BudgetLineFactory,
    MembershipFactory,
    PartnershipFactory,
    PartnershipVersionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
V1 = "/api/v1"


def client_of(user=None):
    client = APIClient()
    if user:
        client.force_authenticate(user)
    return client


def test_the_public_sees_the_old_version_until_the_amendment_is_approved():
    partnership = PartnershipFactory(active=True, title="Wells for Kisima", ends_on="2026-12-31")
    MembershipFactory(partnership=partnership)
    line = BudgetLineFactory(partnership=partnership, title="Pumps")
    PartnershipVersionFactory(partnership=partnership)
    leads = partnership.memberships.get(roles__contains=["lead"]).partner
    public, lead = client_of(), client_of(UserFactory(manages=leads))
    admin = client_of(UserFactory(admin=True))
    page = f"{V1}/partnerships/{partnership.pk}/"

    # 1. The lead proposes a later end and a new name for a budget line, and says why.
    changes = {
        "about": {"ends_on": "2027-12-31"},
        "budget": [
            {
                "id": line.pk,
                "title": "Pumps and spare parts",
                "amount": "50000",
                "currency": line.currency.code,
                "starts_on": "2024-01-01",
                "ends_on": "2027-06-30",
            }
        ],
    }
    body = {"partnership": partnership.pk, "changes": changes, "reason": "The rains came late."}
    made = lead.post(f"{V1}/amendments/", body, format="json")
    assert made.status_code == 201, made.json()
    assert made.json()["kinds"] == ["extension"]
    amendment = f"{V1}/amendments/{made.json()['id']}/"

    # 2. It is submitted. The public still reads what was registered, and nothing of the change.
    assert lead.post(f"{amendment}submit/").json()["status"] == "submitted"
    assert public.get(page).json()["ends_on"] == "2026-12-31"
    assert public.get(amendment).status_code == 404
    assert [c["label"] for c in lead.get(f"{amendment}difference/").json()] == [
        "Ends on",
        "Title",
        "Ends on",
    ]

    # 3. An admin approves it: from now on the public reads the new version, why, and what changed.
    assert admin.post(f"{amendment}approve/").json()["status"] == "approved"
    assert public.get(page).json()["ends_on"] == "2027-12-31"
    assert public.get(amendment).json()["reason"] == "The rains came late."
    shown = [
        (c["section"], c["row"], c["label"], c["before"], c["after"])
        for c in public.get(f"{amendment}difference/").json()
    ]
    assert shown == [
        ("about", "", "Ends on", "31 Dec 2026", "31 Dec 2027"),
        ("budget", "Pumps and spare parts", "Title", "Pumps", "Pumps and spare parts"),
        ("budget", "Pumps and spare parts", "Ends on", "31 Dec 2024", "30 Jun 2027"),
    ]

    # 4. The versions stay: what was registered, and what was amended.
    versions = public.get(f"{V1}/partnership-versions/?partnership={partnership.pk}").json()
    assert [(row["number"], row["why"]) for row in versions["results"]] == [
        (2, "amended"),
        (1, "registered"),
    ]
    first = public.get(f"{V1}/partnership-versions/{versions['results'][1]['id']}/").json()
    assert first["document"]["about"]["ends_on"] == "2026-12-31"


def test_another_ones_slips_are_said_at_their_place_and_nothing_is_saved():
    partnership = PartnershipFactory(active=True)
    leads = partnership.memberships.get().partner
    lead = client_of(UserFactory(manages=leads))
    changes = {"about": {"ends_on": "2020-01-01"}, "budget": [{"title": "X", "currency": "ZZZ"}]}
    body = {"partnership": partnership.pk, "changes": changes, "reason": "Why not."}
    answer = lead.post(f"{V1}/amendments/", body, format="json")
    assert answer.status_code == 400
    found = {error["attr"] for error in answer.json()["errors"]}
    assert found == {"changes.about.ends_on", "changes.budget.0.currency"}
    assert not partnership.amendments.exists()


@pytest.mark.parametrize(
    "changes",
    [
        None,
        [],
        "x",
        7,
        {},
        {"weather": {}},
        {"commitments": []},
        {"about": []},
        {"about": {"title": ["x"]}},
        {"about": {"starts_on": 5}},
        {"about": {"starts_on": "9999-99-99"}},
        {"about": {"kind": {"a": 1}}},
        {"targets": {"goals": 3}},
        {"targets": {"goals": [True]}},
        {"targets": {"primary_goal": 10**30}},
        {"objectives": [None]},
        {"objectives": [{"id": 10**30, "text": "x"}]},
        {"objectives": [{"id": "1"}]},
        {"objectives": [{"text": "x", "baseline": "NaN"}]},
        {"objectives": [{"text": "x", "baseline_year": 10**12}]},
        {"places": {"countries": [{"country": "ZZ"}]}},
        {"places": {"countries": [{"country": "KE", "percentage": "many"}]}},
        {"places": {"locations": [{"name": "x"}]}},
        {"members": {"invite": [{"partner": True, "roles": ["funding"]}]}},
        {"members": {"invite": [{"partner": 10**30, "roles": ["funding"]}]}},
        {"members": {"roles": [{"membership": 1.5}]}},
        {"members": {"end": 4}},
        {"budget": [{"amount": "1e99999"}]},
        {"budget": [{"amount": -1}]},
        {"budget": {"a": 1}},
    ],
)
def test_whatever_is_sent_is_refused_with_its_place(changes):
    partnership = PartnershipFactory(active=True)
    lead = client_of(UserFactory(manages=partnership.memberships.get().partner))
    body = {"partnership": partnership.pk, "changes": changes, "reason": "Because."}
    answer = lead.post(f"{V1}/amendments/", body, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"].startswith("changes")
