"""Former names, focal points, registers and stakeholder groups."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import mixins, serializers
from rest_framework.response import Response

from registry.api.base import Created, Listed, ReadViewSet, Retrieved, ViewSet, verb
from registry.api.filters import CodeFilter, IdFilter
from registry.api.partners import CountryField
from registry.api.serializers import ModelSerializer, Serializer
from registry.models import FocalPoint, FormerName, IdentifierScheme, StakeholderGroup
from registry.services import partner_facts as services


class FormerNameSerializer(ModelSerializer):
    class Meta:
        model = FormerName
        fields = ["id", "partner", "name", "until_on"]

    def create(self, validated_data: dict[str, Any]) -> FormerName:
        partner = validated_data.pop("partner")
        return services.add_former_name(partner, by=self.user, **validated_data)


class FormerNameViewSet(Created, mixins.DestroyModelMixin, ViewSet):
    """To add one, or take a slip back; they are read with their partner."""

    queryset = FormerName.objects.all()
    serializer_class = FormerNameSerializer

    def perform_destroy(self, instance: FormerName) -> None:
        services.remove_former_name(instance, by=self.user)


class FocalPointSerializer(ModelSerializer):
    country = CountryField(read_only=True)

    class Meta:
        model = FocalPoint
        fields = ["id", "country", "partner", "named_on", "ended_on", "created_at", "updated_at"]
        read_only_fields = ["ended_on"]

    def create(self, validated_data: dict[str, Any]) -> FocalPoint:
        partner = validated_data.pop("partner")
        return services.name_focal_point(partner, by=self.user, **validated_data)


class EndSerializer(Serializer):
    reason = serializers.CharField(max_length=2000)
    ended_on = serializers.DateField(required=False, help_text="today, if it is not stated")


class FocalPointFilter(filters.FilterSet):
    country = CodeFilter("country__alpha2")
    partner = IdFilter("partner_id")
    current = filters.BooleanFilter("ended_on", "isnull")

    class Meta:
        model = FocalPoint
        fields: list[str] = []


class FocalPointViewSet(Listed, Retrieved, Created, ViewSet):
    """Which government partner a country has named as its focal point, and until when."""

    queryset = FocalPoint.objects.all()
    serializer_class = FocalPointSerializer
    filterset_class = FocalPointFilter

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("country")

    @verb(EndSerializer)
    def end(self, point: FocalPoint, **stated: Any) -> Response:
        """The country names another one, or none."""
        point.end(by=self.user, **stated)
        return self.answer(point)


class IdentifierSchemeSerializer(ModelSerializer):
    has_check_digits = serializers.BooleanField(read_only=True)

    class Meta:
        model = IdentifierScheme
        fields = ["id", "code", "label", "coverage", "url", "is_deprecated", "has_check_digits"]


class IdentifierSchemeFilter(filters.FilterSet):
    country = CodeFilter(method="in_country")

    class Meta:
        model = IdentifierScheme
        fields = ["code", "is_deprecated"]

    def in_country(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(coverage__contains=[value])


class IdentifierSchemeViewSet(ReadViewSet):
    """Registers of organisations; those of org-id.guide under the ODbL."""

    queryset = IdentifierScheme.objects.all()
    serializer_class = IdentifierSchemeSerializer
    filterset_class = IdentifierSchemeFilter
    page_order = ("code",)
    lookup_field = "code"
    lookup_value_regex = "[A-Za-z0-9_-]+"


class StakeholderGroupSerializer(ModelSerializer):
    class Meta:
        model = StakeholderGroup
        fields = ["code", "kind", "label"]


class StakeholderGroupViewSet(ReadViewSet):
    """UN major groups and other stakeholders."""

    queryset = StakeholderGroup.objects.all()
    serializer_class = StakeholderGroupSerializer
    page_order = ("code",)
    lookup_field = "code"
    lookup_value_regex = "[A-Z]+-[0-9]+"
