"""Evaluators enter data in a form that loses nothing typed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from monitoring.errors import RowErrors
from monitoring.forms.entry import SubmissionForm
from monitoring.models import Period, Submission
from monitoring.services.entering import save_entry
from monitoring.views.held import is_only_shown, signed_out
from monitoring.views.reading import (
    SignedInRequest,
    is_open_for,
    reasons_of,
    values_shown,
    visible_submission,
)
from registry.errors import DomainError, StaleVersion


@csrf_exempt  # `is_only_shown` checks, and keeps what was typed
def submission(request: SignedInRequest, pk: int) -> HttpResponse:
    """A submission: a form while it is open for its own people, else its values."""
    if not request.user.is_authenticated:
        return signed_out(request)
    found = visible_submission(request, pk)
    if not is_open_for(found, request.user):
        return _read_only(request, found)
    if request.method != "POST":
        return _shown(request, SubmissionForm(found, part=_part(request)))
    form = SubmissionForm(found, request.POST, part=_part(request))
    if is_only_shown(request):
        return _shown(request, form, is_unsaved=True)
    try:
        saved = form.is_valid() and _save(request, form)
    except StaleVersion:  # overtaken since it was read: read again, it says what has changed
        form = SubmissionForm(visible_submission(request, pk), request.POST, part=_part(request))
        saved = False
    return redirect(_following(request, form)) if saved else _shown(request, form)


def _part(request: SignedInRequest) -> int:
    text = request.GET.get("part", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def _shown(
    request: SignedInRequest, form: SubmissionForm, *, is_unsaved: bool = False
) -> HttpResponse:
    found = form.submission
    is_stale = form.is_bound and form.is_stale()
    context = {
        "submission": found,
        "form": form,
        "is_unsaved": is_unsaved,
        "nothing_saved": form.is_bound and not is_unsaved and not is_stale,
        "reason": reasons_of([found]).get(found.pk),
        "stories": found.stories.count(),
    }
    status = 409 if is_stale else 200
    return render(request, "monitoring/submission_form.html", context, status=status)


def _following(request: SignedInRequest, form: SubmissionForm) -> str:
    if "check" in request.POST:
        return reverse("submission-check", args=[form.submission.pk])
    part = form.part + 1 if "next" in request.POST and form.part < form.parts else form.part
    return f"{request.path}?part={part}" if part > 1 else request.path


def _read_only(request: SignedInRequest, found: Submission) -> HttpResponse:
    """The values; where its own people typed into a form that came too late, that as well."""
    context = values_shown(request, found)
    context["is_shut"] = found.period.status == Period.Status.CLOSED and found.status in (
        Submission.Status.DRAFT,
        Submission.Status.RETURNED,
    )
    if request.method == "POST" and context["is_own"]:
        context["unsaved"] = SubmissionForm(found, request.POST, part=_part(request)).typed()
    status = 409 if "unsaved" in context else 200
    return render(request, "monitoring/submission.html", context, status=status)


def _save(request: SignedInRequest, form: SubmissionForm) -> bool:
    """Save the draft; what is refused goes into the form, beside what was typed."""
    submission = form.submission
    try:
        save_entry(
            submission,
            form.rows(),
            by=request.user,
            emptied=form.emptied(),
            unsafe=form.unsafe_now(),
            safe_after_all=form.safe_after_all(),
            said_no_longer=form.said_no_longer(),
        )
    except StaleVersion:
        raise
    except (RowErrors, DomainError) as refused:
        submission.refresh_from_db(fields=["updated_at", "version"])  # as it was rolled back
        _show_refusal(form, refused)
        return False
    messages.success(request, f"Draft saved. {submission.period} of {submission.unit}")
    tell_readings(request, form.read_as())
    return True


def _show_refusal(form: SubmissionForm, refused: RowErrors | DomainError) -> None:
    if isinstance(refused, RowErrors):
        form.show(refused)
    else:
        form.add_error(None, refused.detail)


def tell_readings(request: SignedInRequest, read: list[tuple[str, str, str]]) -> None:
    """Numbers that were typed in one way and are kept in another: both are shown."""
    if read:
        said = [f"{label}: “{typed}” is {kept}" for label, typed, kept in read[:5]]
        more = [f"and {len(read) - 5} more"] if len(read) > 5 else []
        messages.info(request, f"Read as: {'; '.join([*said, *more])}.")
