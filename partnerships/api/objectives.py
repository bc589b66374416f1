"""What partnerships set out to reach."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import mixins, serializers

from partnerships.models import Objective
from partnerships.services.objectives import add_objective, edit_objective, remove_objective
from registry.api.base import RecordViewSet
from registry.api.filters import CodeFilter, IdFilter
from registry.api.rows import Rows
from registry.api.serializers import ModelSerializer
from registry.models import Target


class ObjectiveSerializer(ModelSerializer):
    target: serializers.SlugRelatedField[Target] = serializers.SlugRelatedField(
        slug_field="code",
        queryset=Target.objects.in_force(),
        required=False,
        allow_null=True,
        help_text="the SDG target that it serves: 6.1",
    )

    class Meta:
        model = Objective
        fields = [
            "id",
            "partnership",
            "text",
            "measure",
            "unit",
            "baseline",
            "baseline_year",
            "goal_value",
            "reach_by",
            "target",
            "created_at",
            "updated_at",
        ]

    def create(self, validated_data: dict[str, Any]) -> Objective:
        return add_objective(validated_data.pop("partnership"), by=self.user, **validated_data)


class ObjectiveChangeSerializer(ObjectiveSerializer):
    """An objective stays the partnership's that set it."""

    class Meta(ObjectiveSerializer.Meta):
        read_only_fields = ["partnership"]

    def update(self, instance: Objective, validated_data: dict[str, Any]) -> Objective:
        return edit_objective(instance, by=self.user, **validated_data)


class ObjectiveFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")
    target = CodeFilter("target__code")

    class Meta:
        model = Objective
        fields: list[str] = []


class ObjectiveViewSet(mixins.DestroyModelMixin, RecordViewSet):
    """Seen with the partnership; written by the lead's managers while it is a draft."""

    queryset = Objective.objects.all()
    serializer_class = ObjectiveSerializer
    filterset_class = ObjectiveFilter
    rows = Rows(ObjectiveSerializer)

    def get_serializer_class(self) -> type[ObjectiveSerializer]:
        changes = self.action == "partial_update"
        return ObjectiveChangeSerializer if changes else ObjectiveSerializer

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("target", "partnership")

    def perform_destroy(self, instance: Objective) -> None:
        remove_objective(instance, by=self.user)
