"""The arithmetic of a figure as a person would write it: exact numbers, in the order of the units.

`(2 + 3 + 4) / (5 + 6 + 9) = 9/20 = 0.45`
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

from monitoring.aggregation.figures import Figure
from monitoring.aggregation.readings import UnitValue
from monitoring.models import Indicator

# More values than these are not written out: their number stands for the rest.
MOST = 40
TWELVE = Context(prec=12, rounding=ROUND_HALF_UP)
Combine = Indicator.Combine
# Each unit's values: one, or of a flow those of several periods.
Lines = Sequence[Sequence[UnitValue]]


def written(indicator: Indicator, lines: Lines, figure: Figure) -> str:
    """Empty where there is nothing to work out."""
    if not lines:
        return ""
    if indicator.combine == Combine.RATIO:
        return _ratio(lines, figure)
    terms = [_term([v.value for v in line]) for line in lines]
    if figure.is_range:
        return _range(indicator, lines, terms, figure)
    if figure.value is None:
        return ""
    if len(terms) == 1 and len(lines[0]) == 1:
        return exact(figure.value)
    if indicator.combine in (Combine.MIN, Combine.MAX):
        return f"{indicator.combine}({_listed(terms, ', ')}) = {exact(figure.value)}"
    if indicator.combine == Combine.MEAN and len(terms) > 1:
        return f"({_added(terms)}) / {len(terms)} {_equals(figure.value)}"
    whole = _added(terms) if len(terms) > 1 else _added([v.value for v in lines[0]])
    return f"{whole} = {exact(figure.value)}"


def exact(number: Decimal) -> str:
    """All its digits, without an exponent or zeros that say nothing."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _ratio(lines: Lines, figure: Figure) -> str:
    parts = [
        _added([getattr(v, name) for line in lines for v in line])
        for name in ("numerator", "denominator")
    ]
    several = sum(len(line) for line in lines) > 1
    above, below = (f"({part})" for part in parts) if several else parts
    if figure.denominator == 0:
        return f"{above} / {below}: no value, the denominators come to 0"
    if figure.value is None or figure.numerator is None or figure.denominator is None:
        return ""
    sums = f" = {exact(figure.numerator)}/{exact(figure.denominator)}" if several else ""
    return f"{above} / {below}{sums} {_equals(figure.value)}"


def _range(indicator: Indicator, lines: Lines, terms: Sequence[str], figure: Figure) -> str:
    """RULES 3: from the largest part to the sum."""
    if figure.low is None or figure.high is None:
        return ""
    each = [[v.value for v in line if v.value is not None] for line in lines]
    largest = _listed([_value(n) for line in each for n in line], ", ")
    if not indicator.units_overlap and len(each) > 1:
        largest = _added([f"max({_listed([_value(n) for n in line], ', ')})" for line in each])
    else:
        largest = f"max({largest})"
    return f"from {largest} = {exact(figure.low)} to {_added(terms)} = {exact(figure.high)}"


def _term(values: Sequence[Decimal | None]) -> str:
    known = [value for value in values if value is not None]
    if len(known) == 1:
        return _value(known[0])
    return f"({_added(known)})"


def _added(terms: Iterable[Decimal | str | None]) -> str:
    known = [term for term in terms if term is not None]
    return _listed([t if isinstance(t, str) else _value(t) for t in known], " + ")


def _listed(terms: Sequence[str], between: str) -> str:
    if len(terms) <= MOST:
        return between.join(terms)
    return between.join([*terms[:3], f"… ({len(terms):,} values)"])


def _value(number: Decimal) -> str:
    return f"({exact(number)})" if number < 0 else exact(number)


def _equals(number: Decimal) -> str:
    """A quotient to twelve significant digits; one that has more is only nearly that."""
    shown = TWELVE.create_decimal(number)
    return f"{'=' if shown == number else '≈'} {exact(shown)}"
