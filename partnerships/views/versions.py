"""What a partnership said when it was registered, and what changed since: for everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from partnerships.models import Partnership, PartnershipVersion, difference
from partnerships.views.finding import visible_partnership

SHOWN = 20


def versions(request: HttpRequest, key: str) -> HttpResponse:
    """Newest first, each with what it changed of the one before it that the reader sees."""
    partnership = visible_partnership(request, key)
    seen = PartnershipVersion.objects.visible_to(request.user).filter(partnership=partnership)
    found = list(seen.select_related("amendment").order_by("-number")[: SHOWN + 1])
    rows = []
    for at, version in enumerate(found[:SHOWN]):
        earlier = (one for one in found[at + 1 :] if one.is_public or not version.is_public)
        before = next(earlier, None)
        changes = difference(before.document, version.document) if before else {}
        amendment = getattr(version, "amendment", None)
        rows.append({"version": version, "changes": changes, "amendment": amendment})
    inside = Partnership.objects.insider(request.user).filter(pk=partnership.pk).exists()
    pending = partnership.amendments.open().first() if inside else None
    context = {
        "partnership": partnership,
        "rows": rows,
        "more": len(found) > SHOWN,
        "pending": pending,
        "may_amend": partnership.is_editable_by(request.user),
    }
    return render(request, "partnerships/versions.html", context)
