"""A failed run and the schedules of reports, for the access matrix."""

from monitoring.models import report_schedules
from tests import factories as f


def engine():
    report_schedules.load()
    return {
        "failed_run": f.ReportRunFactory(status="failed"),
        "failed_file": f.ReportFileFactory(status="failed"),
        "schedule": report_schedules.listed()[0],
    }
