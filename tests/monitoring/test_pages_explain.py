"""The page on how a figure came about, and the breakdowns on a partnership's page."""

import pytest

from monitoring.aggregation import partnership_figures
from monitoring.views.breakdowns import breakdowns_of
from tests import factories as f
from tests.monitoring.measured import LATER, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


@pytest.fixture
def broken(world):
    sex, codes = world.dimension()
    indicator = world.indicator(sex, counts_people="contacts", title="People reached")
    world.report(indicator, 0, 1, 103, F=100, M=3)
    world.report(indicator, 1, 1, 50, F=30, M=20)
    indicator.codes = codes
    return indicator


def page(client, indicator, query=""):
    return client.get(f"/indicators/{indicator.pk}/explain/{query}")


def test_shows_the_sum_the_rule_and_what_went_in(client, world, broken):
    answer = page(client, broken, f"?period={world.periods[0].pk}")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "103 + 50 = 153" in text
    assert "Over the units: added up." in text
    assert str(world.units[0]) in text


def test_says_on_what_a_flows_progress_is_measured(client, world):
    indicator = world.indicator()
    world.target(indicator, 1, 2, 100)
    world.target(indicator, 3, 4, 60)
    for period, value in enumerate([40, 50, 20, 10], start=1):
        world.report(indicator, 0, period, value)

    text = page(client, indicator, f"?period={world.periods[3].pk}").content.decode()
    assert "120 of 160" in text
    assert "(90 + 30) / (100 + 60) = 0.75" in text
    assert "from 1 Jul 2024 to 31 Dec 2024" in text


def test_the_public_reads_suppressed_and_insiders_the_count(client, world, broken):
    query = f"?period={world.periods[0].pk}"
    text = page(client, broken, query).content.decode()
    assert "suppressed" in text
    assert ">3<" not in text
    client.force_login(f.UserFactory(admin=True))
    assert ">23</a>" in page(client, broken, query).content.decode()


def test_a_category_that_may_not_be_public_says_so(client, world, broken):
    query = f"?period={world.periods[0].pk}&category={broken.codes['M'].pk}"
    answer = page(client, broken, query)
    assert "are shown to members only" in answer.content.decode()


def test_links_to_submissions_are_for_insiders(client, world, broken):
    sent = broken.observations.first().submission
    address = f"/submissions/{sent.pk}/"
    query = f"?period={world.periods[0].pk}"
    assert address not in page(client, broken, query).content.decode()
    client.force_login(f.UserFactory(admin=True))
    assert address in page(client, broken, query).content.decode()


@pytest.mark.parametrize("query", ["?period=1", "?category=1", "?period=999999999999"])
def test_what_is_not_there_is_not_found(client, broken, query):
    assert page(client, broken, query).status_code == 404


@pytest.mark.parametrize(
    "query", ["?span=week", "?as_of=never", "?period=x", "?as_of=2024-13-45T1"]
)
def test_what_means_nothing_is_left_aside(client, broken, query):
    assert page(client, broken, query).status_code == 200


def test_a_draft_is_not_found_by_others(client):
    indicator = f.IndicatorFactory()
    assert page(client, indicator).status_code == 404


def test_without_a_period_it_says_so(client):
    indicator = f.IndicatorFactory(result__framework=f.FrameworkFactory(agreed=True))
    assert "No period has ended yet" in page(client, indicator).content.decode()


def test_the_partnerships_page_shows_breakdowns_with_their_states(client, world):
    sex, _ = world.dimension()
    indicator = world.indicator(sex, title="Trees planted")
    world.report(indicator, 0, 1, 100, F=60, M=30)

    text = client.get(f"/partnerships/{world.partnership.reference}/").content.decode()
    assert "Incomplete" in text
    assert "10 of the total is in no category" in text
    assert f"/indicators/{indicator.pk}/explain/?span=to_date" in text


def test_the_partnerships_page_suppresses_small_groups(client, world, broken):
    url = f"/partnerships/{world.partnership.reference}/"
    text = client.get(url).content.decode()
    assert "Suppressed: groups of 1 to 10" in text
    client.force_login(f.UserFactory(admin=True))
    assert "Suppressed: groups of 1 to 10" not in client.get(url).content.decode()


@pytest.mark.parametrize("size", [1, 3])
def test_breakdowns_cost_the_page_the_same(django_assert_num_queries, size):

    world = World(units=size)
    sex, _ = world.dimension()
    for _ in range(size):
        indicator = world.indicator(sex, counts_people="contacts")
        for unit in range(size):
            for period in range(1, 4):
                world.report(indicator, unit, period, 100, F=60, M=40)
    figures = partnership_figures(
        world.partnership, reference_on=world.periods[-1].ends_on, cutoff_at=LATER
    )
    user = f.UserFactory()
    # dimensions, categories; periods, values; insider; what is unsafe; baselines; units
    with django_assert_num_queries(8):
        assert len(breakdowns_of(figures, user)) == size


@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2025-01-01T00:00:00+23:59",
        "2025-01-01T00:00:00",
        "then",
        "\x00",
    ],
)
def test_a_moment_that_cannot_be_told_is_no_error(client, broken, moment):
    answer = client.get(f"/indicators/{broken.pk}/explain/", {"as_of": moment})
    assert answer.status_code == 200
