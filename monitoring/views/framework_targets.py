"""All targets of a draft framework, typed into one grid."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect

from monitoring.forms.targets import COLUMNS, PER, ROWS, TargetsForm, spans_of, usual_per
from monitoring.models import Category, Framework, Indicator
from monitoring.services.frameworks import set_targets
from monitoring.sheets import indicators_of, span_text
from monitoring.views.editing import draft_of, posted, settled
from monitoring.views.framework_builder import page_of
from partnerships.services.sections import stamp_of
from registry.errors import DomainError, StaleVersion
from registry.forms.attempts import in_words
from registry.views.accounts import SignedInRequest


class Grid:
    """Which columns and rows the address asks for, of how many."""

    def __init__(self, request: SignedInRequest, framework: Framework) -> None:
        indicators = [
            one for one in indicators_of(framework) if one.measure != Indicator.Measure.NARRATIVE
        ]
        targets = [target for one in indicators for target in one.targets.all()]
        asked = request.GET.get("per", "")
        self.per = asked if asked in PER else usual_per(framework, targets)
        self.by_category = request.GET.get("categories") == "yes"
        spans = spans_of(framework, self.per)
        rows = [row for one in indicators for row in _rows(one, self.by_category)]
        self.column = _number(request, "from", len(spans), COLUMNS)
        self.row = _number(request, "row", len(rows), ROWS)
        self.spans = spans[self.column : self.column + COLUMNS]
        self.rows = rows[self.row : self.row + ROWS]
        self.has_categories = any(one.dimensions.all() for one in indicators)
        self.more_columns = [
            (first, f"{span_text(*part[0])} – {span_text(*part[-1])}")
            for first in range(0, len(spans), COLUMNS)
            if (part := spans[first : first + COLUMNS])
        ]
        self.more_rows = [
            (first, f"{first + 1}–{min(first + ROWS, len(rows))}")
            for first in range(0, len(rows), ROWS)
        ]

    def headings(self) -> list[str]:
        return [span_text(*span) for span in self.spans]


def _rows(indicator: Indicator, by_category: bool) -> list[tuple[Indicator, Category | None]]:
    """The total; categories where they are asked for, or have a target already."""
    with_target = {target.category_id for target in indicator.targets.all()}
    categories = [c for dimension in indicator.dimensions.all() for c in dimension.categories.all()]
    shown = [c for c in categories if by_category or c.pk in with_target]
    return [(indicator, None), *((indicator, category) for category in shown)]


def _number(request: SignedInRequest, name: str, many: int, step: int) -> int:
    said = request.GET.get(name, "")
    usable = said.isascii() and said.isdigit() and len(said) < 6
    first = int(said) - int(said) % step if usable else 0
    return first if first < many else 0


@login_required
def targets(request: SignedInRequest, key: str, edition: int) -> HttpResponse:
    """Saves what stands in the grid, all or nothing; other columns and rows stay as they are."""
    framework = draft_of(request, key, edition)
    if refusal := settled(request, framework):
        return refusal
    grid = Grid(request, framework)
    form = TargetsForm(grid.spans, grid.rows, posted(request))
    stamp = stamp_of(form.stored_values())
    theirs: list[tuple[str, str, str]] = []
    if request.method == "POST" and form.is_valid():
        if request.POST.get("stamp") != stamp:
            form.add_error(None, StaleVersion().detail)
            theirs = _both(form)
        elif _saved(request, framework, form):
            return redirect(request.get_full_path())
    context: dict[str, Any] = {"form": form, "grid": grid, "stamp": stamp, "theirs": theirs}
    return page_of(request, framework, "targets", per=PER, **context, status=409 if theirs else 200)


def _both(form: TargetsForm) -> list[tuple[str, str, str]]:
    return [
        (
            str(field.label),
            in_words(field, field.initial),
            in_words(field, form[name].value()),
        )
        for name, field in form.fields.items()
        if form.cleaned_data.get(name) != field.initial
    ]


def _saved(request: SignedInRequest, framework: Framework, form: TargetsForm) -> bool:
    """Under the framework's lock nothing comes between what was compared and what is written."""
    try:
        with transaction.atomic():
            Framework.objects.select_for_update(no_key=True).get(pk=framework.pk)
            now = Grid(request, framework)
            stored = TargetsForm(now.spans, now.rows).stored_values()
            if stamp_of(stored) != request.POST.get("stamp"):
                raise StaleVersion
            changed = set_targets(framework, form.said(), by=request.user)
    except ValidationError as refused:
        form.show(refused)
        return False
    except DomainError as refused:
        form.add_error(None, refused.detail)
        return False
    several = "" if changed == 1 else "s"
    messages.success(request, f"Saved: {changed} target{several} changed." if changed else "Saved.")
    return True
