"""What members promise, and what arrived."""

from datetime import date
from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.response import Response

from partnerships.models import Commitment, Delivery, DueDate
from partnerships.services.commitments import add_commitment, record_delivery
from registry.api.base import Created, Listed, Retrieved, ViewSet, verb
from registry.api.filters import CodeFilter, IdFilter
from registry.api.serializers import CodesField, ModelSerializer, ReasonSerializer
from registry.models import Target


class DueDateSerializer(ModelSerializer):
    class Meta:
        model = DueDate
        fields = ["due_on", "held_from", "reason"]


class CommitmentSerializer(ModelSerializer):
    targets = CodesField(
        Target, "code", read=lambda commitment: commitment.targets.all(), required=False
    )
    due_dates = DueDateSerializer(many=True, read_only=True)

    class Meta:
        model = Commitment
        fields = [
            "id",
            "partnership",
            "membership",
            "receiver",
            "title",
            "kind",
            "status",
            "amount",
            "currency",
            "unit",
            "committed_on",
            "due_on",
            "due_dates",
            "targets",
            "withdrawn_on",
            "receiver_agreed",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["partnership"]
        extra_kwargs = {
            "committed_on": {"required": False},
            "due_on": {"required": True, "allow_null": False},
        }

    def create(self, validated_data: dict[str, Any]) -> Commitment:
        partnership = validated_data["membership"].partnership
        return add_commitment(partnership, by=self.user, **validated_data)


class PostponeSerializer(ReasonSerializer):
    due_on = serializers.DateField()


class WithdrawSerializer(ReasonSerializer):
    receiver_agreed = serializers.BooleanField(default=False)


class CommitmentFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")
    membership = IdFilter("membership_id")
    partner = IdFilter("membership__partner_id")
    target = CodeFilter("targets__code", distinct=True)
    due_before = filters.DateFilter("due_on", "lte")

    class Meta:
        model = Commitment
        fields = ["status", "kind"]


class CommitmentViewSet(Listed, Retrieved, Created, ViewSet):
    """A promise is not edited: it is kept, postponed or withdrawn."""

    queryset = Commitment.objects.all()
    serializer_class = CommitmentSerializer
    filterset_class = CommitmentFilter

    def shown(self, queryset: Any) -> Any:
        return queryset.prefetch_related("targets", "due_dates")

    @verb(PostponeSerializer)
    def postpone(self, commitment: Commitment, *, due_on: date, reason: str) -> Response:
        commitment.postpone(due_on, by=self.user, reason=reason)
        return self.answer(commitment)

    @verb(WithdrawSerializer)
    def withdraw(self, commitment: Commitment, **values: Any) -> Response:
        commitment.withdraw(by=self.user, **values)
        return self.answer(commitment)


class DeliverySerializer(ModelSerializer):
    class Meta:
        model = Delivery
        fields = [
            "id",
            "partnership",
            "membership",
            "commitment",
            "flow",
            "delivered_on",
            "amount",
            "currency",
            "note",
            "confirmed_at",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["partnership", "membership", "flow"]
        extra_kwargs = {"commitment": {"required": True, "allow_null": False}}

    def create(self, validated_data: dict[str, Any]) -> Delivery:
        commitment = validated_data.pop("commitment")
        return record_delivery(commitment, by=self.user, **validated_data)


class DeliveryFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")
    membership = IdFilter("membership_id")
    commitment = IdFilter("commitment_id")

    class Meta:
        model = Delivery
        fields = ["flow"]


class DeliveryViewSet(Listed, Retrieved, Created, ViewSet):
    queryset = Delivery.objects.all()
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilter

    @verb()
    def confirm(self, delivery: Delivery) -> Response:
        """The receiver says that it arrived."""
        delivery.confirm(by=self.user)
        return self.answer(delivery)
