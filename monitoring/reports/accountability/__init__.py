"""The scorecard: the Forum's recommendations as measures, one function each.

One module per part of it; each lists its measures in the order of their codes.
"""

from monitoring.reports.accountability import (
    bases,
    beyond,
    coalition,
    data,
    principles,
    reviews,
    sharing,
    solutions,
    working,
)
from monitoring.reports.accountability.measure import Measure, Outcome, Subject, scores

MEASURES = [
    *data.MEASURES,
    *bases.MEASURES,
    *sharing.MEASURES,
    *working.MEASURES,
    *coalition.MEASURES,
    *beyond.MEASURES,
    *principles.MEASURES,
    *solutions.MEASURES,
    *reviews.MEASURES,
]


def measure_all(subject: Subject) -> list[tuple[Measure, Outcome]]:
    """Every measure for a subject, in the order of their codes."""
    return [(measure, measure.compute(subject)) for measure in MEASURES]


__all__ = ["MEASURES", "Measure", "Outcome", "Subject", "measure_all", "scores"]
