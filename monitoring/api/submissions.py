"""Data as it is sent, and its review."""

from typing import Any

from django.http import Http404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring.api.bulk import TakesValues
from monitoring.api.quality import SubmissionQualitySerializer, quality_shown
from monitoring.api.verifying import VerifySerializer
from monitoring.models import Submission
from monitoring.services.quality import checked_now, hand_in
from monitoring.services.reviewing import MOST_AT_ONCE, approve_several
from monitoring.services.submissions import (
    correct_submission,
    edit_submission,
    start_submission,
)
from monitoring.services.verifying import verify_submission
from partnerships.api.insight import with_insight
from partnerships.models import Partnership
from registry.api.base import IDEMPOTENCY_KEY, RecordViewSet, verb
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer, ReasonSerializer, Serializer


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
        return start_submission(unit, period, by=self.user, **validated_data)


class SubmissionChangeSerializer(SubmissionSerializer):
    class Meta(SubmissionSerializer.Meta):
        read_only_fields = ["unit", "period", "sent_for"]

    def update(self, instance: Submission, validated_data: dict[str, Any]) -> Submission:
        return edit_submission(instance, by=self.user, **validated_data)


class CorrectSerializer(Serializer):
    comment = serializers.CharField(max_length=20_000, required=False)


class RowReasonSerializer(Serializer):
    observation = serializers.IntegerField()
    reason = serializers.CharField(max_length=2000)


class ReturnRowsSerializer(ReasonSerializer):
    rows = RowReasonSerializer(many=True, required=False, max_length=5000)  # type: ignore[call-arg]


class SeveralSerializer(Serializer):
    submissions = serializers.ListField(
        child=serializers.IntegerField(), min_length=1, max_length=MOST_AT_ONCE
    )


class RefusedSerializer(Serializer):
    submission = serializers.IntegerField()
    why_not = serializers.CharField()


class DecidedSerializer(Serializer):
    """What became of several; those that do not wait for the caller are in neither list."""

    approved = serializers.ListField(child=serializers.IntegerField())
    refused = RefusedSerializer(many=True)


class SubmissionFilter(filters.FilterSet):
    unit = IdFilter("unit_id")
    period = IdFilter("period_id")
    framework = IdFilter("period__framework_id")
    partnership = IdFilter("period__framework__partnership_id")
    partner = IdFilter("unit__membership__partner_id")

    class Meta:
        model = Submission
        fields = ["status"]


class SubmissionViewSet(TakesValues, RecordViewSet):
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
        """Hand in for review what has no error, and a reason for every warning.

        What is in the way is listed under `about`, as `GET /submissions/{id}/quality/` does.
        """
        return self.answer(hand_in(submission, by=self.user))

    @extend_schema(responses=SubmissionQualitySerializer, filters=False)
    @action(detail=True, pagination_class=None)
    def quality(self, request: Request, pk: str) -> Response:
        """What the checks find in it as it stands; for the partnership's members."""
        submission = self.get_object()
        inside = Partnership.objects.insider(request.user)
        if not inside.filter(frameworks__periods=submission.period_id).exists():
            raise Http404
        return Response(SubmissionQualitySerializer(quality_shown(checked_now(submission))).data)

    @verb()
    def approve(self, submission: Submission) -> Response:
        """Let the values count; a reviewer never approves an own submission."""
        submission.approve(by=self.user)
        return self.answer(submission)

    @verb(ReturnRowsSerializer, url_path="return")
    def send_back(self, submission: Submission, *, reason: str, rows: Any = ()) -> Response:
        """Return it with the reason, and for single values with theirs."""
        stated = {row["observation"]: row["reason"] for row in rows}
        submission.send_back(by=self.user, reason=reason, rows=stated)
        return self.answer(submission)

    @verb(VerifySerializer)
    def verify(self, submission: Submission, *, level: str, **document: str) -> Response:
        """Give every counting value a level of verification; see `verifications`."""
        verify_submission(submission, level, by=self.user, **document)
        return self.answer(submission)

    @extend_schema(
        request=SeveralSerializer, responses=DecidedSerializer, parameters=[IDEMPOTENCY_KEY]
    )
    @action(detail=False, methods=["post"], url_path="approve-several")
    def approve_several(self, request: Request) -> Response:
        """Approve each that waits for the caller and has no blemish; the others are told of."""
        body = self.read_body(SeveralSerializer)
        waiting = Submission.objects.reviewable_by(self.user).with_names()
        decided = approve_several(waiting.filter(pk__in=body["submissions"]), by=self.user)
        refused = [{"submission": s.pk, "why_not": why} for s, why in decided.refused]
        return Response({"approved": [s.pk for s in decided.approved], "refused": refused})

    @verb(ReasonSerializer)
    def withdraw(self, submission: Submission, *, reason: str) -> Response:
        """Take its values out; what they had replaced is not revived."""
        submission.withdraw(by=self.user, reason=reason)
        return self.answer(submission)

    @verb(CorrectSerializer, responses={201: SubmissionSerializer})
    def correct(self, submission: Submission, *, comment: str = "") -> Response:
        """Begin the next revision of approved data."""
        revision = correct_submission(submission, by=self.user, comment=comment)
        response = self.answer(revision, status.HTTP_201_CREATED)
        response["Location"] = f"/api/v1/submissions/{revision.pk}/"
        return response
