"""The home page and the list of partnerships."""

import pytest

from tests.factories import (
    CommitmentFactory,
    DeliveryFactory,
    FrameworkFactory,
    GoalFactory,
    PartnershipCountryFactory,
    PartnershipFactory,
    PeriodFactory,
    ReportFactory,
    SubmissionFactory,
    TargetFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def titles(client, query=""):
    return [row.title for row in client.get(f"/partnerships/{query}").context["page"].rows]


def reported(**lights):
    framework = FrameworkFactory(agreed=True)
    return ReportFactory(period__framework=framework, published=True, **lights)


def test_drafts_are_not_listed_not_even_for_admins(client):
    PartnershipFactory(title="Draft")
    PartnershipFactory(title="Public", active=True)
    client.force_login(UserFactory(admin=True))

    assert titles(client) == ["Public"]


def test_finds_words_parts_of_titles_without_spaces_and_references(client):
    PartnershipFactory(title="水资源管理", active=True, reference="P-2026-00042")
    PartnershipFactory(title="Clean cooking", summary="Stoves for all", active=True)

    assert titles(client, "?q=stoves") == ["Clean cooking"]
    assert titles(client, "?q=资源") == ["水资源管理"]
    assert titles(client, "?q=p-2026-00042") == ["水资源管理"]


@pytest.mark.parametrize("words", ["(", "a\\", "[x", "%", "'", "a & | !", "*" * 100])
def test_characters_with_a_meaning_elsewhere_are_only_characters(client, words):
    PartnershipFactory(title="Something else", active=True)

    assert client.get("/partnerships/", {"q": words}).status_code == 200


def test_facets_narrow_and_values_of_one_facet_widen(client):
    energy = PartnershipFactory(title="Energy", kind="ppp", active=True, primary_goal=None)
    energy.targets.add(TargetFactory(code="7.1"))
    PartnershipFactory(title="Water", kind="alliance", active=True)
    PartnershipCountryFactory(partnership=energy, country__alpha2="NP")

    assert titles(client, "?goal=7") == ["Energy"]
    assert sorted(titles(client, "?goal=7&goal=6")) == ["Energy", "Water"]
    assert titles(client, "?goal=6&goal=7&kind=ppp") == ["Energy"]
    assert titles(client, "?country=NP") == ["Energy"]
    assert titles(client, "?status=completed") == []


def test_a_chip_takes_one_filter_away_and_keeps_the_rest(client):
    PartnershipFactory(active=True)

    chips = client.get("/partnerships/?q=clean&kind=ppp&kind=alliance").context["form"].chips()

    assert [chip["label"] for chip in chips] == [
        "“clean”",
        "Public-private partnership",
        "Global or regional alliance",
    ]
    assert chips[1]["query"] == "?q=clean&kind=alliance"


def test_an_unknown_facet_value_is_left_out(client):
    PartnershipFactory(title="Public", active=True)

    assert titles(client, "?kind=nonsense") == ["Public"]


def test_lights_are_those_of_the_latest_published_report(client):
    report = reported(achievement="off_track", timeliness="late")
    later = PeriodFactory(framework=report.period.framework)
    ReportFactory(period=later, achievement="on_track")  # a draft

    page = client.get("/partnerships/").content.decode()

    cards = page[page.index('class="cards"') :]
    assert "Off track" in cards
    assert "Late" in cards
    assert "On track" not in cards
    assert "Off track (1)" in page
    assert "On track (0)" in page


def test_a_search_shows_what_fits_best_first_page_by_page(client):
    for number in range(21):
        PartnershipFactory(title=f"Ponds {number}", summary="", active=True)
    PartnershipFactory(title="Something else", summary="With ponds.", active=True)

    first = client.get("/partnerships/?q=ponds")
    second = client.get(f"/partnerships/?q=ponds&after={first.context['page'].next}")

    assert len(first.context["page"].rows) == 20
    assert [row.title for row in second.context["page"].rows][-1] == "Something else"
    assert second.context["page"].next == ""
    assert client.get("/partnerships/?q=ponds&after=1~2~x").status_code == 404


def test_facets_say_what_choosing_each_would_find(client):
    PartnershipFactory(kind="ppp", title="A", active=True)
    PartnershipFactory(kind="alliance", title="B", active=True)

    page = client.get("/partnerships/?kind=ppp").content.decode()

    assert "Public-private partnership (1)" in page
    assert "Global or regional alliance (1)" in page
    assert "Community partnership (0)" in page


@pytest.mark.parametrize("size", [2, 15])
def test_the_list_costs_thirteen_queries_at_any_size(client, django_assert_num_queries, size):
    for _ in range(size):
        report = reported()
        PartnershipCountryFactory(partnership=report.partnership)
        report.partnership.goals.add(GoalFactory(number=7))
        report.partnership.targets.add(TargetFactory())

    # countries, groups and goals of the form; facets; page; goals; targets; their goals; places;
    # countries; leads; reports; capped count
    with django_assert_num_queries(13):
        client.get("/partnerships/")


def test_the_home_page_counts_with_denominators(client):
    partnership = PartnershipFactory(active=True)
    PartnershipFactory(registered=True)
    PartnershipCountryFactory(partnership=partnership)
    kept = CommitmentFactory(partnership=partnership, due_on="2025-01-31")
    CommitmentFactory(partnership=partnership, due_on="2025-01-31")
    CommitmentFactory(partnership=partnership, due_on="2999-01-31")
    DeliveryFactory(commitment=kept, confirmed=True)

    totals = client.get("/").context["totals"]

    assert (totals["partnerships"], totals["active"]) == (2, 1)
    assert (totals["delivered"], totals["due"]) == (1, 2)
    assert totals["countries"] == 1


def test_a_goal_counts_a_partnership_once_however_often_it_names_it(client):
    partnership = PartnershipFactory(active=True, primary_goal=GoalFactory(number=6))
    partnership.goals.add(GoalFactory(number=6))
    partnership.targets.add(TargetFactory(code="6.1"), TargetFactory(code="6.2"))

    goals = client.get("/").context["goals"]

    assert [(goal.number, count) for goal, count in goals] == [(6, 1)]


def test_the_home_page_says_what_waits_for_the_person_signed_in(client):
    submission = SubmissionFactory(submitted=True)
    partnership = submission.period.framework.partnership
    lead = partnership.memberships.get(roles=["lead"]).partner
    client.force_login(UserFactory(manages=lead))

    context = client.get("/").context

    assert context["to_review"] == 1
    assert [one.pk for one in context["mine"]] == [partnership.pk]


def test_the_home_page_shows_public_people_nothing_of_their_own(client):
    assert "Waiting for you" not in client.get("/").content.decode()
