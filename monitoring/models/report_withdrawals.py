"""When a report was withdrawn, and why."""

from typing import Any

from monitoring.models.report_life import ReportStatus
from registry.models import Event


def withdrawal_of(report: Any) -> Event | None:
    """The event with its day and its reason; None for a report that was not withdrawn."""
    if report.status != ReportStatus.WITHDRAWN:
        return None
    moves = Event.objects.about(report).filter(became=ReportStatus.WITHDRAWN)
    last: Event | None = moves.order_by("-pk").first()
    return last
