"""What waits of reports: a reply of those they are about, publication by the secretariat."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from django.urls import reverse

from monitoring.models.annual_endorsements import to_endorse_at
from monitoring.models.report_replies import to_reply_at
from monitoring.models.reports import Report
from partnerships.models.waiting import page_address
from registry.models import Task, User
from registry.models.base import in_words
from registry.secretariat_waits import Waits

MOST = 20


def _to_reply(person: User, partners: Collection[int]) -> Iterator[Task]:
    """Reports to which the person's partners have not replied yet, the first to end first."""
    for report in to_reply_at(partners).exclude(kind=Report.Kind.ANNUAL)[:MOST]:
        until = in_words(report.reply_until.date() if report.reply_until else None)
        at = reverse("report-reply", args=[report.pk])
        yield Task("report", f"To reply to by {until}: {report}", at, is_own=False)


def _to_endorse(person: User, partners: Collection[int]) -> Iterator[Task]:
    """Annual reports to endorse, or to reply to."""
    for report in to_endorse_at(partners)[:MOST]:
        assert report.partnership
        at = page_address(report.partnership, "partnership-annual") + f"{report.ends_on.year}/"
        yield Task("report", f"To endorse: {report}", at, is_own=False)


def to_publish() -> Any:
    """Reports in review that nobody has decided to publish, the oldest first."""
    rows = Report.objects.filter(status=Report.Status.IN_REVIEW, decided_at=None)
    return rows.order_by("review_since", "pk")


def waits_for(user: Any) -> list[Waits]:
    return [Waits("Reports to publish", to_publish().count(), "reports-to-publish")]


SOURCES: list[Callable[[User, Collection[int]], Iterator[Task]]] = [_to_reply, _to_endorse]
