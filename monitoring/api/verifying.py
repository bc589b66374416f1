"""How far values are verified."""

from typing import Any

from django.http import FileResponse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from monitoring.models import Verification
from monitoring.models.verifications import Level
from monitoring.services.verifying import verify
from partnerships.api.insight import with_insight
from registry.api.base import Created, Listed, Retrieved, ViewSet
from registry.api.filters import IdFilter
from registry.api.parsers import StrictJSONParser
from registry.api.serializers import ModelSerializer, Serializer
from registry.attached import download


class VerificationSerializer(ModelSerializer):
    file = serializers.FileField(write_only=True, required=False, max_length=100)
    download = serializers.SerializerMethodField(help_text="where the document is")

    class Meta:
        model = Verification
        fields = [
            "id",
            "observation",
            "level",
            "membership",
            "verifier",
            "at",
            "note",
            "url",
            "file",
            "download",
            "sha256",
        ]
        private_fields = ["note", "url", "download", "sha256"]
        read_only_fields = ["membership", "at"]

    @extend_schema_field(OpenApiTypes.STR)
    def get_download(self, verification: Verification) -> str:
        has_file = bool(verification.file)
        return f"/api/v1/verifications/{verification.pk}/file/" if has_file else ""

    def create(self, validated_data: dict[str, Any]) -> Verification:
        observation = validated_data.pop("observation")
        return verify(observation, validated_data.pop("level"), by=self.user, **validated_data)


class VerifySerializer(Serializer):
    """The level of every value of a submission, and what it rests on."""

    level = serializers.ChoiceField(Level.choices)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    url = serializers.URLField(max_length=2000, required=False, allow_blank=True)
    verifier = serializers.CharField(
        max_length=300, required=False, allow_blank=True, help_text="an outside organisation"
    )


class VerificationFilter(filters.FilterSet):
    observation = IdFilter("observation_id")
    submission = IdFilter("observation__submission_id")
    indicator = IdFilter("observation__indicator_id")
    partnership = IdFilter("observation__period__framework__partnership_id")

    class Meta:
        model = Verification
        fields = ["level"]


class VerificationViewSet(Listed, Retrieved, Created, ViewSet):
    """Levels given to approved values: the latest holds, and none is changed.

    Send JSON, or multipart/form-data with `file`. Note and document are for members.
    """

    queryset = Verification.objects.all()
    serializer_class = VerificationSerializer
    filterset_class = VerificationFilter
    parser_classes = (StrictJSONParser, MultiPartParser)

    def shown(self, queryset: Any) -> Any:
        path = "observation__period__framework__partnership"
        return with_insight(queryset, self.request.user, path)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str) -> FileResponse:
        """The document, for members, always as a download."""
        verification: Any = self.get_object()
        if not (verification.is_inside and verification.file):
            raise NotFound
        return download(verification.file, f"verification-{verification.pk}")
