"""The principles that partnerships and their members keep, and for whom they work."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.response import Response

from partnerships.models import BeneficiaryGroup, Marker, TenPrinciplesCommitment
from partnerships.services.principles import (
    assess_marker,
    commit_to_ten_principles,
    edit_beneficiaries,
    name_beneficiaries,
    withdraw_marker,
)
from registry.api.base import Created, Listed, RecordViewSet, Retrieved, ViewSet, verb
from registry.api.filters import IdFilter, ThoseFilter
from registry.api.serializers import ModelSerializer, ReasonSerializer

WITHDRAWN = ["withdrawn_at", "withdrawal_reason"]
KEPT = [*WITHDRAWN, "created_at", "updated_at"]


class MarkerSerializer(ModelSerializer):
    significance = serializers.IntegerField(min_value=0, max_value=2)
    level = serializers.CharField(read_only=True, help_text="the significance in words")
    meaning = serializers.CharField(
        read_only=True, help_text="what this significance means for this principle"
    )

    class Meta:
        model = Marker
        fields = [
            "id",
            "partnership",
            "kind",
            "significance",
            "level",
            "meaning",
            "evidence",
            "reason",
            "assessed_on",
            "review_on",
            "membership",
            *KEPT,
        ]
        extra_kwargs = {
            "assessed_on": {"help_text": "today, if it is not stated", "allow_null": False},
            "review_on": {"required": True, "allow_null": False},
        }

    def create(self, validated_data: dict[str, Any]) -> Marker:
        return assess_marker(validated_data.pop("partnership"), by=self.user, **validated_data)


class MarkerFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")
    current = ThoseFilter(lambda rows: rows.current(), help_text="of each kind what holds now")

    class Meta:
        model = Marker
        fields = ["kind", "significance"]


class MarkerViewSet(Listed, Retrieved, Created, ViewSet):
    """Dated assessments of principles, and what published files state; nothing is overwritten."""

    queryset = Marker.objects.all()
    serializer_class = MarkerSerializer
    filterset_class = MarkerFilter

    @verb(ReasonSerializer)
    def withdraw(self, marker: Marker, *, reason: str) -> Response:
        """Take an assessment back; past reports keep what they read."""
        withdraw_marker(marker, by=self.user, reason=reason)
        return self.answer(marker)


class BeneficiaryGroupSerializer(ModelSerializer):
    stakeholder_group = serializers.CharField(
        read_only=True, help_text="code of the stakeholder group that speaks for them"
    )

    class Meta:
        model = BeneficiaryGroup
        fields = ["id", "partnership", "people", "how_reached", "stakeholder_group", *KEPT]

    def create(self, validated_data: dict[str, Any]) -> BeneficiaryGroup:
        partnership = validated_data.pop("partnership")
        return name_beneficiaries(partnership, by=self.user, **validated_data)


class BeneficiaryGroupChangeSerializer(BeneficiaryGroupSerializer):
    """What can change: how the group is reached."""

    class Meta(BeneficiaryGroupSerializer.Meta):
        read_only_fields = ["partnership", "people"]

    def update(self, instance: BeneficiaryGroup, validated_data: dict[str, Any]) -> Any:
        return edit_beneficiaries(instance, by=self.user, **validated_data)


class BeneficiaryGroupFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")

    class Meta:
        model = BeneficiaryGroup
        fields = ["people"]


class BeneficiaryGroupViewSet(RecordViewSet):
    """For whom partnerships work, and how they reach them."""

    queryset = BeneficiaryGroup.objects.all()
    serializer_class = BeneficiaryGroupSerializer
    filterset_class = BeneficiaryGroupFilter

    def get_serializer_class(self) -> type[BeneficiaryGroupSerializer]:
        changes = self.action == "partial_update"
        return BeneficiaryGroupChangeSerializer if changes else BeneficiaryGroupSerializer

    @verb(ReasonSerializer)
    def withdraw(self, group: BeneficiaryGroup, *, reason: str) -> Response:
        group.withdraw(by=self.user, reason=reason)
        return self.answer(group)


class TenPrinciplesSerializer(ModelSerializer):
    partnership = serializers.IntegerField(source="membership.partnership_id", read_only=True)
    partner = serializers.IntegerField(source="membership.partner_id", read_only=True)

    class Meta:
        model = TenPrinciplesCommitment
        fields = [
            "id",
            "membership",
            "partnership",
            "partner",
            "committed_on",
            "statement",
            "link",
            "participant",
            *KEPT,
        ]
        extra_kwargs = {
            "committed_on": {"required": False, "help_text": "today, if it is not stated"}
        }

    def create(self, validated_data: dict[str, Any]) -> TenPrinciplesCommitment:
        membership = validated_data.pop("membership")
        return commit_to_ten_principles(membership, by=self.user, **validated_data)


class TenPrinciplesFilter(filters.FilterSet):
    partnership = IdFilter("membership__partnership_id")
    membership = IdFilter("membership_id")
    partner = IdFilter("membership__partner_id")

    class Meta:
        model = TenPrinciplesCommitment
        fields: list[str] = []


class TenPrinciplesCommitmentViewSet(Listed, Retrieved, Created, ViewSet):
    """Members' own statements on the UN Global Compact's Ten Principles."""

    queryset = TenPrinciplesCommitment.objects.all()
    serializer_class = TenPrinciplesSerializer
    filterset_class = TenPrinciplesFilter

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("membership")

    @verb(ReasonSerializer)
    def withdraw(self, stated: TenPrinciplesCommitment, *, reason: str) -> Response:
        """The member takes its statement back."""
        stated.withdraw(by=self.user, reason=reason)
        return self.answer(stated)
