"""What technologies do beside what they are meant to do, and who looked."""

from datetime import date
from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.response import Response

from partnerships.api.principles import KEPT
from partnerships.models import AffectedGroup, TechnologyAssessment, TechnologyMitigation
from partnerships.services.dialogue import assess_technology, plan_mitigation
from registry.api.base import Created, Listed, Retrieved, ViewSet, verb
from registry.api.filters import IdFilter
from registry.api.serializers import CodesField, ModelSerializer, ReasonSerializer, Serializer
from registry.models import Sector
from registry.models.kinds import Kind

SOME: dict[str, Any] = {"required": False, "max_length": 50}
LARGEST_ID = 2**63 - 1


class PlannedSerializer(ModelSerializer):
    """A mitigation inside its assessment."""

    class Meta:
        model = TechnologyMitigation
        fields = ["id", "text", "due_on", "done_on"]


class TechnologyAssessmentSerializer(ModelSerializer):
    groups = CodesField(
        AffectedGroup,
        "pk",
        read=lambda assessment: assessment.groups.all(),
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID),
        required=False,
        help_text="groups of the stakeholder map that it affects",
    )
    assessors = serializers.ListField(
        child=serializers.ChoiceField(Kind.choices),
        min_length=1,
        max_length=len(Kind),
        help_text="the kinds of organisations that assessed it",
    )
    sectors = serializers.ListField(
        child=serializers.ChoiceField(Sector.choices), read_only=True, help_text="of the assessors"
    )
    is_broad = serializers.BooleanField(
        read_only=True, help_text="three sectors or more, civil society or knowledge among them"
    )
    mitigations = PlannedSerializer(many=True, **SOME)

    class Meta:
        model = TechnologyAssessment
        fields = [
            "id",
            "partnership",
            "commitment",
            "technology",
            "intended",
            "unintended",
            "groups",
            "assessors",
            "sectors",
            "is_broad",
            "assessed_by",
            "assessed_on",
            "review_on",
            "mitigations",
            *KEPT,
        ]
        extra_kwargs = {
            "assessed_on": {"required": False, "help_text": "today, if it is not stated"}
        }

    def create(self, validated_data: dict[str, Any]) -> TechnologyAssessment:
        partnership = validated_data.pop("partnership")
        return assess_technology(partnership, by=self.user, **validated_data)


class TechnologyAssessmentFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")
    commitment = IdFilter("commitment_id")
    review_before = filters.DateFilter("review_on", "lte")

    class Meta:
        model = TechnologyAssessment
        fields: list[str] = []


class TechnologyAssessmentViewSet(Listed, Retrieved, Created, ViewSet):
    """Dated assessments of technologies; a later one does not overwrite an earlier one."""

    queryset = TechnologyAssessment.objects.all()
    serializer_class = TechnologyAssessmentSerializer
    filterset_class = TechnologyAssessmentFilter

    def shown(self, queryset: Any) -> Any:
        return queryset.prefetch_related("groups", "mitigations")

    @verb(ReasonSerializer)
    def withdraw(self, assessment: TechnologyAssessment, *, reason: str) -> Response:
        assessment.withdraw(by=self.user, reason=reason)
        return self.answer(assessment)


class TechnologyMitigationSerializer(ModelSerializer):
    class Meta:
        model = TechnologyMitigation
        fields = ["id", "assessment", "text", "due_on", "done_on", "created_at", "updated_at"]

    def create(self, validated_data: dict[str, Any]) -> TechnologyMitigation:
        return plan_mitigation(validated_data.pop("assessment"), by=self.user, **validated_data)


class FinishSerializer(Serializer):
    done_on = serializers.DateField()


class TechnologyMitigationFilter(filters.FilterSet):
    partnership = IdFilter("assessment__partnership_id")
    assessment = IdFilter("assessment_id")
    due_before = filters.DateFilter("due_on", "lte")
    done = filters.BooleanFilter("done_on", "isnull", exclude=True)

    class Meta:
        model = TechnologyMitigation
        fields: list[str] = []


class TechnologyMitigationViewSet(Listed, Retrieved, Created, ViewSet):
    """What is to be done about unintended consequences, by which day."""

    queryset = TechnologyMitigation.objects.all()
    serializer_class = TechnologyMitigationSerializer
    filterset_class = TechnologyMitigationFilter

    @verb(FinishSerializer)
    def finish(self, mitigation: TechnologyMitigation, *, done_on: date) -> Response:
        """It was done on that day."""
        mitigation.finish(done_on, by=self.user)
        return self.answer(mitigation)
