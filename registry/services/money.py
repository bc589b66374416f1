"""Exchange rates, one by one or from an operator's file; a rate that stands is never changed."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from registry.errors import NotAllowed
from registry.models import Currency, Event, ExchangeRate, User
from registry.tables import Row, Table

COLUMNS = ("currency", "on", "usd", "source")
Key = tuple[str, date]


@transaction.atomic
def add_rate(*, by: User, currency: Currency, on: date, usd: Decimal, source: str) -> ExchangeRate:
    """Add a rate as known from now on; if the newest one for that day says the same, return it."""
    if not by.is_staff:
        raise NotAllowed("admins_only", "Only admins add exchange rates.")
    ExchangeRate.objects.hold()
    newest = _newest([(currency.pk, on)]).get((currency.pk, on))
    if newest and (newest.usd, newest.source) == (usd, source):
        return newest
    rate = ExchangeRate(currency=currency, on=on, usd=usd, source=source, loaded_at=timezone.now())
    rate.full_clean(validate_unique=False)
    rate.save(force_insert=True)
    Event.log(rate, "added", by=by)
    return rate


@transaction.atomic
def load_rates(path: Path, *, dry_run: bool = False) -> dict[str, int]:
    """Add the rates of a file: all of them, or none. A second load of it adds none.

    A rate that differs from the newest one for its day is added beside it: figures computed before
    keep the one that they were computed with.
    """
    table = Table(path, required=COLUMNS)
    ExchangeRate.objects.hold()
    currencies = {currency.pk: currency for currency in Currency.objects.all()}
    seen: dict[object, int] = {}
    now = timezone.now()
    rates = [rate for row in table.rows if (rate := _rate(table, row, currencies, seen))]
    table.finish()
    newest = _newest({(rate.currency_id, rate.on) for rate in rates})
    new, later = [], 0
    for rate in rates:
        rate.loaded_at = now
        stands = newest.get((rate.currency_id, rate.on))
        if stands is None or (stands.usd, stands.source) != (rate.usd, rate.source):
            new.append(rate)
            later += stands is not None
    made = ExchangeRate.objects.bulk_create(new)
    if made:
        Event.log(made[0], "loaded", by=None, facts={"rates": len(made), "of_known_days": later})
    if dry_run:
        transaction.set_rollback(True)
    return {"added": len(new), "of which for days that had one": later}


def _rate(
    table: Table, row: Row, currencies: dict[str, Currency], seen: dict[object, int]
) -> ExchangeRate | None:
    currency = table.known(row, "currency", currencies, "an ISO 4217 code, as EUR")
    on = table.day(row, "on")
    usd = table.decimal(row, "usd", digits=24, places=12)
    source = table.text(row, "source", longest=200, needed=True)
    if currency is None or on is None or usd is None:
        return None
    rate = ExchangeRate(currency=currency, on=on, usd=usd, source=source)
    try:
        rate.clean()
    except ValidationError as error:
        for column, texts in error.message_dict.items():
            table.refuse(row, column, " ".join(texts))
        return None
    table.doubled(row, (currency.pk, on), seen, "on")
    return rate


def _newest(keys: Collection[Key]) -> dict[Key, ExchangeRate]:
    of_currencies = ExchangeRate.objects.filter(currency__in={currency for currency, _ in keys})
    rates = of_currencies.filter(on__in={on for _, on in keys}).order_by("loaded_at", "pk")
    return {(rate.currency_id, rate.on): rate for rate in rates}
