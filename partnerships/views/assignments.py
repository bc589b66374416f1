"""The partnerships that an evaluator works in."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from partnerships.forms.assignments import AssignmentsForm
from partnerships.models import Partnership
from partnerships.services.assignments import assign_to
from registry.forms.attempts import succeeds
from registry.models import Affiliation
from registry.views.accounts import SignedInRequest
from registry.views.people import managed


@login_required
def assignments(request: SignedInRequest, pk: int, affiliation: int) -> HttpResponse:
    """The partnerships to which an evaluator of the partner is limited; for its managers."""
    partner = managed(request, pk)
    evaluators = partner.affiliations.filter(role=Affiliation.Role.EVALUATOR)
    found = get_object_or_404(evaluators.select_related("user"), pk=affiliation)
    joined = partner.memberships.filter(status__in=["invited", "accepted"])
    choices = Partnership.objects.filter(pk__in=joined.values("partnership_id"))
    held = list(found.assignments.values_list("partnership_id", flat=True))
    # An empty choice is one too: no partnership chosen means all of them.
    sent = request.POST if request.method == "POST" else None
    form = AssignmentsForm(choices.order_by("title", "pk"), sent, initial={"partnerships": held})
    if form.is_valid():
        chosen = form.cleaned_data["partnerships"]
        if succeeds(form, partial(assign_to, found, chosen, by=request.user)):
            messages.success(request, f"The partnerships of {found.user} are saved.")
            return redirect("people", pk=pk)
    context = {"partner": partner, "found": found, "form": form}
    return render(request, "partnerships/assignments.html", context)
