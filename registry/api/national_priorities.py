"""What countries have listed as their priorities."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.response import Response

from registry.api.base import Created, Listed, Retrieved, ViewSet, verb
from registry.api.filters import CodeFilter
from registry.api.partners import CountryField
from registry.api.serializers import ModelSerializer, Serializer
from registry.models import NationalPriority, Target
from registry.services import national_priorities as services


class TargetsField(serializers.ManyRelatedField):
    """SDG targets by their codes."""

    def __init__(self, **options: Any) -> None:
        code: Any = serializers.SlugRelatedField(slug_field="code", queryset=Target.objects.all())
        super().__init__(child_relation=code, **options)


class NationalPrioritySerializer(ModelSerializer):
    country = CountryField()
    targets = TargetsField(required=False)

    class Meta:
        model = NationalPriority
        fields = [
            "id",
            "country",
            "title",
            "text",
            "targets",
            "position",
            "since_on",
            "until_on",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["position", "until_on"]

    def create(self, validated_data: dict[str, Any]) -> NationalPriority:
        country = validated_data.pop("country")
        return services.list_priority(country, by=self.user, **validated_data)


class RewordSerializer(Serializer):
    """What changes; what is not sent stays."""

    title = serializers.CharField(max_length=300, required=False)
    text = serializers.CharField(max_length=5_000, required=False, allow_blank=True)
    targets = TargetsField(required=False)


class EndPrioritySerializer(Serializer):
    reason = serializers.CharField(max_length=2_000)
    until_on = serializers.DateField(required=False, help_text="its last day; default: today")


class PlaceInListSerializer(Serializer):
    position = serializers.IntegerField(min_value=1, max_value=1_000)


class NationalPriorityFilter(filters.FilterSet):
    country = CodeFilter("country__alpha2")
    target = CodeFilter("targets__code")
    current = filters.BooleanFilter("until_on", "isnull")

    class Meta:
        model = NationalPriority
        fields: list[str] = []


class NationalPriorityViewSet(Listed, Retrieved, Created, ViewSet):
    """Priorities as countries list them; their words stay, so a change is a new row."""

    queryset = NationalPriority.objects.all()
    serializer_class = NationalPrioritySerializer
    filterset_class = NationalPriorityFilter
    page_order = ("position", "pk")

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("country").prefetch_related("targets")

    @verb(RewordSerializer)
    def reword(self, priority: NationalPriority, **stated: Any) -> Response:
        """Ended today and listed anew at its place: answers with the new one."""
        return self.answer(services.reword_priority(priority, by=self.user, **stated))

    @verb(EndPrioritySerializer)
    def end(self, priority: NationalPriority, **stated: Any) -> Response:
        """It stays in what was reported before."""
        return self.answer(services.end_priority(priority, by=self.user, **stated))

    @verb(PlaceInListSerializer)
    def place(self, priority: NationalPriority, *, position: int) -> Response:
        """Put it at a place of the country's list; the others move."""
        return self.answer(services.place_priority(priority, by=self.user, position=position))
