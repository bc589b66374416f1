"""Editions of a framework: begun from one another, compared, checked, taken back."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring.models import Framework
from monitoring.models.changes import changes_between, former_of, series_breaks
from monitoring.models.smart import findings_of
from monitoring.reports.framework_text import framework_text
from monitoring.services.editions import copy_framework, new_edition
from monitoring.services.frameworks import withdraw_framework
from partnerships.models import Partnership
from registry.api.base import verb
from registry.api.serializers import ReasonSerializer, Serializer, VisibleField


class BeginSerializer(Serializer):
    title = serializers.CharField(max_length=300, required=False)
    cadence = serializers.ChoiceField(Framework.Cadence.choices, required=False)
    grace_days = serializers.IntegerField(min_value=0, max_value=366, required=False)
    time_zone = serializers.CharField(max_length=40, required=False)


class NewEditionSerializer(BeginSerializer):
    starts_on = serializers.DateField(
        required=False, help_text="default: the first period that has not begun"
    )
    ends_on = serializers.DateField(required=False)


class FrameworkCopySerializer(BeginSerializer):
    partnership = VisibleField(queryset=Partnership.objects.all())
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    keep_baselines = serializers.BooleanField(default=False)
    keep_targets = serializers.BooleanField(
        default=False, help_text="moved to the periods of the same number"
    )


class FrameworkFindingSerializer(serializers.Serializer[Any]):
    """One thing that a framework lacks; an error keeps it from being proposed."""

    severity = serializers.CharField(help_text="error or warning")
    code = serializers.CharField()
    field = serializers.CharField()
    text = serializers.CharField()
    indicator = serializers.IntegerField(source="indicator.pk", default=None, allow_null=True)


class FieldChangeSerializer(serializers.Serializer[Any]):
    field = serializers.CharField()
    was = serializers.JSONField(allow_null=True)
    became = serializers.JSONField(allow_null=True)


class RowChangeSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="added, removed or changed")
    label = serializers.CharField()  # type: ignore[assignment]
    former = serializers.IntegerField(allow_null=True)
    later = serializers.IntegerField(allow_null=True)
    indicator = serializers.IntegerField(allow_null=True, help_text="of a target")
    breaks_series = serializers.BooleanField()
    fields = FieldChangeSerializer(many=True)  # type: ignore[assignment]


class ChangesSerializer(serializers.Serializer[Any]):
    """What an edition says differently; all of it empty where it is the first one."""

    former = serializers.IntegerField(source="former.pk", default=None, allow_null=True)
    later = serializers.IntegerField(source="later.pk")
    framework = FieldChangeSerializer(many=True)
    results = RowChangeSerializer(many=True)
    indicators = RowChangeSerializer(many=True)
    targets = RowChangeSerializer(many=True)


class SeriesBreakSerializer(serializers.Serializer[Any]):
    """An indicator whose values are no longer those of the one that it continues."""

    indicator = serializers.IntegerField(source="indicator.pk")
    former = serializers.IntegerField(source="former.pk")
    former_framework = serializers.IntegerField(source="former.framework.pk")
    series = serializers.UUIDField(source="indicator.series")
    former_series = serializers.UUIDField(source="former.series")
    reason = serializers.CharField(source="indicator.break_reason")
    is_joined = serializers.BooleanField(help_text="a joined series may be shown")
    fields = FieldChangeSerializer(many=True)  # type: ignore[assignment]


class DocumentSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    agreement = serializers.IntegerField(allow_null=True)


class SinceSerializer(Serializer):
    since = VisibleField(queryset=Framework.objects.all(), required=False)


class Editions:
    """What `frameworks/{id}/` offers besides reading and writing it."""

    @verb(NewEditionSerializer)
    def new_edition(self: Any, framework: Framework, **facts: Any) -> Response:
        """Begin the next edition with everything this one says; series go on."""
        made = new_edition(framework, by=self.user, **facts)
        return self.begun(made.framework)

    @verb(FrameworkCopySerializer)
    def copy(self: Any, framework: Framework, *, partnership: Any, **facts: Any) -> Response:
        """Begin a framework of another partnership with what this one says; series begin anew."""
        made = copy_framework(framework, partnership, by=self.user, **facts)
        return self.begun(made.framework)

    @verb(ReasonSerializer)
    def withdraw(self: Any, framework: Framework, *, reason: str) -> Response:
        """Take a draft or a proposal back, with the document that was to be endorsed."""
        withdraw_framework(framework, by=self.user, reason=reason)
        return self.answer(framework)

    def begun(self: Any, framework: Framework) -> Response:
        response: Response = self.answer(framework, status.HTTP_201_CREATED)
        response["Location"] = f"/api/v1/frameworks/{framework.pk}/"
        return response

    @extend_schema(responses=FrameworkFindingSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def findings(self: Any, request: Request, pk: str) -> Response:
        """The SMART check: what keeps it from being proposed, and what people should weigh."""
        found = findings_of(self.get_object())
        return Response(FrameworkFindingSerializer(found, many=True).data)

    @extend_schema(
        parameters=[OpenApiParameter("since", int, description="default: the edition before")],
        responses=ChangesSerializer,
        filters=False,
    )
    @action(detail=True, pagination_class=None)
    def changes(self: Any, request: Request, pk: str) -> Response:
        """What it says differently from an earlier edition: rows and fields, before and after."""
        framework = self.get_object()
        asked = SinceSerializer(data=request.query_params, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        former = asked.validated_data.get("since") or former_of(framework)
        if former is None:
            empty: dict[str, list[Any]] = {
                "framework": [],
                "results": [],
                "indicators": [],
                "targets": [],
            }
            return Response({"former": None, "later": framework.pk, **empty})
        if former.partnership_id != framework.partnership_id:
            raise NotFound
        return Response(ChangesSerializer(changes_between(former, framework)).data)

    @extend_schema(responses=SeriesBreakSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None, url_path="series-breaks")
    def series_breaks(self: Any, request: Request, pk: str) -> Response:
        """Where this edition's indicators break with those that they continue."""
        found = series_breaks(self.get_object())
        return Response(SeriesBreakSerializer(found, many=True).data)

    @extend_schema(responses=DocumentSerializer, filters=False)
    @action(detail=True, pagination_class=None)
    def document(self: Any, request: Request, pk: str) -> Response:
        """The document as members endorse it: of a draft as it would be now."""
        framework = self.get_object()
        agreement = framework.agreement
        text = agreement.text if agreement else framework_text(framework)
        told = {"text": text, "agreement": agreement.pk if agreement else None}
        return Response(DocumentSerializer(told).data)
