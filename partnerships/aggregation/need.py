"""How much of the money that a partnership needs is promised or matched, as of a day (D3)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models

from partnerships.aggregation.funding import covered, offers_of
from partnerships.aggregation.money import ZERO, Rates
from partnerships.models import BudgetLine, Commitment, Need, Partnership
from partnerships.models.standings import Day
from registry.models import AuditEntry

BUDGET, STATED = "budget", "stated_needs"


@dataclass
class NeedCovered:
    """In US dollars: what is needed, and what of it is promised, or matched by accepted offers.

    `basis` says what the need is: the budget, or the stated needs of finance. Amounts without a
    rate are `apart`, by what they are and their currency, and in no sum. `read` are the rows.
    """

    basis: str
    need: Decimal = ZERO
    committed: Decimal = ZERO
    matched: Decimal = ZERO
    apart: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    read: list[tuple[type[models.Model], int]] = field(default_factory=list)

    @property
    def covered(self) -> Decimal:
        """What is promised beyond the need covers nothing more."""
        return min(self.committed + self.matched, self.need)


def need_covered(
    partnership: Partnership,
    day: Day,
    budget: Sequence[Mapping[str, Any]],
    *,
    until: datetime,
    without: Collection[type[models.Model]] = (),
) -> NeedCovered:
    """As the funding map has it (docs/models/catalogue.md); six queries, fewer where the
    partnership is `without` needs or commitments.

    The need is the budget (rows as a version's document has them: amount, currency, starts_on);
    without one, the stated needs of finance. Promised is what members committed (pledges are
    not) and have not taken back; matched what accepted funds and commitments of others are for.
    Each amount at the latest rate up to its own day. Promises and rates are those known at
    `day.known_at`, needs and acceptances those of the moment `until`, normally the day's end.
    """
    needs = [] if Need in without else _stated(partnership, Day(day.on, until))
    promises = [] if Commitment in without else _promised(partnership, day)
    found = NeedCovered(BUDGET if budget else STATED)
    currencies = {str(row["currency"]) for row in budget}
    currencies |= {str(row.currency_id) for row in (*needs, *promises)}
    money = _Money(found, Rates(currencies, day), day.on)
    for row in budget:
        starts_on = date.fromisoformat(row["starts_on"])
        found.need += money.of("budget", row["currency"], Decimal(row["amount"]), starts_on)
        found.read.append((BudgetLine, row["id"]))
    for need in needs:
        stated_on = need.created_at.date()
        asked = money.of("stated need", need.currency_id, need.amount, stated_on)
        found.need += asked if not budget else ZERO
        if asked:
            found.matched += money.of("matched", need.currency_id, need.covered, stated_on)
        found.read.append((Need, need.pk))
    for promise in promises:
        found.committed += money.of(
            "committed", promise.currency_id, promise.amount, promise.committed_on
        )
        found.read.append((type(promise), promise.pk))
    return found


class _Money:
    """Amounts in US dollars; those without a rate are set apart."""

    def __init__(self, found: NeedCovered, rates: Rates, on: date) -> None:
        self.found, self.rates, self.on = found, rates, on

    def of(self, kind: str, currency: str, amount: Decimal, day: date) -> Decimal:
        rate = self.rates.on(currency, min(day, self.on))
        if rate is None:
            kinds = self.found.apart.setdefault(kind, {})
            kinds[currency] = kinds.get(currency, ZERO) + amount
            return ZERO
        return amount * rate


def _stated(partnership: Partnership, day: Day) -> list[Any]:
    """Needs of money that were open on that day or met by then, as they were stated then."""
    rows = list(partnership.needs.stated_on(day.on, day.known_at).order_by("pk"))
    AuditEntry.objects.restore(rows, day.known_at, "kind", "amount", "currency_id")
    money = [row for row in rows if row.kind == "finance" and row.amount and row.currency_id]
    standing = [row for row in money if not _expired(row, day)]
    offers = offers_of([row.pk for row in standing], day.known_at)
    for row in standing:
        row.covered = covered(row, offers[row.pk], day)
    return standing


def _expired(need: Need, day: Day) -> bool:
    ended = need.ended_on is not None and need.ended_on <= day.on
    return ended and need.status != Need.Status.MET


def _promised(partnership: Partnership, day: Day) -> list[Any]:
    rows = partnership.commitments.promised_by(day.on, day.known_at).kept_on(day.on)
    money = rows.filter(amount__gt=0, currency__isnull=False).exclude(stage="pledge")
    return list(money.order_by("pk"))
