"""What partnerships set out to do, in reports over many: as they said on the reference date."""

from datetime import UTC, date, datetime, timedelta

import pytest

from monitoring.reports.snapshot import digest
from tests.factories import (
    CountryFactory,
    GoalFactory,
    PartnershipCountryFactory,
    PartnershipVersionFactory,
)
from tests.monitoring.reported import built, partnership

pytestmark = pytest.mark.django_db
Q3 = (date(2025, 7, 1), date(2025, 9, 30))
BETWEEN = datetime(2025, 8, 1, tzinfo=UTC)  # after 30 June, before the cut-off of 1 September
LATER = datetime(2025, 9, 2, tzinfo=UTC)


@pytest.fixture
def water():
    return GoalFactory(number=6)


@pytest.fixture
def energy():
    return GoalFactory(number=7)


@pytest.fixture
def kenya():
    return CountryFactory(alpha2="KE")


def running(goal, **more):
    return built("goal", goal=goal, **more)["partnerships"]["running"]


def moves(made, goal, at):
    made.change(primary_goal=goal)
    PartnershipVersionFactory(partnership=made, why="amended", at=at)


@pytest.mark.parametrize("at", [BETWEEN, LATER])
def test_what_is_amended_after_the_reference_date_changes_nothing(water, energy, at):
    made = partnership(primary_goal=water)
    PartnershipVersionFactory(partnership=made)
    before = digest(built("goal", goal=water))

    moves(made, energy, at)

    assert (running(water), running(energy)) == (1, 0)
    assert digest(built("goal", goal=water)) == before
    next_one = {"days": Q3, "cutoff_at": datetime(2025, 12, 1, tzinfo=UTC)}
    assert (running(water, **next_one), running(energy, **next_one)) == (0, 1)


def test_of_what_was_imported_and_amended_later_the_first_version_counts(water, energy, kenya):
    made = partnership(primary_goal=water, kind="advocacy")
    PartnershipCountryFactory(partnership=made, country=kenya)
    kinds = [("goal", {"goal": water}), ("country", {"country": kenya}), ("portfolio", {})]
    before = [digest(built(kind, **of)) for kind, of in kinds]

    PartnershipVersionFactory(partnership=made, at=LATER)
    made.places.all().delete()
    made.change(kind="knowledge", level="global", starts_on=date(2025, 6, 1))
    moves(made, energy, LATER + timedelta(days=1))

    assert [digest(built(kind, **of)) for kind, of in kinds] == before


def test_a_country_is_that_of_the_reference_date(water, kenya):
    made = partnership(primary_goal=water)
    PartnershipVersionFactory(partnership=made)
    PartnershipCountryFactory(partnership=made, country=kenya)
    PartnershipVersionFactory(partnership=made, why="amended", at=BETWEEN)

    assert built("country", country=kenya)["counts"]["public"] == 0
    later = built("country", country=kenya, days=Q3, cutoff_at=datetime(2025, 12, 1, tzinfo=UTC))
    assert later["counts"]["public"] == 1
