"""Reports and the runs that compute them."""

from typing import Any

from django.db.models import Value
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring import services
from monitoring.models import Period, Report, ReportRun
from partnerships.models import Partnership
from registry.api.base import IDEMPOTENCY_KEY, ReadViewSet, verb
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer, ReasonSerializer, Serializer, VisibleField


class ReportListSerializer(ModelSerializer):
    class Meta:
        model = Report
        fields = [
            "id",
            "kind",
            "partnership",
            "period",
            "revision",
            "status",
            "reference_on",
            "cutoff_at",
            "sha256",
            "timeliness",
            "achievement",
            "published_at",
            "created_at",
            "updated_at",
        ]


@extend_schema_field(OpenApiTypes.OBJECT)
class ContentField(serializers.JSONField):
    """The snapshot; `sha256` is the hash of its canonical JSON."""


class ReportSerializer(ReportListSerializer):
    content = ContentField(read_only=True)

    class Meta(ReportListSerializer.Meta):
        fields = [*ReportListSerializer.Meta.fields, "content"]


class ReportRequestSerializer(Serializer):
    partnership = VisibleField(queryset=Partnership.objects.all())
    period = VisibleField(queryset=Period.objects.all())
    revision = serializers.IntegerField(
        min_value=1, max_value=10_000, required=False, help_text="default: the newest, or 1"
    )


class ReportRunSerializer(ModelSerializer):
    class Meta:
        model = ReportRun
        fields = [
            "id",
            "status",
            "partnership",
            "period",
            "revision",
            "reference_on",
            "cutoff_at",
            "report",
            "progress_done",
            "progress_total",
            "attempts",
            "error",
            "queued_at",
            "started_at",
            "finished_at",
        ]
        private_fields = ["error"]


class ReportFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")
    period = IdFilter("period_id")

    class Meta:
        model = Report
        fields = ["status", "timeliness", "achievement"]


class ReportViewSet(ReadViewSet):
    queryset = Report.objects.all()
    serializer_class = ReportSerializer
    filterset_class = ReportFilter

    def get_serializer_class(self) -> type[ModelSerializer]:
        return ReportListSerializer if self.action == "list" else ReportSerializer

    def shown(self, queryset: Any) -> Any:
        return queryset.defer("content") if self.action == "list" else queryset

    def answered_with(self) -> Any:
        return _runs_seen_by(self.request.user) if self.action == "create" else self.get_queryset()

    @extend_schema(
        request=ReportRequestSerializer,
        responses={202: ReportRunSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    def create(self, request: Request) -> Response:
        """Ask for a report; the answer is the run that computes it, to be polled."""
        body = self.read_body(ReportRequestSerializer)
        run = services.request_report(by=self.user, **body)
        shown = _runs_seen_by(request.user).get(pk=run.pk)
        where = f"/api/v1/report-runs/{run.pk}/"
        answer = ReportRunSerializer(shown).data
        return Response(answer, status.HTTP_202_ACCEPTED, headers={"Location": where})

    @verb()
    def publish(self, report: Report) -> Response:
        """Make it public; an earlier revision is superseded."""
        report.publish(by=self.user)
        return self.answer(report)

    @verb(ReasonSerializer)
    def withdraw(self, report: Report, *, reason: str) -> Response:
        report.withdraw(by=self.user, reason=reason)
        return self.answer(report)


class ReportRunFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")
    period = IdFilter("period_id")

    class Meta:
        model = ReportRun
        fields = ["status"]


class ReportRunViewSet(ReadViewSet):
    """Why a run failed is for admins."""

    queryset = ReportRun.objects.all()
    serializer_class = ReportRunSerializer
    filterset_class = ReportRunFilter
    permission_classes = (IsAuthenticated,)

    def shown(self, queryset: Any) -> Any:
        return queryset.annotate(is_inside=Value(self.request.user.is_staff))


def _runs_seen_by(user: Any) -> Any:
    return ReportRun.objects.visible_to(user).annotate(is_inside=Value(user.is_staff))
