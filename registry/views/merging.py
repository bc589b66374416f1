"""The secretariat's pages on which two partners become one, and two again."""

from typing import Any

from django.apps import apps
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from registry.forms.secretariat import MergeForm, ReasonForm
from registry.models import Affiliation, PartnerMerge
from registry.paging import newest_by_number
from registry.services.merging import counts_of, merge_partners, preview_merge
from registry.services.moving import Moving
from registry.services.unmerging import undo_merge
from registry.views.accounts import SignedInRequest
from registry.views.refusals import admins_only, shown_in


@admins_only
def merges(request: SignedInRequest) -> HttpResponse:
    """Choose two partners, see what would move and what stands in the way, then confirm."""
    form = MergeForm(request.POST or None, initial={"duplicate": request.GET.get("duplicate")})
    plan = None
    if request.method == "POST" and form.is_valid():
        asked: dict[str, Any] = {**form.cleaned_data, "by": request.user}
        with shown_in(form):
            if "confirm" in request.POST:
                made = merge_partners(asked.pop("duplicate"), **asked)
                messages.success(request, f"{made.duplicate} is now {made.into}.")
                return redirect("partner", made.into_id)
            plan = preview_merge(asked.pop("duplicate"), **asked)
    context = {
        "form": form,
        "plan": plan,
        "moving": _by_name(counts_of(plan.written)) if plan else [],
        "gaining": _gaining(plan) if plan else [],
        "staying": _named(plan.stayed) if plan else [],
        "page": newest_by_number(_logged(), request.GET.get("after", "")),
    }
    return render(request, "registry/merges.html", context)


@admins_only
def merge(request: SignedInRequest, pk: int) -> HttpResponse:
    """What a merge moved, and the way back."""
    made = get_object_or_404(_logged(), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_in(form):
            undone = undo_merge(made, by=request.user, reason=form.cleaned_data["reason"])
            left = f" {len(undone.kept)} row(s) stay with {undone.into}." if undone.kept else ""
            messages.success(request, f"{undone.duplicate} stands for itself again.{left}")
            return redirect("merge", made.pk)
    moved = _by_name(counts_of(list(made.moved.exclude(together="undone"))))
    context = {
        "merge": made,
        "form": form,
        "moved": moved,
        "stayed": _named(made.stayed),
        "kept": _named(made.kept),
    }
    return render(request, "registry/merge.html", context)


def _logged() -> Any:
    return PartnerMerge.objects.select_related("duplicate", "into", "by", "undone_by")


def _gaining(plan: Moving) -> Any:
    """The roles that would be held at the partner that stays, with the people who hold them."""
    label = Affiliation._meta.label_lower
    moved = {field.row_id for field in plan.written if field.model == label}
    held = Affiliation.objects.filter(pk__in=moved, partner=plan.duplicate)
    return held.select_related("user").order_by("role", "user__name", "user__email")


def _by_name(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(_name(label), count) for label, count in counts.items()]


def _named(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "what": f"{_name(row['model'])} {row['id']}"} for row in rows]


def _name(label: str) -> str:
    return str(apps.get_model(label)._meta.verbose_name).capitalize()
