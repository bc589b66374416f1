"""Data as it is sent, and its review."""

from typing import Any

from django.db.models import Value
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring import services
from monitoring.api.observations import ObservationRowSerializer, ObservationSerializer
from monitoring.models import Observation, Submission
from partnerships.api.insight import with_insight
from registry.api.base import IDEMPOTENCY_KEY, RecordViewSet, verb
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer, ReasonSerializer, Serializer

REPLACE = OpenApiParameter(
    "replace",
    bool,
    description="rows change what the draft has for the same cells; what a row leaves out stays",
)


class SubmissionSerializer(ModelSerializer):
    is_imported = serializers.SerializerMethodField(help_text="brought by a published file")

    class Meta:
        model = Submission
        fields = [
            "id",
            "unit",
            "period",
            "revision",
            "status",
            "sent_for",
            "submitted_at",
            "approved_at",
            "withdrawn_at",
            "comment",
            "is_imported",
            "created_at",
            "updated_at",
        ]
        private_fields = ["comment"]

    def get_is_imported(self, submission: Submission) -> bool:
        return submission.import_batch_id is not None

    def create(self, validated_data: dict[str, Any]) -> Submission:
        unit, period = validated_data.pop("unit"), validated_data.pop("period")
        return services.start_submission(unit, period, by=self.user, **validated_data)


class SubmissionChangeSerializer(SubmissionSerializer):
    class Meta(SubmissionSerializer.Meta):
        read_only_fields = ["unit", "period", "sent_for"]

    def update(self, instance: Submission, validated_data: dict[str, Any]) -> Submission:
        return services.edit_submission(instance, by=self.user, **validated_data)


class CorrectSerializer(Serializer):
    comment = serializers.CharField(max_length=20_000, required=False)


class SubmissionFilter(filters.FilterSet):
    unit = IdFilter("unit_id")
    period = IdFilter("period_id")
    framework = IdFilter("period__framework_id")
    partnership = IdFilter("period__framework__partnership_id")
    partner = IdFilter("unit__membership__partner_id")

    class Meta:
        model = Submission
        fields = ["status"]


class SubmissionViewSet(RecordViewSet):
    queryset = Submission.objects.all()
    serializer_class = SubmissionSerializer
    filterset_class = SubmissionFilter

    def get_serializer_class(self) -> type[SubmissionSerializer]:
        changes = self.action == "partial_update"
        return SubmissionChangeSerializer if changes else SubmissionSerializer

    def shown(self, queryset: Any) -> Any:
        path = "period__framework__partnership"
        return with_insight(queryset, self.request.user, path)

    @verb()
    def submit(self, submission: Submission) -> Response:
        """Hand in for review."""
        submission.submit(by=self.user)
        return self.answer(submission)

    @verb()
    def approve(self, submission: Submission) -> Response:
        """Let the values count; a reviewer never approves an own submission."""
        submission.approve(by=self.user)
        return self.answer(submission)

    @verb(ReasonSerializer, url_path="return")
    def send_back(self, submission: Submission, *, reason: str) -> Response:
        submission.send_back(by=self.user, reason=reason)
        return self.answer(submission)

    @verb(ReasonSerializer)
    def withdraw(self, submission: Submission, *, reason: str) -> Response:
        """Take its values out; what they had replaced is not revived."""
        submission.withdraw(by=self.user, reason=reason)
        return self.answer(submission)

    @verb(CorrectSerializer, responses={201: SubmissionSerializer})
    def correct(self, submission: Submission, *, comment: str = "") -> Response:
        """Begin the next revision of approved data."""
        revision = services.correct_submission(submission, by=self.user, comment=comment)
        response = self.answer(revision, status.HTTP_201_CREATED)
        response["Location"] = f"/api/v1/submissions/{revision.pk}/"
        return response

    @extend_schema(
        request=ObservationRowSerializer(many=True),
        responses={201: ObservationSerializer(many=True)},
        parameters=[IDEMPOTENCY_KEY, REPLACE],
        filters=False,
    )
    @action(detail=True, methods=["post"], pagination_class=None)
    def observations(self, request: Request, pk: str) -> Response:
        """Save values into a draft: all of the array, or nothing.

        An error names its row and field as `rows.3.value`; rows count from 1.
        """
        submission = self.get_object()
        if not isinstance(request.data, list):
            raise ValidationError("Expected an array of rows.", code="not_a_list")
        replace = request.query_params.get("replace") in ("true", "1")
        saved = services.record_observations(
            submission, request.data, by=self.user, replace=replace
        )
        stored = Observation.objects.filter(pk__in=[one.pk for one in saved]).order_by("pk")
        shown = ObservationSerializer(stored.annotate(is_inside=Value(True)), many=True)
        response = Response(shown.data, status.HTTP_201_CREATED)
        response["ETag"] = self.etag_of(submission)
        return response
