"""Annual reports of one year in tests: written, computed, and as of a moment."""

from datetime import UTC, date, datetime, timedelta

from monitoring.models import Report, ReportRun
from monitoring.reports import runs
from monitoring.reports.kinds.annual import annual_report
from monitoring.services.annual import request_annual, write_section

YEAR = 2024
NOW = datetime(2025, 2, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def write(partnership, by, text, version=0, topic="achievements"):
    return write_section(partnership, YEAR, topic, by=by, text=text, version=version)


def computed(partnership, by, revision=None):
    """The report that is computed for the newest run."""
    run = request_annual(partnership, YEAR, by=by)
    report = (
        runs.compute(ReportRun.objects.get(pk=run.pk)) or ReportRun.objects.get(pk=run.pk).report
    )
    if revision:
        assert report.revision == revision
    return report


def stored(report):
    return Report.objects.get(pk=report.pk)


def as_of(partnership, cutoff_at):
    return annual_report(partnership, YEAR, reference_on=date(YEAR, 12, 31), cutoff_at=cutoff_at)
