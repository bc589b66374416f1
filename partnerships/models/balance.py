"""Whether who carries the risks of a partnership also gets its benefits (C3)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import Prefetch
from django.utils import timezone

from partnerships.models.ledger_at import PartnersOf, partners_now
from partnerships.models.partnership import Partnership
from partnerships.models.risks import Benefit, BenefitValue, Risk, RiskRating
from partnerships.models.sharing import Share, Sharing
from registry.models import ExchangeRate

FLAG_BELOW = Fraction(3, 5)
USD = "USD"
PUBLIC = 0  # stands for the public and the users among the keys of partners


class Part(NamedTuple):
    """One row of the ledger as it counts: its weight, and who has which part of it."""

    record: Risk | Benefit
    weight: Fraction
    percents: Mapping[int, Decimal]  # by partner


class LeftOut(NamedTuple):
    """A row that does not count, and why: not_shared, no_value or no_rate."""

    record: Risk | Benefit
    reason: str


class RateUsed(NamedTuple):
    currency: str
    on: Any
    usd: Decimal


@dataclass(frozen=True)
class Line:
    """What one partner, or the public and the users, carries and gets."""

    partner: int | None
    name: str
    risk: Fraction
    benefit: Fraction
    risk_worked: str
    benefit_worked: str

    @property
    def gap(self) -> Fraction:
        """Above 0: carries more of the risk than it gets of the benefit."""
        return self.risk - self.benefit


@dataclass(frozen=True)
class Balance:
    """The measure, and everything it was made of."""

    exact: Fraction | None
    reason: str  # why there is no value: no_risks, no_benefits, no_value
    lines: list[Line]
    left_out: list[LeftOut]
    currency: str
    rates: list[RateUsed]
    counted_risks: int
    counted_benefits: int
    counted: list[Risk | Benefit]

    @property
    def value(self) -> Decimal | None:
        return None if self.exact is None else decimal(self.exact)

    @property
    def is_flagged(self) -> bool | None:
        return None if self.exact is None else self.exact < FLAG_BELOW

    @property
    def shown(self) -> str:
        return "" if self.exact is None else shown(self.exact)

    @property
    def worked(self) -> str:
        """The arithmetic as a person would write it."""
        if self.exact is None:
            return ""
        gaps = " + ".join(shown(abs(line.gap)) for line in self.lines)
        return f"1 − ½ × ({gaps}) = {shown(self.exact)}"


def decimal(fraction: Fraction) -> Decimal:
    """With the 28 digits of the context; nothing further is computed from it."""
    return Decimal(fraction.numerator) / Decimal(fraction.denominator)


def shown(fraction: Fraction, digits: int = 1) -> str:
    """As a percentage, rounded half up for display only."""
    scaled = fraction * 100 * 10**digits
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    text = f"{Decimal(whole).scaleb(-digits):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + " %"


def balance_of(
    partnership: Partnership,
    *,
    at: datetime | None = None,
    rates_at: datetime | None = None,
    partners_of: PartnersOf = partners_now,
) -> Balance:
    """C3: 1 − ½ Σ over members and the public of |risk share − benefit share|.

    A risk share is weighted by likelihood × impact of the risks that are not closed, a benefit
    share by the stated value of the benefits that are not dropped; in the currency they all have,
    else in US dollars at the stored rate of the day of each value. 1 when everybody gets what it
    carries, 0 when some carry all and others get all. Rows without shares, without a value or
    without a rate are left out and named. Shares, ratings and values are those that held at the
    moment `at`, rates those loaded by `rates_at` (else by `at`); nine queries at most. Whose a part
    was `partners_of` says, for readers of before a merge. Source: docs/models/scorecard.md, C3.
    """
    at = at or timezone.now()
    risks, unshared = _risks(partnership, at, partners_of)
    money = _Money(partnership, at, rates_at or at, partners_of)
    benefits = money.parts
    names = {**_names(benefits), **_names(risks)}
    reason = _reason(risks, benefits)
    carried, got = _sides(risks), _sides(benefits)
    lines = [] if reason else _lines(names, (risks, carried), (benefits, got))
    exact = None if reason else 1 - sum((abs(line.gap) for line in lines), Fraction(0)) / 2
    return Balance(
        exact,
        reason,
        lines,
        [*unshared, *money.left_out],
        money.currency,
        money.rates_used,
        len(risks),
        len(benefits),
        [part.record for part in (*risks, *benefits)],
    )


def _reason(risks: list[Part], benefits: list[Part]) -> str:
    if not risks:
        return "no_risks"
    if not benefits:
        return "no_benefits"
    return "" if sum(part.weight for part in benefits) else "no_value"


def _held(rows: Any, at: datetime) -> Any:
    """With the sharing that held at the moment; the one that begins last, if two touch."""
    sharings = Sharing.objects.held_at(at).prefetch_related(
        Prefetch("shares", Share.objects.select_related("membership__partner"))
    )
    return (
        rows.filter(created_at__lte=at)
        .order_by("pk")
        .prefetch_related(Prefetch("sharings", sharings.order_by("-held_from"), to_attr="held"))
    )


def _shares(record: Any) -> list[Share]:
    return [share for sharing in record.held[:1] for share in sharing.shares.all()]


def _percents(record: Any, whose: Mapping[int, int]) -> dict[int, Decimal]:
    """By partner, so that two memberships of one partner count as one."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    for share in _shares(record):
        found[whose.get(share.pk, PUBLIC)] += share.percent
    return found


def _whose(rows: Iterable[Any], partners_of: PartnersOf) -> Mapping[int, int]:
    return partners_of([share for row in rows for share in _shares(row)])


def _names(parts: Iterable[Part]) -> dict[int, str]:
    return {
        share.membership.partner_id: str(share.membership.partner)
        for part in parts
        for share in _shares(part.record)
        if share.membership
    }


def _risks(
    partnership: Partnership, at: datetime, partners_of: PartnersOf
) -> tuple[list[Part], list[LeftOut]]:
    ratings = RiskRating.objects.filter(held_from__lte=at).order_by("-held_from", "-pk")
    held = _held(partnership.risks.all(), at)
    rows = list(held.prefetch_related(Prefetch("ratings", ratings, to_attr="rated")))
    whose = _whose(rows, partners_of)
    parts, left_out = [], []
    for risk in rows:
        rating = risk.rated[0] if risk.rated else risk
        percents = _percents(risk, whose)
        if rating.status == Risk.Status.CLOSED:
            continue
        if percents:
            parts.append(Part(risk, Fraction(rating.likelihood * rating.impact), percents))
        else:
            left_out.append(LeftOut(risk, "not_shared"))
    return parts, left_out


class _Money:
    """The benefits in one currency."""

    def __init__(
        self, partnership: Partnership, at: datetime, rates_at: datetime, partners_of: PartnersOf
    ) -> None:
        self.parts: list[Part] = []
        self.left_out: list[LeftOut] = []
        self.rates_used: list[RateUsed] = []
        self._partners_of = partners_of
        valued = list(self._valued(partnership, at))
        currencies = {value.currency_id for _, value in valued}
        self.currency = currencies.pop() if len(currencies) == 1 else USD
        self._rates = self._known_rates(currencies | {self.currency}, rates_at)
        for benefit, value in valued:
            self._count(benefit, value)

    def _valued(self, partnership: Partnership, at: datetime) -> Iterable[tuple[Any, Any]]:
        values = BenefitValue.objects.filter(held_from__lte=at).order_by("-held_from", "-pk")
        held = _held(partnership.benefits.all(), at)
        rows = list(held.prefetch_related(Prefetch("values", values, to_attr="valued")))
        self._whose = _whose(rows, self._partners_of)
        for benefit in rows:
            value = benefit.valued[0] if benefit.valued else benefit
            if value.status == Benefit.Status.DROPPED:
                continue
            if not _shares(benefit):
                self.left_out.append(LeftOut(benefit, "not_shared"))
            elif value.value is None:
                self.left_out.append(LeftOut(benefit, "no_value"))
            else:
                yield benefit, value

    def _known_rates(self, currencies: set[str], at: datetime) -> list[ExchangeRate]:
        if currencies == {self.currency}:
            return []
        known = ExchangeRate.objects.known_at(at).filter(currency__in=currencies)
        return list(known.order_by("-on", "-loaded_at"))

    def _count(self, benefit: Benefit, value: Any) -> None:
        rate = Decimal(1)
        if value.currency_id != self.currency:
            found = next(
                (
                    rate
                    for rate in self._rates
                    if rate.currency_id == value.currency_id and rate.on <= value.valued_on
                ),
                None,
            )
            if found is None:
                self.left_out.append(LeftOut(benefit, "no_rate"))
                return
            rate = found.usd
            self.rates_used.append(RateUsed(value.currency_id, found.on, rate))
        weight = Fraction(value.value) * Fraction(rate)
        self.parts.append(Part(benefit, weight, _percents(benefit, self._whose)))


def _sides(parts: list[Part]) -> dict[int, Fraction]:
    """The share of each partner in the whole weight."""
    whole = sum((part.weight for part in parts), Fraction(0))
    found: dict[int, Fraction] = defaultdict(Fraction)
    for part in parts:
        for partner, percent in part.percents.items():
            found[partner] += part.weight * Fraction(percent) / 100 / (whole or 1)
    return found


def _lines(
    names: dict[int, str],
    risks: tuple[list[Part], dict[int, Fraction]],
    benefits: tuple[list[Part], dict[int, Fraction]],
) -> list[Line]:
    """The public last, the others by what they carry and get."""
    (risk_parts, carried), (benefit_parts, got) = risks, benefits
    zero = Fraction(0)
    lines = [
        Line(
            partner or None,
            names.get(partner, "The public and the users"),
            carried.get(partner, zero),
            got.get(partner, zero),
            worked(risk_parts, partner, carried.get(partner, zero)),
            worked(benefit_parts, partner, got.get(partner, zero)),
        )
        for partner in carried.keys() | got.keys()
    ]
    return sorted(
        lines, key=lambda line: (line.partner is None, -line.risk, -line.benefit, line.name)
    )


def worked(parts: list[Part], partner: int, result: Fraction) -> str:
    """(60 % × 12 + 25 % × 8) ÷ 30 = 30.7 %"""
    terms = [
        f"{plain(part.percents[partner])} % × {plain(part.weight)}"
        for part in parts
        if partner in part.percents
    ]
    whole = sum((part.weight for part in parts), Fraction(0))
    if not terms:
        return "nothing = 0 %"
    return f"({' + '.join(terms)}) ÷ {plain(whole)} = {shown(result)}"


def plain(number: Fraction | Decimal) -> str:
    """With two decimals at most, however large it is."""
    cents = (Fraction(number) * 200 + 1) // 2
    whole, rest = divmod(cents, 100)
    return f"{whole:,}.{rest:02}".rstrip("0").rstrip(".")
