"""Workbooks to fill in."""

import re
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from monitoring.models import Period
from monitoring.services.templates import LAYOUTS, data_template, template_units

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_UNITS = 500
UNITS = OpenApiParameter(
    "units", str, description="numbers of reporting units, with commas; default: one's own"
)
LAYOUT = OpenApiParameter(
    "layout", str, enum=list(LAYOUTS), description="`long`: an empty sheet in the long format"
)


class WorkbookRenderer(JSONRenderer):
    """Lets clients ask for a workbook by its type; refusals are JSON all the same."""

    media_type, format, charset = XLSX, "xlsx", None


class WithTemplate:
    """`GET /periods/{id}/template/`."""

    @extend_schema(parameters=[UNITS, LAYOUT], responses={(200, XLSX): OpenApiTypes.BINARY})
    @action(
        detail=True,
        methods=["get"],
        permission_classes=[IsAuthenticated],
        renderer_classes=[JSONRenderer, WorkbookRenderer],
    )
    def template(self: Any, request: Request, pk: str) -> HttpResponse:
        """A workbook for this period, for those who may send the units' data.

        It has a row for each value that is asked of the units; sent back, rows are found by a
        hidden key, whatever their order.
        """
        asked, layout = _units(request), request.query_params.get("layout", "template")
        if layout not in LAYOUTS:
            raise _invalid("layout", f"Expected one of: {', '.join(LAYOUTS)}.", "invalid_choice")
        period: Period = self.get_object()
        units = template_units(period, asked, by=self.user)
        if units is None:
            raise NotFound
        name = re.sub(r"[^A-Za-z0-9]+", "-", f"{period.framework.partnership_id} {period.label}")
        answer = HttpResponse(data_template(period, units, layout=layout), content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="data-{name.strip("-")}.xlsx"'
        answer["X-Content-Type-Options"] = "nosniff"
        return answer


def _units(request: Request) -> list[int]:
    text = request.query_params.get("units", "").strip()
    if not text:
        return []
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > MOST_UNITS or not all(re.fullmatch("[0-9]{1,18}", part) for part in parts):
        told = f"Expected numbers with commas between them, at most {MOST_UNITS}."
        raise _invalid("units", told, "invalid")
    return [int(part) for part in parts]


def _invalid(field: str, told: str, code: str) -> ValidationError:
    return ValidationError({field: [ErrorDetail(told, code=code)]})
