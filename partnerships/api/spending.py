"""What is planned to be paid, and what was spent of the budget."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import mixins

from partnerships.api.insight import with_insight
from partnerships.models import Expenditure, PlannedDisbursement
from partnerships.services.spending import (
    edit_expenditure,
    edit_planned,
    plan_disbursement,
    remove_expenditure,
    remove_planned,
    report_expenditure,
)
from registry.api.base import RecordViewSet
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer


class PlannedDisbursementSerializer(ModelSerializer):
    class Meta:
        model = PlannedDisbursement
        fields = [
            "id",
            "partnership",
            "commitment",
            "provider",
            "receiver",
            "starts_on",
            "ends_on",
            "amount",
            "currency",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["partnership", "provider"]
        extra_kwargs = {
            "commitment": {"required": True, "allow_null": False},
            "currency": {"required": False},
        }

    def create(self, validated_data: dict[str, Any]) -> PlannedDisbursement:
        commitment = validated_data.pop("commitment")
        return plan_disbursement(commitment, by=self.user, **validated_data)


class PlanChangeSerializer(PlannedDisbursementSerializer):
    """What can change of a plan; it stays with its commitment."""

    class Meta(PlannedDisbursementSerializer.Meta):
        read_only_fields = ["partnership", "commitment", "provider", "currency"]
        extra_kwargs: dict[str, Any] = {}

    def update(
        self, instance: PlannedDisbursement, validated_data: dict[str, Any]
    ) -> PlannedDisbursement:
        return edit_planned(instance, by=self.user, **validated_data)


class PlannedDisbursementFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")
    commitment = IdFilter("commitment_id")

    class Meta:
        model = PlannedDisbursement
        fields = ["currency"]


class PlannedDisbursementViewSet(mixins.DestroyModelMixin, RecordViewSet):
    """When promised money will be paid; imported plans are read only."""

    queryset = PlannedDisbursement.objects.all()
    serializer_class = PlannedDisbursementSerializer
    filterset_class = PlannedDisbursementFilter

    def get_serializer_class(self) -> type[PlannedDisbursementSerializer]:
        changes = self.action == "partial_update"
        return PlanChangeSerializer if changes else PlannedDisbursementSerializer

    def perform_destroy(self, instance: PlannedDisbursement) -> None:
        remove_planned(instance, by=self.user)


class ExpenditureSerializer(ModelSerializer):
    class Meta:
        model = Expenditure
        fields = [
            "id",
            "line",
            "starts_on",
            "ends_on",
            "amount",
            "note",
            "created_at",
            "updated_at",
        ]
        private_fields = ["note"]

    def create(self, validated_data: dict[str, Any]) -> Expenditure:
        return report_expenditure(validated_data.pop("line"), by=self.user, **validated_data)


class ExpenditureChangeSerializer(ExpenditureSerializer):
    """What can be put right of a report; it stays with its line."""

    class Meta(ExpenditureSerializer.Meta):
        read_only_fields = ["line"]

    def update(self, instance: Expenditure, validated_data: dict[str, Any]) -> Expenditure:
        return edit_expenditure(instance, by=self.user, **validated_data)


class ExpenditureFilter(filters.FilterSet):
    line = IdFilter("line_id")
    partnership = IdFilter("line__partnership_id")

    class Meta:
        model = Expenditure
        fields: list[str] = []


class ExpenditureViewSet(mixins.DestroyModelMixin, RecordViewSet):
    """Reported by the member that spends the line, or by the lead, for spans that have ended."""

    queryset = Expenditure.objects.all()
    serializer_class = ExpenditureSerializer
    filterset_class = ExpenditureFilter

    def get_serializer_class(self) -> type[ExpenditureSerializer]:
        changes = self.action == "partial_update"
        return ExpenditureChangeSerializer if changes else ExpenditureSerializer

    def shown(self, queryset: Any) -> Any:
        rows = queryset.select_related("line__partnership", "line__membership__partner")
        return with_insight(rows, self.request.user, "line__partnership")

    def perform_destroy(self, instance: Expenditure) -> None:
        remove_expenditure(instance, by=self.user)
