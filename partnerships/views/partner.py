"""A partner with its partnerships."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from partnerships.models import Membership
from registry import history
from registry.models import Basis, Partner


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
