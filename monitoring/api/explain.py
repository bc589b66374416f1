"""How a figure came about."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring.aggregation.explaining import SPANS, explain
from monitoring.api.figures import explanation_said
from monitoring.reading_figures import asked_category, asked_period, units_seen
from registry.api.serializers import Serializer


class ExplainSerializer(Serializer):
    """What is asked: which figure, as of when."""

    period = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, help_text="default: the last that ended"
    )
    category = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, help_text="default: the total"
    )
    span = serializers.ChoiceField(
        SPANS, default="period", help_text="of a flow: the sum over what ends with the period"
    )
    as_of = serializers.DateTimeField(
        required=False, help_text="what was approved by then; default: now"
    )


def require(found: Any, field: str, text: str) -> Any:
    if found is None:
        raise serializers.ValidationError({field: text}, code=f"unknown_{field}")
    return found


class Explained:
    """`GET /indicators/{id}/explain/`: what went in, by which rule, what was left out and why."""

    @extend_schema(
        parameters=[
            OpenApiParameter("period", int, description="default: the last that ended"),
            OpenApiParameter("category", int, description="default: the total"),
            OpenApiParameter("span", str, enum=SPANS, description="of a flow; default: period"),
            OpenApiParameter("as_of", OpenApiTypes.DATETIME, description="default: now"),
        ],
        responses=OpenApiTypes.OBJECT,
        filters=False,
    )
    @action(detail=True, pagination_class=None, filterset_class=None)
    def explain(self: Any, request: Request, pk: str) -> Response:
        """How a figure came about.

        Every observation in it (with revision, submission, verification level and evidence), the
        rule in words, what was left out and why, and the arithmetic. Outside the partnership
        breakdowns of people are shown as far as no small group can be worked out from them.
        """
        indicator = self.get_object()
        asked = ExplainSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        wanted = asked.validated_data
        period, category = wanted.get("period"), wanted.get("category")
        text = "No period of this framework." if period else "No period has ended yet."
        within = require(asked_period(indicator, request.user, period), "period", text)
        of = asked_category(indicator, category)
        if category is not None:
            require(of, "category", "Not a category of this indicator's dimensions.")
        found = explain(
            indicator,
            within,
            user=request.user,
            category=of,
            span=wanted["span"],
            cutoff_at=wanted.get("as_of"),
        )
        units = units_seen(request.user, indicator.result.framework.partnership_id)
        return Response(explanation_said(found, units))
