"""RULES 6 to 9 and 16 to 18 once more, naively, from plain tuples. Imports no product code.

A cell is (unit, period number, parts); parts is a number or (numerator, denominator).
"""

from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

CONTEXT = Context(prec=28, rounding=ROUND_HALF_UP)


def divide(a, b):
    return CONTEXT.divide(Decimal(a), Decimal(b))


def unit_value(cells, unit, period, accumulation):
    """A unit's value as of a period: own, latest, or latest not older than one period."""
    own = {n: parts for u, n, parts in cells if u == unit}
    if accumulation in ("flow", "as_published"):
        return own.get(period)
    for n in range(period, 0, -1):
        if n in own:
            too_old = accumulation == "point_in_time" and period - n > 1
            return None if too_old else own[n]
    return None


def combine(values, rule):
    """Units' values as one; None where there is nothing to combine."""
    values = [v for v in values if v is not None]
    if not values:
        return None
    if rule == "ratio":
        numerator, denominator = sum(v[0] for v in values), sum(v[1] for v in values)
        return None if denominator == 0 else divide(numerator, denominator)
    if rule == "none":
        return values[0] if len(values) == 1 else None
    if rule == "mean":
        return divide(sum(values), len(values))
    return {"sum": sum, "min": min, "max": max}[rule](values)


def figure(cells, period, accumulation, rule):
    units = {unit for unit, _, _ in cells}
    return combine([unit_value(cells, u, period, accumulation) for u in sorted(units)], rule)


def flow_to_date(cells, last, rule, first=1):
    """Each unit's sum over the periods, then combined."""
    sums = {}
    for unit, n, parts in cells:
        if first <= n <= last:
            pair = parts if isinstance(parts, tuple) else (parts,)
            before = sums.get(unit, (0,) * len(pair))
            sums[unit] = tuple(a + b for a, b in zip(before, pair, strict=True))
    values = [v if len(v) > 1 else v[0] for v in sums.values()]
    return combine(values, rule)


def progress(actual, baseline, target):
    if actual is None or baseline is None or target is None or target == baseline:
        return None
    return divide(actual - baseline, target - baseline)


def expected_on_line(points, baseline, baseline_on, on):
    """Share of the way to the last point that the piecewise line has gone on a day."""
    previous_on, previous = baseline_on, Decimal(baseline)
    reached = previous
    for ends_on, value in points:
        if on >= ends_on:
            reached = Decimal(value)
        elif on > previous_on:
            days = divide((on - previous_on).days, (ends_on - previous_on).days)
            reached = previous + (Decimal(value) - previous) * days
            break
        else:
            break
        previous_on, previous = ends_on, Decimal(value)
    return divide(reached - Decimal(baseline), Decimal(points[-1][1]) - Decimal(baseline))


def expected_flow(spans, on):
    """Spans are (first, last, target): each adds its target over its days."""
    done = Decimal(0)
    for first, last, target in spans:
        days = (last - first).days + 1
        gone = min(max((on - first).days + 1, 0), days)
        done += divide(Decimal(target) * gone, days)
    return divide(done, sum(Decimal(t) for _, _, t in spans))


def quarter(n):
    """First and last day of the n-th quarter from January 2024."""
    year, index = 2024 + (n - 1) // 4, (n - 1) % 4
    ends = [(3, 31), (6, 30), (9, 30), (12, 31)]
    return date(year, index * 3 + 1, 1), date(year, *ends[index])


def category_figure(reports, code, period, accumulation, rule):
    """RULES 14: reports are {(unit, period): {category: parts}}, a unit's latest one decides."""
    values = []
    for unit in sorted({u for u, _ in reports}):
        if accumulation == "flow":
            values.append(reports.get((unit, period), {}).get(code))
            continue
        latest = max((n for u, n in reports if u == unit and n <= period), default=None)
        if latest is None or (accumulation == "point_in_time" and period - latest > 1):
            continue
        values.append(reports[unit, latest].get(code))
    return combine(values, rule)


def unique_range(cells, last, units_overlap, comes_again):
    """RULES 3, level by level: (low, high) of a flow's unique persons from (unit, period, n)."""
    units = sorted({u for u, n, _ in cells if n <= last})
    mine = {u: [v for unit, n, v in cells if unit == u and n <= last] for u in units}
    lows = [max(v) if comes_again else sum(v) for v in mine.values()]
    low = max(lows) if units_overlap else sum(lows)
    return low, sum(sum(v) for v in mine.values())


def light(expected, reached):
    """RULES 19: an indicator's colour from the gap."""
    gap = Decimal(expected) - Decimal(reached)
    if gap <= Decimal("0.10"):
        return "on_track"
    return "at_risk" if gap <= Decimal("0.30") else "off_track"


def partnership_light(colours, outcomes=()):
    """RULES 19: from the colours of its due indicators; `outcomes` are those of outcomes."""
    known = [c for c in colours if c != "no_data"]
    if not colours or 2 * len(known) < len(colours):
        return "no_data"
    if 3 * known.count("off_track") > len(known):
        return "off_track"
    good = sum(c in ("on_track", "met") for c in known)
    return "on_track" if 3 * good >= 2 * len(known) and "off_track" not in outcomes else "at_risk"


def settled(script):
    """What counts of one cell after its story, whatever happened to other cells (RULES 4).

    A story is a list of ("send", parts), ("take_away",) and ("withdraw",): the last one holds.
    """
    value = None
    for step, *parts in script:
        value = parts[0] if step == "send" else None
    return value


def people(cells, last, overlap, come_again, first=1):
    """The unique persons of the periods from `first` to `last`; None without a value."""
    own = [cell for cell in cells if first <= cell[1] <= last]
    return unique_range(own, last, overlap, come_again) if own else None
