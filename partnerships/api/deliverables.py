"""The parts of which promises consist."""

from datetime import date
from typing import Any

from django_filters import rest_framework as filters
from rest_framework import mixins, serializers
from rest_framework.response import Response

from partnerships.api.commitments import PostponeSerializer
from partnerships.models import Deliverable, DeliverableDate, Standing
from partnerships.services.deliverables import (
    add_deliverable,
    edit_deliverable,
    remove_deliverable,
)
from registry.api.base import RecordViewSet, verb
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer


class DeliverableDateSerializer(ModelSerializer):
    class Meta:
        model = DeliverableDate
        fields = ["due_on", "held_from", "reason"]


class DeliverableSerializer(ModelSerializer):
    due_dates = DeliverableDateSerializer(many=True, read_only=True)
    standing = serializers.ChoiceField(
        Standing.choices, read_only=True, help_text="today, by the due date that holds"
    )
    standing_at_first = serializers.ChoiceField(
        Standing.choices, read_only=True, help_text="today, by the due date promised at first"
    )

    class Meta:
        model = Deliverable
        fields = [
            "id",
            "commitment",
            "title",
            "due_on",
            "due_dates",
            "standing",
            "standing_at_first",
            "created_at",
            "updated_at",
        ]

    def create(self, validated_data: dict[str, Any]) -> Deliverable:
        return add_deliverable(validated_data.pop("commitment"), by=self.user, **validated_data)


class DeliverableChangeSerializer(DeliverableSerializer):
    """What can change before registration."""

    class Meta(DeliverableSerializer.Meta):
        read_only_fields = ["commitment"]

    def update(self, instance: Deliverable, validated_data: dict[str, Any]) -> Deliverable:
        return edit_deliverable(instance, by=self.user, **validated_data)


class DeliverableFilter(filters.FilterSet):
    commitment = IdFilter("commitment_id")
    partnership = IdFilter("commitment__partnership_id")
    membership = IdFilter("commitment__membership_id")
    standing = filters.ChoiceFilter(choices=Standing.choices)

    class Meta:
        model = Deliverable
        fields: list[str] = []


class DeliverableViewSet(mixins.DestroyModelMixin, RecordViewSet):
    """Added at any time; edited and removed before registration, postponed afterwards."""

    queryset = Deliverable.objects.all()
    serializer_class = DeliverableSerializer
    filterset_class = DeliverableFilter

    def get_serializer_class(self) -> type[DeliverableSerializer]:
        changes = self.action == "partial_update"
        return DeliverableChangeSerializer if changes else DeliverableSerializer

    def shown(self, queryset: Any) -> Any:
        rows = queryset.select_related("commitment__partnership", "commitment__membership__partner")
        return rows.prefetch_related("due_dates").with_standing()

    def perform_destroy(self, instance: Deliverable) -> None:
        remove_deliverable(instance, by=self.user)

    @verb(PostponeSerializer)
    def postpone(self, deliverable: Deliverable, *, due_on: date, reason: str) -> Response:
        """A later date within the commitment's; the one promised at first stays."""
        deliverable.postpone(due_on, by=self.user, reason=reason)
        return self.answer(deliverable)
