"""Documents that members agree to."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.response import Response

from partnerships.models import Agreement, Endorsement, Membership
from partnerships.services.agreements import draft_agreement, edit_agreement
from registry.api.base import ReadViewSet, RecordViewSet, verb
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer, Serializer, VisibleField


class AgreementSerializer(ModelSerializer):
    class Meta:
        model = Agreement
        fields = [
            "id",
            "partnership",
            "kind",
            "edition",
            "title",
            "text",
            "sha256",
            "status",
            "proposed_at",
            "bound_at",
            "superseded_at",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["edition"]

    def create(self, validated_data: dict[str, Any]) -> Agreement:
        partnership = validated_data.pop("partnership")
        return draft_agreement(partnership, by=self.user, **validated_data)


class AgreementTextSerializer(AgreementSerializer):
    """What can change while the agreement is a draft."""

    class Meta(AgreementSerializer.Meta):
        read_only_fields = ["edition", "partnership", "kind"]

    def update(self, instance: Agreement, validated_data: dict[str, Any]) -> Agreement:
        return edit_agreement(instance, by=self.user, **validated_data)


class EndorseSerializer(Serializer):
    membership = VisibleField(
        queryset=Membership.objects.all(), help_text="the member for which the caller says yes"
    )
    sha256 = serializers.CharField(
        max_length=64, required=False, help_text="of the text that was read"
    )


class AgreementFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")

    class Meta:
        model = Agreement
        fields = ["status", "kind"]


class AgreementViewSet(RecordViewSet):
    queryset = Agreement.objects.all()
    serializer_class = AgreementSerializer
    filterset_class = AgreementFilter

    def get_serializer_class(self) -> type[AgreementSerializer]:
        return AgreementTextSerializer if self.action == "partial_update" else AgreementSerializer

    @verb()
    def propose(self, agreement: Agreement) -> Response:
        """Freeze the text and ask every accepted member to endorse it."""
        agreement.propose(by=self.user)
        return self.answer(agreement)

    @verb(EndorseSerializer)
    def endorse(self, agreement: Agreement, *, membership: Membership, **read: str) -> Response:
        """Say yes for one member; the last yes makes it binding."""
        agreement.endorse(membership, by=self.user, **read)
        return self.answer(agreement)


class EndorsementSerializer(ModelSerializer):
    class Meta:
        model = Endorsement
        fields = ["id", "agreement", "membership", "sha256", "endorsed_at"]


class EndorsementFilter(filters.FilterSet):
    agreement = IdFilter("agreement_id")
    membership = IdFilter("membership_id")
    partnership = IdFilter("agreement__partnership_id")

    class Meta:
        model = Endorsement
        fields: list[str] = []


class EndorsementViewSet(ReadViewSet):
    queryset = Endorsement.objects.all()
    serializer_class = EndorsementSerializer
    filterset_class = EndorsementFilter
