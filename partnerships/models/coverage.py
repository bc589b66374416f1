"""How broad a coalition is: which of the five sectors are among its members."""

from typing import NamedTuple

from partnerships.models.partnership import Partnership
from registry.models import Partner, Sector

SMALL = (Partnership.Level.SUBNATIONAL, Partnership.Level.COMMUNITY)
WANTED_OF_SMALL = 3
# Whom one could ask, where nobody of the sector is there yet.
SUGGESTIONS = {
    Sector.PUBLIC: "a ministry, a local government, a parliament or a state-owned enterprise",
    Sector.PRIVATE: "a company, a small firm, a start-up or a financial institution",
    Sector.CIVIL_SOCIETY: "a civil society or community-based organisation, or a union",
    Sector.KNOWLEDGE: "a university, a research institute or a foundation",
    Sector.INTERNATIONAL: "a UN entity, a development bank or another intergovernmental body",
}


class Coverage(NamedTuple):
    """Sectors among the accepted members, those that are not, and how many make it broad."""

    covered: list[Sector]
    absent: list[Sector]
    wanted: int

    @property
    def is_broad(self) -> bool:
        return len(self.covered) >= self.wanted

    def gaps(self) -> list[tuple[Sector, str]]:
        return [(sector, SUGGESTIONS[sector]) for sector in self.absent]


def coverage_of(partnership: Partnership) -> Coverage:
    """By the kinds of the accepted members, as measure E1 counts them: five sectors, three for
    subnational and community partnerships. One query."""
    kinds = partnership.memberships.accepted().order_by().values_list("partner__kind", flat=True)
    found = {Partner.FACTS[kind].sector for kind in kinds.distinct() if kind}
    return Coverage(
        [sector for sector in Sector if sector in found],
        [sector for sector in Sector if sector not in found],
        WANTED_OF_SMALL if partnership.level in SMALL else len(Sector),
    )
