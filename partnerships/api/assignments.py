"""Evaluators limited to single partnerships."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from partnerships.models import Assignment
from partnerships.services.assignments import assign, assign_to, unassign
from registry.api.base import IDEMPOTENCY_KEY, Created, Listed, Retrieved, ViewSet
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer, Serializer, VisibleField
from registry.models import Affiliation


class AssignmentSerializer(ModelSerializer):
    partner = serializers.IntegerField(source="affiliation.partner_id", read_only=True)

    class Meta:
        model = Assignment
        fields = ["id", "affiliation", "partner", "partnership", "since_at"]

    def create(self, validated_data: dict[str, Any]) -> Assignment:
        return assign(by=self.user, **validated_data)


class AssignmentFilter(filters.FilterSet):
    affiliation = IdFilter("affiliation_id")
    partner = IdFilter("affiliation__partner_id")
    partnership = IdFilter("partnership_id")

    class Meta:
        model = Assignment
        fields: list[str] = []


class LiftSerializer(Serializer):
    affiliation = VisibleField(queryset=Affiliation.objects.all())


class AssignmentViewSet(Listed, Retrieved, Created, mixins.DestroyModelMixin, ViewSet):
    """For the partner's managers; an evaluator sees the own ones. None means all partnerships."""

    queryset = Assignment.objects.all()
    serializer_class = AssignmentSerializer
    filterset_class = AssignmentFilter
    permission_classes = [IsAuthenticated]

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("affiliation")

    def perform_destroy(self, instance: Assignment) -> None:
        unassign(instance, by=self.user)

    @extend_schema(request=LiftSerializer, responses={204: None}, parameters=[IDEMPOTENCY_KEY])
    @action(detail=False, methods=["post"])
    def lift(self, request: Request) -> Response:
        """From now on the evaluator works in all of the partner's partnerships."""
        assign_to(self.read_body(LiftSerializer)["affiliation"], [], by=self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
