"""What Governments say of partnerships' contributions in their countries."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers

from monitoring.models import ContributionStatement
from monitoring.services.contribution_statements import state_contribution_of
from registry.api.base import Created, Listed, Retrieved, ViewSet
from registry.api.filters import CodeFilter, IdFilter
from registry.api.partners import CountryField
from registry.api.serializers import ModelSerializer


class ContributionStatementSerializer(ModelSerializer):
    country = CountryField()
    year = serializers.IntegerField(help_text="that the entry is of")
    review_year = serializers.IntegerField(required=False, allow_null=True)

    class Meta:
        model = ContributionStatement
        fields = [
            "id",
            "country",
            "partnership",
            "year",
            "kind",
            "text",
            "review",
            "review_year",
            "reference",
            "focal_point",
            "said_at",
        ]
        read_only_fields = ["focal_point", "said_at"]

    def create(self, validated_data: dict[str, Any]) -> ContributionStatement:
        partnership = validated_data.pop("partnership")
        return state_contribution_of(partnership, by=self.user, **validated_data)


class ContributionStatementFilter(filters.FilterSet):
    country = CodeFilter("country__alpha2")
    partnership = IdFilter("partnership_id")
    year = filters.NumberFilter("year")

    class Meta:
        model = ContributionStatement
        fields = ["kind"]


class ContributionStatementViewSet(Listed, Retrieved, Created, ViewSet):
    """Entries of country reports that a national focal point confirmed, commented or cited.

    Only the people who manage the country's focal point add one; a newer one stands in the place
    of the former, which stays.
    """

    queryset = ContributionStatement.objects.all()
    serializer_class = ContributionStatementSerializer
    filterset_class = ContributionStatementFilter
    page_order = ("-said_at", "-pk")

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("country")
