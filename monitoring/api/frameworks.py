"""M&E frameworks: results, indicators, targets, and ways to break figures down."""

from datetime import date
from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring.api.completeness import (
    BeforeSerializer,
    CompletenessSerializer,
    completeness_of,
)
from monitoring.api.editions import Editions
from monitoring.api.explain import Explained
from monitoring.api.library import (
    BeginsFromTemplate,
    HasSheet,
    OffersOfLibrary,
    TakesFromLibrary,
)
from monitoring.api.periods import PeriodSerializer
from monitoring.models import Dimension, Framework, Indicator, PeriodTarget, Result
from monitoring.reports.sheets import SHOWN
from monitoring.services.frameworks import (
    add_indicator,
    add_result,
    add_target,
    create_framework,
    discard_framework,
    edit_framework,
    edit_indicator,
    edit_result,
    edit_target,
    propose_framework,
    remove_indicator,
    remove_result,
    remove_target,
)
from monitoring.services.periods import open_periods
from registry.api.base import IDEMPOTENCY_KEY, RecordViewSet, verb
from registry.api.filters import CodeFilter, IdFilter
from registry.api.serializers import CodesField, ModelSerializer, Serializer, VisibleField
from registry.models import GlobalIndicator


class FrameworkSerializer(ModelSerializer):
    class Meta:
        model = Framework
        fields = [
            "id",
            "partnership",
            "edition",
            "title",
            "status",
            "cadence",
            "starts_on",
            "ends_on",
            "grace_days",
            "time_zone",
            "theory_of_change",
            "assumptions",
            "levels",
            "based_on",
            "template",
            "agreement",
            "agreed_at",
            "superseded_at",
            "withdrawn_at",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["edition"]

    def create(self, validated_data: dict[str, Any]) -> Framework:
        partnership = validated_data.pop("partnership")
        return create_framework(partnership, by=self.user, **validated_data)


class FrameworkChangeSerializer(FrameworkSerializer):
    class Meta(FrameworkSerializer.Meta):
        read_only_fields = ["edition", "partnership"]

    def update(self, instance: Framework, validated_data: dict[str, Any]) -> Framework:
        return edit_framework(instance, by=self.user, **validated_data)


class OpenPeriodsSerializer(Serializer):
    through = serializers.DateField(required=False, help_text="default: today")


class FrameworkFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")

    class Meta:
        model = Framework
        fields = ["status", "cadence"]


class FrameworkViewSet(
    Editions, OffersOfLibrary, BeginsFromTemplate, mixins.DestroyModelMixin, RecordViewSet
):
    queryset = Framework.objects.all()
    serializer_class = FrameworkSerializer
    filterset_class = FrameworkFilter

    def get_serializer_class(self) -> type[FrameworkSerializer]:
        changes = self.action == "partial_update"
        return FrameworkChangeSerializer if changes else FrameworkSerializer

    @verb()
    def propose(self, framework: Framework) -> Response:
        """Freeze it as a document; `agreement` is what the members then endorse."""
        propose_framework(framework, by=self.user)
        return self.answer(framework)

    @extend_schema(parameters=[BeforeSerializer], responses=CompletenessSerializer, filters=False)
    @action(detail=True, pagination_class=None)
    def completeness(self, request: Request, pk: str) -> Response:
        """Reporting units × periods: what is approved, on its way, due and late."""
        asked = BeforeSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        framework = self.get_object()
        told = completeness_of(framework, request.user, asked.validated_data.get("before"))
        return Response(CompletenessSerializer(told).data)

    @extend_schema(
        request=OpenPeriodsSerializer,
        parameters=[IDEMPOTENCY_KEY],
        responses=PeriodSerializer(many=True),
        filters=False,
    )
    @action(
        detail=True,
        methods=["post"],
        url_path="open-periods",
        pagination_class=None,
    )
    def open_periods(self, request: Request, pk: str) -> Response:
        """Open the periods that have begun; opening twice opens none."""
        through: date | None = self.read_body(OpenPeriodsSerializer).get("through")
        periods = open_periods(self.get_object(), by=self.user, through=through)
        return Response(PeriodSerializer(periods, many=True).data)

    def perform_destroy(self, instance: Framework) -> None:
        discard_framework(instance, by=self.user)


class ResultSerializer(ModelSerializer):
    class Meta:
        model = Result
        fields = [
            "id",
            "framework",
            "parent",
            "level",
            "title",
            "description",
            "assumptions",
            "series",
            "created_at",
            "updated_at",
        ]

    def create(self, validated_data: dict[str, Any]) -> Result:
        return add_result(validated_data.pop("framework"), by=self.user, **validated_data)


class ResultChangeSerializer(ResultSerializer):
    class Meta(ResultSerializer.Meta):
        read_only_fields = ["framework"]

    def update(self, instance: Result, validated_data: dict[str, Any]) -> Result:
        return edit_result(instance, by=self.user, **validated_data)


class ResultFilter(filters.FilterSet):
    framework = IdFilter("framework_id")
    partnership = IdFilter("framework__partnership_id")

    class Meta:
        model = Result
        fields = ["level"]


class ResultViewSet(TakesFromLibrary, mixins.DestroyModelMixin, RecordViewSet):
    queryset = Result.objects.all()
    serializer_class = ResultSerializer
    filterset_class = ResultFilter

    def get_serializer_class(self) -> type[ResultSerializer]:
        return ResultChangeSerializer if self.action == "partial_update" else ResultSerializer

    def perform_destroy(self, instance: Result) -> None:
        remove_result(instance, by=self.user)


class IndicatorSerializer(ModelSerializer):
    global_indicator = serializers.SlugRelatedField(
        slug_field="code",
        queryset=GlobalIndicator.objects.all(),
        required=False,
        allow_null=True,
    )
    continues = VisibleField(
        queryset=Indicator.objects.all(),
        required=False,
        allow_null=True,
        help_text="an earlier edition's indicator in whose place this one stands; its series goes"
        " on, unless `breaks_series` says otherwise",
    )
    dimensions = CodesField(
        Dimension,
        "pk",
        read=lambda indicator: indicator.dimensions.all(),
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
    )

    class Meta:
        model = Indicator
        fields = [
            "id",
            "result",
            "series",
            "continues",
            "breaks_series",
            "break_reason",
            "joins_series",
            "code",
            "title",
            "definition",
            "measure",
            "accumulation",
            "combine",
            "direction",
            "tolerance",
            "unit",
            "currency",
            "rating_min",
            "rating_max",
            "baseline_value",
            "baseline_numerator",
            "baseline_denominator",
            "baseline_on",
            "baseline_year",
            "baseline_source",
            "baseline_unavailable",
            "baseline_plan",
            "baseline_plan_on",
            "by_place",
            "counts_people",
            "counts_new_people",
            "units_overlap",
            "dimensions",
            "global_indicator",
            "disclosure",
            "library_link",
            "method",
            "source",
            "frequency",
            "means_of_verification",
            "responsible",
            "created_at",
            "updated_at",
        ]

    def create(self, validated_data: dict[str, Any]) -> Indicator:
        return add_indicator(validated_data.pop("result"), by=self.user, **validated_data)


class IndicatorChangeSerializer(IndicatorSerializer):
    continues: Any = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)

    class Meta(IndicatorSerializer.Meta):
        read_only_fields = ["result"]

    def update(self, instance: Indicator, validated_data: dict[str, Any]) -> Indicator:
        return edit_indicator(instance, by=self.user, **validated_data)


class IndicatorFilter(filters.FilterSet):
    result = IdFilter("result_id")
    framework = IdFilter("result__framework_id")
    partnership = IdFilter("result__framework__partnership_id")
    global_indicator = CodeFilter("global_indicator__code")
    disclosure = IdFilter("disclosure_id")

    class Meta:
        model = Indicator
        fields = ["measure", "accumulation", "counts_people"]


class IndicatorViewSet(HasSheet, Explained, mixins.DestroyModelMixin, RecordViewSet):
    queryset = Indicator.objects.all()
    serializer_class = IndicatorSerializer
    filterset_class = IndicatorFilter

    def get_serializer_class(self) -> type[IndicatorSerializer]:
        changes = self.action == "partial_update"
        return IndicatorChangeSerializer if changes else IndicatorSerializer

    def shown(self, queryset: Any) -> Any:
        named = queryset.select_related("global_indicator", "result__framework")
        rows = named.prefetch_related("dimensions")
        return rows.select_related(*SHOWN) if self.action == "sheet" else rows

    def perform_destroy(self, instance: Indicator) -> None:
        remove_indicator(instance, by=self.user)


class PeriodTargetSerializer(ModelSerializer):
    class Meta:
        model = PeriodTarget
        fields = [
            "id",
            "indicator",
            "category",
            "starts_on",
            "ends_on",
            "value",
            "comment",
            "imported",
            "created_at",
            "updated_at",
        ]

    def create(self, validated_data: dict[str, Any]) -> PeriodTarget:
        return add_target(validated_data.pop("indicator"), by=self.user, **validated_data)


class PeriodTargetChangeSerializer(PeriodTargetSerializer):
    class Meta(PeriodTargetSerializer.Meta):
        read_only_fields = ["indicator", "category"]

    def update(self, instance: PeriodTarget, validated_data: dict[str, Any]) -> PeriodTarget:
        return edit_target(instance, by=self.user, **validated_data)


class PeriodTargetFilter(filters.FilterSet):
    indicator = IdFilter("indicator_id")
    framework = IdFilter("indicator__result__framework_id")
    partnership = IdFilter("indicator__result__framework__partnership_id")

    class Meta:
        model = PeriodTarget
        fields: list[str] = []


class PeriodTargetViewSet(mixins.DestroyModelMixin, RecordViewSet):
    queryset = PeriodTarget.objects.all()
    serializer_class = PeriodTargetSerializer
    filterset_class = PeriodTargetFilter

    def get_serializer_class(self) -> type[PeriodTargetSerializer]:
        changes = self.action == "partial_update"
        return PeriodTargetChangeSerializer if changes else PeriodTargetSerializer

    def perform_destroy(self, instance: PeriodTarget) -> None:
        remove_target(instance, by=self.user)
