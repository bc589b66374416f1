"""What partnerships ask about their monitoring: whether they measure, when they last reported."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, Max, OuterRef, Q

from monitoring.models.frameworks import Framework
from monitoring.models.indicators import Indicator
from monitoring.models.reports import Report
from monitoring.models.submissions import Submission
from monitoring.models.targets import PeriodTarget


def measured_of(partnership_ids: Iterable[int]) -> set[int]:
    """Those whose framework has an indicator with a baseline and a target."""
    over = (Framework.Status.SUPERSEDED, Framework.Status.WITHDRAWN)
    keys = Framework.objects.exclude(status__in=over).filter(partnership__in=list(partnership_ids))
    based = Q(baseline_value__isnull=False) | Q(baseline_numerator__isnull=False)
    aimed = Exists(PeriodTarget.objects.filter(indicator=OuterRef("pk")))
    indicators = Indicator.objects.filter(based, aimed, result__framework__in=keys.values("pk"))
    found = indicators.order_by().values_list("result__framework__partnership_id", flat=True)
    return set(found.distinct())


def last_reported(partnership_ids: Iterable[int]) -> dict[int, datetime]:
    """When each last had data approved, or a report with data published; else it is left out.

    Reports are computed for empty periods too: those tell nothing from the partnership.
    """
    keys = list(partnership_ids)
    path = "period__framework__partnership_id"
    approved = Submission.objects.filter(**{f"{path}__in": keys}, approved_at__isnull=False)
    published = Report.objects.filter(partnership__in=keys, published_at__isnull=False)
    told_in = Submission.objects.filter(period=OuterRef("period"), approved_at__isnull=False)
    latest = dict(approved.order_by().values_list(path).annotate(at=Max("approved_at")))
    told = published.filter(Exists(told_in)).order_by().values_list("partnership_id")
    for pk, moment in told.annotate(latest=Max("published_at")):
        latest[pk] = max(moment, latest.get(pk, moment))
    return latest
