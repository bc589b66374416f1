"""Imports of published files, for admins."""

from collections.abc import Mapping
from typing import IO, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring.exchange.iati_reader import MAX_BYTES
from monitoring.services.imports import queue_import
from registry.api.base import IDEMPOTENCY_KEY, ReadViewSet
from registry.api.parsers import BodyTooLarge, read_limited
from registry.api.serializers import ModelSerializer, Serializer
from registry.models import ImportBatch, ImportFinding


class XMLFileParser(BaseParser):
    """An XML body as it came; it is read only by the importer, with entities off."""

    media_type = "application/xml"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        body = read_limited(stream, MAX_BYTES)
        return {"file": SimpleUploadedFile("upload.xml", body)}


class ImportRequestSerializer(Serializer):
    file = serializers.FileField(max_length=255)
    dry_run = serializers.BooleanField(default=False)


class ImportBatchSerializer(ModelSerializer):
    class Meta:
        model = ImportBatch
        fields = [
            "id",
            "source",
            "file_name",
            "sha256",
            "status",
            "is_dry_run",
            "counts",
            "progress_done",
            "progress_total",
            "error",
            "undone_at",
            "queued_at",
            "started_at",
            "finished_at",
        ]


class ImportFindingSerializer(ModelSerializer):
    class Meta:
        model = ImportFinding
        fields = ["id", "activity", "line", "element", "code", "reason", "stored"]


class ImportViewSet(ReadViewSet):
    queryset = ImportBatch.objects.all()
    serializer_class = ImportBatchSerializer
    permission_classes = (IsAuthenticated,)
    filterset_fields = ("status", "is_dry_run")
    parser_classes = (MultiPartParser, XMLFileParser)

    def shown(self, queryset: Any) -> Any:
        return queryset.defer("content")

    @extend_schema(
        request={
            "multipart/form-data": ImportRequestSerializer,
            "application/xml": {"type": "string", "format": "binary"},
        },
        responses={202: ImportBatchSerializer},
        parameters=[IDEMPOTENCY_KEY],
        filters=False,
    )
    @action(detail=False, methods=["post"])
    def iati(self, request: Request) -> Response:
        """Import an IATI 2.03 activity file; the answer is the job, to be polled."""
        body = self.read_body(ImportRequestSerializer)
        upload = body["file"]
        if upload.size > MAX_BYTES:
            raise BodyTooLarge  # before it is read into memory
        batch = queue_import(upload.name, upload.read(), by=self.user, dry_run=body["dry_run"])
        where = f"/api/v1/imports/{batch.pk}/"
        answer = ImportBatchSerializer(batch).data
        return Response(answer, status.HTTP_202_ACCEPTED, headers={"Location": where})

    @extend_schema(responses=ImportFindingSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"])
    def findings(self, request: Request, pk: str) -> Response:
        """What was left out, or stored with a doubt: element, line and reason."""
        page = self.paginate_queryset(ImportFinding.objects.filter(batch=self.get_object()))
        return self.get_paginated_response(ImportFindingSerializer(page, many=True).data)
