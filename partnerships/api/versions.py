"""What partnerships said when they were submitted, registered and amended."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from partnerships.models import PartnershipVersion, Section, difference
from partnerships.models.differences import Change
from registry.api.base import ReadViewSet
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer, Serializer


class TextPieceSerializer(Serializer):
    what = serializers.ChoiceField(["same", "removed", "added"])
    text = serializers.CharField()


class VersionChangeSerializer(Serializer):
    """One field or row that differs, with the words that were taken away and added."""

    section = serializers.ChoiceField(Section.choices)
    row = serializers.CharField(help_text="which row of the section; empty for the section itself")
    label = serializers.CharField(  # type: ignore[assignment]
        help_text="which field; empty for a whole row"
    )
    what = serializers.ChoiceField(["added", "removed", "changed"])
    before = serializers.CharField()
    after = serializers.CharField()
    pieces = TextPieceSerializer(many=True)


def shown_changes(changes: dict[Section, list[Change]]) -> list[dict[str, Any]]:
    return [
        {"section": section.value, **change.as_json()}
        for section, found in changes.items()
        for change in found
    ]


class PartnershipVersionSerializer(ModelSerializer):
    class Meta:
        model = PartnershipVersion
        fields = ["id", "partnership", "number", "why", "sha256", "at"]


class PartnershipDocumentSerializer(PartnershipVersionSerializer):
    """The version with what it says, by section."""

    document = serializers.DictField(read_only=True)

    class Meta(PartnershipVersionSerializer.Meta):
        fields = [*PartnershipVersionSerializer.Meta.fields, "document"]


class PartnershipVersionFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")

    class Meta:
        model = PartnershipVersion
        fields = ["why"]


class PartnershipVersionViewSet(ReadViewSet):
    queryset = PartnershipVersion.objects.all()
    serializer_class = PartnershipVersionSerializer
    filterset_class = PartnershipVersionFilter

    def shown(self, queryset: Any) -> Any:
        return queryset.defer("document") if self.action == "list" else queryset

    def get_serializer_class(self) -> type[PartnershipVersionSerializer]:
        read_whole = self.action == "retrieve"
        return PartnershipDocumentSerializer if read_whole else PartnershipVersionSerializer

    @extend_schema(responses=VersionChangeSerializer(many=True), filters=False)
    @action(detail=True, url_path="difference", pagination_class=None)
    def difference(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What it changed of the version before, as far as the caller sees that one."""
        version = self.get_object()
        before = version.before(request.user)
        changes = difference(before.document, version.document) if before else {}
        return Response(shown_changes(changes))
