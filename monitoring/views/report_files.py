"""A report's files, and the page that says whether one is genuine and current."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_safe

from monitoring.check_limits import is_too_large, take_check
from monitoring.forms.report_check import ReportCheckForm
from monitoring.models import Report, ReportFile
from monitoring.report_downloads import name_of, sent, sent_file
from monitoring.reports.files.csv_files import member_of
from monitoring.reports.genuine import FORMS, Finding
from monitoring.reports.snapshot import canonical
from monitoring.services.report_files import NotReady, file_of, reading

JSON, CSV = "application/json", "text/csv; charset=utf-8"
TOO_OFTEN = "Too many checks from here in the last minute. Try again soon."
TOO_LARGE = "At most 20 MB."


def _visible(request: HttpRequest, pk: int) -> Report:
    shown = Report.objects.visible_to(request.user).select_related("partnership")
    return get_object_or_404(shown, pk=pk)


def _not_ready(request: HttpRequest, report: Report, why: NotReady) -> HttpResponse:
    context = {"report": report, "why": why}
    answer = render(request, "monitoring/report_not_ready.html", context, status=503)
    answer["Retry-After"] = str(why.wait)
    return answer


@require_safe
def report_file(request: HttpRequest, pk: int, form: str) -> Any:
    """The whole report in one form; made now if nobody asked for it before."""
    report = _visible(request, pk)
    if form == "json":
        name = f"{name_of(report)}.json"
        return sent(request, canonical(report.content), name, JSON, report.sha256)
    try:
        file = file_of(report, "csv" if form == "zip" else form)
        with reading(file):
            return sent_file(request, file)
    except NotReady as why:
        return _not_ready(request, report, why)


@require_safe
def report_table(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """One table of the report as CSV: the same bytes as in the archive."""
    report = _visible(request, pk)
    try:
        file = file_of(report, ReportFile.Form.CSV)
        with reading(file):
            found = member_of(file, f"tables/{key}.csv")
    except NotReady as why:
        return _not_ready(request, report, why)
    if found is None:
        raise Http404
    content, digest = found
    return sent(request, content, f"{name_of(report)}-{key}.csv", CSV, digest)


@never_cache
@csrf_exempt  # `_checked` is protected: the form is not read before its length is known
def check(request: HttpRequest) -> HttpResponse:
    """Paste or upload a report: is it genuine, and is it current? Open to everybody."""
    if request.method != "POST" and not request.GET.get("sha256"):
        return _answer(request, ReportCheckForm())
    taken = take_check(request)
    if taken and not taken.passed:
        answer = _answer(request, ReportCheckForm(), status=429, refusal=TOO_OFTEN)
        answer["Retry-After"] = str(taken.seconds)
        return answer
    if is_too_large(request):
        return _answer(request, ReportCheckForm(), status=413, refusal=TOO_LARGE)
    return _checked(request)


@csrf_protect
def _checked(request: HttpRequest) -> HttpResponse:
    """What is asked about, compared with what was issued."""
    asked = request.POST if request.method == "POST" else {"text": request.GET["sha256"]}
    form = ReportCheckForm(asked, request.FILES or None)
    if not form.is_valid():
        return _answer(request, form, status=400)
    return _answer(request, form, finding=form.finding(request.user))


def _answer(
    request: HttpRequest,
    form: ReportCheckForm,
    *,
    finding: Finding | None = None,
    status: int = 200,
    refusal: str = "",
) -> HttpResponse:
    form_name = FORMS.get(finding.form, "") if finding else ""
    context = {"form": form, "finding": finding, "form_name": form_name, "refusal": refusal}
    return render(request, "monitoring/report_check.html", context, status=status)
