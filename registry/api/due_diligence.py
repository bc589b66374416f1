"""Reviews of partners: admins read and write them; managers see outcome and dates of their own."""

from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.base import RecordViewSet, verb
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer, VisibleField
from registry.models import CriterionAnswer, DueDiligence, ExclusionCriterion
from registry.services import due_diligence as services


class ExclusionCriterionSerializer(ModelSerializer):
    class Meta:
        model = ExclusionCriterion
        fields = ["id", "number", "text", "active_from", "active_until", "created_at", "updated_at"]

    def create(self, validated_data: dict[str, Any]) -> ExclusionCriterion:
        return services.add_criterion(by=self.user, **validated_data)

    def update(
        self, instance: ExclusionCriterion, validated_data: dict[str, Any]
    ) -> ExclusionCriterion:
        return services.edit_criterion(instance, by=self.user, **validated_data)


class ExclusionCriterionFilter(filters.FilterSet):
    active = filters.BooleanFilter(method="only_active", help_text="asked today")

    class Meta:
        model = ExclusionCriterion
        fields: list[str] = []

    def only_active(self, rows: Any, name: str, value: bool) -> Any:
        asked = ExclusionCriterion.objects.active(timezone.localdate()).order_by().values("pk")
        return rows.filter(pk__in=asked) if value else rows.exclude(pk__in=asked)


class ExclusionCriterionViewSet(RecordViewSet):
    """What every organisation is asked; everybody may know it."""

    queryset = ExclusionCriterion.objects.all()
    serializer_class = ExclusionCriterionSerializer
    filterset_class = ExclusionCriterionFilter


class CriterionAnswerSerializer(ModelSerializer):
    criterion = VisibleField(queryset=ExclusionCriterion.objects.all())

    class Meta:
        model = CriterionAnswer
        fields = ["criterion", "wording", "answer", "note"]
        read_only_fields = ["wording"]


class DueDiligenceSerializer(ModelSerializer):
    answers = CriterionAnswerSerializer(many=True, required=False)

    class Meta:
        model = DueDiligence
        fields = [
            "id",
            "partner",
            "status",
            "outcome",
            "decided_on",
            "expires_on",
            "ten_principles_on",
            "ten_principles_statement",
            "findings",
            "conditions",
            "answers",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["status", "decided_on"]

    def to_representation(self, instance: DueDiligence) -> Any:
        """Findings are the admins': managers learn whether and until when."""
        shown = super().to_representation(instance)
        if self.user.is_staff:
            return shown
        open_names = DueDiligence.OPEN_TO_MANAGERS
        empty: dict[str, Any] = {"answers": [], "ten_principles_on": None}
        return {
            name: value if name in open_names or name.endswith("_at") else empty.get(name, "")
            for name, value in shown.items()
        }

    def create(self, validated_data: dict[str, Any]) -> DueDiligence:
        answers = self._answers(validated_data)
        partner = validated_data.pop("partner")
        return services.begin_review(partner, by=self.user, answers=answers, **validated_data)

    def update(self, instance: DueDiligence, validated_data: dict[str, Any]) -> DueDiligence:
        answers = self._answers(validated_data)
        if validated_data.pop("partner", instance.partner) != instance.partner:
            raise serializers.ValidationError({"partner": "A review stays with its partner."})
        return services.edit_review(instance, by=self.user, answers=answers, **validated_data)

    def _answers(self, validated_data: dict[str, Any]) -> list[services.Answered]:
        return [services.Answered(**given) for given in validated_data.pop("answers", [])]


class DueDiligenceFilter(filters.FilterSet):
    partner = IdFilter("partner_id")
    expires_by = filters.DateFilter("expires_on", "lte", help_text="on that day or before")

    class Meta:
        model = DueDiligence
        fields = ["status", "outcome"]


class DueDiligenceViewSet(RecordViewSet):
    queryset = DueDiligence.objects.all()
    serializer_class = DueDiligenceSerializer
    filterset_class = DueDiligenceFilter
    permission_classes = [IsAuthenticated]

    def check_permissions(self, request: Request) -> None:
        """Who may begin none is told so before the body is read, which could tell of partners."""
        super().check_permissions(request)
        if self.action == "create":
            DueDiligence.require_admin(self.user)

    def shown(self, queryset: Any) -> Any:
        return queryset.prefetch_related("answers")

    @verb()
    def decide(self, review: DueDiligence) -> Response:
        """Give the outcome its force; it does not change any more."""
        review.decide(by=self.user)
        return self.answer(review)
