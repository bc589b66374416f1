"""Where a partnership works: a table for everybody, and rows to write for its editors."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from partnerships.forms.places import PlacesForm
from partnerships.maps import map_of
from partnerships.models import Partnership
from partnerships.services.places import edit_places
from partnerships.views.acting import sent, version_read
from partnerships.views.finding import edited_partnership, page_of, visible_partnership
from registry.forms.attempts import succeeds
from registry.models import Country
from registry.views.accounts import SignedInRequest

PAGE = "partnership-places"


def places(request: HttpRequest, key: str) -> HttpResponse:
    """Countries with shares, places within them, sectors of work."""
    partnership = visible_partnership(request, key)
    countries = list(partnership.places.select_related("country"))
    locations = list(partnership.locations.select_related("country"))
    context = {
        "partnership": partnership,
        "countries": countries,
        "locations": locations,
        "sectors": partnership.sectors.select_related("sector"),
        "map": map_of(countries, locations),
        "may_edit": partnership.status in Partnership.UNREGISTERED
        and partnership.is_editable_by(request.user),
    }
    return render(request, "partnerships/places.html", context)


@login_required
def edit(request: SignedInRequest, key: str) -> HttpResponse:
    """`more` keeps what was typed and offers further rows; nothing is saved by it."""
    partnership = edited_partnership(request, key)
    if partnership.status not in Partnership.UNREGISTERED:
        messages.error(request, "A registered partnership's places change by an amendment.")
        return redirect(page_of(partnership, PAGE))
    if request.method == "POST" and "more" in request.POST:
        form = PlacesForm(_with_more_rows(request.POST), {})
    else:
        form = PlacesForm(sent(request), _stored(partnership))
        if request.method == "POST" and form.is_valid():
            read = partnership.version
            partnership.version = version_read(request)
            act = partial(edit_places, partnership, by=request.user, **form.wanted())
            if succeeds(form, act):
                messages.success(request, "The places are saved.")
                return redirect(page_of(partnership, PAGE))
            partnership.version = read
    context = {
        "partnership": partnership,
        "form": form,
        "version": request.POST.get("version") or partnership.version,
        "all_countries": Country.objects.values_list("name", flat=True),
    }
    return render(request, "partnerships/places_edit.html", context)


def _with_more_rows(posted: Any) -> Any:
    """The rows as they were typed, and three more of each kind."""
    more = posted.copy()
    for name in ("countries", "locations", "sectors"):
        total = posted.get(f"{name}-TOTAL_FORMS", "")
        count = int(total) if total.isascii() and total.isdecimal() and len(total) < 4 else 0
        more[f"{name}-TOTAL_FORMS"] = str(min(count + 3, 250))
    return more


def _stored(partnership: Partnership) -> dict[str, Any]:
    return {
        "countries": [
            {"country": row.country.name, "percentage": row.percentage}
            for row in partnership.places.select_related("country")
        ],
        "locations": [
            {
                "name": row.name,
                "country": row.country.name,
                "reach": row.reach,
                "latitude": row.latitude,
                "longitude": row.longitude,
            }
            for row in partnership.locations.select_related("country")
        ],
        "sectors": list(partnership.sectors.values("sector", "percentage")),
    }
