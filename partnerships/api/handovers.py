"""Commitments and the lead, offered by one member to another."""

from collections.abc import Callable
from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.response import Response

from partnerships.api.insight import with_insight
from partnerships.models import CommitmentHandover, LeadHandover, Partnership
from partnerships.models.handovers import Handover
from partnerships.services import handovers
from registry.api.base import Created, ReadViewSet, verb
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer, OptionalReasonSerializer, VisibleField

FIELDS = [
    "id",
    "partnership",
    "giver",
    "taker",
    "status",
    "proposed_at",
    "answered_at",
    "reason",
]


class CommitmentHandoverSerializer(ModelSerializer):
    partnership = serializers.IntegerField(source="giver.partnership_id", read_only=True)

    class Meta:
        model = CommitmentHandover
        fields = [*FIELDS, "commitment"]
        private_fields = ["reason"]
        extra_kwargs = {"reason": {"max_length": 2000}}

    def create(self, validated_data: dict[str, Any]) -> CommitmentHandover:
        commitment, taker = validated_data.pop("commitment"), validated_data.pop("taker")
        return handovers.offer_commitment(commitment, to=taker, by=self.user, **validated_data)


class LeadHandoverSerializer(ModelSerializer):
    partnership = VisibleField(queryset=Partnership.objects.all())

    class Meta:
        model = LeadHandover
        fields = FIELDS
        private_fields = ["reason"]
        extra_kwargs = {"reason": {"max_length": 2000}}

    def create(self, validated_data: dict[str, Any]) -> LeadHandover:
        partnership, taker = validated_data.pop("partnership"), validated_data.pop("taker")
        return handovers.offer_lead(partnership, to=taker, by=self.user, **validated_data)


class HandoverFilter(filters.FilterSet):
    partnership = IdFilter("giver__partnership_id")
    giver = IdFilter("giver_id")
    taker = IdFilter("taker_id")


class CommitmentHandoverFilter(HandoverFilter):
    commitment = IdFilter("commitment_id")

    class Meta:
        model = CommitmentHandover
        fields = ["status"]


class LeadHandoverFilter(HandoverFilter):
    class Meta:
        model = LeadHandover
        fields = ["status"]


class HandoverViewSet(Created, ReadViewSet):
    """Offered by who gives, answered by who is asked; public once it has been accepted."""

    take: Callable[..., None]

    def shown(self, queryset: Any) -> Any:
        rows = queryset.select_related("giver__partnership")
        return with_insight(rows, self.request.user, "giver__partnership")

    @verb()
    def accept(self, handover: Handover) -> Response:
        """The member that was asked agrees; from now on it is its own."""
        type(self).take(handover, by=self.user)
        return self.answer(handover)

    @verb(OptionalReasonSerializer)
    def decline(self, handover: Handover, *, reason: str = "") -> Response:
        handovers.decline_handover(handover, by=self.user, reason=reason)
        return self.answer(handover)

    @verb()
    def withdraw(self, handover: Handover) -> Response:
        """The member that offered takes the offer back."""
        handovers.withdraw_handover(handover, by=self.user)
        return self.answer(handover)


class CommitmentHandoverViewSet(HandoverViewSet):
    queryset = CommitmentHandover.objects.all()
    serializer_class = CommitmentHandoverSerializer
    filterset_class = CommitmentHandoverFilter
    take = staticmethod(handovers.accept_commitment)


class LeadHandoverViewSet(HandoverViewSet):
    queryset = LeadHandover.objects.all()
    serializer_class = LeadHandoverSerializer
    filterset_class = LeadHandoverFilter
    take = staticmethod(handovers.accept_lead)
