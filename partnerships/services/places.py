"""Where a partnership works, and in which sectors: with shares that add up."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from partnerships.models import Location, Partnership
from partnerships.models.places import checked_shares
from partnerships.services.objectives import hold_draft
from registry.errors import DomainError
from registry.models import Country, DacSector, Event, User

MOST_LOCATIONS = 200

CountryShare = tuple[Country, Decimal | None]
SectorShare = tuple[DacSector, Decimal | None]
Place = Mapping[str, Any]  # country, name, reach, latitude, longitude


@transaction.atomic
def edit_places(
    partnership: Partnership,
    *,
    by: User,
    countries: Iterable[CountryShare] | None = None,
    locations: Iterable[Place] | None = None,
    sectors: Iterable[SectorShare] | None = None,
) -> None:
    """Change where a draft works; what is not given stays. Refused if the draft was changed."""
    hold_draft(partnership, by=by)
    partnership.change()
    if countries is not None or locations is not None:
        write_places(partnership, countries=countries, locations=locations)
    if sectors is not None:
        write_sectors(partnership, sectors)
    Event.log(partnership, "edited", by=by, reason="places")


@transaction.atomic
def add_location(partnership: Partnership, *, by: User, **fields: Any) -> Location:
    hold_draft(partnership, by=by)
    if partnership.locations.count() >= MOST_LOCATIONS:
        raise DomainError("too_many_locations", f"At most {MOST_LOCATIONS} places.")
    location = _checked(Location(partnership=partnership, **fields))
    stated = partnership.places.values_list("country_id", flat=True)
    _require_country(location, set(stated))
    location.save(force_insert=True)
    _touch(partnership)
    Event.log(partnership, "edited", by=by, reason="places")
    return location


@transaction.atomic
def remove_location(location: Location, *, by: User) -> None:
    hold_draft(location.partnership, by=by)
    location.delete()
    _touch(location.partnership)
    Event.log(location.partnership, "edited", by=by, reason="places")


@transaction.atomic
def write_places(
    partnership: Partnership,
    *,
    countries: Iterable[CountryShare] | None,
    locations: Iterable[Place] | None,
) -> None:
    """Make these its places, by whomever it was decided; rows that stay the same stay.

    Shares: none is stated, or every country has one and they add up to 100.
    """
    if countries is not None:
        shares = checked_shares(countries, field="places", what="country")
        _write_shares(partnership.places, "country", shares)
    stated = set(partnership.places.values_list("country_id", flat=True))
    if locations is None:
        for location in partnership.locations.select_related("country"):
            _require_country(location, stated)
        return
    _write_locations(partnership, list(locations), stated)


def write_sectors(partnership: Partnership, sectors: Iterable[SectorShare]) -> None:
    """Make these its sectors of work; shares as of countries."""
    shares = checked_shares(sectors, field="sectors", what="sector")
    _write_shares(partnership.sectors, "sector", shares)


def write_countries(partnership: Partnership, countries: Iterable[Country]) -> None:
    """The same by codes alone: shares stay while the countries are the same ones."""
    kept = dict(partnership.places.values_list("country_id", "percentage"))
    wanted = list(countries)
    same = kept.keys() == {country.pk for country in wanted}
    shares = [(country, kept[country.pk] if same else None) for country in wanted]
    write_places(partnership, countries=shares, locations=None)


def _write_shares(rows: Any, name: str, shares: dict[Any, Decimal | None]) -> None:
    """Change what differs and nothing else, so that the history says what was changed."""
    stored = {getattr(row, f"{name}_id"): row for row in rows.all()}
    wanted = {one.pk: share for one, share in shares.items()}
    rows.filter(**{f"{name}_id__in": stored.keys() - wanted.keys()}).delete()
    for key, share in wanted.items():
        if key not in stored:
            rows.create(**{f"{name}_id": key}, percentage=share)
        elif stored[key].percentage != share:
            rows.filter(pk=stored[key].pk).update(percentage=share)


def _write_locations(partnership: Partnership, places: list[Place], stated: set[int]) -> None:
    if len(places) > MOST_LOCATIONS:
        raise ValidationError({"locations": f"At most {MOST_LOCATIONS} places."})
    wanted = [_checked(Location(partnership=partnership, **place)) for place in places]
    for location in wanted:
        _require_country(location, stated)
    stored = {(row.country_id, row.name): row for row in partnership.locations.all()}
    kept = {(location.country_id, location.name): location for location in wanted}
    if len(kept) < len(wanted):
        raise ValidationError({"locations": "Name each place of a country once."})
    gone = [row.pk for key, row in stored.items() if key not in kept]
    partnership.locations.filter(pk__in=gone).delete()
    for key, location in kept.items():
        _write_location(stored.get(key), location)


def _write_location(stored: Location | None, wanted: Location) -> None:
    if stored is None:
        wanted.save(force_insert=True)
        return
    names = ("reach", "latitude", "longitude")
    if any(getattr(stored, name) != getattr(wanted, name) for name in names):
        values = {name: getattr(wanted, name) for name in names}
        Location.objects.filter(pk=stored.pk).update(**values)


def _checked(location: Location) -> Location:
    location.name = " ".join(location.name.split())
    location.full_clean(validate_unique=False, validate_constraints=False)
    return location


def _require_country(location: Location, stated: set[int]) -> None:
    if location.country_id not in stated:
        text = f"{location.name} is in {location.country}, which is not among the countries."
        raise ValidationError({"locations": text})


def _touch(partnership: Partnership) -> None:
    """A new version: who has read the places before is told that they changed."""
    partnership.refresh_from_db(fields=["version"])
    partnership.change()
