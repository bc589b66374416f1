"""Loads the vocabularies that everybody shares from the CSV files under `registry/data/`."""

import csv
from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar, cast

from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.dispatch import Signal

from registry.models import Country, Currency, GlobalIndicator, Goal, Language, Target
from registry.texts import read_texts

SHIPPED = Path(__file__).parent / "data"

# Sent inside the transaction of a load. A receiver loads what its own app adds to the
# vocabularies and returns how many rows of each kind it changed.
vocabularies_loaded = Signal()

_ONE_LOAD_AT_A_TIME = 20150925

Row = TypeVar("Row", bound=Model)


@transaction.atomic
def load_vocabularies(*, texts: Iterable[Path] = (), dry_run: bool = False) -> dict[str, int]:
    """Make the stored vocabularies equal the shipped ones; overlay official texts from files.

    All of it or nothing. Returns how many rows of each kind were created or changed: a second
    run returns zeros. Codes no longer shipped stay, since records may point at them, and a load
    without files leaves texts of an earlier one alone.
    """
    with connection.cursor() as cursor:
        # Two processes that start together would otherwise both create the same rows.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_LOAD_AT_A_TIME])
    changes = {
        "goals": _load_goals(),
        "targets": _load_targets(),
        "global indicators": _load_global_indicators(),
        "countries": _load_countries(),
        "currencies": _load_currencies(),
        "languages": _load_languages(),
    }
    for _receiver, more in vocabularies_loaded.send(sender=load_vocabularies):
        changes |= cast(dict[str, int], more)
    changes["texts"] = sum(_overlay(path) for path in texts)
    if dry_run:
        transaction.set_rollback(True)
    return changes


def shipped_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def synchronise(
    stored: QuerySet[Row],
    wanted: Iterable[Row],
    *,
    key: Callable[[Row], object],
    fields: Sequence[str],
) -> set[object]:
    """Create or change rows until `stored` holds every wanted one; return the keys touched."""
    known = {key(row): row for row in stored}
    new, changed = [], []
    for row in wanted:
        old = known.get(key(row))
        if old is None:
            new.append(row)
        elif any(getattr(old, name) != getattr(row, name) for name in fields):
            row.pk = old.pk
            changed.append(row)
    stored.model._default_manager.bulk_create(new)
    stored.model._default_manager.bulk_update(changed, fields)
    return {key(row) for row in new + changed}


def _load_goals() -> int:
    goals = (
        Goal(number=int(row["number"]), label=row["label"], colour=row["colour"])
        for row in shipped_rows(SHIPPED / "goals.csv")
    )
    return len(
        synchronise(Goal.objects.all(), goals, key=attrgetter("number"), fields=["label", "colour"])
    )


def _load_targets() -> int:
    targets = (
        Target(
            code=row["code"],
            goal_id=int(row["goal"]),
            kind=row["kind"],
            label=row["label"],
        )
        for row in shipped_rows(SHIPPED / "targets.csv")
    )
    fields = ["goal_id", "kind", "label"]
    return len(synchronise(Target.objects.all(), targets, key=attrgetter("code"), fields=fields))


def _load_global_indicators() -> int:
    rows = shipped_rows(SHIPPED / "global_indicators.csv")
    targets = dict(Target.objects.values_list("code", "pk"))
    indicators = (
        GlobalIndicator(
            code=row["code"],
            target_id=targets[row["target"]],
            label=row["label"],
            tier=row["tier"],
            series=row["unsd_series"].split("|") if row["unsd_series"] else [],
        )
        for row in rows
    )
    fields = ["target_id", "label", "tier", "series"]
    stored = GlobalIndicator.objects.all()
    touched = synchronise(stored, indicators, key=attrgetter("code"), fields=fields)
    return len(touched | _link_repeats({row["code"]: row["repeat_of"] for row in rows}))


def _link_repeats(repeat_of: Mapping[str, str]) -> set[object]:
    """In a second pass, so that rows are created in the order in which the framework lists them."""
    by_code = {row.code: row for row in GlobalIndicator.objects.all()}
    changed = []
    for code, original in repeat_of.items():
        indicator, wanted = by_code[code], by_code[original].pk if original else None
        if indicator.repeat_of_id != wanted:
            indicator.repeat_of_id = wanted
            changed.append(indicator)
    GlobalIndicator.objects.bulk_update(changed, ["repeat_of"])
    return {indicator.code for indicator in changed}


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


def _overlay(path: Path) -> int:
    """Add a file's texts to those stored; a language that the file leaves empty stays as it was."""
    framework: list[dict[str, Any]] = [
        {str(goal.number): goal for goal in Goal.objects.all()},
        {target.code: target for target in Target.objects.all()},
        {indicator.code: indicator for indicator in GlobalIndicator.objects.all()},
    ]
    texts = read_texts(path, known=ChainMap(*framework))
    return sum(_add_texts(stored, texts) for stored in framework)


def _add_texts(stored: Mapping[str, Any], texts: Mapping[str, dict[str, str]]) -> int:
    changed = []
    for code in stored.keys() & texts.keys():
        row = stored[code]
        if row.texts | texts[code] != row.texts:
            row.texts = row.texts | texts[code]
            changed.append(row)
    if changed:
        type(changed[0])._default_manager.bulk_update(changed, ["texts"])
    return len(changed)
