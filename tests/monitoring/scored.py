"""What tests of the scorecard's measures have in common."""

from datetime import UTC, date, datetime

from monitoring.aggregation import partnership_figures
from monitoring.reports.accountability import MEASURES, Subject
from tests.factories import FrameworkFactory, PeriodFactory

CUTOFF = datetime(2026, 1, 31, tzinfo=UTC)
ON = date(2025, 12, 31)
NOON = datetime(2024, 1, 15, 12, tzinfo=UTC)
SHEET = {
    "definition": "d",
    "unit": "people",
    "method": "m",
    "source": "s",
    "frequency": "quarterly",
    "means_of_verification": "v",
    "library_link": "none",
}


def subject_of(partnership, framework=None, on=ON, cutoff_at=CUTOFF):
    framework = framework or FrameworkFactory(partnership=partnership)
    period = framework.periods.filter(ends_on=on).first()
    period = period or PeriodFactory(
        framework=framework, starts_on=date(on.year, on.month, 1), ends_on=on
    )
    figures = partnership_figures(
        partnership, reference_on=on, cutoff_at=cutoff_at, framework=framework
    )
    return Subject(partnership, period, framework, on, cutoff_at, figures)


def outcome_of(code, subject):
    """What one measure, named by its code, gives for a subject."""
    (measure,) = [one for one in MEASURES if one.code == code]
    return measure.compute(subject)
