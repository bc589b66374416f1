"""The engine's page for admins: what waits, how batches come along, what failed; schedules."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from monitoring.forms.engine import BatchForm, ScheduleForm
from monitoring.models import ReportBatch, ReportFile, ReportRun, report_schedules
from monitoring.models.engine import engine_figures
from monitoring.models.reports import SHOWN
from monitoring.services.report_files import try_file_again
from monitoring.services.report_runs import try_again
from monitoring.services.reports import request_batch
from registry.errors import DomainError
from registry.views.accounts import SignedInRequest
from registry.views.refusals import admins_only, shown_in

PAGE, BATCHES = 20, 20


@admins_only
def engine(request: SignedInRequest) -> HttpResponse:
    """How the engine is doing; asks for the reports of a kind on all subjects."""
    form = BatchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        with shown_in(form):
            batch = request_batch(
                chosen["kind"], chosen["days"], by=request.user, revision=chosen["revision"]
            )
            messages.success(request, f"{batch}: {batch.total} runs.")
            return redirect("engine")
    failed = ReportRun.objects.filter(status=ReportRun.Status.FAILED)
    named = failed.select_related("period", *SHOWN).order_by("-finished_at", "-pk")
    context = {
        "figures": engine_figures(),
        "batches": ReportBatch.objects.with_progress().order_by("-pk")[:BATCHES],
        "page": Paginator(named, PAGE).get_page(request.GET.get("page")),
        "failed_files": ReportFile.objects.failed()
        .select_related("report__period", *(f"report__{name}" for name in SHOWN))
        .defer("report__content")
        .order_by("-finished_at", "-pk")[:PAGE],
        "form": form,
    }
    return render(request, "monitoring/engine/engine.html", context)


@require_POST
@admins_only
def again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a failed run be tried again."""
    run = get_object_or_404(ReportRun, pk=pk)
    return _tried_again(request, run, try_again)


@require_POST
@admins_only
def file_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a file that failed be tried again."""
    file = get_object_or_404(ReportFile, pk=pk)
    return _tried_again(request, file, try_file_again)


def _tried_again(request: SignedInRequest, job: Any, again: Callable[..., Any]) -> HttpResponse:
    try:
        again(job, by=request.user)
        messages.success(request, f"The {job} is queued again.")
    except DomainError as refusal:
        messages.error(request, refusal.detail)
    return redirect("engine")


@admins_only
def schedules(request: HttpRequest) -> HttpResponse:
    """When the clock asks for which reports."""
    rows = [(row, report_schedules.BY_NAME[row.name]) for row in report_schedules.listed()]
    return render(request, "monitoring/engine/schedules.html", {"rows": rows})


@admins_only
def schedule(request: SignedInRequest, pk: int) -> HttpResponse:
    """Turn one on or off, and set its times."""
    found = next((row for row in report_schedules.listed() if row.pk == pk), None)
    if found is None:
        raise Http404
    form = ScheduleForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_in(form):
            report_schedules.change(found, by=request.user, **form.chosen())
            messages.success(request, "The schedule is saved.")
            return redirect("report-schedules")
    context = {"form": form, "schedule": found, "about": report_schedules.BY_NAME[found.name]}
    return render(request, "monitoring/engine/schedule.html", context)
