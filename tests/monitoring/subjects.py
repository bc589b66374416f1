"""A subject for measures that read no figures of indicators."""

from datetime import UTC, date, datetime

from monitoring.reports.accountability import Subject
from tests.factories import FrameworkFactory, PeriodFactory

ON = date(2025, 12, 31)
CUTOFF = datetime(2026, 1, 31, tzinfo=UTC)


def at(year, month, day, hour=12):
    return datetime(year, month, day, hour, tzinfo=UTC)


def subject_of(partnership, on=ON, cutoff_at=CUTOFF):
    """The partnership for a month, as of its last day, as known a month later."""
    framework = partnership.frameworks.first() or FrameworkFactory(partnership=partnership)
    period = framework.periods.filter(ends_on=on).first() or PeriodFactory(
        framework=framework, starts_on=date(on.year, on.month, 1), ends_on=on
    )
    return Subject(partnership, period, framework, on, cutoff_at, None)


def ids(outcome):
    """Evidence as pairs of model and number."""
    return [(row["type"].split(".")[1], row["id"]) for row in outcome.evidence]
