"""The rule by which a figure is computed, as a person would say it."""

from monitoring.models import Indicator

Accumulation, Combine, Measure = Indicator.Accumulation, Indicator.Combine, Indicator.Measure

UNIT_VALUE = {
    Accumulation.FLOW: "Of each reporting unit: what happened in the period.",
    Accumulation.CUMULATIVE: "Of each reporting unit: its latest approved value at or before the "
    "end of the period, by the order of periods. It is a running total, so earlier values of the "
    "unit are not added to it.",
    Accumulation.POINT_IN_TIME: "Of each reporting unit: the state at the end of the period. What "
    "was not reported is carried over from one period before, and no further.",
    Accumulation.AS_PUBLISHED: "The value as it was published for this period alone: nobody said "
    "how the values of several periods add up.",
}
SPANS = {
    "to_date": "Of each reporting unit: the sum of its values in all periods so far.",
    "year": "Of each reporting unit: the sum of its values in the periods that end in the "
    "calendar year, as far as this one.",
    "framework_year": "Of each reporting unit: the sum of its values in the periods of the "
    "framework's year, as far as this one.",
}
OVER_UNITS = {
    Combine.SUM: "Over the units: added up.",
    Combine.MEAN: "Over the units: the mean; units without a value are left out of it.",
    Combine.MIN: "Over the units: the least; units without a value are left out.",
    Combine.MAX: "Over the units: the most; units without a value are left out.",
    Combine.RATIO: "Over the units: the sum of the numerators over the sum of the denominators, "
    "never a mean of ratios.",
    Combine.NONE: "Bare percentages of several units cannot be put together: nobody stated their "
    "denominators.",
}
COUNTS = (
    "A value counts once its submission is approved, until a correction replaces it or it is "
    "withdrawn."
)
CATEGORY = (
    "Of a category: the values reported for it. Nothing is worked out from the total or from the "
    "other categories; where a unit's latest report has no breakdown, it has no value."
)
UNIQUE = (
    "Unique persons: where the same person may have been counted twice the figure is a range, "
    "from the largest part to the sum."
)


def rule_in_words(indicator: Indicator, span: str, *, is_category: bool) -> list[str]:
    """RULES 4, 6 to 9, 14 and 3, as far as they apply."""
    if indicator.measure == Measure.NARRATIVE:
        return ["A text: nothing is computed from it."]
    accumulation = Accumulation(indicator.accumulation)
    sentences = [COUNTS, SPANS.get(span) or UNIT_VALUE[accumulation]]
    sentences.append(OVER_UNITS[Combine(indicator.combine)])
    if is_category:
        sentences.append(CATEGORY)
    if _may_be_a_range(indicator):
        sentences.append(UNIQUE)
    return sentences


def _may_be_a_range(indicator: Indicator) -> bool:
    """RULES 3: over units that overlap, or over periods in which the same person comes again."""
    is_unique = indicator.counts_people == Indicator.CountsPeople.UNIQUE
    again = indicator.accumulation == Accumulation.FLOW and not indicator.counts_new_people
    return is_unique and indicator.combine == Combine.SUM and (indicator.units_overlap or again)
