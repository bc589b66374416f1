"""The scorecard: the Forum's recommendations as measures, one function each, listed here."""

from monitoring.reports.accountability import coalition, data
from monitoring.reports.accountability.measure import Measure, Outcome, Subject, scores

MEASURES = [
    Measure("A1", "Agreed framework", "the summary's own voice", data.agreed_framework),
    Measure("A2", "Results focus", "the summary's own voice", data.results_focus),
    Measure("A4", "Up to date", "the summary's own voice", data.up_to_date),
    Measure("A6", "Standardised", "the summary's own voice", data.standardised),
    Measure("D4", "Promises kept", "participants noted", coalition.promises_kept),
    Measure("E1", "Broad coalition", "the summary's own voice", coalition.broad_coalition),
]


def measure_all(subject: Subject) -> list[tuple[Measure, Outcome]]:
    """Every measure for a subject, in the order of their codes."""
    return [(measure, measure.compute(subject)) for measure in MEASURES]


__all__ = ["MEASURES", "Measure", "Outcome", "Subject", "measure_all", "scores"]
