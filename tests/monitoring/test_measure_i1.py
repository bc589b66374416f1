"""I1, whether the partnership's contribution feeds the reviews, with the arithmetic by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from monitoring.reports.accountability import reviews
from tests.factories import (
    ContributionStatementFactory,
    CountryFactory,
    FocalPointFactory,
    PartnershipCountryFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.monitoring.test_scorecard import subject_of

pytestmark = pytest.mark.django_db
# The reference date is 31 December 2025, the cut-off 31 January 2026, both of subject_of.
NAMED = datetime(2023, 1, 1, tzinfo=UTC)


@pytest.fixture
def partnership():
    found = PartnershipFactory(active=True)
    for code in ("KE", "PE", "NL"):
        country = CountryFactory(alpha2=code)
        PartnershipCountryFactory(partnership=found, country=country)
    return found


def named(code, **fields):
    country = CountryFactory(alpha2=code)
    return FocalPointFactory(partner__country=country, created_at=NAMED, **fields)


def said(partnership, point, *day, **fields):
    return ContributionStatementFactory(
        partnership=partnership, focal_point=point, said_at=datetime(*day, 12, tzinfo=UTC), **fields
    )


def measured(partnership, **dates):
    return reviews.feeds_the_reviews(subject_of(partnership, **dates))


def test_two_of_three_countries_have_seen_it(partnership):
    """Kenya confirmed and cited, Peru commented, the Netherlands have no focal point: 2/3."""
    kenya, peru = named("KE"), named("PE")
    statements = [
        said(partnership, kenya, 2025, 3, 1),
        said(partnership, kenya, 2025, 7, 1, cited=True),
        said(partnership, peru, 2024, 2, 1, commented=True),
    ]
    said(PartnershipFactory(active=True), kenya, 2025, 3, 1)

    outcome = measured(partnership)

    assert (outcome.numerator, outcome.denominator) == (2, 3)
    assert abs(Fraction(outcome.value) - Fraction(2, 3)) < Fraction(1, 10**20)
    assert [row["id"] for row in outcome.evidence] == [one.pk for one in statements]
    assert {row["type"] for row in outcome.evidence} == {"monitoring.contributionstatement"}
    assert outcome.next_step.startswith("Ask the national focal points of 1 more")
    netherlands = CountryFactory(alpha2="NL")
    assert outcome.beside["countries_without_focal_point"] == [netherlands.pk]


@pytest.mark.parametrize(
    ("day", "seen"),
    [
        ((2023, 12, 31), 0),  # the 24 months begin after 31 December 2023
        ((2024, 1, 1), 1),
        ((2025, 12, 31), 1),
        ((2026, 1, 1), 0),  # after the reference date, though before the cut-off
    ],
)
def test_the_last_24_months(partnership, day, seen):
    said(partnership, named("KE"), *day)

    assert measured(partnership).numerator == seen


def test_what_was_said_after_the_cut_off_is_not_known(partnership):
    said(partnership, named("KE"), 2025, 12, 1)

    early = datetime(2025, 11, 1, tzinfo=UTC)
    assert measured(partnership, cutoff_at=early).numerator == 0


def test_a_country_in_which_it_does_not_work_is_not_counted(partnership):
    partnership.places.get(country__alpha2="KE").delete()
    said(partnership, named("KE"), 2025, 3, 1)

    outcome = measured(partnership)
    assert (outcome.numerator, outcome.denominator) == (0, 2)


def test_a_former_focal_point_was_one_and_is_none_now(partnership):
    point = named("KE")
    said(partnership, point, 2025, 3, 1)
    point.end(by=UserFactory(admin=True), reason="Elections.", ended_on=date(2025, 6, 30))

    outcome = measured(partnership, cutoff_at=datetime(2030, 1, 1, tzinfo=UTC))

    assert outcome.numerator == 1
    kenya = CountryFactory(alpha2="KE").pk
    assert kenya in outcome.beside["countries_without_focal_point"]
    # Its end became known only when it was told: before that the figure said otherwise.
    assert kenya not in measured(partnership).beside["countries_without_focal_point"]


def test_all_of_them_leaves_nothing_to_do(partnership):
    for code in ("KE", "PE", "NL"):
        said(partnership, named(code), 2025, 3, 1)

    outcome = measured(partnership)
    assert (outcome.value, outcome.next_step) == (Decimal(1), "")


def test_without_countries_there_is_no_data():
    outcome = measured(PartnershipFactory(active=True))

    assert (outcome.state, outcome.value) == ("no_data", None)
    assert outcome.next_step


def test_nobody_has_seen_it_is_nought(partnership):
    assert measured(partnership).value == 0
