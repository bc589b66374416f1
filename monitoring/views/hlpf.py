"""The secretariat's page of the goals under review at the High-level Political Forum."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from monitoring.forms.hlpf import HlpfReviewForm
from monitoring.models import HlpfReview
from registry.forms.attempts import succeeds
from registry.views.accounts import SignedInRequest
from registry.views.refusals import admins_only

AT_MOST = 100


@admins_only
def hlpf_reviews(request: SignedInRequest) -> HttpResponse:
    """What was set, the last of each year first; set a year."""
    form = HlpfReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def put() -> None:
            year, goals = form.cleaned_data["year"], form.cleaned_data["goals"]
            HlpfReview.objects.put(year, goals, by=request.user)

        if succeeds(form, put):
            messages.success(request, "The goals under review are set.")
            return redirect("hlpf-reviews")
    rows = list(HlpfReview.objects.all()[:AT_MOST])
    holds = {one.year: one.pk for one in reversed(rows)}
    shown = [(one, holds[one.year] == one.pk) for one in rows]
    return render(request, "monitoring/hlpf_reviews.html", {"form": form, "rows": shown})
