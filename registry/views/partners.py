"""Pages about who takes part."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from registry.forms.partners import PartnerFilter
from registry.models import Partner
from registry.paging import best_first, capped_count, newest_first


def partners(request: HttpRequest) -> HttpResponse:
    """The partners one may see, searched and filtered."""
    form = PartnerFilter(request.GET)
    chosen, after = form.chosen(), request.GET.get("after", "")
    text = chosen.pop("q", "")
    rows = Partner.objects.visible_to(request.user).chosen(**chosen)
    shown = rows.select_related("country")
    page = best_first(shown, text, after) if text else newest_first(shown, after)
    count = capped_count(rows.found(text) if text else rows)
    context = {"form": form, "page": page, "count": count}
    return render(request, "registry/partners.html", context)
