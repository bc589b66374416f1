"""What the institutions on the spot can do, and what they lack."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework.response import Response

from partnerships.api.principles import KEPT
from partnerships.models import CapacityAssessment
from partnerships.services.capacity import assess_capacity
from registry.api.base import Created, Listed, Retrieved, ViewSet, verb
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer, ReasonSerializer


class CapacityAssessmentSerializer(ModelSerializer):
    class Meta:
        model = CapacityAssessment
        fields = [
            "id",
            "partnership",
            "membership",
            "institution",
            "strengths",
            "gaps",
            "action",
            "assessed_on",
            *KEPT,
        ]
        extra_kwargs = {
            "assessed_on": {"required": False, "help_text": "today, if it is not stated"}
        }

    def create(self, validated_data: dict[str, Any]) -> CapacityAssessment:
        partnership = validated_data.pop("partnership")
        return assess_capacity(partnership, by=self.user, **validated_data)


class CapacityAssessmentFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")
    membership = IdFilter("membership_id")

    class Meta:
        model = CapacityAssessment
        fields: list[str] = []


class CapacityAssessmentViewSet(Listed, Retrieved, Created, ViewSet):
    """Dated assessments of local institutions; a later one does not overwrite an earlier one."""

    queryset = CapacityAssessment.objects.all()
    serializer_class = CapacityAssessmentSerializer
    filterset_class = CapacityAssessmentFilter

    @verb(ReasonSerializer)
    def withdraw(self, assessment: CapacityAssessment, *, reason: str) -> Response:
        assessment.withdraw(by=self.user, reason=reason)
        return self.answer(assessment)
