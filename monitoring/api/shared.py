"""Results that several partnerships share, and figures over partnerships."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring.aggregation.figures import Figure
from monitoring.aggregation.portfolio import LibraryFigures, Line, Part
from monitoring.forms.portfolio import PortfolioForm
from monitoring.models import Contribution, SharedResult
from monitoring.services.shared import (
    edit_shared_result,
    end_contribution,
    open_shared_result,
    state_contribution,
)
from registry.api.base import Created, Listed, RecordViewSet, Retrieved, ViewSet, WritesOnce, verb
from registry.api.filters import CodeFilter, IdFilter
from registry.api.serializers import ModelSerializer, ReasonSerializer, Serializer
from registry.models import GlobalIndicator

A_FIGURE: dict[str, Any] = {"max_digits": 60, "decimal_places": 28, "allow_null": True}


class SharedResultSerializer(ModelSerializer):
    global_indicator = serializers.SlugRelatedField(
        slug_field="code",
        queryset=GlobalIndicator.objects.all(),
        required=False,
        allow_null=True,
    )

    class Meta:
        model = SharedResult
        fields = [
            "id",
            "partnership",
            "title",
            "global_indicator",
            "disclosure",
            "country",
            "place",
            "starts_on",
            "ends_on",
            "created_at",
            "updated_at",
        ]

    def create(self, validated_data: dict[str, Any]) -> SharedResult:
        return open_shared_result(validated_data.pop("partnership"), by=self.user, **validated_data)


class SharedResultChangeSerializer(SharedResultSerializer):
    class Meta(SharedResultSerializer.Meta):
        read_only_fields = ["partnership"]

    def update(self, instance: SharedResult, validated_data: dict[str, Any]) -> SharedResult:
        return edit_shared_result(instance, by=self.user, **validated_data)


class SharedResultFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")
    global_indicator = CodeFilter("global_indicator__code")
    disclosure = IdFilter("disclosure_id")
    country = CodeFilter("country__alpha2")

    class Meta:
        model = SharedResult
        fields: list[str] = []


class SharedResultViewSet(RecordViewSet):
    """A library indicator's result in a place over a span, to be counted once."""

    queryset = SharedResult.objects.all()
    serializer_class = SharedResultSerializer
    filterset_class = SharedResultFilter

    def get_serializer_class(self) -> type[SharedResultSerializer]:
        changes = self.action == "partial_update"
        return SharedResultChangeSerializer if changes else SharedResultSerializer

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("global_indicator")


class ContributionSerializer(ModelSerializer):
    class Meta:
        model = Contribution
        fields = [
            "id",
            "shared_result",
            "partnership",
            "indicator",
            "share",
            "method",
            "since_at",
            "until_at",
        ]

    def create(self, validated_data: dict[str, Any]) -> Contribution:
        result, indicator = validated_data.pop("shared_result"), validated_data.pop("indicator")
        return state_contribution(result, indicator, by=self.user, **validated_data)


class ContributionFilter(filters.FilterSet):
    shared_result = IdFilter("shared_result_id")
    partnership = IdFilter("partnership_id")
    indicator = IdFilter("indicator_id")
    holds = filters.BooleanFilter("until_at", "isnull", help_text="is stated now")

    class Meta:
        model = Contribution
        fields: list[str] = []


class ContributionViewSet(Listed, Retrieved, Created, ViewSet):
    """What partnerships state of shared results; a new statement ends the former one.

    The ETag is that of the shared result.
    """

    queryset = Contribution.objects.all()
    serializer_class = ContributionSerializer
    filterset_class = ContributionFilter
    page_order = ("-since_at", "-pk")

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("shared_result")

    def etag_of(self, record: Contribution) -> str:
        return super().etag_of(record.shared_result)

    @verb(ReasonSerializer)
    def end(self, contribution: Contribution, *, reason: str) -> Response:
        """Take the statement back: the partnership's figure counts in full from now on."""
        return self.answer(end_contribution(contribution, by=self.user, reason=reason))


class FigureSerializer(Serializer):
    value = serializers.DecimalField(**A_FIGURE)
    low = serializers.DecimalField(**A_FIGURE)
    high = serializers.DecimalField(**A_FIGURE)
    numerator = serializers.DecimalField(**A_FIGURE)
    denominator = serializers.DecimalField(**A_FIGURE)
    reason = serializers.CharField(help_text="why there is no single value; else empty")
    units_contributing = serializers.IntegerField()


class PortfolioPartSerializer(Serializer):
    partnership = serializers.IntegerField()
    indicator = serializers.IntegerField()
    figure = FigureSerializer(help_text="its own")
    counted = FigureSerializer(help_text="what its shares leave of it")
    shared_results = serializers.ListField(child=serializers.IntegerField())


class PortfolioLineSerializer(Serializer):
    measure = serializers.CharField()
    unit = serializers.CharField()
    currency = serializers.CharField(allow_null=True)
    accumulation = serializers.CharField()
    combine = serializers.CharField()
    figure = FigureSerializer()
    may_count_twice = serializers.BooleanField(
        help_text="two partnerships report it in one place outside a shared result"
    )
    parts = PortfolioPartSerializer(many=True)


class NotAddedSerializer(Serializer):
    indicator = serializers.IntegerField()
    partnership = serializers.IntegerField()
    reason = serializers.CharField()


class PortfolioLibrarySerializer(Serializer):
    code = serializers.CharField()
    title = serializers.CharField()
    lines = PortfolioLineSerializer(many=True)
    left_out = NotAddedSerializer(many=True)


class PortfolioSerializer(Serializer):
    year = serializers.IntegerField()
    libraries = PortfolioLibrarySerializer(many=True)


class PortfolioQuerySerializer(Serializer):
    """What to add up; at least one of the first four."""

    global_indicator = serializers.CharField(required=False)
    disclosure = serializers.IntegerField(required=False)
    goal = serializers.IntegerField(required=False)
    country = serializers.CharField(required=False)
    year = serializers.IntegerField(required=False, help_text="default: the last full one")


class PortfolioView(WritesOnce):
    """Figures over all public partnerships, by library indicator (RULES 12)."""

    permission_classes = ()

    @extend_schema(parameters=[PortfolioQuerySerializer], responses=PortfolioSerializer)
    def get(self, request: Request) -> Response:
        form = PortfolioForm(request.query_params)
        form.require()
        found = {"year": form.in_year, "libraries": [_library(one) for one in form.figures()]}
        return Response(PortfolioSerializer(found).data)


def _library(found: LibraryFigures) -> dict[str, Any]:
    return {
        "code": found.code,
        "title": found.label,
        "lines": [_line(line) for line in found.lines],
        "left_out": [
            {
                "indicator": out.indicator.pk,
                "partnership": out.indicator.framework.partnership_id,
                "reason": out.reason,
            }
            for out in found.left_out
        ],
    }


def _line(line: Line) -> dict[str, Any]:
    indicator = line.indicator
    return {
        "measure": indicator.measure,
        "unit": indicator.unit,
        "currency": indicator.currency_id,
        "accumulation": indicator.accumulation,
        "combine": indicator.combine,
        "figure": _figure(line.figure),
        "may_count_twice": line.may_count_twice,
        "parts": [_part(part) for part in line.parts],
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "partnership": part.indicator.framework.partnership_id,
        "indicator": part.indicator.pk,
        "figure": _figure(part.figure),
        "counted": _figure(part.counted),
        "shared_results": part.shared_results,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    names = ("value", "low", "high", "numerator", "denominator", "reason", "units_contributing")
    return {name: getattr(figure, name) for name in names}
