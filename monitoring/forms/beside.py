"""What stands beside the inputs of a form: last values, targets, what counts now."""

from monitoring.aggregation import Figure
from monitoring.forms.cells import Key, shown, shown_value, stored_text
from monitoring.models import (
    Indicator,
    Observation,
    PeriodTarget,
    ReportingUnit,
    Submission,
    UnsafeBreakdown,
)
from registry import display


def latest_values(submission: Submission) -> dict[int, str]:
    """The unit's last counting total of each indicator before this period, with its period."""
    found = Observation.objects.last_before(submission).select_related("indicator", "period")
    return {o.indicator_id: f"{shown_value(o)} ({o.period.label})" for o in found if _number(o)}


def _number(stored: Observation) -> bool:
    return stored.value is not None or stored.numerator is not None


def last_cells(submission: Submission) -> dict[Key, str]:
    """The unit's last counting value of every cell before this period, with its period: those of
    earlier editions of the framework as well, where an indicator continues their series."""
    line = ReportingUnit.objects.in_line_with(submission.unit)
    here = Indicator.objects.filter(result__framework=submission.period.framework_id)
    keys = dict(here.values_list("series", "pk"))
    earlier = Observation.objects.counting().filter(
        unit__in=line,
        indicator__series__in=keys,
        period__ends_on__lt=submission.period.ends_on,
    )
    newest = earlier.order_by("indicator__series", "category_id", "-period__ends_on", "-pk")
    newest = newest.distinct("indicator__series", "category_id")
    return {
        (keys[o.indicator.series], o.category_id): f"{shown_value(o)} ({o.period.label})"
        for o in newest.select_related("indicator", "period")
        if _number(o)
    }


def cell_targets(submission: Submission) -> dict[Key, str]:
    """The target whose span covers the period's end; it is the partnership's, not the unit's."""
    on = submission.period.ends_on
    current = PeriodTarget.objects.filter(
        indicator__result__framework=submission.period.framework_id,
        starts_on__lte=on,
        ends_on__gte=on,
    ).select_related("indicator")
    return {
        (t.indicator_id, t.category_id): f"{_target_value(t)} by {t.ends_on:%b %Y}"
        for t in current.order_by("-ends_on", "pk")
    }


def counting_cells(submission: Submission) -> dict[Key, str]:
    """In a correction: the value of each cell that counts now."""
    if submission.revision == 1:
        return {}
    counting = (
        Observation.objects.counting()
        .filter(
            unit__in=ReportingUnit.objects.in_line_with(submission.unit),
            period=submission.period_id,
        )
        .select_related("indicator")
    )
    return {(o.indicator_id, o.category_id): exactly(o) for o in counting}


def unsafe_standing(submission: Submission) -> dict[tuple[int, int], str]:
    """In a correction: what was stated as not safe to collect, by indicator and dimension."""
    if submission.revision == 1:
        return {}
    standing = UnsafeBreakdown.objects.counting().filter(
        submission__unit__in=ReportingUnit.objects.in_line_with(submission.unit),
        submission__period=submission.period_id,
    )
    return {(one.indicator_id, one.dimension_id): one.reason for one in standing}


def exactly(stored: Observation) -> str:
    """A stored value without rounding."""
    if stored.indicator.measure == Indicator.Measure.YES_NO:
        return "yes" if stored.value else "no"
    if stored.numerator is not None:
        return f"{stored_text(stored, 'numerator')} of {stored_text(stored, 'denominator')}"
    return stored_text(stored, "value") or stored.text


def _target_value(target: PeriodTarget) -> str:
    if target.indicator.measure == Indicator.Measure.RATIO:
        return display.percent(target.value)
    return shown(target.indicator, Figure(target.value))
