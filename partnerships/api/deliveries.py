"""What arrived of what was promised."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.response import Response

from partnerships.api.insight import with_insight
from partnerships.models import Deliverable, Delivery
from partnerships.services.deliveries import correct_delivery, record_delivery
from registry.api.base import Created, Listed, Retrieved, ViewSet, verb
from registry.api.filters import IdFilter
from registry.api.serializers import (
    CodesField,
    ModelSerializer,
    ReasonSerializer,
    Serializer,
)


def deliverables_field() -> CodesField:
    """In one query, whatever their number."""
    number = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    return CodesField(
        Deliverable,
        "pk",
        read=lambda delivery: delivery.deliverables.all(),
        child=number,
        required=False,
        help_text="those that were handed over",
    )


class DeliverySerializer(ModelSerializer):
    deliverables = deliverables_field()

    class Meta:
        model = Delivery
        fields = [
            "id",
            "partnership",
            "membership",
            "commitment",
            "deliverables",
            "flow",
            "status",
            "delivered_on",
            "amount",
            "currency",
            "note",
            "confirmed_at",
            "disputed_because",
            "replaces",
            "ended_at",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["partnership", "membership", "flow"]
        private_fields = ["disputed_because"]
        extra_kwargs = {"commitment": {"required": True, "allow_null": False}}

    def create(self, validated_data: dict[str, Any]) -> Delivery:
        commitment = validated_data.pop("commitment")
        return record_delivery(commitment, by=self.user, **validated_data)


class CorrectDeliverySerializer(Serializer):
    """What was different, and why; what is left out is taken over."""

    reason = serializers.CharField(max_length=2000)
    delivered_on = serializers.DateField(required=False)
    amount = serializers.DecimalField(24, 4, required=False, allow_null=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    deliverables = deliverables_field()


class DeliveryFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")
    membership = IdFilter("membership_id")
    commitment = IdFilter("commitment_id")
    deliverable = IdFilter("deliverables", distinct=True)

    class Meta:
        model = Delivery
        fields = ["flow", "status"]


class DeliveryViewSet(Listed, Retrieved, Created, ViewSet):
    """Recorded by the giver, confirmed or disputed by the receiver; corrected by a new one."""

    queryset = Delivery.objects.all()
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilter

    def shown(self, queryset: Any) -> Any:
        rows = queryset.prefetch_related("deliverables")
        return with_insight(rows, self.request.user)

    @verb()
    def confirm(self, delivery: Delivery) -> Response:
        """The receiver says that it arrived."""
        delivery.confirm(by=self.user)
        return self.answer(delivery)

    @verb(ReasonSerializer)
    def dispute(self, delivery: Delivery, *, reason: str) -> Response:
        """The receiver says that it did not arrive, or not so."""
        delivery.dispute(by=self.user, reason=reason)
        return self.answer(delivery)

    @verb(ReasonSerializer)
    def withdraw(self, delivery: Delivery, *, reason: str) -> Response:
        """The giver takes back what nobody has confirmed."""
        delivery.withdraw(by=self.user, reason=reason)
        return self.answer(delivery)

    @verb(CorrectDeliverySerializer, responses={201: DeliverySerializer})
    def correct(self, delivery: Delivery, **values: Any) -> Response:
        """A new delivery stands for this one; a confirmed one counts until that is confirmed."""
        return self.answer(correct_delivery(delivery, by=self.user, **values), 201)
