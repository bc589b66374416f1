"""Whose data, and for when."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework.response import Response

from monitoring.api.templates import WithTemplate
from monitoring.models import Period, ReportingUnit
from monitoring.services.periods import add_reporting_unit
from registry.api.base import Created, Listed, ReadViewSet, Retrieved, ViewSet, verb
from registry.api.filters import CodeFilter, IdFilter
from registry.api.partners import CountryField
from registry.api.serializers import ModelSerializer, OptionalReasonSerializer, ReasonSerializer


class PeriodSerializer(ModelSerializer):
    class Meta:
        model = Period
        fields = [
            "id",
            "framework",
            "label",
            "starts_on",
            "ends_on",
            "due_on",
            "kind",
            "status",
            "closed_at",
            "created_at",
            "updated_at",
        ]


class PeriodFilter(filters.FilterSet):
    framework = IdFilter("framework_id")
    partnership = IdFilter("framework__partnership_id")
    ends_before = filters.DateFilter("ends_on", "lte")
    ends_after = filters.DateFilter("ends_on", "gte")

    class Meta:
        model = Period
        fields = ["status", "kind"]


class PeriodViewSet(WithTemplate, ReadViewSet):
    queryset = Period.objects.all()
    serializer_class = PeriodSerializer
    filterset_class = PeriodFilter

    @verb(OptionalReasonSerializer)
    def close(self, period: Period, *, reason: str = "") -> Response:
        """Lock it against data."""
        period.close(by=self.user, reason=reason)
        return self.answer(period)

    @verb(ReasonSerializer)
    def reopen(self, period: Period, *, reason: str) -> Response:
        period.reopen(by=self.user, reason=reason)
        return self.answer(period)


class ReportingUnitSerializer(ModelSerializer):
    country = CountryField(required=False, allow_null=True)

    class Meta:
        model = ReportingUnit
        fields = [
            "id",
            "membership",
            "country",
            "place",
            "level",
            "since_on",
            "successor",
            "successor_since",
            "handed_over_at",
            "merged_into",
        ]
        read_only_fields = ["since_on", "successor", "merged_into"]

    def create(self, validated_data: dict[str, Any]) -> ReportingUnit:
        membership = validated_data.pop("membership")
        return add_reporting_unit(membership, by=self.user, **validated_data)


class ReportingUnitFilter(filters.FilterSet):
    membership = IdFilter("membership_id")
    partnership = IdFilter("membership__partnership_id")
    partner = IdFilter("membership__partner_id")
    country = CodeFilter("country__alpha2")

    class Meta:
        model = ReportingUnit
        fields: list[str] = []


class ReportingUnitViewSet(Listed, Retrieved, Created, ViewSet):
    queryset = ReportingUnit.objects.all()
    serializer_class = ReportingUnitSerializer
    filterset_class = ReportingUnitFilter

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("country")
