"""Groups of countries, and who was in them on a day."""

from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.base import ReadViewSet
from registry.api.serializers import ModelSerializer, Serializer
from registry.models import CountryGroup, GroupMembership


class CountryGroupSerializer(ModelSerializer):
    class Meta:
        model = CountryGroup
        fields = ["id", "code", "name", "kind", "known_from", "source"]


class GroupMemberSerializer(ModelSerializer):
    country = serializers.CharField(source="country.alpha2", read_only=True)
    name = serializers.CharField(source="country.name", read_only=True)

    class Meta:
        model = GroupMembership
        fields = ["country", "name", "joined_on", "left_on", "source"]


class MembersOnSerializer(serializers.Serializer[Any]):
    group = serializers.CharField()
    on = serializers.DateField()
    known_from = serializers.DateField(help_text="an earlier day is refused: it is not known")
    members = GroupMemberSerializer(many=True)


class DaySerializer(Serializer):
    on = serializers.DateField(required=False)


class CountryGroupFilter(filters.FilterSet):
    class Meta:
        model = CountryGroup
        fields = ["kind"]


class CountryGroupViewSet(ReadViewSet):
    queryset = CountryGroup.objects.all()
    serializer_class = CountryGroupSerializer
    filterset_class = CountryGroupFilter
    page_order = ("code", "pk")
    lookup_field = "code"
    lookup_value_regex = "[A-Za-z0-9-]{1,10}"

    @extend_schema(
        parameters=[OpenApiParameter("on", OpenApiTypes.DATE, description="today if not given")],
        responses=MembersOnSerializer,
        filters=False,
    )
    @action(detail=True, pagination_class=None, filterset_class=None)
    def members(self, request: Request, code: str) -> Response:
        """Who is in the group on a day; a day before the data begins is refused, with its first."""
        asked = {name: request.query_params[name] for name in request.query_params}
        question = DaySerializer(data=asked, context={"request": request})
        question.is_valid(raise_exception=True)
        group, on = self.get_object(), question.validated_data.get("on") or timezone.localdate()
        members = group.members_on(on).select_related("country").order_by("country__name", "pk")
        shown = {"group": group.code, "on": on, "known_from": group.known_from, "members": members}
        return Response(MembersOnSerializer(shown).data)
