"""Recounts of values at their source, and assessments of data quality."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.response import Response

from monitoring.api.reviewing import OfSubmissionFilter
from monitoring.models import DataQualityAssessment, Observation, SpotCheck
from monitoring.services.checking import assess_quality, record_spot_check
from registry.api.base import Created, Listed, Retrieved, ViewSet, verb
from registry.api.filters import IdFilter, ThoseFilter
from registry.api.serializers import ModelSerializer, ReasonSerializer, Serializer, VisibleField

FOLLOWED = ["action", "owner", "due_on", "done_on", "done_note"]
KEPT = ["withdrawn_at", "created_at", "updated_at"]


class DoneSerializer(Serializer):
    note = serializers.CharField(max_length=2000, help_text="what was done")


class FollowedViewSet(Listed, Retrieved, Created, ViewSet):
    """What was found may ask a member to do something by a day."""

    @verb(DoneSerializer)
    def finish(self, record: Any, *, note: str) -> Response:
        """Say that the action was taken."""
        record.finish(by=self.user, note=note)
        return self.answer(record)

    @verb(ReasonSerializer)
    def withdraw(self, record: Any, *, reason: str) -> Response:
        """Take back a slip; it stays to be seen as withdrawn."""
        record.withdraw(by=self.user, reason=reason)
        return self.answer(record)


class SpotCheckSerializer(ModelSerializer):
    observation = VisibleField(
        queryset=Observation.objects.all(), write_only=True, help_text="the value counted again"
    )
    deviation = serializers.DecimalField(
        None,
        None,
        source="deviation.difference",
        read_only=True,
        default=None,
        allow_null=True,
        help_text="reported less found",
    )
    deviation_share = serializers.SerializerMethodField(help_text="of what was found")

    class Meta:
        model = SpotCheck
        fields = [
            "id",
            "observation",
            "submission",
            "indicator",
            "category",
            "checked_on",
            "checked_by",
            "reported_value",
            "reported_numerator",
            "reported_denominator",
            "found_value",
            "found_numerator",
            "found_denominator",
            "deviation",
            "deviation_share",
            "finding",
            *FOLLOWED,
            *KEPT,
        ]
        read_only_fields = ["submission", "indicator", "category"]

    def get_deviation_share(self, check: SpotCheck) -> str | None:
        deviation = check.deviation
        known = deviation is not None and deviation.share is not None
        return f"{deviation.share:.12g}" if known and deviation else None

    def create(self, validated_data: dict[str, Any]) -> SpotCheck:
        return record_spot_check(by=self.user, **validated_data)


class SpotCheckFilter(OfSubmissionFilter):
    open = ThoseFilter(
        lambda rows: rows.to_follow_up(), help_text="with an action that is not done yet"
    )

    class Meta:
        model = SpotCheck
        fields: list[str] = []


class SpotCheckViewSet(FollowedViewSet):
    """Values counted again at their source; for members, and no figure changes by them.

    Without `found_value` (or its parts) the source could not be read or had no record.
    """

    queryset = SpotCheck.objects.all()
    serializer_class = SpotCheckSerializer
    filterset_class = SpotCheckFilter


class AssessmentSerializer(ModelSerializer):
    class Meta:
        model = DataQualityAssessment
        fields = [
            "id",
            "partnership",
            "indicator",
            "submission",
            "assessed_on",
            *(
                name
                for standard in DataQualityAssessment.STANDARDS
                for name in (standard, f"{standard}_findings")
            ),
            *FOLLOWED,
            *KEPT,
        ]

    def create(self, validated_data: dict[str, Any]) -> DataQualityAssessment:
        return assess_quality(by=self.user, **validated_data)


class AssessmentFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")
    indicator = IdFilter("indicator_id")
    submission = IdFilter("submission_id")
    open = ThoseFilter(
        lambda rows: rows.to_follow_up(), help_text="with an action that is not done yet"
    )

    class Meta:
        model = DataQualityAssessment
        fields: list[str] = []


class AssessmentViewSet(FollowedViewSet):
    """Data rated by validity, reliability, timeliness, precision and integrity; for members."""

    queryset = DataQualityAssessment.objects.all()
    serializer_class = AssessmentSerializer
    filterset_class = AssessmentFilter
