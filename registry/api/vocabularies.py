"""The vocabularies that everybody shares, to read."""

from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from rest_framework import serializers

from registry.api.base import ReadViewSet
from registry.api.filters import CodeFilter, IdFilter, SearchFilter
from registry.api.serializers import ModelSerializer
from registry.models import (
    Country,
    Currency,
    DacSector,
    GlobalIndicator,
    Goal,
    Language,
    Target,
)


class GoalSerializer(ModelSerializer):
    class Meta:
        model = Goal
        fields = ["number", "label", "colour", "texts", "retired_in"]


class SdgFilter(filters.FilterSet):
    search = SearchFilter(help_text="a code, or words in any of the six UN languages")
    in_force = filters.BooleanFilter(method="still_listed", help_text="not retired, or retired")

    def still_listed(self, rows: Any, name: str, wanted: bool) -> Any:
        return rows.in_force() if wanted else rows.exclude(retired_in="")


class GoalFilter(SdgFilter):
    class Meta:
        model = Goal
        fields: list[str] = []


class GoalViewSet(ReadViewSet):
    queryset = Goal.objects.all()
    serializer_class = GoalSerializer
    filterset_class = GoalFilter
    page_order = ("number",)


class TargetSerializer(ModelSerializer):
    class Meta:
        model = Target
        fields = ["id", "code", "goal", "kind", "label", "texts", "retired_in"]


class TargetFilter(SdgFilter):
    goal = IdFilter("goal_id")
    code = CodeFilter()

    class Meta:
        model = Target
        fields = ["kind"]


class TargetViewSet(ReadViewSet):
    queryset = Target.objects.all()
    serializer_class = TargetSerializer
    filterset_class = TargetFilter
    page_order = ("pk",)


class GlobalIndicatorSerializer(ModelSerializer):
    target: serializers.SlugRelatedField[Target] = serializers.SlugRelatedField(
        slug_field="code", read_only=True
    )
    repeat_of: serializers.SlugRelatedField[GlobalIndicator] = serializers.SlugRelatedField(
        slug_field="code", read_only=True, allow_null=True
    )

    class Meta:
        model = GlobalIndicator
        fields = [
            "id",
            "code",
            "target",
            "label",
            "tier",
            "repeat_of",
            "series",
            "texts",
            "retired_in",
        ]


class GlobalIndicatorFilter(SdgFilter):
    goal = IdFilter("target__goal_id")
    target = CodeFilter("target__code")
    code = CodeFilter()

    class Meta:
        model = GlobalIndicator
        fields = ["tier"]


class GlobalIndicatorViewSet(ReadViewSet):
    queryset = GlobalIndicator.objects.all()
    serializer_class = GlobalIndicatorSerializer
    filterset_class = GlobalIndicatorFilter
    page_order = ("pk",)

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("target", "repeat_of")


class CountrySerializer(ModelSerializer):
    class Meta:
        model = Country
        fields = ["alpha2", "alpha3", "m49", "name", "region", "sub_region"]


class CountryFilter(filters.FilterSet):
    group = filters.CharFilter(
        method="in_group", max_length=10, help_text="a group of countries: LDC, 202"
    )
    on = filters.DateFilter(method="day_alone", help_text="with group; today if not given")

    class Meta:
        model = Country
        fields = ["region", "sub_region", "alpha3", "m49"]

    def in_group(self, rows: Any, name: str, code: str) -> Any:
        day = self.form.cleaned_data.get("on") or timezone.localdate()
        return rows.in_group(code, day)

    def day_alone(self, rows: Any, name: str, day: Any) -> Any:
        """Without a group the day chooses nothing: countries have no dates."""
        return rows


class CountryViewSet(ReadViewSet):
    queryset = Country.objects.all()
    serializer_class = CountrySerializer
    filterset_class = CountryFilter
    page_order = ("name", "pk")
    lookup_field = "alpha2"
    lookup_value_regex = "[A-Z]{2}"


class CurrencySerializer(ModelSerializer):
    class Meta:
        model = Currency
        fields = ["code", "label", "minor_units"]


class CurrencyViewSet(ReadViewSet):
    queryset = Currency.objects.all()
    serializer_class = CurrencySerializer
    page_order = ("code",)
    lookup_value_regex = "[A-Z]{3}"


class LanguageSerializer(ModelSerializer):
    class Meta:
        model = Language
        fields = ["code", "name"]


class LanguageViewSet(ReadViewSet):
    queryset = Language.objects.all()
    serializer_class = LanguageSerializer
    page_order = ("code",)
    lookup_value_regex = "[a-z]{2}"


class DacSectorSerializer(ModelSerializer):
    class Meta:
        model = DacSector
        fields = ["code", "label"]


class DacSectorViewSet(ReadViewSet):
    """Sectors of work: three-digit categories of the OECD DAC list, with labels of our own."""

    queryset = DacSector.objects.all()
    serializer_class = DacSectorSerializer
    page_order = ("code",)
    lookup_value_regex = "[0-9]{3}"
