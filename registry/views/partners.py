"""Pages about who takes part."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from registry.forms.partners import PartnerFilter
from registry.models import Partner
from registry.paging import capped_count, newest_first


def partners(request: HttpRequest) -> HttpResponse:
    """The partners one may see, searched and filtered."""
    form = PartnerFilter(request.GET)
    rows = Partner.objects.visible_to(request.user).chosen(**form.chosen())
    page = newest_first(rows.select_related("country"), request.GET.get("after", ""))
    context = {"form": form, "page": page, "count": capped_count(rows)}
    return render(request, "registry/partners.html", context)
