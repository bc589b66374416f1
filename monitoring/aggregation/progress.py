"""How far an indicator has come, and how far it should have: RULES 16 to 19."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from monitoring.aggregation.figures import Figure, Light, Progress, quotient
from monitoring.models import Indicator

ON_TRACK, AT_RISK = Decimal("0.10"), Decimal("0.30")
ZERO, ONE = Decimal(0), Decimal(1)


class TargetSpan(NamedTuple):
    """A target with the days it covers; `actual` is what a flow reached within them."""

    starts_on: date
    ends_on: date
    value: Decimal
    actual: Figure | None = None

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1

    def covered(self, baseline: Decimal) -> Decimal:
        """The span's baseline by the days of the periods with a value: missing is not 0."""
        days = self.actual.days if self.actual else None
        return quotient(baseline * (days or 0), Decimal(self.days))

    def elapsed(self, on: date) -> int:
        """Days of the span gone by on a day, that day included."""
        return min(max((on - self.starts_on).days + 1, 0), self.days)


def between(actual: Figure, baseline: Decimal | None, target: Decimal | None) -> Progress:
    """RULES 16: (actual - baseline) / (target - baseline); not clipped, any direction."""
    if reason := _missing(actual, baseline, target):
        return Progress(reason=reason)
    assert baseline is not None
    assert target is not None
    way = target - baseline
    if not actual.is_range:
        assert actual.value is not None
        return Progress(value=quotient(actual.value - baseline, way))
    assert actual.low is not None
    assert actual.high is not None
    ends = quotient(actual.low - baseline, way), quotient(actual.high - baseline, way)
    return Progress(low=min(ends), high=max(ends))


def _missing(actual: Figure, baseline: Decimal | None, target: Decimal | None) -> str:
    if target is None:
        return "no_target"
    if actual.floor is None:
        return actual.reason or "no_actual"
    if baseline is None:
        return "no_baseline"
    return "target_equals_baseline" if target == baseline else ""


def flow_progress(spans: Sequence[TargetSpan], baseline: Decimal | None, on: date) -> Progress:
    """RULES 17: Σ actual / Σ target over the spans that have ended, less n baselines if any.

    From the actuals a span's baseline is taken by the days of the periods that have a value, so
    that a missing value is no 0 below the baseline.
    """
    ended = [span for span in spans if span.ends_on <= on]
    if not spans:
        return Progress(reason="no_target")
    if not ended:
        return Progress(reason="span_open")
    offset = baseline or ZERO
    less = sum((span.covered(offset) for span in ended), ZERO)
    return _over_targets(ended, ended, less, offset * len(ended))


def flow_toward_end(spans: Sequence[TargetSpan], on: date, baseline: Decimal = ZERO) -> Progress:
    """RULES 18, flow: Σ actual of the spans begun / Σ of all targets.

    A falling flow is measured from its baseline (docs/adr/0007): both sums less the baseline of
    each span, from the actuals by the days of the periods that have a value.
    """
    if not spans:
        return Progress(reason="no_target")
    begun = [span for span in spans if span.starts_on <= on]
    less = sum((span.covered(baseline) for span in begun), ZERO)
    return _over_targets(begun, spans, less, baseline * len(spans))


def _over_targets(
    reported: Sequence[TargetSpan],
    targets: Sequence[TargetSpan],
    less: Decimal,
    targets_less: Decimal,
) -> Progress:
    """(Σ actual - less) / (Σ target - targets_less)."""
    figures = [span.actual for span in reported if span.actual and span.actual.floor is not None]
    if not figures:
        return Progress(reason="no_actual")
    whole = sum((span.value for span in targets), ZERO) - targets_less
    if whole == 0:
        return Progress(reason="target_equals_baseline")
    low = sum((f.floor or ZERO for f in figures), ZERO) - less
    high = sum(((f.high if f.is_range else f.value) or ZERO for f in figures), ZERO) - less
    ends = sorted((quotient(low, whole), quotient(high, whole)))
    return Progress(value=ends[0]) if low == high else Progress(low=ends[0], high=ends[1])


def expected_flow(
    spans: Sequence[TargetSpan], on: date, baseline: Decimal = ZERO
) -> Decimal | None:
    """RULES 18: from 0 at the first span's start, each span adding its target over its days."""
    steps = [(span.value - baseline, span) for span in spans]
    whole = sum((step for step, _ in steps), ZERO)
    if whole == 0:
        return None
    done = sum(
        (quotient(step * span.elapsed(on), Decimal(span.days)) for step, span in steps), ZERO
    )
    return quotient(done, whole)


def expected_on_line(
    spans: Sequence[TargetSpan], baseline: Decimal | None, baseline_on: date, on: date
) -> Decimal | None:
    """RULES 18: by days along the line from the baseline's date through each target in turn."""
    points = [(span.ends_on, span.value) for span in spans if span.ends_on > baseline_on]
    if baseline is None or not points or points[-1][1] == baseline:
        return None
    value, since = baseline, baseline_on
    for ends_on, target in points:
        if on >= ends_on:
            value, since = target, ends_on
            continue
        if on > since:
            share = quotient(Decimal((on - since).days), Decimal((ends_on - since).days))
            value += (target - value) * share
        break
    return quotient(value - baseline, points[-1][1] - baseline)


def expected_yes_no(spans: Sequence[TargetSpan], on: date) -> Decimal | None:
    """RULES 18: 0 until due, then 1."""
    return (ONE if on >= spans[-1].ends_on else ZERO) if spans else None


def baseline_date(indicator: Indicator, starts_on: date) -> date:
    """The baseline's day; of a year only: its 31 December, but not after the start."""
    if indicator.baseline_on:
        return indicator.baseline_on
    if indicator.baseline_year:
        return min(date(indicator.baseline_year, 12, 31), starts_on)
    return starts_on - timedelta(days=1)


def baseline_of(indicator: Indicator) -> Decimal | None:
    """The baseline on the scale of its targets: a ratio's as n / d (RULES 5)."""
    if indicator.baseline_numerator is not None and indicator.baseline_denominator:
        return quotient(indicator.baseline_numerator, indicator.baseline_denominator)
    return indicator.baseline_value


def indicator_light(progress: Progress, expected: Decimal | None) -> tuple[Decimal | None, Light]:
    """RULES 19: the gap between expected and reached, and its colour."""
    if progress.floor is None:
        return None, Light("no_data", progress.reason)
    if expected is None:
        return None, Light("no_data", "no_expectation")
    gap = expected - progress.floor
    colour = "on_track" if gap <= ON_TRACK else "at_risk" if gap <= AT_RISK else "off_track"
    return gap, Light(colour, "gap", {"expected": expected, "progress": progress.floor, "gap": gap})


def maintain_light(indicator: Indicator, actual: Figure, target: Decimal | None) -> Light:
    """RULES 16: met if not worse than the target by more than the tolerance."""
    if target is None or actual.floor is None:
        return Light("no_data", "no_target" if target is None else actual.reason or "no_actual")
    tolerance = indicator.tolerance or ZERO
    highest = actual.floor if actual.high is None else actual.high
    worse = (
        target - actual.floor
        if indicator.direction == Indicator.Direction.MAINTAIN_UP
        else highest - target
    )
    colour = "met" if worse <= tolerance else "off_track"
    return Light(colour, "tolerance", {"worse_by": worse, "tolerance": tolerance})
