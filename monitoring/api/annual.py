"""The annual report over REST: its sections, their history, and members' endorsements."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.response import Response

from monitoring.models import NarrativeEdit, NarrativeSection, Report, ReportEndorsement
from monitoring.models.annual_narratives import FIRST_YEAR, LONGEST
from monitoring.services.annual import endorse, write_section
from partnerships.models import Membership
from registry.api.base import ReadViewSet, RecordViewSet, verb
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer, Serializer, VisibleField


class NarrativeSectionSerializer(ModelSerializer):
    text = serializers.CharField(max_length=LONGEST, allow_blank=True, help_text="plain text")
    year = serializers.IntegerField(min_value=FIRST_YEAR, max_value=2200)
    membership = VisibleField(
        queryset=Membership.objects.all(),
        required=False,
        help_text="in whose name it was written last; may be left out by who acts for one member",
    )

    class Meta:
        model = NarrativeSection
        fields = [
            "id",
            "partnership",
            "year",
            "topic",
            "text",
            "membership",
            "created_at",
            "updated_at",
        ]

    def create(self, validated_data: dict[str, Any]) -> NarrativeSection:
        about = [validated_data.pop(name) for name in ("partnership", "year", "topic")]
        return write_section(*about, by=self.user, version=None, **validated_data)


class NarrativeSectionChangeSerializer(NarrativeSectionSerializer):
    class Meta(NarrativeSectionSerializer.Meta):
        read_only_fields = ["partnership", "year", "topic"]

    year = serializers.IntegerField(read_only=True)

    def update(
        self, instance: NarrativeSection, validated_data: dict[str, Any]
    ) -> NarrativeSection:
        return write_section(
            instance.partnership,
            instance.year,
            instance.topic,
            by=self.user,
            text=validated_data.get("text", instance.text),
            version=instance.version,
            membership=validated_data.get("membership"),
        )


class NarrativeSectionFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")

    class Meta:
        model = NarrativeSection
        fields = ["year", "topic"]


class NarrativeSectionViewSet(RecordViewSet):
    """What members write of a year; read by everybody in the report, once that is published."""

    queryset = NarrativeSection.objects.all()
    serializer_class = NarrativeSectionSerializer
    filterset_class = NarrativeSectionFilter

    def get_serializer_class(self) -> type[NarrativeSectionSerializer]:
        changes = self.action == "partial_update"
        return NarrativeSectionChangeSerializer if changes else NarrativeSectionSerializer


class NarrativeEditSerializer(ModelSerializer):
    class Meta:
        model = NarrativeEdit
        fields = ["id", "section", "number", "text", "membership", "edited_at"]


class NarrativeEditFilter(filters.FilterSet):
    section = IdFilter("section_id")

    class Meta:
        model = NarrativeEdit
        fields = ["number"]


class NarrativeEditViewSet(ReadViewSet):
    """The history of a section, as each member left it."""

    queryset = NarrativeEdit.objects.all()
    serializer_class = NarrativeEditSerializer
    filterset_class = NarrativeEditFilter


class ReportEndorsementSerializer(ModelSerializer):
    class Meta:
        model = ReportEndorsement
        fields = ["id", "report", "membership", "sha256", "endorsed_at", "invalidated_at"]


class ReportEndorsementFilter(filters.FilterSet):
    report = IdFilter("report_id")
    membership = IdFilter("membership_id")
    standing = filters.BooleanFilter("invalidated_at", "isnull")

    class Meta:
        model = ReportEndorsement
        fields = ["sha256"]


class ReportEndorsementViewSet(ReadViewSet):
    """Which member said yes to which annual report; given by `POST /reports/{id}/endorse/`."""

    queryset = ReportEndorsement.objects.all()
    serializer_class = ReportEndorsementSerializer
    filterset_class = ReportEndorsementFilter


class EndorseReportSerializer(Serializer):
    membership = VisibleField(queryset=Membership.objects.all())
    sha256 = serializers.CharField(
        max_length=64, required=False, help_text="of the report that was read"
    )


class EndorsedVerb:
    """A part of the resource of reports."""

    user: Any
    answer: Any

    @verb(EndorseReportSerializer)
    def endorse(self, report: Report, *, membership: Membership, sha256: str = "") -> Response:
        """A member's yes to an annual report's text and figures; a later edit ends it."""
        endorse(report, membership, by=self.user, sha256=sha256)
        return self.answer(report)
