"""What happens to reports as time goes by: replies end, embargoes end, rules publish."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from monitoring.models.publication_rules import PublicationRule
from monitoring.models.reports import Report
from registry.errors import DomainError
from registry.models import Event

logger = logging.getLogger(__name__)

REMINDED_BEFORE = timedelta(days=3)
PORTION = 500  # reports that are read at a time
# What could not be published is tried again so much later, or once the report has changed.
REFUSED_FOR = timedelta(hours=1)


def move_on() -> int:
    """Everything that is due now, each report in a transaction of its own; gives how many moved.

    Run as often as wanted and by several at once: each report is moved by one of them. What is
    refused or fails keeps none of the others waiting.
    """
    _remind_of_replies()
    return _end_replies() + _publish_due()


def _end_replies() -> int:
    over = Report.objects.filter(status=Report.Status.IN_REPLY, reply_until__lte=timezone.now())
    return sum(_each(report, _to_review) for report in _in_portions(over))


def _publish_due() -> int:
    """Decided ones whose embargo is over, and those that their kind's rule publishes."""
    now = timezone.now()
    due = Q(decided_at__isnull=False)
    for rule in PublicationRule.objects.exclude(review_days=None):
        assert rule.reviewed_for is not None
        due |= Q(kind=rule.kind, review_since__lte=now - rule.reviewed_for)
    free = Q(embargo_until=None) | Q(embargo_until__lte=now)
    waiting = Report.objects.filter(due, free, status=Report.Status.IN_REVIEW)
    return sum(_each(report, _publish) for report in _in_portions(waiting, refused=_refused))


def _to_review(report: Report) -> None:
    if report.status == Report.Status.IN_REPLY and report.reply_is_over():
        report.take_to_review(by=None)


def _publish(report: Report) -> None:
    try:
        if report.decided_at:
            report.publish_as_decided(by=None)
        else:
            report.require_publishable()
            report.make_public(by=None)
    except DomainError:
        cache.set(_refusal(report), True, REFUSED_FOR.total_seconds())
        raise


def _remind_of_replies() -> None:
    """Once per report, when so few days are left."""
    now = timezone.now()
    told = Event.objects.filter(
        subject_type=Report._meta.label_lower,
        subject_id=OuterRef("pk"),
        kind="report.reply_ending",
    )
    ending = Report.objects.filter(
        ~Exists(told),
        status=Report.Status.IN_REPLY,
        reply_until__gt=now,
        reply_until__lte=now + REMINDED_BEFORE,
    )
    for report in _in_portions(ending):
        _each(report, _remind)


def _remind(report: Report) -> None:
    is_short = report.reply_until and report.reply_until <= timezone.now() + REMINDED_BEFORE
    told = Event.objects.about(report).filter(kind="report.reply_ending").exists()
    if report.status == Report.Status.IN_REPLY and is_short and not told:
        Event.log(report, "reply_ending", by=None)


def _in_portions(
    rows: Any, *, refused: Callable[[list[Report]], set[int]] = lambda _: set()
) -> Iterator[Report]:
    """Each report once, those that stay as they are as well, without what was refused lately."""
    after = 0
    while portion := list(rows.filter(pk__gt=after).order_by("pk").defer("content")[:PORTION]):
        after = portion[-1].pk
        left_out = refused(portion)
        yield from (report for report in portion if report.pk not in left_out)


def _refused(reports: list[Report]) -> set[int]:
    keys = {_refusal(report): report.pk for report in reports}
    return {keys[key] for key in cache.get_many(keys)}


def _refusal(report: Report) -> str:
    return f"report-not-published-{report.pk}-{report.version}"


def _each(seen: Report, act: Callable[[Report], None]) -> bool:
    """Act on a report that nobody else holds; its line first, as everybody does who moves it."""
    try:
        with transaction.atomic():
            if not seen.hold_line(wait=False):
                return False
            free = Report.objects.select_for_update(skip_locked=True, no_key=True)
            report = free.defer("content").filter(pk=seen.pk).first()
            if report is None:
                return False
            act(report)
            return True
    except DomainError:
        return False
    except Exception:
        logger.exception("report %s was left as it is", seen.pk)
        return False
