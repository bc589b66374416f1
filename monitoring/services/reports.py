"""Reports that people ask for: one, or those of all subjects at once."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from monitoring.models import Period, Report, ReportBatch, ReportKind, ReportRun
from monitoring.models.report_askers import require_asker, require_standing
from monitoring.models.report_renewals import newest_run, require_renewable
from monitoring.models.report_runs import line_of
from monitoring.models.report_subjects import OF_KIND, Days, require_fit
from monitoring.reports.runs import compute
from monitoring.tasks import compute_report, hint_next
from partnerships.models import Partnership
from registry.errors import NotAllowed
from registry.models import User

logger = logging.getLogger(__name__)


@transaction.atomic
def request_report(
    subject: models.Model | None,
    when: Period | Days,
    *,
    by: User | None,
    kind: str = ReportKind.PARTNERSHIP,
    revision: int | None = None,
) -> ReportRun:
    """Ask for the report of a kind on its subject: for one of the partnership's periods, or for
    days that are over. The answer is the one run; see ReportRunQuerySet.ask."""
    if by is not None:
        require_asker(kind, subject, by=by)
    about, days = _about(kind, subject, when)
    if revision and by is not None and not by.is_staff:
        require_renewable(line_of(kind, about, days), revision, by=by)
    run = ReportRun.objects.ask(kind, about, days, by=by, revision=revision)
    if run.status == ReportRun.Status.QUEUED:
        transaction.on_commit(partial(compute_report.delay, run.pk), robust=True)
    return run


@transaction.atomic
def request_anew(subject: models.Model, days: Days, *, by: User, kind: str) -> ReportRun:
    """The first report of a kind that is asked for by its days; once that was computed its next
    revision, if there is anything new to say."""
    last = newest_run(line_of(kind, {OF_KIND[kind][0]: subject}, days))
    revision = last.revision + 1 if last and last.report else None
    return request_report(subject, days, by=by, kind=kind, revision=revision)


def request_revision(report: Report, *, by: User) -> ReportRun:
    """Ask for the revision after a report; asked for again, the answer is the same run."""
    when = report.period or (report.starts_on, report.ends_on)
    revision = report.revision + 1
    return request_report(report.subject, when, by=by, kind=report.kind, revision=revision)


def _about(
    kind: str, subject: models.Model | None, when: Period | Days
) -> tuple[dict[str, models.Model], Days]:
    """The subject by its fields, and the days; DomainError where they have no report (yet)."""
    require_standing(subject)
    if kind == ReportKind.PARTNERSHIP:
        assert isinstance(subject, Partnership)
        period = _period_of(subject, when)
        period.require_reportable()
        return {"partnership": subject, "period": period}, (period.starts_on, period.ends_on)
    assert not isinstance(when, Period)
    require_fit(kind, when)
    own = OF_KIND[kind]
    return ({own[0]: subject} if own and subject else {}), when


def _period_of(partnership: Partnership, when: Period | Days) -> Period:
    """A period of the partnership: the one named, or the one of just these days."""
    if isinstance(when, Period):
        if when.framework.partnership_id != partnership.pk:
            raise ValidationError({"period": "Not a period of this partnership."})
        return when
    own = Period.objects.filter(framework__partnership=partnership)
    found = own.with_reports().filter(starts_on=when[0], ends_on=when[1]).order_by("-framework")
    if period := found.select_related("framework__partnership").first():
        return period
    raise ValidationError({"days": "The partnership has no period of just these days."})


@transaction.atomic
def request_batch(
    kind: str, days: Days, *, by: User | None, revision: int = 1, hints: bool = True
) -> ReportBatch:
    """Ask for the reports of a kind on all its subjects; `by` is None for the clock and operators.

    Hints go out in portions once this has committed; without `hints` the caller computes them,
    and what it leaves is found by the sweeper.
    """
    if by is not None and not by.is_staff:
        raise NotAllowed("admins_only", "Only a registry admin may do this.")
    batch = ReportBatch.objects.ask(kind, days, by=by, revision=revision)
    if hints:
        transaction.on_commit(hint_next, robust=True)
    return batch


def compute_batch(batch: ReportBatch, progressed: Callable[[], Any]) -> None:
    """Compute what is queued of a batch in this process, beside any workers; each run goes to one.

    A run that fails is noted on its row; while attempts are left it is tried again here.
    """
    queued: Any = batch.runs.filter(status=ReportRun.Status.QUEUED).order_by("attempts", "pk")
    while keys := list(queued.values_list("pk", flat=True)[:100]):
        for key in keys:
            try:
                compute(ReportRun.objects.get(pk=key))
            except Exception:
                logger.exception("run %s failed", key)
            progressed()
