"""Exchange rates: to read, and for admins to add."""

from typing import Any

from django_filters import rest_framework as filters

from registry.api.base import Created, ReadViewSet
from registry.api.filters import CodeFilter
from registry.api.serializers import ModelSerializer
from registry.models import ExchangeRate
from registry.services.money import add_rate


class ExchangeRateSerializer(ModelSerializer):
    class Meta:
        model = ExchangeRate
        fields = ["id", "currency", "on", "usd", "source", "loaded_at"]
        read_only_fields = ["loaded_at"]

    def create(self, validated_data: dict[str, Any]) -> ExchangeRate:
        return add_rate(by=self.user, **validated_data)


class ExchangeRateFilter(filters.FilterSet):
    currency = CodeFilter("currency_id")
    since = filters.DateFilter("on", lookup_expr="gte")
    until = filters.DateFilter("on", lookup_expr="lte")

    class Meta:
        model = ExchangeRate
        fields = ["on"]


class ExchangeRateViewSet(Created, ReadViewSet):
    """US dollars for one unit; a wrong rate is followed by a later one for its day."""

    queryset = ExchangeRate.objects.all()
    serializer_class = ExchangeRateSerializer
    filterset_class = ExchangeRateFilter
