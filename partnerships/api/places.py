"""Places below the level of countries."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import mixins, serializers

from partnerships.models import Location
from partnerships.services.places import add_location, remove_location
from registry.api.base import Created, ReadViewSet
from registry.api.filters import CodeFilter, IdFilter
from registry.api.serializers import ModelSerializer
from registry.models import Country


class LocationSerializer(ModelSerializer):
    country: serializers.SlugRelatedField[Country] = serializers.SlugRelatedField(
        slug_field="alpha2",
        queryset=Country.objects.all(),
        help_text="one of the partnership's countries",
    )

    class Meta:
        model = Location
        fields = ["id", "partnership", "country", "name", "reach", "latitude", "longitude"]

    def create(self, validated_data: dict[str, Any]) -> Location:
        return add_location(validated_data.pop("partnership"), by=self.user, **validated_data)


class LocationFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")
    country = CodeFilter("country__alpha2")

    class Meta:
        model = Location
        fields = ["reach"]


class LocationViewSet(mixins.DestroyModelMixin, Created, ReadViewSet):
    """Seen with the partnership; written by the lead's managers while it is a draft."""

    queryset = Location.objects.all()
    serializer_class = LocationSerializer
    filterset_class = LocationFilter

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("country", "partnership")

    def perform_destroy(self, instance: Location) -> None:
        remove_location(instance, by=self.user)
