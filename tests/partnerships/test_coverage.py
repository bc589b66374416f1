"""Whether the five sectors are among the members."""

import pytest

from partnerships.models.coverage import coverage_of
from registry.models import Sector
from tests.factories import MembershipFactory, PartnerFactory, PartnershipFactory

pytestmark = pytest.mark.django_db


def member(partnership, kind, **values):
    MembershipFactory(partnership=partnership, partner=PartnerFactory(kind=kind), **values)


def test_counts_accepted_members_alone(django_assert_num_queries):
    partnership = PartnershipFactory(lead=PartnerFactory(kind="national_government"))
    member(partnership, "local_government")
    member(partnership, "foundation")
    member(partnership, "msme", invited=True)
    member(partnership, "un_entity", left=True)

    with django_assert_num_queries(1):
        coverage = coverage_of(partnership)

    assert coverage.covered == [Sector.PUBLIC, Sector.KNOWLEDGE]
    assert coverage.absent == [Sector.PRIVATE, Sector.CIVIL_SOCIETY, Sector.INTERNATIONAL]
    assert (coverage.wanted, coverage.is_broad) == (5, False)
    assert "a company" in dict(coverage.gaps())[Sector.PRIVATE]


@pytest.mark.parametrize(
    ("level", "is_broad"),
    [("national", False), ("global", False), ("subnational", True), ("community", True)],
)
def test_three_sectors_are_broad_close_to_the_ground(level, is_broad):
    partnership = PartnershipFactory(level=level, lead=PartnerFactory(kind="local_government"))
    member(partnership, "community")
    member(partnership, "academia")

    assert coverage_of(partnership).is_broad == is_broad
