"""Search over the whole SDG framework, and the editions of it that were loaded."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.base import ReadViewSet, WritesOnce
from registry.api.serializers import ModelSerializer, Serializer
from registry.models import GlobalIndicator, Goal, SdgEdition, Target
from registry.models.sdg import LANGUAGES

MOST = 100


class SdgEditionSerializer(ModelSerializer):
    class Meta:
        model = SdgEdition
        fields = ["id", "version", "source", "loaded_at", "changes"]


class SdgEditionViewSet(ReadViewSet):
    """The edition loaded last is in use."""

    queryset = SdgEdition.objects.all()
    serializer_class = SdgEditionSerializer
    page_order = ("-loaded_at", "-pk")

    def etag_of(self, record: SdgEdition) -> str:
        return ""


class SdgQuestionSerializer(Serializer):
    q = serializers.CharField(max_length=200)
    language = serializers.ChoiceField(choices=LANGUAGES, required=False)


class FoundSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=["goal", "target", "global_indicator"])
    code = serializers.CharField()
    label = serializers.CharField(help_text="our own short words")  # type: ignore[assignment]
    text = serializers.CharField(help_text="the official text if loaded, else the label")
    retired_in = serializers.CharField(allow_blank=True)


class AnswerSerializer(serializers.Serializer[Any]):
    edition = serializers.CharField(allow_null=True, help_text="of the framework")
    results = FoundSerializer(many=True)
    more = serializers.BooleanField(help_text="more was found than is shown")


class SdgSearchView(WritesOnce):
    """Goals, targets and indicators by code or by words in six languages."""

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, required=True, description="a code, or words"),
            OpenApiParameter(
                "language",
                str,
                enum=LANGUAGES,
                description="look in its official texts only",
            ),
        ],
        responses=AnswerSerializer,
        operation_id="sdg_search",
    )
    def get(self, request: Request) -> Response:
        asked = {name: request.query_params[name] for name in request.query_params}
        question = SdgQuestionSerializer(data=asked, context={"request": request})
        question.is_valid(raise_exception=True)
        language = question.validated_data.get("language", "")
        found = [
            _shown(kind, row, language or "en")
            for kind, rows in _found(question.validated_data["q"], language)
            for row in rows[: MOST + 1]
        ]
        edition = SdgEdition.objects.current()
        return Response(
            {
                "edition": edition.version if edition else None,
                "results": found[:MOST],
                "more": len(found) > MOST,
            }
        )


def _found(q: str, language: str) -> list[tuple[str, QuerySet[Any]]]:
    return [
        ("goal", Goal.objects.chosen(q, language)),
        ("target", Target.objects.chosen(q, language)),
        ("global_indicator", GlobalIndicator.objects.chosen(q, language)),
    ]


def _shown(kind: str, row: Any, language: str) -> dict[str, str]:
    return {
        "kind": kind,
        "code": row.code,
        "label": row.label,
        "text": row.text(language),
        "retired_in": row.retired_in,
    }
