"""A partner with its partnerships, and which of them its evaluators work in."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from partnerships.forms import AssignmentsForm
from partnerships.models import Membership, Partnership
from partnerships.services import assign_to
from registry import history
from registry.forms.attempts import succeeds
from registry.models import Affiliation, Basis, Partner
from registry.views.accounts import SignedInRequest
from registry.views.people import managed


def partner(request: HttpRequest, pk: int) -> HttpResponse:
    """Public facts of a partner; contacts and reviews are not among them."""
    visible = Partner.objects.visible_to(request.user)
    if survivor := visible.survivor_of(pk):
        return redirect("partner", survivor.pk, permanent=True)
    found = get_object_or_404(visible.select_related("country", "parent"), pk=pk)
    memberships = Membership.objects.visible_to(request.user).filter(partner=found)
    context = {
        "partner": found,
        "basis": Basis(found.reporting_basis).label,
        "is_own": request.user.is_authenticated
        and (request.user.is_staff or request.user.has_role(pk)),
        "parent": found.public_parent,
        "subsidiaries": Partner.objects.visible_to(request.user).filter(parent=found)[:50],
        "countries": found.countries.all(),
        "languages": found.languages.all(),
        "groups": found.groups.all(),
        "former_names": found.former_names.all(),
        "point": found.focal_points.filter(ended_on=None).select_related("country").first(),
        "has_history": history.is_open_to(request.user, found),
        "identifiers": found.identifiers.all(),
        "memberships": memberships.select_related("partnership").order_by(
            "ended_on", "-accepted_on", "pk"
        )[:100],
    }
    return render(request, "partnerships/partner.html", context)


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
