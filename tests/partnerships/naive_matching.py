"""The rules of docs/models/catalogue.md once more, pair by pair and word by word, in Python."""

from decimal import ROUND_HALF_UP, Decimal
from math import log, sqrt

from partnerships.models import Fund, Need, Solution

STAGES = {"screened": 0.5, "piloted": 0.8, "scaling": 1}
THRESHOLD, COMPARED, KEPT = 0.58, 40, 10


def links(entry):
    return {
        "targets": {target.pk for target in entry.targets.all()},
        "goals": {target.goal_id for target in entry.targets.all()},
        "countries": {country.pk for country in entry.countries.all()},
        "regions": {c.sub_region for c in entry.countries.all() if c.sub_region},
    }


def matches(today):
    """(need, "solution" or "fund", offer): score, of all that stand proposed."""
    needs = [(need, links(need)) for need in Need.objects.public().open_on(today)]
    offers = [
        ("solution", one, links(one), set(one.kinds), one.owner_id)
        for one in Solution.objects.public().filter(status__in=STAGES).order_by("pk")
    ] + [
        ("fund", one, links(one), {"finance"}, one.partner_id)
        for one in Fund.objects.public().open_on(today).order_by("pk")
    ]
    weights = weigh([need.stems for need, _ in needs] + [one.stems for _, one, *_ in offers])
    found = {}
    for need, where in needs:
        fitting = sorted(
            (
                (-base, number)
                for number, offer in enumerate(offers)
                if (base := worth(need, where, *offer)) is not None
            )
        )[:COMPARED]
        scored = sorted(
            (-rounded(-base + 0.30 * alike(need.stems, offers[number][1].stems, weights)), number)
            for base, number in fitting
        )
        for score, number in [pair for pair in scored if -pair[0] >= Decimal("0.58")][:KEPT]:
            side, offer = offers[number][:2]
            found[need.pk, side, offer.pk] = -score
    return found


def worth(need, where, side, offer, there, kinds, partner):
    """How well they fit apart from their texts; None where they may not be a pair."""
    target = where["targets"] & there["targets"]
    goal = where["goals"] & there["goals"]
    country = where["countries"] & there["countries"]
    region = where["regions"] & there["regions"]
    kind = need.kind in kinds
    placed = country or offer.everywhere
    if partner == need.partner_id or not (target or (goal and kind and placed)):
        return None
    if side == "fund" and not (kind and placed and may_apply(need, offer)):
        return None
    base = 0.35 if target else 0.15
    if placed:
        base += 0.15 if country else 0.12
    elif region:
        base += 0.08
    base += 0.15 if kind else 0
    base += 0.05 * (STAGES[offer.status] if side == "solution" else 1)
    base = round(base, 6)
    return base if base >= 0.28 else None


def may_apply(need, fund):
    if fund.for_kinds and need.partner.kind not in fund.for_kinds:
        return False
    if fund.for_sizes and need.partner.size not in fund.for_sizes:
        return False
    if need.amount is None or need.currency_id != fund.currency_id:
        return True
    return need.amount >= (fund.least or 0) and (fund.most is None or need.amount <= fund.most)


def weigh(texts):
    counts = {}
    for stems in texts:
        for stem in set(stems):
            counts[stem] = counts.get(stem, 0) + 1
    return {stem: log((1 + len(texts)) / count) for stem, count in counts.items()}


def alike(one, other, weights):
    common = sum(weights[stem] ** 2 for stem in set(one) & set(other))
    norms = [sqrt(sum(weights[stem] ** 2 for stem in set(stems))) for stems in (one, other)]
    return common / norms[0] / norms[1] if all(norms) else 0.0


def rounded(score):
    return Decimal(repr(round(score, 9))).quantize(Decimal("0.001"), ROUND_HALF_UP)
