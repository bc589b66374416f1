"""Indicators of a draft framework: written anew, taken from a library, changed, taken out."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from monitoring.forms.indicators import IndicatorForm
from monitoring.models import Framework, Indicator, Result
from monitoring.models.framework_templates import templates
from monitoring.models.library import mark_used, offer_of, offers_for
from monitoring.services.frameworks import add_indicator, edit_indicator, remove_indicator
from monitoring.views.editing import attempt, draft_of, posted, settled, to
from monitoring.views.framework_builder import page_of
from registry.forms.attempts import succeeds
from registry.models import Disclosure, GlobalIndicator
from registry.views.accounts import SignedInRequest

FOUND = 30


@login_required
def indicator(
    request: SignedInRequest, key: str, edition: int, pk: int | None = None
) -> HttpResponse:
    """Add an indicator, or change one; `sdg` and `disclosure` begin it from a library."""
    framework = draft_of(request, key, edition)
    if refusal := settled(request, framework):
        return refusal
    rows = Indicator.objects.filter(result__framework=framework)
    found = rows.select_related("result__framework", "global_indicator").filter(pk=pk).first()
    if found is None and request.method != "POST" and not framework.results.exists():
        messages.info(request, "Add a result first: an indicator measures one.")
        return to(framework, "framework-result-new")
    record = found or _new(request, framework)
    form = IndicatorForm(record, framework, posted(request))
    if found is None and pk is not None:
        return _gone(request, framework, form)
    tried = attempt(request, form, record, lambda: _save(request, form, found))
    if tried.done:
        messages.success(request, "The indicator is saved.")
        return to(framework, "framework-edit")
    context = {
        "form": form,
        "record": record,
        "theirs": tried.theirs,
        "library": record.global_indicator or record.disclosure,
    }
    return page_of(request, framework, "indicator", **context, status=tried.status)


def _save(request: SignedInRequest, form: IndicatorForm, found: Indicator | None) -> None:
    facts = form.facts()
    if found is None:
        add_indicator(facts.pop("result"), by=request.user, **facts)
    else:
        edit_indicator(found, by=request.user, **facts)


def _new(request: SignedInRequest, framework: Framework) -> Indicator:
    """Not stored yet; with what a library says of it."""
    result = _asked_for(request, "result", framework.results.order_by("pk"))
    fresh = Indicator(result=result or framework.results.order_by("pk").first())
    fresh.measure, fresh.accumulation = Indicator.Measure.NUMBER, Indicator.Accumulation.FLOW
    listed = GlobalIndicator.objects.filter(
        code=request.GET.get("sdg", "").replace("\0", "")[:20]
    ).first()
    disclosure = _asked_for(request, "disclosure", Disclosure.objects.select_related("standard"))
    record = listed or disclosure
    facts = offer_of(record).facts if record else _of_template(request.GET.get("template", ""))
    for name, value in facts.items():
        setattr(fresh, name, value)
    return fresh


def _of_template(code: str) -> dict[str, Any]:
    """The facts of an indicator of a template, as in water/WAT-4; none where there is none."""
    name, _, wanted = code.partition("/")
    rows = templates()[name].indicators if name in templates() else []
    found = next((row for row in rows if row["code"] == wanted), {})
    facts = {name: value for name, value in found.items() if name != "dimensions"}
    if "global_indicator" in facts:
        listed = GlobalIndicator.objects.filter(code=facts["global_indicator"])
        facts["global_indicator"] = listed.first()
    return facts


def _asked_for(request: SignedInRequest, name: str, rows: Any) -> Any:
    said = request.GET.get(name, "")
    usable = said.isascii() and said.isdigit() and len(said) < 19
    return rows.filter(pk=int(said)).first() if usable else None


def _gone(request: SignedInRequest, framework: Framework, form: IndicatorForm) -> HttpResponse:
    """Removed meanwhile: what was typed stands in the form that adds one."""
    if request.method == "POST":
        form.is_valid()
        form.add_error(None, "Somebody removed this indicator meanwhile. Save to add it again.")
    else:
        messages.info(request, "This indicator is not there any more.")
    return page_of(request, framework, "indicator", form=form, record=Indicator(), status=409)


@login_required
def remove(request: SignedInRequest, key: str, edition: int, pk: int) -> HttpResponse:
    framework = draft_of(request, key, edition)
    if refusal := settled(request, framework):
        return refusal
    rows = Indicator.objects.filter(result__framework=framework).select_related("result")
    found = get_object_or_404(rows, pk=pk)
    form = forms.Form(posted(request))
    if request.method == "POST" and succeeds(
        form, lambda: remove_indicator(found, by=request.user)
    ):
        messages.success(request, f"Removed: {found.title}")
        return to(framework, "framework-edit")
    targets = found.targets.count()
    goes = [f"{targets} target{'' if targets == 1 else 's'}"] if targets else []
    return page_of(request, framework, "remove", form=form, what=found, goes=goes)


@login_required
def library(request: SignedInRequest, key: str, edition: int) -> HttpResponse:
    """Search the SDG indicators and the ESG disclosures, or write one's own."""
    framework = draft_of(request, key, edition)
    if refusal := settled(request, framework):
        return refusal
    result: Result | None = _asked_for(request, "result", framework.results.order_by("pk"))
    q = request.GET.get("q", "").replace("\0", "").strip()[:100]
    goals, disclosures = _searched(q) if q else _suggested(framework)
    members = framework.partnership.memberships.accepted().select_related("partner")
    member = _asked_for(request, "member", members)
    offers = mark_used(offers_for(member), framework) if member else []
    context = {
        "members": members.order_by("partner__name", "pk"),
        "member": member,
        "offers": offers[: 2 * FOUND],
        "more_offers": len(offers) - 2 * FOUND,
        "result": result,
        "q": q,
        "goals": list(goals[: FOUND + 1]),
        "disclosures": list(disclosures[: FOUND + 1]),
        "most": FOUND,
    }
    return page_of(request, framework, "library", **context)


def _searched(q: str) -> tuple[Any, Any]:
    listed = GlobalIndicator.objects.in_force().chosen(q).order_by("pk")
    disclosures = Disclosure.objects.chosen(q).select_related("standard")
    return listed, disclosures.order_by("standard", "sort", "pk")


def _suggested(framework: Framework) -> tuple[Any, Any]:
    """Before anything is searched: the indicators of the targets that the partnership serves."""
    targets = framework.partnership.targets.values("pk")
    listed = GlobalIndicator.objects.in_force().filter(target__in=targets).order_by("pk")
    return listed, Disclosure.objects.none()
