"""What members promise."""

from datetime import date
from typing import Any

from django_filters import rest_framework as filters
from rest_framework import mixins, serializers
from rest_framework.response import Response

from partnerships.models import Commitment, Correction, DueDate, Standing
from partnerships.services.commitments import (
    add_commitment,
    correct_commitment,
    edit_commitment,
    remove_commitment,
)
from registry.api.base import RecordViewSet, verb
from registry.api.filters import CodeFilter, IdFilter
from registry.api.serializers import (
    CodesField,
    ModelSerializer,
    ReasonSerializer,
    Serializer,
)
from registry.models import Target


class DueDateSerializer(ModelSerializer):
    class Meta:
        model = DueDate
        fields = ["due_on", "held_from", "reason"]


class CorrectionSerializer(ModelSerializer):
    class Meta:
        model = Correction
        fields = ["before", "reason", "corrected_at"]


class CommitmentSerializer(ModelSerializer):
    targets = CodesField(
        Target, "code", read=lambda commitment: commitment.targets.all(), required=False
    )
    due_dates = DueDateSerializer(many=True, read_only=True)
    corrections = CorrectionSerializer(many=True, read_only=True)
    standing = serializers.ChoiceField(
        Standing.choices, read_only=True, help_text="today, by the due date that holds"
    )
    standing_at_first = serializers.ChoiceField(
        Standing.choices, read_only=True, help_text="today, by the due date promised at first"
    )
    arrived = serializers.DecimalField(
        30, 4, read_only=True, help_text="the amount that the receiver has confirmed"
    )

    class Meta:
        model = Commitment
        fields = [
            "id",
            "partnership",
            "membership",
            "receiver",
            "title",
            "description",
            "conditions",
            "kind",
            "stage",
            "finance_type",
            "flow_type",
            "status",
            "amount",
            "currency",
            "unit",
            "committed_on",
            "due_on",
            "due_dates",
            "targets",
            "standing",
            "standing_at_first",
            "arrived",
            "corrections",
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


class CommitmentChangeSerializer(CommitmentSerializer):
    """What can change before registration; whose promise it is stays."""

    class Meta(CommitmentSerializer.Meta):
        read_only_fields = ["partnership", "membership"]
        extra_kwargs = {"due_on": {"allow_null": False}}

    def update(self, instance: Commitment, validated_data: dict[str, Any]) -> Commitment:
        return edit_commitment(instance, by=self.user, **validated_data)


class CorrectCommitmentSerializer(Serializer):
    """What is put right, and why; the rest stays."""

    reason = serializers.CharField(max_length=500)
    title = serializers.CharField(max_length=300, required=False)
    description = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    conditions = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    finance_type = serializers.CharField(max_length=4, required=False, allow_blank=True)
    flow_type = serializers.CharField(max_length=4, required=False, allow_blank=True)
    targets = CodesField(Target, "code", read=lambda commitment: [], required=False)


class PostponeSerializer(ReasonSerializer):
    reason = serializers.CharField(max_length=500)
    due_on = serializers.DateField()


class WithdrawSerializer(ReasonSerializer):
    receiver_agreed = serializers.BooleanField(default=False)


class CommitmentFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")
    membership = IdFilter("membership_id")
    partner = IdFilter("membership__partner_id")
    target = CodeFilter("targets__code", distinct=True)
    due_before = filters.DateFilter("due_on", "lte")
    standing = filters.ChoiceFilter(
        choices=Standing.choices, help_text="today, by the due date that holds"
    )
    standing_at_first = filters.ChoiceFilter(
        choices=Standing.choices, help_text="today, by the due date promised at first"
    )

    class Meta:
        model = Commitment
        fields = ["status", "kind", "stage"]


class CommitmentViewSet(mixins.DestroyModelMixin, RecordViewSet):
    """Edited and removed before registration; later it is postponed, withdrawn or corrected."""

    queryset = Commitment.objects.all()
    serializer_class = CommitmentSerializer
    filterset_class = CommitmentFilter

    def get_serializer_class(self) -> type[CommitmentSerializer]:
        changes = self.action == "partial_update"
        return CommitmentChangeSerializer if changes else CommitmentSerializer

    def shown(self, queryset: Any) -> Any:
        rows = queryset.prefetch_related("targets", "due_dates", "corrections")
        return rows.select_related("partnership", "membership__partner").with_standing()

    def perform_destroy(self, instance: Commitment) -> None:
        remove_commitment(instance, by=self.user)

    @verb(PostponeSerializer)
    def postpone(self, commitment: Commitment, *, due_on: date, reason: str) -> Response:
        commitment.postpone(due_on, by=self.user, reason=reason)
        return self.answer(commitment)

    @verb(WithdrawSerializer)
    def withdraw(self, commitment: Commitment, **values: Any) -> Response:
        commitment.withdraw(by=self.user, **values)
        return self.answer(commitment)

    @verb(CorrectCommitmentSerializer)
    def correct(self, commitment: Commitment, **values: Any) -> Response:
        """Put the wording of a registered promise right; how it read before stays beside it."""
        correct_commitment(commitment, by=self.user, **values)
        return self.answer(commitment)
