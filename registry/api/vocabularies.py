"""The vocabularies that everybody shares, to read."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers

from registry.api.base import ReadViewSet
from registry.api.filters import CodeFilter, IdFilter
from registry.api.serializers import ModelSerializer
from registry.models import Country, Currency, GlobalIndicator, Goal, Language, Target


class GoalSerializer(ModelSerializer):
    class Meta:
        model = Goal
        fields = ["number", "label", "colour", "texts"]


class GoalViewSet(ReadViewSet):
    queryset = Goal.objects.all()
    serializer_class = GoalSerializer
    page_order = ("number",)


class TargetSerializer(ModelSerializer):
    class Meta:
        model = Target
        fields = ["id", "code", "goal", "kind", "label", "texts"]


class TargetFilter(filters.FilterSet):
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
        fields = ["id", "code", "target", "label", "tier", "repeat_of", "series", "texts"]


class GlobalIndicatorFilter(filters.FilterSet):
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
    class Meta:
        model = Country
        fields = ["region", "sub_region", "alpha3", "m49"]


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
