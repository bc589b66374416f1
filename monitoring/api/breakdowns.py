"""Ways to break figures down, and where their categories stood before."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import mixins

from monitoring.models import Category, CategoryBaseline, Dimension, Framework
from monitoring.services.breakdowns import (
    add_category_baseline,
    cross_dimensions,
    edit_category_baseline,
    remove_category_baseline,
)
from registry.api.base import Created, ReadViewSet, RecordViewSet
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer, VisibleField


class CategorySerializer(ModelSerializer):
    class Meta:
        model = Category
        fields = ["id", "dimension", "code", "label", "sort", "sdmx_code", "first", "second"]


class CategoryFilter(filters.FilterSet):
    dimension = IdFilter("dimension_id")

    class Meta:
        model = Category
        fields = ["code"]


class CategoryViewSet(ReadViewSet):
    queryset = Category.objects.all()
    serializer_class = CategorySerializer
    filterset_class = CategoryFilter
    page_order = ("pk",)


class DimensionSerializer(ModelSerializer):
    class Meta:
        model = Dimension
        fields = ["id", "framework", "code", "label", "sdmx_concept", "first", "second"]


class CrossingSerializer(DimensionSerializer):
    """A draft's own dimension of two others: a category is made for each pair."""

    framework = VisibleField(queryset=Framework.objects.all())
    first = VisibleField(queryset=Dimension.objects.all())
    second = VisibleField(queryset=Dimension.objects.all())

    class Meta(DimensionSerializer.Meta):
        read_only_fields = ["code", "label", "sdmx_concept"]

    def create(self, validated_data: dict[str, Any]) -> Dimension:
        return cross_dimensions(**validated_data, by=self.user)


class DimensionFilter(filters.FilterSet):
    framework = IdFilter("framework_id")

    class Meta:
        model = Dimension
        fields = ["code", "sdmx_concept"]


class DimensionViewSet(Created, ReadViewSet):
    queryset = Dimension.objects.all()
    serializer_class = DimensionSerializer
    filterset_class = DimensionFilter
    page_order = ("pk",)

    def get_serializer_class(self) -> type[DimensionSerializer]:
        return CrossingSerializer if self.action == "create" else DimensionSerializer


class CategoryBaselineSerializer(ModelSerializer):
    class Meta:
        model = CategoryBaseline
        fields = [
            "id",
            "indicator",
            "category",
            "value",
            "numerator",
            "denominator",
            "created_at",
            "updated_at",
        ]

    def create(self, validated_data: dict[str, Any]) -> CategoryBaseline:
        return add_category_baseline(
            validated_data.pop("indicator"), by=self.user, **validated_data
        )


class CategoryBaselineChangeSerializer(CategoryBaselineSerializer):
    class Meta(CategoryBaselineSerializer.Meta):
        read_only_fields = ["indicator", "category"]

    def update(
        self, instance: CategoryBaseline, validated_data: dict[str, Any]
    ) -> CategoryBaseline:
        return edit_category_baseline(instance, by=self.user, **validated_data)


class CategoryBaselineFilter(filters.FilterSet):
    indicator = IdFilter("indicator_id")
    framework = IdFilter("indicator__result__framework_id")
    partnership = IdFilter("indicator__result__framework__partnership_id")

    class Meta:
        model = CategoryBaseline
        fields: list[str] = []


class CategoryBaselineViewSet(mixins.DestroyModelMixin, RecordViewSet):
    queryset = CategoryBaseline.objects.all()
    serializer_class = CategoryBaselineSerializer
    filterset_class = CategoryBaselineFilter

    def get_serializer_class(self) -> type[CategoryBaselineSerializer]:
        changes = self.action == "partial_update"
        return CategoryBaselineChangeSerializer if changes else CategoryBaselineSerializer

    def perform_destroy(self, instance: CategoryBaseline) -> None:
        remove_category_baseline(instance, by=self.user)
