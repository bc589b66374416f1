"""A partnership's M&E framework: what is in force, its editions, and what differs between them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from monitoring.edition_words import in_words_of
from monitoring.models import Framework
from monitoring.models.changes import changes_between, former_of, series_breaks
from monitoring.sheets import result_tree
from partnerships.models import Partnership, assent_of
from partnerships.views.finding import key_of, visible_partnership

Status = Framework.Status


def framework(request: HttpRequest, key: str) -> HttpResponse:
    """The edition in force; where there is none, what the reader may see or do instead."""
    partnership = visible_partnership(request, key)
    return _shown(request, partnership, partnership.frameworks.in_force().first())


def edition(request: HttpRequest, key: str, edition: int) -> HttpResponse:
    """One edition: settled ones for everybody, drafts and proposals for members' people."""
    partnership = visible_partnership(request, key)
    return _shown(request, partnership, _found(request, partnership, edition))


def changes(request: HttpRequest, key: str, edition: int) -> HttpResponse:
    """What differs from an earlier edition (`former`; without it, from the last that held)."""
    partnership = visible_partnership(request, key)
    later = _found(request, partnership, edition)
    named = request.GET.get("former", "")
    if named:
        usable = named.isascii() and named.isdigit() and len(named) < 6
        former = _found(request, partnership, int(named) if usable else 0)
    else:
        former = _former(request, later)
    context = {
        "partnership": partnership,
        "key": key_of(partnership),
        "framework": later,
        "former": former,
        "changes": in_words_of(changes_between(former, later)),
        "breaks": series_breaks(later),
    }
    return render(request, "monitoring/frameworks/changes.html", context)


def _former(request: HttpRequest, later: Framework) -> Framework:
    former = former_of(later)
    seen = Framework.objects.visible_to(request.user)
    if former is None or not seen.filter(pk=former.pk).exists():
        raise Http404
    return former


def _found(request: HttpRequest, partnership: Partnership, edition: int) -> Framework:
    if edition > 32_767:
        raise Http404
    seen = Framework.objects.visible_to(request.user).filter(partnership=partnership)
    found: Framework = get_object_or_404(seen.select_related("agreement"), edition=edition)
    return found


def _shown(
    request: HttpRequest, partnership: Partnership, framework: Framework | None
) -> HttpResponse:
    seen = Framework.objects.visible_to(request.user).filter(partnership=partnership)
    editions = list(seen.select_related("agreement__rule_from").order_by("-edition"))
    shown = next((one for one in editions if framework and one.pk == framework.pk), None)
    context: dict[str, Any] = {
        "partnership": partnership,
        "key": key_of(partnership),
        "framework": shown,
        "editions": editions,
        "drafts": [one for one in editions if one.status == Status.DRAFT],
        "proposals": [
            (one, assent_of(one.agreement))
            for one in editions
            if one.agreement and one.status == Status.PROPOSED
        ],
        "is_editor": partnership.is_editable_by(request.user),
    }
    if shown:
        former = former_of(shown)
        context["former"] = next((one for one in editions if one == former), None)
        context["breaks"] = series_breaks(shown)
        context["tree"] = result_tree(shown)
        context["assent"] = assent_of(shown.agreement) if shown.agreement else None
    return render(request, "monitoring/frameworks/framework.html", context)
