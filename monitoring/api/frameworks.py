"""M&E frameworks: results, indicators, targets, and ways to break figures down."""

from datetime import date
from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring import services
from monitoring.api.periods import PeriodSerializer
from monitoring.models import Category, Dimension, Framework, Indicator, PeriodTarget, Result
from registry.api.base import IDEMPOTENCY_KEY, ReadViewSet, RecordViewSet, verb
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
            "assumptions",
            "agreement",
            "agreed_at",
            "superseded_at",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["edition"]

    def create(self, validated_data: dict[str, Any]) -> Framework:
        partnership = validated_data.pop("partnership")
        return services.create_framework(partnership, by=self.user, **validated_data)


class FrameworkChangeSerializer(FrameworkSerializer):
    class Meta(FrameworkSerializer.Meta):
        read_only_fields = ["edition", "partnership"]

    def update(self, instance: Framework, validated_data: dict[str, Any]) -> Framework:
        return services.edit_framework(instance, by=self.user, **validated_data)


class OpenPeriodsSerializer(Serializer):
    through = serializers.DateField(required=False, help_text="default: today")


class FrameworkFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")

    class Meta:
        model = Framework
        fields = ["status", "cadence"]


class FrameworkViewSet(RecordViewSet):
    queryset = Framework.objects.all()
    serializer_class = FrameworkSerializer
    filterset_class = FrameworkFilter

    def get_serializer_class(self) -> type[FrameworkSerializer]:
        changes = self.action == "partial_update"
        return FrameworkChangeSerializer if changes else FrameworkSerializer

    @verb()
    def propose(self, framework: Framework) -> Response:
        """Freeze it as a document; `agreement` is what the members then endorse."""
        services.propose_framework(framework, by=self.user)
        return self.answer(framework)

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
        periods = services.open_periods(self.get_object(), by=self.user, through=through)
        return Response(PeriodSerializer(periods, many=True).data)


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
            "created_at",
            "updated_at",
        ]

    def create(self, validated_data: dict[str, Any]) -> Result:
        return services.add_result(validated_data.pop("framework"), by=self.user, **validated_data)


class ResultChangeSerializer(ResultSerializer):
    class Meta(ResultSerializer.Meta):
        read_only_fields = ["framework"]

    def update(self, instance: Result, validated_data: dict[str, Any]) -> Result:
        return services.edit_result(instance, by=self.user, **validated_data)


class ResultFilter(filters.FilterSet):
    framework = IdFilter("framework_id")
    partnership = IdFilter("framework__partnership_id")

    class Meta:
        model = Result
        fields = ["level"]


class ResultViewSet(RecordViewSet):
    queryset = Result.objects.all()
    serializer_class = ResultSerializer
    filterset_class = ResultFilter

    def get_serializer_class(self) -> type[ResultSerializer]:
        return ResultChangeSerializer if self.action == "partial_update" else ResultSerializer


class IndicatorSerializer(ModelSerializer):
    global_indicator = serializers.SlugRelatedField(
        slug_field="code",
        queryset=GlobalIndicator.objects.all(),
        required=False,
        allow_null=True,
    )
    continues = VisibleField(
        queryset=Indicator.objects.all(),
        write_only=True,
        required=False,
        help_text="an earlier edition's indicator, whose series this one takes over",
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
        return services.add_indicator(validated_data.pop("result"), by=self.user, **validated_data)


class IndicatorChangeSerializer(IndicatorSerializer):
    continues = None  # type: ignore[assignment]

    class Meta(IndicatorSerializer.Meta):
        fields = [name for name in IndicatorSerializer.Meta.fields if name != "continues"]
        read_only_fields = ["result"]

    def update(self, instance: Indicator, validated_data: dict[str, Any]) -> Indicator:
        return services.edit_indicator(instance, by=self.user, **validated_data)


class IndicatorFilter(filters.FilterSet):
    result = IdFilter("result_id")
    framework = IdFilter("result__framework_id")
    partnership = IdFilter("result__framework__partnership_id")
    global_indicator = CodeFilter("global_indicator__code")
    disclosure = IdFilter("disclosure_id")

    class Meta:
        model = Indicator
        fields = ["measure", "accumulation", "counts_people"]


class IndicatorViewSet(RecordViewSet):
    queryset = Indicator.objects.all()
    serializer_class = IndicatorSerializer
    filterset_class = IndicatorFilter

    def get_serializer_class(self) -> type[IndicatorSerializer]:
        changes = self.action == "partial_update"
        return IndicatorChangeSerializer if changes else IndicatorSerializer

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("global_indicator").prefetch_related("dimensions")


class CategorySerializer(ModelSerializer):
    class Meta:
        model = Category
        fields = ["id", "dimension", "code", "label", "sort", "sdmx_code"]


class CategoryFilter(filters.FilterSet):
    dimension = IdFilter("dimension_id")

    class Meta:
        model = Category
        fields = ["code"]


class CategoryViewSet(ReadViewSet):
    queryset = Category.objects.all()
    serializer_class = CategorySerializer
    filterset_class = CategoryFilter
    page_order = ("pk",)


class DimensionSerializer(ModelSerializer):
    class Meta:
        model = Dimension
        fields = ["id", "framework", "code", "label", "sdmx_concept"]


class DimensionFilter(filters.FilterSet):
    framework = IdFilter("framework_id")

    class Meta:
        model = Dimension
        fields = ["code", "sdmx_concept"]


class DimensionViewSet(ReadViewSet):
    queryset = Dimension.objects.all()
    serializer_class = DimensionSerializer
    filterset_class = DimensionFilter
    page_order = ("pk",)


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
        return services.add_target(validated_data.pop("indicator"), by=self.user, **validated_data)


class PeriodTargetChangeSerializer(PeriodTargetSerializer):
    class Meta(PeriodTargetSerializer.Meta):
        read_only_fields = ["indicator", "category"]

    def update(self, instance: PeriodTarget, validated_data: dict[str, Any]) -> PeriodTarget:
        return services.edit_target(instance, by=self.user, **validated_data)


class PeriodTargetFilter(filters.FilterSet):
    indicator = IdFilter("indicator_id")
    framework = IdFilter("indicator__result__framework_id")
    partnership = IdFilter("indicator__result__framework__partnership_id")

    class Meta:
        model = PeriodTarget
        fields: list[str] = []


class PeriodTargetViewSet(RecordViewSet):
    queryset = PeriodTarget.objects.all()
    serializer_class = PeriodTargetSerializer
    filterset_class = PeriodTargetFilter

    def get_serializer_class(self) -> type[PeriodTargetSerializer]:
        changes = self.action == "partial_update"
        return PeriodTargetChangeSerializer if changes else PeriodTargetSerializer
