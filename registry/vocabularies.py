"""Loads the vocabularies that everybody shares from the CSV files under `registry/data/`."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from operator import attrgetter
from pathlib import Path
from typing import cast

from django.db import connection, transaction
from django.dispatch import Signal

from registry import partner_vocabularies, sdg_framework
from registry.models import (
    Country,
    CountryGroup,
    Currency,
    DacSector,
    GroupMembership,
    Language,
    Principle,
)
from registry.services.standards import load_standard
from registry.tables import shipped_rows, synchronise

SHIPPED = Path(__file__).parent / "data"

# Sent inside the transaction of a load. A receiver loads what its own app adds to the
# vocabularies and returns how many rows of each kind it changed.
vocabularies_loaded = Signal()

_ONE_LOAD_AT_A_TIME = 20150925

# The day on which the United Nations' list of country groups was taken.
SNAPSHOT = date(2026, 10, 13)
SNAPSHOT_SOURCE = "M49 of the UN Statistics Division, as of 2026-10-13 (undata 0.4.3)"


@transaction.atomic
def load_vocabularies(
    *,
    texts: Iterable[Path] = (),
    framework: Path | None = None,
    edition: str = "",
    dry_run: bool = False,
) -> dict[str, int]:
    """Make the stored vocabularies equal the shipped ones; overlay official texts from files.

    `framework` is a folder with another edition of the SDG framework, whose name is `edition`.
    All of it or nothing. Returns how many rows of each kind were created or changed: a second
    run returns zeros. Codes no longer shipped stay, since records may point at them, and a load
    without files leaves texts of an earlier one alone.
    """
    with connection.cursor() as cursor:
        # Two processes that start together would otherwise both create the same rows.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_LOAD_AT_A_TIME])
    changes = sdg_framework.load(framework or SHIPPED, edition if framework else "") | {
        "countries": _load_countries(),
        "currencies": _load_currencies(),
        "languages": _load_languages(),
        "DAC sectors": _load_dac_sectors(),
        "stakeholder groups": partner_vocabularies.load_stakeholder_groups(),
        "identifier schemes": partner_vocabularies.load_identifier_schemes(),
        "principles": _load_principles(),
        "country groups": _load_country_groups(),
        "group memberships": _load_group_memberships(),
        "standards": _load_standards(),
    }
    for _receiver, more in vocabularies_loaded.send(sender=load_vocabularies):
        changes |= cast(dict[str, int], more)
    changes["texts"] = sum(sdg_framework.overlay_texts(path) for path in texts)
    if dry_run:
        transaction.set_rollback(True)
    return changes


def _load_countries() -> int:
    names = ["alpha3", "m49", "name", "region", "sub_region"]
    countries = (
        Country(
            alpha2=row["alpha2"],
            latitude=Decimal(row["latitude"]),
            longitude=Decimal(row["longitude"]),
            **{name: row[name] for name in names},
        )
        for row in shipped_rows(SHIPPED / "countries.csv")
    )
    fields = [*names, "latitude", "longitude"]
    return len(
        synchronise(Country.objects.all(), countries, key=attrgetter("alpha2"), fields=fields)
    )


def _load_currencies() -> int:
    currencies = (
        Currency(
            code=row["code"],
            label=row["label"],
            minor_units=int(row["minor_units"]) if row["minor_units"] else None,
        )
        for row in shipped_rows(SHIPPED / "currencies.csv")
    )
    fields = ["label", "minor_units"]
    return len(
        synchronise(Currency.objects.all(), currencies, key=attrgetter("code"), fields=fields)
    )


def _load_languages() -> int:
    languages = (Language(**row) for row in shipped_rows(SHIPPED / "languages.csv"))
    return len(
        synchronise(Language.objects.all(), languages, key=attrgetter("code"), fields=["name"])
    )


def _load_dac_sectors() -> int:
    """Codes are OECD's, labels our own."""
    sectors = (DacSector(**row) for row in shipped_rows(SHIPPED / "dac_sectors.csv"))
    return len(
        synchronise(DacSector.objects.all(), sectors, key=attrgetter("code"), fields=["label"])
    )


def _load_principles() -> int:
    principles = (
        Principle(number=int(row["number"]), area=row["area"], label=row["label"])
        for row in shipped_rows(SHIPPED / "principles.csv")
    )
    fields = ["area", "label"]
    return len(
        synchronise(Principle.objects.all(), principles, key=attrgetter("number"), fields=fields)
    )


def _load_standards() -> int:
    files = sorted((SHIPPED / "standards").glob("*.csv"))
    return sum(sum(load_standard(path, is_shipped=True).values()) for path in files)


def _load_country_groups() -> int:
    """Names and kinds; from when on the members are known may have become the operator's."""
    groups = (
        CountryGroup(**row, known_from=SNAPSHOT, source=SNAPSHOT_SOURCE)
        for row in shipped_rows(SHIPPED / "country_groups.csv")
    )
    fields = ["name", "kind"]
    return len(
        synchronise(CountryGroup.objects.all(), groups, key=attrgetter("code"), fields=fields)
    )


def _load_group_memberships() -> int:
    """The snapshot's, where nothing is known yet: what an operator has loaded stays."""
    groups = dict(CountryGroup.objects.values_list("code", "pk"))
    countries = dict(Country.objects.values_list("alpha2", "pk"))
    known = set(GroupMembership.objects.values_list("group_id", "country_id"))
    pairs = (
        (groups[row["group"]], countries[row["country"]])
        for row in shipped_rows(SHIPPED / "group_memberships.csv")
    )
    new = [
        GroupMembership(group_id=group, country_id=country, source=SNAPSHOT_SOURCE)
        for group, country in pairs
        if (group, country) not in known
    ]
    return len(GroupMembership.objects.bulk_create(new))
