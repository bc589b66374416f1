"""Initiatives that may be there already are pointed out before one is submitted."""

from datetime import date

import pytest

from partnerships.models import Partnership
from registry.models import Event
from tests.factories import (
    MembershipFactory,
    PartnerFactory,
    PartnershipCountryFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.moves import refused

pytestmark = pytest.mark.django_db
TITLE = "Solar pumps for the lake basin"


@pytest.fixture
def own():
    return PartnershipFactory(title=TITLE, smart=True)


@pytest.fixture
def lead(own):
    return UserFactory(manages=own.memberships.get(roles__contains=["lead"]).partner)


def public(title=TITLE, **facts):
    """One that shares the goal, and its days, with the other."""
    return PartnershipFactory(title=title, active=True, **facts)


def test_the_same_title_goal_and_days_are_near_and_it_says_why(own, lead):
    other = public()

    (found,) = own.similar(lead)

    assert found.partnership == other
    assert found.is_near
    assert found.why == [
        "nearly the same title (1.00)",
        "the same targets or goals: goal 6",
        "at the same time",
    ]


def test_names_shared_countries_and_members(own, lead):
    other = public("Solar pumps for the lake basins of the east")
    for partnership in (own, other):
        PartnershipCountryFactory(partnership=partnership)
    MembershipFactory(partnership=own, partner=other.memberships.get().partner)

    (found,) = own.similar(lead)

    assert found.is_near
    assert "the same countries: Country KE" in found.why or "Kenya" in " ".join(found.why)
    assert any(text.startswith("the same members: Partner") for text in found.why)


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Radio lessons for nomadic children"},
        {"primary_goal__number": 4},
    ],
)
def test_leaves_out_another_title_and_what_shares_nothing(own, lead, other):
    public(**other)

    assert own.similar(lead) == []


def test_one_at_another_time_is_shown_and_not_asked_about(own, lead):
    public(starts_on=date(2015, 1, 1), ends_on=date(2019, 12, 31))

    (found,) = own.similar(lead)

    assert not found.is_near
    own.submit(by=lead)


def test_a_similar_title_and_one_thing_shared_are_not_near(own, lead):
    public("Solar pumps for the lake basins of the east")

    (found,) = own.similar(lead)

    assert not found.is_near


def test_the_same_identifier_is_near_whatever_the_title(own, lead):
    Partnership.objects.filter(pk=own.pk).update(iati_identifier="xm-dac-1")
    public("Another", iati_identifier="XM-DAC-1", primary_goal__number=4)

    (found,) = Partnership.objects.get(pk=own.pk).similar(lead)

    assert (found.is_near, found.why) == (True, ["the same IATI identifier", "at the same time"])


def test_drafts_of_others_are_not_told(own, lead):
    PartnershipFactory(title=TITLE)

    assert own.similar(lead) == []
    assert len(own.similar(UserFactory(admin=True))) == 1


def test_who_is_only_invited_is_not_told(own, lead):
    partner = PartnerFactory()
    other = public(primary_goal__number=4)
    MembershipFactory(partnership=other, partner=partner, invited=True)
    MembershipFactory(partnership=own, partner=partner)

    assert own.similar(lead) == []


def test_is_submitted_only_once_it_is_said_to_be_another_one(own, lead):
    other = public()

    with refused("possible_duplicates") as refusal:
        own.submit(by=lead)
    assert [one["id"] for one in refusal.value.extra["partnerships"]] == [other.pk]
    assert Partnership.objects.get(pk=own.pk).status == "draft"
    own.submit(by=lead, confirm_distinct=True)

    event = Event.objects.about(own).get(became="submitted")
    assert event.facts == {"distinct_from": [other.pk]}


def test_the_api_says_what_is_like_it_and_asks_to_confirm(api, own, lead):
    other = public()
    api.force_authenticate(lead)
    where = f"/api/v1/partnerships/{own.pk}"

    (shown,) = api.get(f"{where}/similar/").json()
    refusal = api.post(f"{where}/submit/")
    confirmed = api.post(f"{where}/submit/", {"confirm_distinct": True})

    assert (shown["id"], shown["likeness"], shown["is_near"]) == (other.pk, 1.0, True)
    (error,) = refusal.json()["errors"]
    assert (refusal.status_code, error["code"]) == (409, "possible_duplicates")
    assert error["about"]["partnerships"][0]["title"] == TITLE
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "submitted")


@pytest.mark.parametrize("size", [1, 5])
def test_looking_costs_the_same_for_any_number(django_assert_num_queries, own, size):
    for _ in range(size):
        public()
    admin = UserFactory(admin=True)

    # candidates; itself; goals; targets; places, their countries (none); members, their partners
    with django_assert_num_queries(7):
        assert len(own.similar(admin)) == size


def test_the_page_shows_what_is_like_it_and_asks_for_a_tick(client, own, lead):
    other = public()
    client.force_login(lead)
    page = f"/partnerships/{own.pk}/work/check/"

    shown = client.get(page).content.decode()
    refused_page = client.post(page, {"step": "submit"}).content.decode()
    ticked = client.post(page, {"confirm_distinct": "1"})

    assert f"/partnerships/{other.reference}/" in shown
    assert "nearly the same title (1.00)" in shown
    assert "look, and confirm" in refused_page
    assert ticked.status_code == 302
    assert Partnership.objects.get(pk=own.pk).status == "submitted"
