"""Evaluations, what they found and what they recommend."""

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

from monitoring.models import Erratum, Evaluation, EvaluationFinding, Recommendation
from monitoring.models.evaluations import CRITERIA
from monitoring.services.evaluations import (
    add_finding,
    add_recommendation,
    attach_document,
    edit_evaluation,
    edit_part,
    plan_evaluation,
    remove_part,
    state_erratum,
)
from registry.api.base import Amended, Created, Listed, RecordViewSet, Retrieved, ViewSet, verb
from registry.api.filters import IdFilter, ThoseFilter
from registry.api.parsers import StrictJSONParser
from registry.api.serializers import ModelSerializer, ReasonSerializer, Serializer
from registry.attached import download

KEPT = ["created_at", "updated_at"]


class ErratumSerializer(ModelSerializer):
    class Meta:
        model = Erratum
        fields = ["text", "at"]


class EvaluationSerializer(ModelSerializer):
    url = serializers.CharField(read_only=True, help_text="link to the report, empty without one")
    download = serializers.SerializerMethodField(help_text="where the file is")
    errata = ErratumSerializer(many=True, read_only=True)

    class Meta:
        model = Evaluation
        fields = [
            "id",
            "partnership",
            "kind",
            "title",
            "scope",
            "method",
            "starts_on",
            "ends_on",
            "evaluators",
            "is_independent",
            "expected_on",
            *CRITERIA,
            "url",
            "download",
            "sha256",
            "status",
            "submitted_on",
            "published_on",
            "published_at",
            "respond_by",
            "withdrawn_at",
            "withdrawal_reason",
            "errata",
            *KEPT,
        ]

    @extend_schema_field(OpenApiTypes.STR)
    def get_download(self, evaluation: Evaluation) -> str:
        return f"/api/v1/evaluations/{evaluation.pk}/file/" if evaluation.file else ""

    def create(self, validated_data: dict[str, Any]) -> Evaluation:
        return plan_evaluation(validated_data.pop("partnership"), by=self.user, **validated_data)


class EvaluationChangeSerializer(EvaluationSerializer):
    class Meta(EvaluationSerializer.Meta):
        read_only_fields = ["partnership"]

    def update(self, instance: Evaluation, validated_data: dict[str, Any]) -> Evaluation:
        return edit_evaluation(instance, by=self.user, **validated_data)


class ReportDocumentSerializer(Serializer):
    url = serializers.URLField(max_length=2000, required=False)
    file = serializers.FileField(max_length=100, required=False)


class ErratumTextSerializer(Serializer):
    text = serializers.CharField(max_length=5000)


class EvaluationFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")

    class Meta:
        model = Evaluation
        fields = ["kind", "status"]


class EvaluationViewSet(RecordViewSet):
    """Mid-term, final and thematic evaluations. Everybody reads what was published, and what of
    it was withdrawn, with the reason; members' people and admins see the others."""

    queryset = Evaluation.objects.all()
    serializer_class = EvaluationSerializer
    filterset_class = EvaluationFilter
    parser_classes = (StrictJSONParser, MultiPartParser)

    def get_serializer_class(self) -> type[EvaluationSerializer]:
        changes = self.action == "partial_update"
        return EvaluationChangeSerializer if changes else EvaluationSerializer

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("partnership").prefetch_related("errata")

    @verb(ReportDocumentSerializer)
    def document(self, evaluation: Evaluation, **given: Any) -> Response:
        """Attach the report as a link (JSON) or a file (multipart/form-data)."""
        attach_document(evaluation, by=self.user, **given)
        return self.answer(evaluation)

    @verb()
    def begin(self, evaluation: Evaluation) -> Response:
        """The evaluators are at work: findings and recommendations can be entered."""
        evaluation.begin(by=self.user)
        return self.answer(evaluation)

    @verb()
    def submit(self, evaluation: Evaluation) -> Response:
        """The report is whole: its days are over, it is attached, and something was found."""
        evaluation.submit(by=self.user)
        return self.answer(evaluation)

    @verb(ReasonSerializer, url_path="return")
    def send_back(self, evaluation: Evaluation, *, reason: str) -> Response:
        """Let the evaluators go on with it."""
        evaluation.send_back(by=self.user, reason=reason)
        return self.answer(evaluation)

    @verb()
    def publish(self, evaluation: Evaluation) -> Response:
        """Everybody reads it from now on, and nothing of it changes; responses are due in 60
        days."""
        evaluation.publish(by=self.user)
        return self.answer(evaluation)

    @verb(ReasonSerializer)
    def withdraw(self, evaluation: Evaluation, *, reason: str) -> Response:
        """Take it back for good; one that was published stays to be read, with the reason."""
        evaluation.withdraw(by=self.user, reason=reason)
        return self.answer(evaluation)

    @verb(ErratumTextSerializer)
    def correct(self, evaluation: Evaluation, *, text: str) -> Response:
        """Put something right beside a published evaluation."""
        state_erratum(evaluation, text, by=self.user)
        return self.answer(evaluation)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str) -> FileResponse:
        """The report's file, always as a download."""
        evaluation: Evaluation = self.get_object()
        if not evaluation.file:
            raise NotFound
        return download(evaluation.file, f"evaluation-{evaluation.pk}")


class OfEvaluationFilter(filters.FilterSet):
    evaluation = IdFilter("evaluation_id")
    partnership = IdFilter("evaluation__partnership_id")


class PartViewSet(Listed, Retrieved, Created, Amended, mixins.DestroyModelMixin, ViewSet):
    """Entered, changed and taken out while the evaluation is under way."""

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("evaluation__partnership")

    def perform_destroy(self, instance: Any) -> None:
        remove_part(instance, by=self.user)


class EvaluationFindingSerializer(ModelSerializer):
    class Meta:
        model = EvaluationFinding
        fields = ["id", "evaluation", "number", "text", "evidence", "url", "indicator", *KEPT]

    def to_representation(self, instance: EvaluationFinding) -> Any:
        shown = super().to_representation(instance)
        return shown if instance.sees_indicator else {**shown, "indicator": None}  # type: ignore[attr-defined]

    def create(self, validated_data: dict[str, Any]) -> EvaluationFinding:
        return add_finding(validated_data.pop("evaluation"), by=self.user, **validated_data)


class EvaluationFindingChangeSerializer(EvaluationFindingSerializer):
    class Meta(EvaluationFindingSerializer.Meta):
        read_only_fields = ["evaluation"]

    def update(
        self, instance: EvaluationFinding, validated_data: dict[str, Any]
    ) -> EvaluationFinding:
        return edit_part(instance, by=self.user, **validated_data)


class EvaluationFindingFilter(OfEvaluationFilter):
    indicator = IdFilter(method="about_indicator")

    class Meta:
        model = EvaluationFinding
        fields: list[str] = []

    def about_indicator(self, rows: Any, name: str, value: int) -> Any:
        return rows.filter(indicator=value, sees_indicator=True)


class EvaluationFindingViewSet(PartViewSet):
    """What evaluations found. Entered, changed and taken out by the lead's managers and members'
    evaluators while the evaluation is under way."""

    queryset = EvaluationFinding.objects.all()
    serializer_class = EvaluationFindingSerializer
    filterset_class = EvaluationFindingFilter

    def shown(self, queryset: Any) -> Any:
        return super().shown(queryset).with_indicator_for(self.request.user)

    def get_serializer_class(self) -> type[EvaluationFindingSerializer]:
        changes = self.action == "partial_update"
        return EvaluationFindingChangeSerializer if changes else EvaluationFindingSerializer


class RecommendationSerializer(ModelSerializer):
    class Meta:
        model = Recommendation
        fields = [
            "id",
            "evaluation",
            "number",
            "text",
            "addressed_to",
            "member",
            "priority",
            *KEPT,
        ]

    def create(self, validated_data: dict[str, Any]) -> Recommendation:
        return add_recommendation(validated_data.pop("evaluation"), by=self.user, **validated_data)


class RecommendationChangeSerializer(RecommendationSerializer):
    class Meta(RecommendationSerializer.Meta):
        read_only_fields = ["evaluation"]

    def update(self, instance: Recommendation, validated_data: dict[str, Any]) -> Recommendation:
        return edit_part(instance, by=self.user, **validated_data)


class RecommendationFilter(OfEvaluationFilter):
    unanswered = ThoseFilter(
        lambda rows: rows.unanswered(), help_text="of published evaluations, without a response"
    )

    class Meta:
        model = Recommendation
        fields = ["addressed_to", "priority"]


class RecommendationViewSet(PartViewSet):
    """What evaluations recommend, to a member or to the secretariat. Entered, changed and taken
    out by the lead's managers and members' evaluators while the evaluation is under way."""

    queryset = Recommendation.objects.all()
    serializer_class = RecommendationSerializer
    filterset_class = RecommendationFilter

    def get_serializer_class(self) -> type[RecommendationSerializer]:
        changes = self.action == "partial_update"
        return RecommendationChangeSerializer if changes else RecommendationSerializer
