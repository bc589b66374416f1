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

from monitoring.api.annual import EndorsedVerb
from monitoring.api.report_life import LIFE_FIELDS, LifeVerbs
from monitoring.models import Period, Report, ReportKind, ReportRun
from monitoring.models.report_subjects import days_from_words, subject_of, when_of
from monitoring.services.reports import request_report
from partnerships.models import Partnership
from registry.api.base import IDEMPOTENCY_KEY, ReadViewSet
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer, Serializer, VisibleField
from registry.models import Country, Goal, Partner, Target


class ReportListSerializer(ModelSerializer):
    class Meta:
        model = Report
        fields = [
            "id",
            "kind",
            "partnership",
            "period",
            "partner",
            "goal",
            "target",
            "country",
            "starts_on",
            "ends_on",
            "revision",
            "status",
            "reference_on",
            "cutoff_at",
            "sha256",
            "timeliness",
            "achievement",
            *LIFE_FIELDS,
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
    """What the report is about, by its kind: a partnership with one of its periods, or the
    partnership, partner, goal, target or country with the days; the kinds portfolio and hlpf are
    about the whole registry."""

    kind = serializers.ChoiceField(ReportKind.choices, default=ReportKind.PARTNERSHIP)
    partnership = VisibleField(queryset=Partnership.objects.all(), required=False)
    period = VisibleField(
        queryset=Period.objects.all(), required=False, help_text="of the kind partnership"
    )
    partner = VisibleField(queryset=Partner.objects.all(), required=False)
    goal = VisibleField(queryset=Goal.objects.all(), required=False)
    target = VisibleField(queryset=Target.objects.all(), required=False)
    country = VisibleField(queryset=Country.objects.all(), required=False)
    days = serializers.CharField(
        max_length=10,
        required=False,
        help_text="2026, 2026-Q1 or 2026-01, over; annual and hlpf: a year",
    )
    revision = serializers.IntegerField(
        min_value=1,
        max_value=10_000,
        required=False,
        help_text="default: the newest, or 1; a new one needs something new to say",
    )

    def validate_days(self, words: str) -> Any:
        return days_from_words(words)

    def validate(self, body: dict[str, Any]) -> dict[str, Any]:
        kind = body["kind"]
        body["subject"] = subject_of(kind, body)
        body["when"] = when_of(kind, body.get("period"), body.get("days"))
        return {
            name: body[name] for name in ("kind", "subject", "when", "revision") if name in body
        }


class ReportRunSerializer(ModelSerializer):
    class Meta:
        model = ReportRun
        fields = [
            "id",
            "status",
            "kind",
            "partnership",
            "period",
            "partner",
            "goal",
            "target",
            "country",
            "starts_on",
            "ends_on",
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
        fields = ["kind", "status", "timeliness", "achievement"]


class ReportViewSet(LifeVerbs, EndorsedVerb, ReadViewSet):
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
        run = request_report(body.pop("subject"), body.pop("when"), by=self.user, **body)
        shown = _runs_seen_by(request.user).get(pk=run.pk)
        where = f"/api/v1/report-runs/{run.pk}/"
        answer = ReportRunSerializer(shown).data
        return Response(answer, status.HTTP_202_ACCEPTED, headers={"Location": where})


class ReportRunFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")
    period = IdFilter("period_id")

    class Meta:
        model = ReportRun
        fields = ["kind", "status"]


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
