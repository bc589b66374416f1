"""Pages of the vocabularies that everybody shares: the SDG framework and ESG standards."""

from typing import Any

from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from registry.forms.vocabularies import AfterForm, SdgForm
from registry.models import Disclosure, GlobalIndicator, Goal, SdgEdition, Standard, Target

PAGE = 100


def sdgs(request: HttpRequest) -> HttpResponse:
    """The 17 goals, or what a search finds in goals, targets and indicators."""
    form = SdgForm(request.GET)
    asked = form.chosen()
    q, language = asked.get("q", ""), asked.get("language", "")
    found = _found(q, language) if q else []
    context = {
        "form": form,
        "edition": SdgEdition.objects.current(),
        "goals": [] if q else Goal.objects.annotate(count=Count("targets")).order_by("number"),
        "groups": [(name, rows) for name, rows in found if rows],
        "q": q,
        "language": language or "en",
        "direction": "rtl" if language == "ar" else "ltr",
    }
    return render(request, "registry/sdgs.html", context)


def _found(q: str, language: str) -> list[tuple[str, list[Any]]]:
    indicators = GlobalIndicator.objects.select_related("target")
    return [
        ("Goals", list(Goal.objects.chosen(q, language)[:PAGE])),
        ("Targets", list(Target.objects.chosen(q, language)[:PAGE])),
        ("Indicators", list(indicators.chosen(q, language)[:PAGE])),
    ]


def goal(request: HttpRequest, number: int) -> HttpResponse:
    """A goal with its targets, and under each its indicators."""
    form = SdgForm(request.GET)
    language = form.chosen().get("language", "en")
    indicators = GlobalIndicator.objects.select_related("repeat_of").order_by("pk")
    targets = Prefetch("targets__global_indicators", indicators)
    context = {
        "goal": get_object_or_404(Goal.objects.prefetch_related(targets), number=number),
        "edition": SdgEdition.objects.current(),
        "form": form,
        "language": language,
        "direction": "rtl" if language == "ar" else "ltr",
    }
    return render(request, "registry/goal.html", context)


def standards(request: HttpRequest) -> HttpResponse:
    """Every version of every standard."""
    rows = Standard.objects.select_related("superseded_by").order_by("code", "version")
    context = {"standards": rows.annotate(count=Count("disclosures"))}
    return render(request, "registry/standards.html", context)


def standard(request: HttpRequest, code: str, version: str) -> HttpResponse:
    """One version of a standard, with its disclosures and what was checked of them."""
    shown = get_object_or_404(
        Standard.objects.select_related("superseded_by"), code=code, version=version
    )
    after = AfterForm(request.GET).chosen().get("after", 0)
    rows = Disclosure.objects.filter(standard=shown, sort__gt=after)
    page = list(rows.prefetch_related("crosswalks__target").order_by("sort", "pk")[: PAGE + 1])
    context = {
        "standard": shown,
        "disclosures": page[:PAGE],
        "next": page[PAGE - 1].sort if len(page) > PAGE else None,
        "count": shown.disclosures.count(),
        "checked": shown.disclosures.filter(checked=True).count(),
    }
    return render(request, "registry/standard.html", context)
