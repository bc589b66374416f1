"""Files of values: templates to fill in, sending, looking at what would change, loading."""

import csv
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from monitoring.forms.beside import exactly
from monitoring.forms.uploading import UploadForm
from monitoring.ingest.columns import COLUMNS
from monitoring.ingest.error_files import error_file
from monitoring.ingest.tables import harmless
from monitoring.ingest.template.lines import lines_of
from monitoring.models import Period, ReportingUnit, Upload
from monitoring.services.previews import MOST_SHOWN, changes_of
from monitoring.services.templates import LAYOUTS, data_template, template_units
from monitoring.services.uploads import load_upload, send_file
from monitoring.views.reading import SignedInRequest
from registry.api.limits import Bucket, counter
from registry.errors import DomainError, NotAllowed
from registry.models import User

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN, RECENT = 200, 50


@login_required
def uploads(request: SignedInRequest) -> HttpResponse:
    """The files that one has sent, newest first."""
    own = Upload.objects.filter(by=request.user).annotate(has_errors=~Q(errors=[]))
    named = own.select_related("framework__partnership", "period")
    rows = named.defer("errors").order_by("-pk")[:RECENT]
    return render(request, "monitoring/uploads.html", {"uploads": rows})


@login_required
def new(request: SignedInRequest, period: int) -> HttpResponse:
    """Templates of a period, and the form that takes the file."""
    found, units = _period_and_units(request.user, period)
    form = UploadForm(found, request.user, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and (sent := _sent(request, form, found)):
        return redirect("upload", pk=sent.pk)
    context = {"period": found, "form": form, "units": units}
    return render(request, "monitoring/upload_new.html", context)


@login_required
def template(request: SignedInRequest, period: int) -> HttpResponse:
    """A workbook or a CSV file to fill in, with a row for every value that is asked."""
    found, units = _period_and_units(request.user, period)
    layout = request.GET.get("layout", "template")
    name = f"data-{found.framework.partnership_id}-{found.pk}"
    try:
        if layout == "csv":
            return _csv(found, units, name)
        if layout not in LAYOUTS:
            raise Http404
        return _download(data_template(found, units, layout=layout), XLSX, f"{name}.xlsx")
    except DomainError as refused:
        messages.error(request, refused.detail)
        return redirect("upload-new", period=found.pk)


@login_required
def upload(request: SignedInRequest, pk: int) -> HttpResponse:
    """What became of a file: what it would change, what is wrong with it, what was loaded."""
    found = _own(request.user, pk)
    changes: list[Any] = []
    try:
        changes = changes_of(found) if found.status == Upload.Status.READY else []
    except (DomainError, ValidationError) as refused:
        messages.error(request, str(getattr(refused, "detail", refused)))
    context = {
        "upload": found,
        "is_waiting": found.status in (Upload.Status.QUEUED, Upload.Status.RUNNING),
        "errors": found.errors[:SHOWN],
        "more_errors": max(len(found.errors) - SHOWN, 0),
        "changes": [
            (one.row, exactly(one.row), exactly(one.old) if one.old else "")
            for one in changes[:MOST_SHOWN]
        ],
        "more_changes": max(len(changes) - MOST_SHOWN, 0),
    }
    return render(request, "monitoring/upload.html", context)


@login_required
@require_POST
def load(request: SignedInRequest, pk: int) -> HttpResponse:
    """Load exactly the file that was looked at."""
    found = _own(request.user, pk)
    try:
        loaded = load_upload(found, by=request.user, sha256=request.POST.get("sha256", ""))
        if loaded.loaded_at:
            messages.success(request, "Loaded. The drafts hold what the file says.")
    except NotAllowed as refused:
        raise PermissionDenied(refused.detail) from refused
    except DomainError as refused:
        messages.error(request, refused.detail)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("upload", pk=pk)


@login_required
def errors(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same file with a column that says what is wrong with each row."""
    found = _own(request.user, pk)
    if not (found.errors and found.file):
        raise Http404
    made = error_file(found)
    return _download(made.content, made.content_type, f"errors.{made.extension}")


def _own(user: User, pk: int) -> Upload:
    seen = Upload.objects.visible_to(user).select_related("framework__partnership", "period")
    found: Upload = get_object_or_404(seen, pk=pk)
    return found


def _period_and_units(user: User, pk: int) -> tuple[Period, list[ReportingUnit]]:
    """Raises Http404 for whoever sends nothing for the period."""
    visible = Period.objects.visible_to(user).select_related("framework__partnership")
    period = get_object_or_404(visible, pk=pk)
    units = template_units(period, [], by=user)
    if units is None:
        raise Http404
    return period, units


def _sent(request: SignedInRequest, form: UploadForm, period: Period) -> Upload | None:
    """The file as it was checked; what is refused stands in the form."""
    taken = counter(settings.REDIS_URL).take([Bucket("file", str(request.user.pk))])
    if taken and not taken.passed:
        form.add_error("file", f"Too many files: try again in {taken.seconds} seconds.")
        return None
    said = form.cleaned_data
    try:
        return send_file(
            said["file"],
            by=request.user,
            to=period.framework,
            period=period,
            sent_for=said["sent_for"],
            corrects=said["corrects"],
        )
    except NotAllowed as refused:
        raise PermissionDenied(refused.detail) from refused
    except DomainError as refused:
        form.add_error("file", refused.detail)
    except ValidationError as refused:
        form.add_error("file", " ".join(refused.messages))
    return None


def _csv(period: Period, units: list[ReportingUnit], name: str) -> HttpResponse:
    """The long format with its cells named and no value in them."""
    answer = _download(b"\xef\xbb\xbf", "text/csv; charset=utf-8", f"{name}.csv")
    writer = csv.writer(answer)
    writer.writerow(COLUMNS)
    for line in lines_of(period, units):
        cell = {
            "unit": line.unit.pk,
            "place": line.unit.place,
            "indicator": line.indicator.code or line.indicator.pk,
            "period": period.label,
            "category": f"{line.category.dimension.code}={line.category.code}"
            if line.category
            else "",
            **line.inputs,
        }
        writer.writerow([harmless(cell.get(column, "")) for column in COLUMNS])
    return answer


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
