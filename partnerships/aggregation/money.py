"""What was pledged, promised, planned, paid, budgeted and spent, by currency and in US dollars."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import F, Q, Sum

from partnerships.models import (
    BudgetLine,
    Commitment,
    Delivery,
    Expenditure,
    Partnership,
    PlannedDisbursement,
)
from partnerships.models.standings import Day, counting
from registry.models import ExchangeRate

# In the order in which money goes its way.
KINDS = {
    "pledged": "Pledged",
    "committed": "Committed",
    "planned": "Planned disbursements",
    "disbursed": "Disbursed",
    "confirmed": "Disbursed and confirmed",
    "budget": "Budget",
    "spent": "Spent",
}
ZERO, ONE = Decimal(0), Decimal(1)
DOLLAR = "USD"


class Amount(NamedTuple):
    """A sum in one currency, dated by the day whose rate applies to it."""

    partnership: int
    kind: str
    currency: str
    on: date
    amount: Decimal


@dataclass
class Total:
    """Amounts of one kind; in US dollars only if something was recorded, all of it with a rate."""

    by_currency: dict[str, Decimal] = field(default_factory=dict)
    usd: Decimal | None = None
    without_rate: list[tuple[str, date]] = field(default_factory=list)
    # The part that has rates, and the amounts that have none, by currency.
    converted: Decimal = ZERO
    apart: dict[str, Decimal] = field(default_factory=dict)

    def add(self, row: Amount, rate: Decimal | None) -> None:
        self.by_currency[row.currency] = self.by_currency.get(row.currency, ZERO) + row.amount
        if rate is not None:
            self.converted += row.amount * rate
        if rate is None:
            self.apart[row.currency] = self.apart.get(row.currency, ZERO) + row.amount
            self.usd = None
            self.without_rate = sorted({*self.without_rate, (row.currency, row.on)})
        elif not self.without_rate:
            self.usd = (self.usd or ZERO) + row.amount * rate


Totals = Mapping[str, Total]


def money_totals(partnership: Partnership, on: date | None = None) -> Totals:
    """The partnership's money as of a day: a `Total` for each of KINDS; eight queries."""
    return totals_of([partnership.pk], on)[partnership.pk]


def totals_of(partnerships: Iterable[int] | Any, on: date | None = None) -> dict[int, Totals]:
    """The same for many partnerships (keys, or a query for them), in as many queries.

    Amounts are exact. Each is converted at the latest rate for a day up to its own (of a promise
    the day of the promise, of a payment the day of payment, of a plan or budget its first day, of
    spending its last; never after `on`), as loaded by the end of `on`. A currency without a rate
    makes the total in US dollars None, and is named with the day. Where nothing is recorded there
    is no total, which is not 0.
    """
    day = Day.of(on)
    found: defaultdict[int, dict[str, Total]] = defaultdict(_empty)
    if not hasattr(partnerships, "query"):
        partnerships = list(partnerships)
        for pk in partnerships:
            found[pk]  # those without any amount have their totals too
    rows = [row for rows in _queries(partnerships, day) for row in rows]
    rates = Rates({row.currency for row in rows}, day)
    for row in rows:
        found[row.partnership][row.kind].add(row, rates.on(row.currency, row.on))
    return dict(found)


def _empty() -> dict[str, Total]:
    return {kind: Total() for kind in KINDS}


def _queries(partnerships: Any, day: Day) -> Iterator[Iterator[Amount]]:
    """One query for each kind; both of promises in one."""
    kept = Q(withdrawn_on=None) | Q(withdrawn_on__gt=day.on)
    of_money = {"partnership__in": partnerships, "currency__isnull": False}
    promised = Commitment.objects.filter(kept, **of_money, committed_on__lte=day.on)
    yield _pledged(promised, "pledged", day, stage="pledge")
    yield _pledged(promised, "committed", day)
    planned = PlannedDisbursement.objects.filter(partnership__in=partnerships)
    still = Q(commitment__withdrawn_on=None) | Q(commitment__withdrawn_on__gt=day.on)
    yield _summed(planned.filter(still), "planned", "starts_on", day)
    paid = Delivery.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=day.known_at),
        **of_money,
        flow__in=[Delivery.Flow.DELIVERY, Delivery.Flow.DISBURSEMENT],
        delivered_on__lte=day.on,
    )
    yield _summed(paid.exclude(status="disputed"), "disbursed", "delivered_on", day)
    yield _summed(paid.filter(counting(day)), "confirmed", "delivered_on", day)
    lines = BudgetLine.objects.filter(partnership__in=partnerships)
    yield _summed(lines, "budget", "starts_on", day)
    spent = Expenditure.objects.filter(line__partnership__in=partnerships, ends_on__lte=day.on)
    yield _summed(spent, "spent", "ends_on", day, path="line__")


def _pledged(rows: Any, kind: str, day: Day, stage: str = "") -> Iterator[Amount]:
    chosen = rows.filter(stage=stage) if stage else rows.exclude(stage="pledge")
    return _summed(chosen.filter(amount__isnull=False), kind, "committed_on", day)


def _summed(rows: Any, kind: str, dated: str, day: Day, path: str = "") -> Iterator[Amount]:
    """Sums by partnership, currency and day; a day to come is converted at the latest rate."""
    grouped = rows.order_by().values_list(
        F(f"{path}partnership_id"), F(f"{path}currency_id"), F(dated)
    )
    for partnership, currency, on, amount in grouped.annotate(sum=Sum("amount")):
        yield Amount(partnership, kind, currency, min(on, day.on), amount)


class Rates:
    """US dollars per unit, as loaded by a moment; one query."""

    def __init__(self, currencies: Iterable[str], day: Day) -> None:
        self._rates: defaultdict[str, dict[date, Decimal]] = defaultdict(dict)
        if foreign := set(currencies) - {DOLLAR}:
            self._read(foreign, day)
        self._days = {currency: list(rates) for currency, rates in self._rates.items()}

    def _read(self, foreign: set[str], day: Day) -> None:
        known = ExchangeRate.objects.known_at(day.known_at)
        rows = known.filter(currency__in=foreign, on__lte=day.on).order_by("on", "loaded_at", "pk")
        for currency, on, usd in rows.values_list("currency_id", "on", "usd"):
            self._rates[currency][on] = usd  # the one loaded last stands

    def on(self, currency: str, on: date) -> Decimal | None:
        """The latest rate for a day up to this one; None if there is none."""
        if currency == DOLLAR:
            return ONE
        days = self._days.get(currency, [])
        at = bisect_right(days, on)
        return self._rates[currency][days[at - 1]] if at else None
