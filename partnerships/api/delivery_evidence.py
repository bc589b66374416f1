"""Files and links that show deliveries."""

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

from partnerships.models import DeliveryEvidence
from partnerships.services.deliveries import add_delivery_evidence
from registry.api.base import Created, Listed, Retrieved, ViewSet
from registry.api.filters import IdFilter
from registry.api.parsers import StrictJSONParser
from registry.api.serializers import ModelSerializer
from registry.attached import download


class DeliveryEvidenceSerializer(ModelSerializer):
    file = serializers.FileField(write_only=True, required=False, max_length=100)
    download = serializers.SerializerMethodField(help_text="where the file is")

    class Meta:
        model = DeliveryEvidence
        fields = [
            "id",
            "delivery",
            "title",
            "url",
            "file",
            "download",
            "sha256",
            "created_at",
            "updated_at",
        ]

    @extend_schema_field(OpenApiTypes.STR)
    def get_download(self, evidence: DeliveryEvidence) -> str:
        return f"/api/v1/delivery-evidence/{evidence.pk}/file/" if evidence.file else ""

    def create(self, validated_data: dict[str, Any]) -> DeliveryEvidence:
        delivery = validated_data.pop("delivery")
        return add_delivery_evidence(delivery, by=self.user, **validated_data)


class DeliveryEvidenceFilter(filters.FilterSet):
    delivery = IdFilter("delivery_id")
    partnership = IdFilter("delivery__partnership_id")

    class Meta:
        model = DeliveryEvidence
        fields: list[str] = []


class DeliveryEvidenceViewSet(Listed, Retrieved, Created, ViewSet):
    """For members: send JSON with `url`, or multipart/form-data with `file`."""

    queryset = DeliveryEvidence.objects.all()
    serializer_class = DeliveryEvidenceSerializer
    filterset_class = DeliveryEvidenceFilter
    parser_classes = (StrictJSONParser, MultiPartParser)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str) -> FileResponse:
        """The file, always as a download: what a member sent never runs in a browser."""
        evidence: DeliveryEvidence = self.get_object()
        if not evidence.file:
            raise NotFound
        return download(evidence.file, f"delivery-evidence-{evidence.pk}")
