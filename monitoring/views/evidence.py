"""What backs data up: added and taken away by senders, accepted or not by reviewers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from monitoring.forms.checking import EvidenceForm, EvidenceWordForm
from monitoring.models import Evidence, Submission, Verification
from monitoring.services.evidence import add_evidence, remove_evidence
from monitoring.views.reading import SignedInRequest, is_open_for, visible_submission
from partnerships.models import Partnership
from partnerships.views.acting import act_page, allowed, sent, version_read
from registry.attached import download
from registry.errors import DomainError
from registry.forms.attempts import succeeds


@login_required
def evidence(request: SignedInRequest, pk: int) -> HttpResponse:
    """Files and links behind a submission; its own people add and remove them while it is open."""
    found = visible_submission(request, pk)
    may_edit = is_open_for(found, request.user)
    values = list(
        found.observations.visible_to(request.user).select_related("indicator", "category")
    )
    form = EvidenceForm(values, sent(request), request.FILES or None)

    def add() -> None:
        add_evidence(found, by=request.user, **form.stated())

    if request.method == "POST" and form.is_valid() and succeeds(form, add):
        messages.success(request, "The evidence is added.")
        return redirect(request.path)
    rows = Evidence.objects.visible_to(request.user).filter(submission=found)
    context = {
        "submission": found,
        "form": form,
        "may_remove": may_edit,
        "evidence": rows.select_related("observation__indicator", "observation__category"),
    }
    return render(request, "monitoring/evidence.html", context)


def _visible(request: SignedInRequest, pk: int) -> Evidence:
    rows = Evidence.objects.visible_to(request.user)
    named = rows.select_related("submission__period__framework__partnership", "submission__unit")
    return get_object_or_404(named, pk=pk)


@login_required
def piece(request: SignedInRequest, pk: int) -> HttpResponse:
    """Where a notice about evidence leads."""
    return redirect("submission-evidence", pk=_visible(request, pk).submission_id)


@login_required
@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    found.version = version_read(request)
    with allowed():
        found.submission.require_sender(request.user)
    try:
        remove_evidence(found, by=request.user)
    except DomainError as refused:
        messages.error(request, refused.detail)
    else:
        messages.success(request, "The evidence is removed.")
    return redirect("submission-evidence", pk=found.submission_id)


@login_required
def word(request: SignedInRequest, pk: int) -> HttpResponse:
    """A reviewer accepts evidence against the means of verification, or not, with the reason."""
    found = _visible(request, pk)
    with allowed():
        found.submission.require_reviewer(request.user)
    form = EvidenceWordForm(sent(request))
    agreed = found.observation.indicator.means_of_verification if found.observation else ""

    def act() -> None:
        given = form.cleaned_data
        found.decide(given["word"] == "accept", by=request.user, reason=given["reason"])

    waits = Submission.objects.reviewable_by(request.user).filter(pk=found.submission_id).exists()
    page = "submission-review" if waits else "submission-evidence"
    return act_page(
        request,
        found.submission.period.framework.partnership,
        form,
        act,
        title="Accept the evidence, or not",
        about=found.title,
        lede=f"Means of verification that the members agreed: {agreed}" if agreed else "",
        back=redirect(page, pk=found.submission_id).headers["Location"],
        done="Your word is recorded.",
        record=found,
    )


@login_required
def evidence_file(request: SignedInRequest, pk: int) -> FileResponse:
    """The file, for those who may see it, always as a download."""
    rows = Evidence.objects.visible_to(request.user).exclude(file="")
    found = get_object_or_404(rows, pk=pk)
    return download(found.file, f"evidence-{found.pk}")


@login_required
def verification_file(request: SignedInRequest, pk: int) -> FileResponse:
    """The document behind a verification, for members' people and admins."""
    inside = Partnership.objects.insider(request.user).values("pk")
    rows = Verification.objects.filter(observation__period__framework__partnership__in=inside)
    found = get_object_or_404(rows.exclude(file=""), pk=pk)
    return download(found.file, f"verification-{found.pk}")
