"""Files and links behind submissions."""

from typing import Any

from django.http import FileResponse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring.models import Evidence
from monitoring.services.evidence import add_evidence, remove_evidence
from partnerships.api.insight import with_insight
from registry.api.base import Created, Listed, Retrieved, ViewSet, verb
from registry.api.filters import IdFilter
from registry.api.parsers import StrictJSONParser
from registry.api.serializers import ModelSerializer, Serializer
from registry.attached import download


class EvidenceSerializer(ModelSerializer):
    file = serializers.FileField(write_only=True, required=False, max_length=100)
    download = serializers.SerializerMethodField(help_text="where the file is")

    class Meta:
        model = Evidence
        fields = [
            "id",
            "submission",
            "observation",
            "title",
            "url",
            "file",
            "download",
            "sha256",
            "accepted",
            "decided_at",
            "decision_reason",
            "created_at",
            "updated_at",
        ]
        private_fields = ["decision_reason"]

    @extend_schema_field(OpenApiTypes.STR)
    def get_download(self, evidence: Evidence) -> str:
        return f"/api/v1/evidence/{evidence.pk}/file/" if evidence.file else ""

    def create(self, validated_data: dict[str, Any]) -> Evidence:
        submission = validated_data.pop("submission")
        return add_evidence(submission, by=self.user, **validated_data)


class DecisionSerializer(Serializer):
    accepted = serializers.BooleanField()
    reason = serializers.CharField(
        max_length=2000, required=False, help_text="needed where it is not accepted"
    )


class EvidenceFilter(filters.FilterSet):
    submission = IdFilter("submission_id")
    observation = IdFilter("observation_id")
    partnership = IdFilter("submission__period__framework__partnership_id")

    class Meta:
        model = Evidence
        fields = ["accepted"]


class EvidenceViewSet(Listed, Retrieved, Created, mixins.DestroyModelMixin, ViewSet):
    """Send JSON with `url`, or multipart/form-data with `file`."""

    queryset = Evidence.objects.all()
    serializer_class = EvidenceSerializer
    filterset_class = EvidenceFilter
    parser_classes = (StrictJSONParser, MultiPartParser)

    def shown(self, queryset: Any) -> Any:
        path = "submission__period__framework__partnership"
        return with_insight(queryset, self.request.user, path)

    def perform_destroy(self, instance: Evidence) -> None:
        """Take it away while the data is open."""
        remove_evidence(instance, by=self.user)

    @verb(DecisionSerializer)
    def decide(self, evidence: Evidence, *, accepted: bool, reason: str = "") -> Response:
        """A reviewer's word on whether it bears out the data, by the means of verification."""
        evidence.decide(accepted, by=self.user, reason=reason)
        return self.answer(evidence)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str) -> FileResponse:
        """The file, always as a download: what a member sent never runs in a browser."""
        evidence: Evidence = self.get_object()
        if not evidence.file:
            raise NotFound
        return download(evidence.file, f"evidence-{evidence.pk}")
