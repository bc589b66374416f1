"""ESG standards, their disclosures and what these say about SDG targets, to read."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers

from registry.api.base import ReadViewSet
from registry.api.filters import CodeFilter, IdFilter, SearchFilter
from registry.api.serializers import ModelSerializer
from registry.models import Crosswalk, Disclosure, Principle, Standard


class StandardSerializer(ModelSerializer):
    class Meta:
        model = Standard
        fields = [
            "id",
            "code",
            "version",
            "name",
            "publisher",
            "url",
            "note",
            "superseded_by",
            "is_shipped",
            "loaded_at",
        ]


class StandardFilter(filters.FilterSet):
    code = filters.CharFilter(max_length=30)
    in_force = filters.BooleanFilter("superseded_by", lookup_expr="isnull")

    class Meta:
        model = Standard
        fields = ["version"]


class StandardViewSet(ReadViewSet):
    """Each version is a row of its own: what was reported under one stays under it."""

    queryset = Standard.objects.all()
    serializer_class = StandardSerializer
    filterset_class = StandardFilter
    page_order = ("code", "version", "pk")

    def etag_of(self, record: Standard) -> str:
        """None: here `version` is the publisher's word, and no change of the row bumps it."""
        return ""


class NestedCrosswalkSerializer(ModelSerializer):
    target = serializers.CharField(source="target.code", read_only=True)

    class Meta:
        model = Crosswalk
        fields = ["target", "kind", "checked", "source"]


class DisclosureSerializer(ModelSerializer):
    crosswalks = NestedCrosswalkSerializer(many=True, read_only=True)

    class Meta:
        model = Disclosure
        fields = [
            "id",
            "standard",
            "code",
            "label",
            "pillar",
            "unit",
            "measure",
            "direction",
            "is_core",
            "checked",
            "source",
            "crosswalks",
        ]


class DisclosureFilter(filters.FilterSet):
    standard = IdFilter("standard_id")
    standard_code = filters.CharFilter("standard__code", max_length=30)
    core = filters.BooleanFilter("is_core")
    target = CodeFilter("crosswalks__target__code")
    search = SearchFilter(help_text="its code, or words of its label")

    class Meta:
        model = Disclosure
        fields = ["pillar", "measure", "checked"]


class DisclosureViewSet(ReadViewSet):
    queryset = Disclosure.objects.all()
    serializer_class = DisclosureSerializer
    filterset_class = DisclosureFilter
    page_order = ("pk",)

    def shown(self, queryset: Any) -> Any:
        return queryset.prefetch_related("crosswalks__target")


class CrosswalkSerializer(NestedCrosswalkSerializer):
    class Meta:
        model = Crosswalk
        fields = ["id", "disclosure", "target", "kind", "checked", "source"]


class CrosswalkFilter(filters.FilterSet):
    disclosure = IdFilter("disclosure_id")
    standard = IdFilter("disclosure__standard_id")
    target = CodeFilter("target__code")

    class Meta:
        model = Crosswalk
        fields = ["kind", "checked"]


class CrosswalkViewSet(ReadViewSet):
    queryset = Crosswalk.objects.all()
    serializer_class = CrosswalkSerializer
    filterset_class = CrosswalkFilter
    page_order = ("pk",)

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("target")


class PrincipleSerializer(ModelSerializer):
    class Meta:
        model = Principle
        fields = ["number", "area", "label"]


class PrincipleViewSet(ReadViewSet):
    """The ten principles of the UN Global Compact."""

    queryset = Principle.objects.all()
    serializer_class = PrincipleSerializer
    filterset_fields = ("area",)
    page_order = ("number",)
