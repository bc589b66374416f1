"""A country's list of priorities: kept by its focal point's managers, and by admins."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.errors import DomainError, NotAllowed
from registry.models import (
    Country,
    Event,
    FocalPoint,
    NationalPriority,
    Target,
    User,
    require_reason,
)

MOST = 100  # that stand at the same time


@transaction.atomic
def list_priority(
    country: Country, *, by: User, targets: Iterable[Target] = (), **fields: Any
) -> NationalPriority:
    """Add one at the end of the country's list, from today or the day that is stated."""
    require_lister(country, by)
    standing = _held(country)
    if len(standing) >= MOST:
        raise DomainError("too_many_priorities", f"At most {MOST} priorities at a time.")
    fields.setdefault("position", max((one.position for one in standing), default=0) + 1)
    return _store(NationalPriority(country=country, **fields), targets, by=by, verb="listed")


@transaction.atomic
def end_priority(
    priority: NationalPriority, *, by: User, reason: str, until_on: date | None = None
) -> NationalPriority:
    """That day (today) is its last; it stays in what was reported before."""
    require_lister(priority.country, by)
    require_reason(reason)
    priority.require_standing()
    day = until_on or timezone.localdate()
    if not priority.since_on <= day <= timezone.localdate():
        text = f"A day from {priority.since_on} to today."
        raise ValidationError({"until_on": ValidationError(text, code="out_of_range")})
    priority.change(where={"until_on": None}, until_on=day, ended_at=timezone.now())
    Event.log(priority, "ended", by=by, reason=reason)
    return priority


@transaction.atomic
def reword_priority(
    priority: NationalPriority, *, by: User, targets: Iterable[Target] | None = None, **fields: Any
) -> NationalPriority:
    """List it anew from today, at the same place, with what changed; yesterday was the last day of
    the old words. Of what was listed today as well, the old words then stood on no day."""
    require_lister(priority.country, by)
    priority.require_standing()
    stays = {name: getattr(priority, name) for name in ("title", "text", "position")}
    wanted = list(priority.targets.all()) if targets is None else list(targets)
    until_on = timezone.localdate() - timedelta(days=1)
    priority.change(where={"until_on": None}, until_on=until_on, ended_at=timezone.now())
    Event.log(priority, "ended", by=by, reason="It was reworded.")
    new = NationalPriority(country=priority.country, **{**stays, **fields})
    return _store(new, wanted, by=by, verb="reworded")


@transaction.atomic
def order_priorities(country: Country, *, by: User, keys: Sequence[int]) -> None:
    """Put the standing ones in this order; all of them are named, each once."""
    require_lister(country, by)
    standing = {one.pk: one for one in _held(country)}
    if sorted(keys) != sorted(standing):
        text = "Name every priority that stands, each once; the list may have changed meanwhile."
        raise ValidationError({"priorities": ValidationError(text, code="not_the_list")})
    for position, key in enumerate(keys, start=1):
        if standing[key].position != position:
            standing[key].change(position=position)
            Event.log(standing[key], "ordered", by=by)


@transaction.atomic
def place_priority(priority: NationalPriority, *, by: User, position: int) -> NationalPriority:
    """Put it at this place of the list, counted from 1; the others move up or down."""
    require_lister(priority.country, by)
    priority.require_standing()
    keys = [one.pk for one in _held(priority.country) if one.pk != priority.pk]
    keys.insert(max(position, 1) - 1, priority.pk)
    order_priorities(priority.country, by=by, keys=keys)
    priority.refresh_from_db()
    return priority


def require_lister(country: Country, by: User) -> None:
    """The focal point's managers keep their own country's list, admins every list."""
    if by.is_staff:
        return
    if not FocalPoint.objects.spoken_for_by(by).filter(country=country).exists():
        text = "Only the managers of the country's focal point may do this."
        raise NotAllowed("focal_point_only", text)


def _held(country: Country) -> list[NationalPriority]:
    """Those that stand, kept from being changed by others until the transaction ends."""
    Country.objects.select_for_update(no_key=True).get(pk=country.pk)
    return list(country.national_priorities.filter(until_on=None).order_by("position", "pk"))


def _store(
    priority: NationalPriority, targets: Iterable[Target], *, by: User, verb: str
) -> NationalPriority:
    priority.check_values()
    if priority.since_on > timezone.localdate():
        text = "The day is in the future."
        raise ValidationError({"since_on": ValidationError(text, code="future")})
    try:
        with transaction.atomic():
            priority.save(force_insert=True)
    except IntegrityError:
        text = "The country lists this priority already."
        raise DomainError("national_priority_once", text) from None
    priority.targets.set(targets)
    Event.log(priority, verb, by=by)
    return priority
