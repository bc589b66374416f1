"""The engine's figures for Prometheus, read from the database when they are asked for."""

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from monitoring.models.engine import engine_figures


class Engine(Collector):
    def collect(self) -> Iterator[Metric]:
        figures = engine_figures()
        runs = GaugeMetricFamily(
            "registry_report_runs", "Report runs that are not ready", labels=["kind", "status"]
        )
        for labels, number in figures.runs.items():
            runs.add_metric(labels, number)
        yield runs
        files = GaugeMetricFamily(
            "registry_report_files", "Reports' files that are not ready", labels=["form", "status"]
        )
        for labels, number in figures.files.items():
            files.add_metric(labels, number)
        yield files
        took = GaugeMetricFamily(
            "registry_report_run_seconds",
            "Time that runs took which ended well in the last hour",
            labels=["kind", "quantile"],
        )
        for kind, durations in figures.durations.items():
            took.add_metric((kind, "0.5"), durations.median)
            took.add_metric((kind, "0.95"), durations.p95)
        yield took
        singles = {
            "report_queue_age_seconds": ("Since the oldest queued run was asked for", "queue_age"),
            "report_run_age_seconds": ("Since the oldest running run was begun", "run_age"),
            "report_file_queue_age_seconds": (
                "Since the oldest queued file was asked for",
                "file_queue_age",
            ),
            "outbox_entries": ("Events that nobody was told of yet", "outbox"),
            "outbox_age_seconds": ("Since the oldest of them happened", "outbox_age"),
            "webhook_deliveries_failed": ("Calls that were given up", "webhooks_failed"),
            "beat_age_seconds": ("Since beat last noted that it ran something", "beat_age"),
        }
        for name, (what, field) in singles.items():
            value = getattr(figures, field)
            if value is not None:
                yield GaugeMetricFamily(f"registry_{name}", what, value=value)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For who has METRICS_TOKEN, and for signed-in admins."""
    if not _may_read(request):
        if request.user.is_authenticated:
            return HttpResponse("Only for the registry's admins.\n", status=403)
        headers = {"WWW-Authenticate": 'Bearer realm="metrics"'}
        return HttpResponse("A token is needed.\n", status=401, headers=headers)
    registry = CollectorRegistry()
    registry.register(Engine())
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(
        generate_latest(registry), content_type=CONTENT_TYPE_LATEST, headers=headers
    )


def _may_read(request: HttpRequest) -> bool:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.METRICS_TOKEN
    if wanted and kind.lower() == "bearer" and constant_time_compare(token.strip(), wanted):
        return True
    return request.user.is_staff
