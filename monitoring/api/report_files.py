"""A report's files, and whether one that somebody holds is genuine and current."""

from typing import Any

from django.db.models import Value
from django.http import HttpResponse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, NotFound, Throttled, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring.check_limits import is_too_large, take_check
from monitoring.forms.report_check import LONGEST
from monitoring.models import Report, ReportFile
from monitoring.report_downloads import sent_file
from monitoring.reports.genuine import LARGEST, Finding, check_content, check_hash
from monitoring.services.report_files import NotReady, reading, request_file
from registry.api.base import IDEMPOTENCY_KEY, ReadViewSet, WritesOnce
from registry.api.filters import IdFilter
from registry.api.parsers import BodyTooLarge, StrictJSONParser
from registry.api.serializers import ModelSerializer, Serializer, VisibleField


class ReportFileSerializer(ModelSerializer):
    download = serializers.SerializerMethodField(help_text="where the file is, once it is ready")

    class Meta:
        model = ReportFile
        fields = [
            "id",
            "report",
            "form",
            "is_draft",
            "status",
            "size",
            "sha256",
            "download",
            "attempts",
            "error",
            "queued_at",
            "finished_at",
        ]
        private_fields = ["error"]

    @extend_schema_field(OpenApiTypes.STR)
    def get_download(self, file: ReportFile) -> str:
        return f"/api/v1/report-files/{file.pk}/file/" if file.status == "ready" else ""


class AskForFileSerializer(Serializer):
    report = VisibleField(queryset=Report.objects.all())
    form = serializers.ChoiceField(ReportFile.Form.choices)


class FileAway(APIException):
    """The stored file is gone and is being made again."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE

    def __init__(self, why: NotReady) -> None:
        super().__init__(why.detail, why.code)
        self.wait = why.wait


class ReportFileFilter(filters.FilterSet):
    report = IdFilter("report_id")

    class Meta:
        model = ReportFile
        fields = ["form", "status", "is_draft"]


class ReportFileViewSet(ReadViewSet):
    """PDF, workbook and CSV of a report; its JSON is the report's `content` itself."""

    queryset = ReportFile.objects.all()
    serializer_class = ReportFileSerializer
    filterset_class = ReportFileFilter

    def shown(self, queryset: Any) -> Any:
        """Why a file could not be made is for admins."""
        return queryset.annotate(is_inside=Value(self.request.user.is_staff))

    def get_permissions(self) -> list[BasePermission]:
        return [IsAuthenticated()] if self.action == "create" else super().get_permissions()  # type: ignore[return-value]

    @extend_schema(
        request=AskForFileSerializer,
        responses={202: ReportFileSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    def create(self, request: Request) -> Response:
        """Ask for a file: one per report and form, whoever asks and however often."""
        body = self.read_body(AskForFileSerializer)
        file = request_file(body["report"], body["form"], by=self.user)
        answer = self.get_serializer(self.get_queryset().get(pk=file.pk)).data
        where = f"/api/v1/report-files/{file.pk}/"
        return Response(answer, status.HTTP_202_ACCEPTED, headers={"Location": where})

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str) -> HttpResponse:
        """The whole file, with its length and its hash as the ETag."""
        file: ReportFile = self.get_object()
        if file.status != ReportFile.Status.READY:
            raise NotFound
        try:
            with reading(file):
                return sent_file(request, file)
        except NotReady as why:
            raise FileAway(why) from None


class ReportCheckSerializer(Serializer):
    """Exactly one of the three."""

    sha256 = serializers.RegexField("^[0-9a-fA-F]{64}$", required=False)
    text = serializers.CharField(
        max_length=LONGEST, required=False, help_text="the report's JSON as a text"
    )
    file = serializers.FileField(required=False, help_text="PDF, XLSX, CSV, ZIP or JSON")

    def validate_file(self, file: Any) -> Any:
        if file.size > LARGEST:
            raise ValidationError("At most 20 MB.", code="file_too_large")
        return file

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise ValidationError("Send sha256, text or file: one of them.", code="one_of_three")
        return attrs


class ReportCheckFindingSerializer(serializers.Serializer[Any]):
    """`verdict`: genuine (exactly what was issued), genuine_content (its `content` is; what stands
    around that was not compared), altered (it names a report and is something else) or unknown.
    `standing`: current, superseded, withdrawn or not_published."""

    verdict = serializers.CharField()
    standing = serializers.CharField()
    sha256 = serializers.CharField()
    form = serializers.CharField(help_text="json, pdf, xlsx or csv")
    is_draft = serializers.BooleanField(help_text="issued before it was published")
    report = serializers.IntegerField(allow_null=True)
    revision = serializers.IntegerField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawal_reason = serializers.CharField(help_text="why it was withdrawn; else empty")
    newer = serializers.IntegerField(allow_null=True, help_text="the report that stands instead")
    newer_revision = serializers.IntegerField(allow_null=True)


def shown_finding(finding: Finding) -> dict[str, Any]:
    report, newer, withdrawal = finding.report, finding.newer, finding.withdrawal
    return {
        "verdict": finding.verdict,
        "standing": finding.standing,
        "sha256": finding.sha256,
        "form": finding.form,
        "is_draft": finding.is_draft,
        "report": report.pk if report else None,
        "revision": report.revision if report else None,
        "withdrawn_at": withdrawal.at if withdrawal else None,
        "withdrawal_reason": withdrawal.reason if withdrawal else "",
        "newer": newer.pk if newer else None,
        "newer_revision": newer.revision if newer else None,
    }


class ReportCheckView(WritesOnce):
    """Open to everybody; nothing is stored."""

    only_asks = True
    permission_classes = (AllowAny,)
    parser_classes = (StrictJSONParser, MultiPartParser)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Questions are counted, and too large ones refused, before any of them is read."""
        super().initial(request, *args, **kwargs)
        if request.method != "POST":
            return
        taken = take_check(request)
        if taken and not taken.passed:
            raise Throttled(wait=taken.seconds)
        if is_too_large(request):
            raise BodyTooLarge

    @extend_schema(request=ReportCheckSerializer, responses=ReportCheckFindingSerializer)
    def post(self, request: Request) -> Response:
        """Is it a report that the registry issued, and is it current?"""
        body = ReportCheckSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(shown_finding(_finding(request.user, **body.validated_data)))


def _finding(user: Any, sha256: str = "", text: str = "", file: Any = None) -> Finding:
    if sha256:
        return check_hash(user, sha256.lower())
    return check_content(user, file.read() if file else text.encode())
