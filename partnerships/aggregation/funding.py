"""The funding map: need, committed, disbursed and gap, by goal or by country, in US dollars."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from partnerships.aggregation.money import ZERO, Rates, totals_of
from partnerships.models import Match, Need, Partnership, PartnershipCountry
from partnerships.models.standings import Day
from registry.models import AuditEntry

SUMS = ("need", "committed", "disbursed", "matched", "gap")
# Where an amount belongs, and how much of it; no key: it is not stated.
Shares = Mapping[Any, Decimal]
NOWHERE: Shares = {None: Decimal(1)}


@dataclass
class Line:
    """Amounts of one goal or country, in US dollars, exact."""

    need: Decimal = ZERO
    committed: Decimal = ZERO
    disbursed: Decimal = ZERO
    matched: Decimal = ZERO
    gap: Decimal = ZERO
    subjects: int = 0  # partnerships, and needs of partners, that have a share in it

    def add(self, money: Mapping[str, Decimal], share: Decimal) -> None:
        for name in SUMS:
            setattr(self, name, getattr(self, name) + money[name] * share)
        self.subjects += 1


@dataclass
class FundingMap:
    """The lines by goal number or alpha-2 code, None for what is not stated, and what to know."""

    by: str
    on: date
    lines: dict[Any, Line] = field(default_factory=lambda: defaultdict(Line))
    total: Line = field(default_factory=Line)
    split_equally: int = 0  # subjects whose amounts were split equally over several
    without_need: int = 0  # partnerships that state no need: they have no gap
    without_rate: dict[str, dict[str, Decimal]] = field(default_factory=dict)

    def put(self, money: Mapping[str, Decimal], shares: Shares, *, equally: bool) -> None:
        for key, share in shares.items():
            self.lines[key].add(money, share)
        self.total.add(money, Decimal(1))
        self.split_equally += equally and len(shares) > 1

    def set_apart(self, kind: str, currency: str, amount: Decimal) -> None:
        """An amount for which there is no rate: listed, and in no sum."""
        kinds = self.without_rate.setdefault(kind, {})
        kinds[currency] = kinds.get(currency, ZERO) + amount


def funding_map(by: str = "goal", on: date | None = None) -> FundingMap:
    """Every amount once, in a fixed number of queries; see docs/models/catalogue.md.

    A partnership's need is its budget; without a budget, its stated needs of finance. Partners'
    own needs of finance stand beside. The gap is taken per subject, never below 0, and then
    split: what one has too much fills no gap of another.
    """
    day = Day.of(on)
    found = FundingMap(by, day.on)
    needs = _needs(day)
    rates = Rates([str(need.currency_id) for need in needs], day)
    stated: defaultdict[int, list[Need]] = defaultdict(list)
    for need in needs:
        if need.partnership_id:
            stated[need.partnership_id].append(need)
        else:
            _put_need(found, need, rates)
    public = Partnership.objects.public()
    shares = _shares_of(public, by)
    for pk, totals in totals_of(public.values("pk"), day.on).items():
        _put_partnership(found, totals, stated.pop(pk, []), rates, shares.get(pk))
    for pk, rest in stated.items():  # without any other money
        _put_partnership(found, {}, rest, rates, shares.get(pk))
    return found


def _needs(day: Day) -> list[Need]:
    """Public needs of money that were open on that day or met by then."""
    rows: Any = Need.objects.public().filter(
        Q(ended_on=None) | Q(ended_on__gt=day.on) | Q(status=Need.Status.MET),
        kind="finance",
        amount__isnull=False,
        currency__isnull=False,
        created_at__lte=day.known_at,
    )
    matched = offers_of(rows.values("pk"), day.known_at)
    found = list(rows.prefetch_related("targets", "countries"))
    for need in found:
        need.covered = covered(need, matched[need.pk], day)
    return found


def offers_of(needs: Any, at: datetime) -> Mapping[int, list[Match]]:
    """By need the offers of money that were accepted by a moment, with their funds as of then.

    Two queries; `needs` are keys, or a query of them.
    """
    accepted = Match.objects.accepted_by(at).of_money().filter(need__in=needs)
    matches = list(accepted.select_related("fund").order_by("pk"))
    funds = [match.fund for match in matches if match.fund]
    AuditEntry.objects.restore(funds, at, "most", "currency_id")
    found: defaultdict[int, list[Match]] = defaultdict(list)
    for match in matches:
        found[match.need_id].append(match)
    return found


def covered(need: Any, matches: Iterable[Match], day: Day) -> Decimal:
    """How much of the need, in its currency, its accepted funds and commitments are for."""
    if need.status == Need.Status.MET and need.ended_on <= day.on:
        return Decimal(need.amount)
    most = ZERO
    for match in matches:
        fund = match.fund
        capped = fund and fund.most is not None and fund.currency_id == need.currency_id
        most = max(most, min(need.amount, fund.most) if capped else need.amount)  # type: ignore[union-attr]
    return most


def _put_need(found: FundingMap, need: Any, rates: Rates) -> None:
    rate = rates.on(need.currency_id, min(need.created_at.date(), found.on))
    if rate is None:
        found.set_apart("need", need.currency_id, need.amount)
        return
    amount, matched = need.amount * rate, need.covered * rate
    money = dict.fromkeys(SUMS, ZERO) | {"need": amount, "matched": matched}
    money["gap"] = amount - matched
    if found.by == "goal":
        keys = sorted({target.goal_id for target in need.targets.all()})
    else:
        keys = sorted(country.alpha2 for country in need.countries.all())
    found.put(money, _equal(keys), equally=True)


def _put_partnership(
    found: FundingMap,
    totals: Mapping[str, Any],
    stated: Iterable[Any],
    rates: Rates,
    where: tuple[Shares, bool] | None,
) -> None:
    money = _recorded(found, totals)
    has_budget = bool(totals and totals["budget"].by_currency)
    asked, matched, is_stated = _stated_needs(found, stated, rates)
    money["matched"] = matched
    money["need"] = money["need"] if has_budget else asked
    has_need = has_budget or is_stated
    if not has_need and not any(money.values()):
        return
    found.without_need += not has_need
    if has_need:
        money["gap"] = max(money["need"] - money["committed"] - money["matched"], ZERO)
    shares, equally = where or (NOWHERE, False)
    found.put(money, shares, equally=equally)


def _recorded(found: FundingMap, totals: Mapping[str, Any]) -> dict[str, Decimal]:
    """Budget, promises and payments as far as there are rates; the rest is set apart."""
    money = dict.fromkeys(SUMS, ZERO)
    kinds = {"budget": "need", "committed": "committed", "disbursed": "disbursed"}
    for kind, name in kinds.items():
        if kind in totals:
            money[name] = totals[kind].converted
            for currency, amount in totals[kind].apart.items():
                found.set_apart(name, currency, amount)
    return money


def _stated_needs(
    found: FundingMap, stated: Iterable[Any], rates: Rates
) -> tuple[Decimal, Decimal, bool]:
    """What a partnership's stated needs ask for, what is matched of it, and if there is any."""
    asked, matched, is_stated = ZERO, ZERO, False
    for need in stated:
        rate = rates.on(need.currency_id, min(need.created_at.date(), found.on))
        if rate is None:
            found.set_apart("stated need", need.currency_id, need.amount)
            continue
        asked += need.amount * rate
        matched += need.covered * rate
        is_stated = True
    return asked, matched, is_stated


def _equal(keys: list[Any]) -> Shares:
    return dict.fromkeys(keys, Decimal(1) / len(keys)) if keys else NOWHERE


def _shares_of(partnerships: Any, by: str) -> dict[int, tuple[Shares, bool]]:
    """Where each partnership's money belongs, and whether that was split equally."""
    if by == "goal":
        return {pk: (_equal(sorted(keys)), True) for pk, keys in _goals_of(partnerships).items()}
    places: defaultdict[int, dict[str, Decimal | None]] = defaultdict(dict)
    rows = PartnershipCountry.objects.filter(partnership__in=partnerships.values("pk"))
    listed = rows.order_by("country__alpha2").values_list(
        "partnership_id", "country__alpha2", "percentage"
    )
    for pk, code, percentage in listed:
        places[pk][code] = percentage
    return {pk: _stated(stated) for pk, stated in places.items()}


def _stated(stated: dict[str, Decimal | None]) -> tuple[Shares, bool]:
    """By the percentages, if each country has one; up to 100 %, the rest is not stated."""
    given = {code: share for code, share in stated.items() if share is not None}
    whole = sum(given.values(), ZERO)
    if len(given) < len(stated) or not whole:
        return _equal(sorted(stated)), True
    shares: dict[Any, Decimal] = {c: share / max(whole, Decimal(100)) for c, share in given.items()}
    if whole < 100:
        shares[None] = (100 - whole) / 100
    return shares, False


def _goals_of(partnerships: Any) -> dict[int, set[int]]:
    pairs = partnerships.order_by().values_list
    primary = pairs("pk", "primary_goal_id").filter(primary_goal__isnull=False)
    named = pairs("pk", "goals").filter(goals__isnull=False)
    by_target = pairs("pk", "targets__goal").filter(targets__isnull=False)
    goals: defaultdict[int, set[int]] = defaultdict(set)
    for pk, goal in primary.union(named, by_target):
        goals[pk].add(goal)
    return goals
