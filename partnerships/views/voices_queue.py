"""The secretariat's queues of feedback to moderate and of complaints."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from partnerships.forms.voices import AcknowledgeForm, CloseForm, HandlerForm
from partnerships.models import Complaint, Feedback
from registry.errors import DomainError
from registry.forms.attempts import succeeds
from registry.forms.partner_edit import ReasonForm
from registry.paging import oldest_first
from registry.views.accounts import SignedInRequest
from registry.views.secretariat import admins


@admins
def feedback_queue(request: SignedInRequest) -> HttpResponse:
    """Feedback that nobody has moderated yet, the oldest first."""
    waiting = Feedback.objects.waiting().select_related("partnership")
    today = timezone.localdate()
    context = {
        "page": oldest_first(waiting, request.GET.get("after", "")),
        "late": Feedback.objects.late(today)
        .select_related("partnership")
        .order_by("answer_due_on", "pk")[:50],
    }
    return render(request, "partnerships/feedback_queue.html", context)


@admins
@require_POST
def pass_on(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Feedback, pk=pk)
    try:
        found.pass_on(by=request.user)
        messages.success(request, "Passed on: the partnership has 30 days to answer.")
    except DomainError as refused:
        messages.error(request, refused.detail)
    return redirect("feedback-queue")


@admins
def refuse(request: SignedInRequest, pk: int) -> HttpResponse:
    """With the reason, which the sender does not see."""
    found = get_object_or_404(Feedback.objects.select_related("partnership"), pk=pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        act = partial(found.refuse, by=request.user, reason=form.cleaned_data["reason"])
        if succeeds(form, act):
            messages.success(request, "Refused.")
            return redirect("feedback-queue")
    return render(request, "partnerships/feedback_refuse.html", {"row": found, "form": form})


@admins
def complaints(request: SignedInRequest) -> HttpResponse:
    """Those that the admin may see and that are not closed, the oldest first."""
    seen = Complaint.objects.visible_to(request.user)
    is_closed = request.GET.get("closed") == "1"
    rows = seen.filter(status=Complaint.Status.CLOSED) if is_closed else seen.open()
    rows = rows.select_related("partnership", "partner", "assigned_to")
    context = {
        "page": oldest_first(rows, request.GET.get("after", "")),
        "is_closed": is_closed,
        "today": timezone.localdate(),
    }
    return render(request, "partnerships/complaints.html", context)


@admins
def complaint(request: SignedInRequest, pk: int) -> HttpResponse:
    """One complaint, and what is done next."""
    seen = Complaint.objects.visible_to(request.user).select_related(
        "partnership", "partner", "assigned_to"
    )
    found = get_object_or_404(seen, pk=pk)
    step = request.POST.get("step", "")
    sent = request.POST if request.method == "POST" else None
    forms = {
        "acknowledge": AcknowledgeForm(sent if step == "acknowledge" else None),
        "assign": HandlerForm(sent if step == "assign" else None),
        "close": CloseForm(sent if step == "close" else None),
    }
    form = forms.get(step)
    if form is not None and form.is_valid():
        acts = {
            "acknowledge": lambda: found.acknowledge(by=request.user, **form.cleaned_data),
            "assign": lambda: found.assign(form.cleaned_data["to"], by=request.user),
            "close": lambda: found.close(by=request.user, **form.cleaned_data),
        }
        if succeeds(form, acts[step]):
            messages.success(request, "Done.")
            return redirect("complaint", found.pk)
        found.refresh_from_db()
    context = {"found": found, "forms": forms, "form": form, "today": timezone.localdate()}
    return render(request, "partnerships/complaint.html", context)
