"""Rules of data quality, and what they find in a submission."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import mixins, serializers

from monitoring.ingest.scoring import PARTS, Scored
from monitoring.models import Check, QualityRule, Severity
from monitoring.services.quality import (
    as_data,
    drop_quality_rule,
    edit_quality_rule,
    set_quality_rule,
)
from registry.api.base import RecordViewSet
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer, Serializer


class QualityRuleSerializer(ModelSerializer):
    class Meta:
        model = QualityRule
        fields = [
            "id",
            "framework",
            "indicator",
            "check_of",
            "severity",
            "limit",
            "low",
            "high",
            "created_at",
            "updated_at",
        ]

    def create(self, validated_data: dict[str, Any]) -> QualityRule:
        return set_quality_rule(validated_data.pop("framework"), by=self.user, **validated_data)


class QualityRuleChangeSerializer(QualityRuleSerializer):
    class Meta(QualityRuleSerializer.Meta):
        read_only_fields = ["framework", "indicator", "check_of"]

    def update(self, instance: QualityRule, validated_data: dict[str, Any]) -> QualityRule:
        return edit_quality_rule(instance, by=self.user, **validated_data)


class QualityRuleFilter(filters.FilterSet):
    framework = IdFilter("framework_id")
    indicator = IdFilter("indicator_id")

    class Meta:
        model = QualityRule
        fields = ["check_of", "severity"]


class QualityRuleViewSet(mixins.DestroyModelMixin, RecordViewSet):
    """What a check means in a framework; where none is stated the defaults hold."""

    queryset = QualityRule.objects.all()
    serializer_class = QualityRuleSerializer
    filterset_class = QualityRuleFilter

    def get_serializer_class(self) -> type[QualityRuleSerializer]:
        changes = self.action == "partial_update"
        return QualityRuleChangeSerializer if changes else QualityRuleSerializer

    def perform_destroy(self, instance: QualityRule) -> None:
        drop_quality_rule(instance, by=self.user)


class DoubtSerializer(Serializer):
    severity = serializers.ChoiceField(Severity.choices)
    check = serializers.ChoiceField(Check.choices)
    observation = serializers.IntegerField()
    indicator = serializers.IntegerField()
    category = serializers.IntegerField(allow_null=True)
    text = serializers.CharField()
    reason = serializers.CharField(help_text="the value's variance_reason; empty: none given yet")


class ScorePartSerializer(Serializer):
    part = serializers.ChoiceField([(name, text) for name, text in PARTS.items()])
    of = serializers.IntegerField()
    out_of = serializers.IntegerField(help_text="0: the part does not apply")


class SubmissionQualitySerializer(Serializer):
    """What handing in would find now; nothing is blocked while `blocks` is false."""

    score = serializers.DecimalField(5, 4, help_text="the mean of the parts that apply")
    parts = ScorePartSerializer(many=True)
    findings = DoubtSerializer(many=True)
    blocks = serializers.BooleanField()


def quality_shown(checked: Scored) -> dict[str, Any]:
    parts = checked.parts.items()
    return {
        "score": checked.score,
        "parts": [{"part": name, "of": of, "out_of": all_} for name, (of, all_) in parts],
        "findings": [as_data(one) for one in checked.findings],
        "blocks": bool(checked.blocking()),
    }
