"""Files of values, and what became of them."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring.api.file_limits import take_file
from monitoring.errors import RowError
from monitoring.ingest.error_files import error_file
from monitoring.ingest.outcome import Outcome
from monitoring.ingest.sources import MOST_BYTES
from monitoring.models import Framework, Period, Submission, Upload
from monitoring.services.uploads import load_upload, send_file
from partnerships.models import Membership
from registry.api.base import IDEMPOTENCY_KEY, ReadViewSet, verb
from registry.api.parsers import BodyTooLarge, StrictJSONParser
from registry.api.serializers import ModelSerializer, Serializer, VisibleField

SHOWN_ERRORS = 1_000


class RowErrorSerializer(serializers.Serializer[Any]):
    """What is wrong with a row."""

    row = serializers.IntegerField(help_text="of a file: as a spreadsheet counts it")
    field = serializers.CharField(help_text="of the long format")
    column = serializers.CharField(help_text="as the file has it")
    code = serializers.CharField()
    reason = serializers.CharField(help_text="what was expected")
    found = serializers.CharField(help_text="what was found")


class OutcomeSerializer(serializers.Serializer[Any]):
    """What was saved, or would be; with errors nothing is."""

    dry_run = serializers.BooleanField()
    saved = serializers.BooleanField()
    rows = serializers.IntegerField()
    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField(help_text="rows that say what is stored already")
    submissions = serializers.ListField(child=serializers.IntegerField())
    errors = RowErrorSerializer(many=True)  # type: ignore[assignment]


def shown_outcome(outcome: Outcome) -> dict[str, Any]:
    names = ("dry_run", "saved", "rows", "new", "changed", "unchanged", "submissions")
    errors = [error._asdict() for error in outcome.errors]
    return {name: getattr(outcome, name) for name in names} | {"errors": errors}


class UploadListSerializer(ModelSerializer):
    class Meta:
        model = Upload
        fields = [
            "id",
            "framework",
            "submission",
            "period",
            "sent_for",
            "kind",
            "file_name",
            "sha256",
            "status",
            "is_dry_run",
            "replaces",
            "corrects",
            "rows",
            "new",
            "changed",
            "unchanged",
            "loaded_at",
            "progress_done",
            "progress_total",
            "error",
            "queued_at",
            "started_at",
            "finished_at",
        ]


class UploadSerializer(UploadListSerializer):
    errors = serializers.SerializerMethodField(  # type: ignore[assignment]
        help_text="of rows: the first 1,000"
    )
    error_count = serializers.SerializerMethodField()
    error_file = serializers.SerializerMethodField(help_text="the same file with its errors")
    submissions = serializers.ListField(child=serializers.IntegerField())

    class Meta(UploadListSerializer.Meta):
        fields = [
            *UploadListSerializer.Meta.fields,
            "submissions",
            "error_count",
            "errors",
            "error_file",
        ]

    @extend_schema_field(RowErrorSerializer(many=True))
    def get_errors(self, upload: Upload) -> list[dict[str, Any]]:
        shown = upload.errors[:SHOWN_ERRORS]
        return [{name: error[name] for name in RowError._fields} for error in shown]

    def get_error_count(self, upload: Upload) -> int:
        return len(upload.errors)

    def get_error_file(self, upload: Upload) -> str:
        wrong = upload.errors and upload.file
        return f"/api/v1/uploads/{upload.pk}/errors/" if wrong else ""


class UploadRequestSerializer(Serializer):
    """A framework for rows of many units and periods, or one submission."""

    framework = VisibleField(queryset=Framework.objects.all(), required=False)
    submission = VisibleField(queryset=Submission.objects.all(), required=False)
    period = VisibleField(
        queryset=Period.objects.all(), required=False, help_text="of rows that name no period"
    )
    sent_for = VisibleField(
        queryset=Membership.objects.all(),
        required=False,
        help_text="the member that sends, where it reports on others' behalf",
    )
    file = serializers.FileField(max_length=255, allow_empty_file=True)
    dry_run = serializers.BooleanField(default=True, help_text="only check")
    replace = serializers.BooleanField(default=True, help_text="change what drafts have")
    corrects = serializers.BooleanField(
        default=False, help_text="begin corrections of approved data"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        to = [attrs.pop(name) for name in ("framework", "submission") if name in attrs]
        if len(to) != 1:
            text = "Either a framework or a submission."
            raise serializers.ValidationError({"framework": text}, code="one_of_two")
        return attrs | {"to": to[0]}


class LoadSerializer(Serializer):
    sha256 = serializers.CharField(
        required=False, max_length=64, help_text="of the file that was checked, to make sure"
    )


class UploadViewSet(ReadViewSet):
    """The caller's own files; each is deleted some time after it was checked."""

    queryset = Upload.objects.all()
    serializer_class = UploadSerializer
    permission_classes = (IsAuthenticated,)
    filterset_fields = ("status", "is_dry_run", "kind")
    parser_classes = (MultiPartParser, StrictJSONParser)

    def get_serializer_class(self) -> type[ModelSerializer]:
        return UploadListSerializer if self.action == "list" else UploadSerializer

    def shown(self, queryset: Any) -> Any:
        return queryset.defer("errors") if self.action == "list" else queryset

    @extend_schema(
        request={"multipart/form-data": UploadRequestSerializer},
        responses={201: UploadSerializer, 202: UploadSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    def create(self, request: Request) -> Response:
        """Check a CSV file or a workbook, or load it: what is wrong is named in `errors`.

        More than 2,000 rows are left to a worker: 202, and the upload to be polled.
        """
        body = self.read_body(UploadRequestSerializer)
        if (body["file"].size or 0) > MOST_BYTES:
            raise BodyTooLarge
        take_file(request)
        return self._told(send_file(body.pop("file"), by=self.user, **body), is_new=True)

    @verb(LoadSerializer, responses={200: UploadSerializer, 202: UploadSerializer})
    def load(self, upload: Upload, *, sha256: str = "") -> Response:
        """Load exactly the file that was checked without an error; again, it does nothing."""
        return self._told(load_upload(upload, by=self.user, sha256=sha256), is_new=False)

    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}, filters=False
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def errors(self, request: Request, pk: str) -> HttpResponse:
        """The same file with a column that says what is wrong with each row."""
        upload = self.get_object()
        if not (upload.errors and upload.file):
            raise NotFound("Nothing was wrong, or the file was deleted since.")
        made = error_file(upload)
        response = HttpResponse(made.content, content_type=made.content_type)
        response["Content-Disposition"] = f'attachment; filename="errors.{made.extension}"'
        response["X-Content-Type-Options"] = "nosniff"
        return response

    def _told(self, upload: Upload, *, is_new: bool) -> Response:
        is_waiting = upload.status == Upload.Status.QUEUED
        done = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        response = Response(
            UploadSerializer(upload).data, status.HTTP_202_ACCEPTED if is_waiting else done
        )
        response["Location"] = f"/api/v1/uploads/{upload.pk}/"
        return response
