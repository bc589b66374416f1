"""The kinds of organisations that take part, and what follows from each."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db import models


class Kind(models.TextChoices):
    """The sixteen kinds of stakeholders whom the 2021 Forum names."""

    NATIONAL_GOVERNMENT = "national_government", "national government"
    PARLIAMENT = "parliament"
    LOCAL_GOVERNMENT = "local_government", "local government"
    UN_ENTITY = "un_entity", "UN entity"
    INTERGOVERNMENTAL = "intergovernmental", "other intergovernmental organisation"
    MULTILATERAL_BANK = "multilateral_bank", "multilateral bank or fund"
    STATE_OWNED = "state_owned", "state-owned enterprise"
    LARGE_COMPANY = "large_company", "large company"
    MSME = "msme", "micro, small or medium enterprise"
    START_UP = "start_up", "start-up"
    FINANCIAL = "financial", "financial institution"
    CIVIL_SOCIETY = "civil_society", "civil society organisation"
    COMMUNITY = "community", "community-based organisation"
    FOUNDATION = "foundation"
    ACADEMIA = "academia", "academia and research"
    UNION = "union", "union or professional body"


class Size(models.TextChoices):
    """How large a company is."""

    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"
    MICRO = "micro"
    START_UP = "start_up", "start-up"


class Sector(models.TextChoices):
    """The five sectors of a broad coalition."""

    PUBLIC = "public"
    PRIVATE = "private"
    CIVIL_SOCIETY = "civil_society", "civil society"
    KNOWLEDGE = "knowledge", "knowledge and philanthropy"
    INTERNATIONAL = "international"


class Basis(models.TextChoices):
    """What a partner reports on, as the 2021 Forum recommended."""

    ESG = "esg", "ESG disclosures"
    SDG_TARGETS = "sdg_targets", "SDG targets"
    RESULTS = "results"


class KindFacts(NamedTuple):
    iati_type: str
    sector: Sector
    basis: Basis


# IATI OrganisationType, sector and default reporting basis of each kind.
FACTS: Mapping[str, KindFacts] = {
    Kind.NATIONAL_GOVERNMENT: KindFacts("10", Sector.PUBLIC, Basis.RESULTS),
    Kind.PARLIAMENT: KindFacts("10", Sector.PUBLIC, Basis.RESULTS),
    Kind.LOCAL_GOVERNMENT: KindFacts("11", Sector.PUBLIC, Basis.RESULTS),
    Kind.UN_ENTITY: KindFacts("40", Sector.INTERNATIONAL, Basis.RESULTS),
    Kind.INTERGOVERNMENTAL: KindFacts("40", Sector.INTERNATIONAL, Basis.RESULTS),
    Kind.MULTILATERAL_BANK: KindFacts("40", Sector.INTERNATIONAL, Basis.RESULTS),
    Kind.STATE_OWNED: KindFacts("15", Sector.PUBLIC, Basis.RESULTS),
    Kind.LARGE_COMPANY: KindFacts("70", Sector.PRIVATE, Basis.ESG),
    Kind.MSME: KindFacts("70", Sector.PRIVATE, Basis.SDG_TARGETS),
    Kind.START_UP: KindFacts("70", Sector.PRIVATE, Basis.SDG_TARGETS),
    Kind.FINANCIAL: KindFacts("70", Sector.PRIVATE, Basis.ESG),
    Kind.CIVIL_SOCIETY: KindFacts("22", Sector.CIVIL_SOCIETY, Basis.RESULTS),
    Kind.COMMUNITY: KindFacts("24", Sector.CIVIL_SOCIETY, Basis.RESULTS),
    Kind.FOUNDATION: KindFacts("60", Sector.KNOWLEDGE, Basis.RESULTS),
    Kind.ACADEMIA: KindFacts("80", Sector.KNOWLEDGE, Basis.RESULTS),
    Kind.UNION: KindFacts("90", Sector.CIVIL_SOCIETY, Basis.RESULTS),
}

SIZES: Mapping[str, Sequence[str]] = {
    Kind.LARGE_COMPANY: [Size.LARGE],
    Kind.MSME: [Size.MEDIUM, Size.SMALL, Size.MICRO],
    Kind.START_UP: [Size.START_UP, Size.MICRO, Size.SMALL, Size.MEDIUM],
}
OTHER_SIZES: Sequence[str] = [Size.LARGE, Size.MEDIUM, Size.SMALL, Size.MICRO]


def sector_of(kind: str) -> str:
    return FACTS[kind].sector if kind else ""


def basis_of(kind: str, override: str = "") -> str:
    """What a partner of this kind reports on, unless an admin has set it otherwise."""
    if override:
        return override
    return FACTS[kind].basis if kind else Basis.RESULTS
