"""What partnerships plan to spend."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import mixins, serializers

from partnerships.models import BudgetLine
from partnerships.services.budget import add_budget_line, edit_budget_line, remove_budget_line
from registry.api.base import RecordViewSet
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer


class BudgetLineSerializer(ModelSerializer):
    spent = serializers.DecimalField(30, 4, read_only=True)
    is_overspent = serializers.BooleanField(read_only=True)

    class Meta:
        model = BudgetLine
        fields = [
            "id",
            "partnership",
            "membership",
            "title",
            "amount",
            "currency",
            "starts_on",
            "ends_on",
            "spent",
            "is_overspent",
            "created_at",
            "updated_at",
        ]

    def create(self, validated_data: dict[str, Any]) -> BudgetLine:
        return add_budget_line(validated_data.pop("partnership"), by=self.user, **validated_data)


class BudgetLineChangeSerializer(BudgetLineSerializer):
    """What can change before registration."""

    class Meta(BudgetLineSerializer.Meta):
        read_only_fields = ["partnership"]

    def update(self, instance: BudgetLine, validated_data: dict[str, Any]) -> BudgetLine:
        return edit_budget_line(instance, by=self.user, **validated_data)


class BudgetLineFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")
    membership = IdFilter("membership_id")

    class Meta:
        model = BudgetLine
        fields = ["currency"]


class BudgetLineViewSet(mixins.DestroyModelMixin, RecordViewSet):
    """Written before registration; afterwards the budget changes by an approved amendment."""

    queryset = BudgetLine.objects.all()
    serializer_class = BudgetLineSerializer
    filterset_class = BudgetLineFilter

    def get_serializer_class(self) -> type[BudgetLineSerializer]:
        changes = self.action == "partial_update"
        return BudgetLineChangeSerializer if changes else BudgetLineSerializer

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("partnership").with_spent()

    def perform_destroy(self, instance: BudgetLine) -> None:
        remove_budget_line(instance, by=self.user)
