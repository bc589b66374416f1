"""How the engine that computes reports is doing: read from the rows, in six statements."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Aggregate, Count, ExpressionWrapper, F, FloatField, Func, Max, Min, Q
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from monitoring.models.report_files import ReportFile
from monitoring.models.report_runs import ReportRun
from monitoring.models.report_subjects import ReportKind
from registry.models import HintedJob, Job, OutboxEntry, WebhookDelivery

LATELY = timedelta(hours=1)
OPEN = (Job.Status.QUEUED, Job.Status.RUNNING, Job.Status.FAILED)


class Durations(NamedTuple):
    """Of the runs that ended well in the last hour: how many, and seconds of worker time."""

    number: int
    median: float
    p95: float


class EngineFigures(NamedTuple):
    """Ages are seconds, 0 where nothing waits; `beat_age` is None until a beat has run."""

    runs: dict[tuple[str, str], int]  # by kind and status; what is ready is not counted
    queue_age: float
    run_age: float
    files: dict[tuple[str, str], int]  # by form and status; what is ready is not counted
    file_queue_age: float
    durations: dict[str, Durations]  # by kind
    outbox: int
    outbox_age: float
    webhooks_failed: int
    beat_age: float | None

    def total(self, status: str) -> int:
        return _of_status(self.runs, status)

    @property
    def files_queued(self) -> int:
        return _of_status(self.files, Job.Status.QUEUED)

    @property
    def files_failed(self) -> int:
        return _of_status(self.files, Job.Status.FAILED)

    @property
    def queued(self) -> int:
        return self.total(Job.Status.QUEUED)

    @property
    def running(self) -> int:
        return self.total(Job.Status.RUNNING)

    @property
    def failed(self) -> int:
        return self.total(Job.Status.FAILED)


def _of_status(counted: dict[tuple[str, str], int], status: str) -> int:
    return sum(number for (_, one), number in counted.items() if one == status)


class _Percentile(Aggregate):
    function = "percentile_cont"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def engine_figures() -> EngineFigures:
    """As of now. The oldest queued run counts from when it was asked for, hints or not."""
    now = timezone.now()
    counted, queue_age, run_age = _open(ReportRun, "kind", ReportKind.values, now)
    files, file_queue_age, _ = _open(ReportFile, "form", ReportFile.Form.values, now)
    lag = OutboxEntry.objects.lag()
    failed = WebhookDelivery.objects.filter(status=WebhookDelivery.Status.FAILED)
    beat = PeriodicTask.objects.aggregate(last=Max("last_run_at"))["last"]
    return EngineFigures(
        runs=counted,
        queue_age=queue_age,
        run_age=run_age,
        files=files,
        file_queue_age=file_queue_age,
        durations=_durations(now),
        outbox=lag.waiting,
        outbox_age=lag.seconds,
        webhooks_failed=failed.count(),
        beat_age=_since(beat, now) if beat else None,
    )


def _open(
    model: type[HintedJob], sort: str, sorts: list[str], now: datetime
) -> tuple[dict[tuple[str, str], int], float, float]:
    """Jobs that are not ready: their numbers, and since when the oldest waits and is running.

    Every sort has its numbers, also none: a metric that comes and goes raises no alarm.
    """
    jobs: Any = model.objects.filter(status__in=OPEN).order_by()
    counted = dict.fromkeys(((one, status.value) for one in sorts for status in OPEN), 0)
    asked, started = now, now
    rows = jobs.values(sort, "status")
    for row in rows.annotate(number=Count("pk"), asked=Min("asked_at"), began=Min("started_at")):
        counted[row[sort], row["status"]] = row["number"]
        if row["status"] == Job.Status.QUEUED:
            asked = min(asked, row["asked"])
        if row["status"] == Job.Status.RUNNING:
            started = min(started, row["began"] or now)
    return counted, _since(asked, now), _since(started, now)


def _durations(now: datetime) -> dict[str, Durations]:
    took = Func(
        ExpressionWrapper(F("finished_at") - F("started_at"), FloatField()),
        template="extract(epoch FROM %(expressions)s)",
        output_field=FloatField(),
    )
    lately = Q(finished_at__gte=now - LATELY, status=Job.Status.READY)
    rows: Any = ReportRun.objects.filter(lately).order_by().values("kind")
    shown = rows.annotate(
        number=Count("pk"), median=_Percentile(took, share=0.5), p95=_Percentile(took, share=0.95)
    )
    return {row["kind"]: Durations(row["number"], row["median"], row["p95"]) for row in shown}


def _since(moment: datetime, now: datetime) -> float:
    return max((now - moment).total_seconds(), 0.0)
