"""Time series and pivots of an indicator, as JSON or CSV."""

import csv
import io
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring.aggregation.readings import Step
from monitoring.aggregation.series import AXES, TIMES, Break, Cell, Group, Series, series
from monitoring.api.figures import category_said, figure_said, indicator_said, plain, progress_said
from monitoring.models import Dimension, Indicator
from monitoring.reading_figures import asked_period
from registry.api.base import WritesOnce
from registry.api.serializers import Serializer
from registry.tables import no_formula

COLUMNS = [
    "indicator",
    "code",
    "title",
    "label",
    "starts_on",
    "ends_on",
    "edition",
    "unit",
    "place",
    "country",
    "category",
    "category_code",
    "category_label",
    "value",
    "low",
    "high",
    "numerator",
    "denominator",
    "reason",
    "target",
    "progress",
    "units_contributing",
    "units_reported",
    "is_provisional",
    "carried_from",
    "reported",
    "due",
]


class SeriesQuerySerializer(Serializer):
    indicator = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    by = serializers.ChoiceField(AXES, default="period")
    across = serializers.ChoiceField(AXES, required=False, help_text="the second axis of a pivot")
    dimension = serializers.IntegerField(
        min_value=1,
        max_value=2**63 - 1,
        required=False,
        help_text="of the categories; default: the indicator's first one",
    )
    period = serializers.IntegerField(
        min_value=1,
        max_value=2**63 - 1,
        required=False,
        help_text="as of which, without an axis of time; default: to date",
    )
    output = serializers.ChoiceField(["json", "csv"], default="json")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        axes = (attrs["by"], attrs.get("across"))
        if axes[0] == axes[1]:
            raise serializers.ValidationError({"across": "It has to differ from `by`."})
        if axes[0] in TIMES and axes[1] in TIMES:
            raise serializers.ValidationError({"across": "Both would be times."})
        return attrs


class SeriesView(WritesOnce):
    """An indicator over time, and crossed with its units, places and categories (RULES 6 to 10).

    `by` and `across` name the axes. Each figure stands with its target, its progress, and, for all
    categories together, with what was reported of what was due. `editions` says of which versions
    of the framework the series is joined, `breaks` where one of the same code is not. Outside the
    partnership breakdowns of people are shown as far as no small group can be worked out from them.
    """

    permission_classes = ()

    @extend_schema(
        parameters=[
            OpenApiParameter("indicator", int, required=True),
            OpenApiParameter("by", str, enum=AXES, description="default: period"),
            OpenApiParameter("across", str, enum=AXES, description="the second axis of a pivot"),
            OpenApiParameter("dimension", int, description="default: the indicator's first one"),
            OpenApiParameter("period", int, description="without an axis of time: as of which"),
            OpenApiParameter("output", str, enum=["json", "csv"], description="default: json"),
        ],
        responses={(200, "application/json"): OpenApiTypes.OBJECT, (200, "text/csv"): str},
    )
    def get(self, request: Request) -> Response | HttpResponse:
        asked = SeriesQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        wanted = asked.validated_data
        seen = Indicator.objects.visible_to(request.user).select_related(
            "result__framework", "currency"
        )
        indicator = get_object_or_404(seen, pk=wanted["indicator"])
        axes = tuple(axis for axis in (wanted["by"], wanted.get("across")) if axis)
        if wanted.get("period") and not asked_period(indicator, request.user, wanted["period"]):
            raise serializers.ValidationError({"period": "No period of this framework."})
        found = series(
            indicator,
            axes=axes,
            user=request.user,
            dimension=self._dimension(indicator, axes, wanted.get("dimension")),
            period=wanted.get("period"),
        )
        if wanted["output"] == "csv":
            return as_csv(found)
        return Response(said(found))

    def _dimension(
        self, indicator: Indicator, axes: tuple[str, ...], pk: int | None
    ) -> Dimension | None:
        if "category" not in axes:
            return None
        dimensions = Dimension.objects.filter(indicators=indicator).prefetch_related("categories")
        found = dimensions.filter(pk=pk).first() if pk else dimensions.first()
        if found is None:
            text = "The indicator is not broken down by it." if pk else "It has no breakdown."
            raise serializers.ValidationError({"dimension": text})
        return found


def said(found: Series) -> dict[str, Any]:
    return {
        "indicator": indicator_said(found.indicator),
        "by": found.axes[0],
        "across": found.axes[1] if len(found.axes) > 1 else None,
        "dimension": found.dimension.pk if found.dimension else None,
        "cutoff_at": plain(found.cutoff_at),
        "editions": [
            {
                "framework": framework,
                "edition": edition,
                "starts_on": plain(first),
                "ends_on": plain(last),
            }
            for framework, edition, first, last in found.editions
        ],
        "breaks": [_break(one) for one in found.breaks],
        "rows": [_row(cell) for cell in found.cells],
    }


def _break(one: Break) -> dict[str, Any]:
    return {
        "indicator": one.indicator.pk,
        "framework": one.indicator.result.framework_id,
        "edition": one.edition,
        "until": plain(one.until),
        "differs": one.differs,
    }


def _row(cell: Cell) -> dict[str, Any]:
    first, last = cell.when.first, cell.when.last
    return {
        "time": {
            "kind": cell.when.kind,
            "label": cell.when.label,
            "starts_on": plain(first.starts_on),
            "ends_on": plain(last.ends_on),
            "period": last.period_id if cell.when.kind == "period" else None,
            "editions": _editions(cell.when.steps),
        },
        "unit": cell.group.unit,
        "place": cell.group.place,
        "country": cell.group.country,
        "label": cell.group.label,
        "category": category_said(cell.group.category),
        "figure": figure_said(cell.figure),
        "target": plain(cell.target),
        "progress": progress_said(cell.progress),
        "reported": cell.reported,
        "due": cell.due,
    }


def _editions(steps: list[Step]) -> list[int]:
    return sorted({step.edition for step in steps})


def as_csv(found: Series) -> HttpResponse:
    """One line for each cell, with the columns of COLUMNS."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"indicator-{found.indicator.pk}-by-{'-and-'.join(found.axes)}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS)
    table.writeheader()
    for cell in found.cells:
        table.writerow(_line(found.indicator, cell))
    response.write(text.getvalue())
    return response


def _line(indicator: Indicator, cell: Cell) -> dict[str, Any]:
    figure = figure_said(cell.figure)
    kept = {name: figure[name] for name in COLUMNS if name in figure}
    return {
        "indicator": indicator.pk,
        "code": no_formula(indicator.code),
        "title": no_formula(indicator.title),
        "label": no_formula(cell.when.label),
        "starts_on": plain(cell.when.first.starts_on),
        "ends_on": plain(cell.when.last.ends_on),
        "edition": " ".join(map(str, _editions(cell.when.steps))),
        **_place(cell.group),
        **kept,
        "target": plain(cell.target),
        "progress": plain(cell.progress.floor),
        "reported": cell.reported,
        "due": cell.due,
    }


def _place(group: Group) -> dict[str, Any]:
    category = group.category
    return {
        "unit": no_formula(group.label) if group.unit else "",
        "place": no_formula(group.place),
        "country": group.country,
        "category": category.pk if category else "",
        "category_code": no_formula(category.code) if category else "",
        "category_label": no_formula(category.label) if category else "",
    }
