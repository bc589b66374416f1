"""A partnership's money in sums."""

from datetime import date
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from partnerships.aggregation.money import KINDS, Totals, money_totals
from partnerships.models import Partnership
from registry.api.serializers import Serializer
from registry.errors import NotAllowed
from registry.models import check_day


class OnSerializer(Serializer):
    on = serializers.DateField(required=False, validators=[check_day])


class CurrencyAmountSerializer(Serializer):
    currency = serializers.CharField()
    amount = serializers.DecimalField(38, 4)


class MissingRateSerializer(Serializer):
    currency = serializers.CharField()
    on = serializers.DateField()


class MoneyTotalSerializer(Serializer):
    kind = serializers.ChoiceField(list(KINDS.items()))
    amounts = CurrencyAmountSerializer(many=True)
    usd = serializers.DecimalField(
        38, 4, allow_null=True, help_text="null where a rate is missing: see without_rate"
    )
    without_rate = MissingRateSerializer(many=True)


class MoneySerializer(Serializer):
    on = serializers.DateField()
    totals = MoneyTotalSerializer(many=True)


class ShowsMoney:
    """`GET /partnerships/{id}/money/`."""

    @extend_schema(
        parameters=[OpenApiParameter("on", date, description="as of this day; today if left out")],
        responses=MoneySerializer,
    )
    @action(detail=True, methods=["get"])
    def money(self: Any, request: Request, pk: str) -> Response:
        """Sums in the original currencies, and in US dollars at the rates that are loaded."""
        stated = request.query_params.get("on")
        asked = OnSerializer(data={} if stated is None else {"on": stated})
        asked.is_valid(raise_exception=True)
        on = asked.validated_data.get("on") or timezone.localdate()
        partnership: Partnership = self.get_object()
        if not Partnership.objects.open_to(request.user).filter(pk=partnership.pk).exists():
            raise NotAllowed("members_only", "Only its members' people and admins may do this.")
        totals = money_totals(partnership, on)
        return Response(MoneySerializer({"on": on, "totals": _listed(totals)}).data)


def _listed(totals: Totals) -> list[dict[str, Any]]:
    return [
        {
            "kind": kind,
            "amounts": [
                {"currency": currency, "amount": amount}
                for currency, amount in sorted(total.by_currency.items())
            ],
            "usd": total.usd,
            "without_rate": [
                {"currency": currency, "on": on} for currency, on in total.without_rate
            ],
        }
        for kind, total in totals.items()
    ]
