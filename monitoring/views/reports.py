"""Reports: the list, and a report read from its snapshot alone."""

from itertools import count
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from monitoring.forms.report_filter import ReportFilter, public_reports
from monitoring.models import Report, ReportFile
from monitoring.models.reports import SHOWN
from monitoring.reports.documents import document_of
from monitoring.reports.snapshot import canonical
from partnerships.views.finding import visible_partnership
from registry.paging import newest_first


def reports(request: HttpRequest) -> HttpResponse:
    """Published reports of every kind, searched and filtered, newest first."""
    form = ReportFilter(request.GET)
    rows = form.found(public_reports(request.user))
    page = newest_first(rows.for_list(), request.GET.get("after", ""))
    return render(request, "monitoring/reports.html", {"form": form, "page": page})


def of_partnership(request: HttpRequest, key: str) -> HttpResponse:
    """A partnership's reports, newest first; drafts for its own people."""
    partnership = visible_partnership(request, key)
    seen = Report.objects.visible_to(request.user).filter(partnership=partnership)
    page = newest_first(seen.for_list(), request.GET.get("after", ""))
    context = {"partnership": partnership, "page": page}
    return render(request, "monitoring/partnership_reports.html", context)


class Download(NamedTuple):
    """A form of a report, where it is, and its file once it has been made."""

    label: str
    address: str
    size: int | None = None
    sha256: str = ""


FORMS = {"pdf": ("PDF", "pdf"), "xlsx": ("Workbook (XLSX)", "xlsx"), "csv": ("CSV (ZIP)", "zip")}


def downloads(report: Report) -> list[Download]:
    """Every form; size and hash of those that somebody has asked for before."""
    kept = ReportFile.objects.ready().filter(report=report, is_draft=report.published_at is None)
    made = {file.form: file for file in kept}
    found = []
    for form, (label, ending) in FORMS.items():
        address = reverse("report-file", args=[report.pk, ending])
        file = made.get(form)
        known = (file.size, file.sha256) if file else (None, "")
        found.append(Download(label, address, *known))
    size = len(canonical(report.content))
    address = reverse("report-file", args=[report.pk, "json"])
    return [*found, Download("JSON", address, size, report.sha256)]


def report(request: HttpRequest, pk: int) -> HttpResponse:
    """A report of any kind: what it says comes from the snapshot, never from today's data."""
    visible = Report.objects.visible_to(request.user)
    found = get_object_or_404(visible.select_related("period", *SHOWN), pk=pk)
    context = {
        "report": found,
        "document": document_of(found.kind, found.content),
        "downloads": downloads(found),
        "has_replies": bool(found.published_at) and found.replies.exists(),
        "revisions": visible.same_line(found)
        .exclude(pk=found.pk)
        .only("pk", "revision", "status", "sha256"),
        "chart_ids": count(1),
    }
    return render(request, "monitoring/report.html", context)
