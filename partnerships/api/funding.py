"""The funding map."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from partnerships.aggregation.funding import SUMS, funding_map
from registry.api.base import WritesOnce

A_SUM: dict[str, Any] = {"max_digits": 40, "decimal_places": 4}


class FundingLineSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(allow_null=True, help_text="goal or country; null: not stated")
    need = serializers.DecimalField(**A_SUM)
    committed = serializers.DecimalField(**A_SUM)
    disbursed = serializers.DecimalField(**A_SUM)
    matched = serializers.DecimalField(**A_SUM)
    gap = serializers.DecimalField(**A_SUM)
    subjects = serializers.IntegerField()


class FundingMapSerializer(serializers.Serializer[Any]):
    by = serializers.CharField()
    on = serializers.DateField()
    currency = serializers.CharField()
    lines = FundingLineSerializer(many=True)
    total = FundingLineSerializer()
    split_equally = serializers.IntegerField()
    without_need = serializers.IntegerField()
    without_rate = serializers.DictField(child=serializers.DictField())


class FundingMapView(WritesOnce):
    """Need, committed, disbursed, matched and gap in US dollars, by goal or by country."""

    permission_classes = ()

    @extend_schema(
        responses=FundingMapSerializer,
        parameters=[OpenApiParameter("by", str, enum=["goal", "country"], default="goal")],
    )
    def get(self, request: Request) -> Response:
        by = request.query_params.get("by", "goal")
        if by not in ("goal", "country"):
            raise ValidationError({"by": "goal or country."})
        found = funding_map(by)
        order = sorted(found.lines, key=lambda key: (key is None, key))
        return Response(
            {
                "by": by,
                "on": found.on.isoformat(),
                "currency": "USD",
                "lines": [_line(key, found.lines[key]) for key in order],
                "total": _line(None, found.total),
                "split_equally": found.split_equally,
                "without_need": found.without_need,
                "without_rate": {
                    kind: {currency: str(amount) for currency, amount in amounts.items()}
                    for kind, amounts in found.without_rate.items()
                },
            }
        )


def _line(key: Any, line: Any) -> dict[str, Any]:
    sums = {name: str(round(getattr(line, name), 4)) for name in SUMS}
    return {"key": None if key is None else str(key), **sums, "subjects": line.subjects}
