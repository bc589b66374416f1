"""The Solutions Catalogue: solutions, needs, funds."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.response import Response

from partnerships.aggregation import find_for
from partnerships.models import Commitment, Fund, Need, Partnership, Solution
from partnerships.services.catalogue import (
    edit_fund,
    edit_need,
    edit_solution,
    offer_fund,
    propose_solution,
    state_need,
)
from registry.api.base import RecordViewSet, verb
from registry.api.filters import CodeFilter, IdFilter
from registry.api.serializers import CodesField, ModelSerializer, ReasonSerializer
from registry.models import Country, Partner, Target


def targets_field(**options: Any) -> CodesField:
    return CodesField(Target, "code", read=lambda entry: entry.targets.all(), **options)


def countries_field() -> CodesField:
    return CodesField(Country, "alpha2", read=lambda entry: entry.countries.all(), required=False)


class CatalogueFilter(filters.FilterSet):
    """By words, goals, targets and countries."""

    q = filters.CharFilter(method="by_words", max_length=200, help_text="words, in any script")
    goal = filters.NumberFilter("targets__goal_id", distinct=True, min_value=1, max_value=17)
    target = CodeFilter("targets__code", distinct=True)
    country = filters.CharFilter(method="by_country", max_length=2, help_text="ISO 3166 alpha-2")

    def by_words(self, rows: Any, name: str, value: str) -> Any:
        return rows.found(value)

    def by_country(self, rows: Any, name: str, value: str) -> Any:
        return rows.in_country(value.upper())


class SolutionSerializer(ModelSerializer):
    targets = targets_field()
    countries = countries_field()
    kinds = serializers.ListField(
        child=serializers.ChoiceField(Commitment.Kind.choices), max_length=7
    )

    class Meta:
        model = Solution
        fields = [
            "id",
            "title",
            "owner",
            "partnership",
            "problem",
            "approach",
            "evidence",
            "worked_where",
            "kinds",
            "level",
            "targets",
            "countries",
            "everywhere",
            "cost_low",
            "cost_high",
            "currency",
            "cost_note",
            "website",
            "status",
            "screened_at",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["status", "screened_at"]

    def to_representation(self, instance: Solution) -> Any:
        """Without a partnership that the caller does not see: it is not registered yet."""
        shown = super().to_representation(instance)
        is_seen = getattr(instance, "sees_partnership", False)
        return shown if is_seen else {**shown, "partnership": None}

    def create(self, validated_data: dict[str, Any]) -> Solution:
        return propose_solution(by=self.user, **validated_data)

    def update(self, instance: Solution, validated_data: dict[str, Any]) -> Solution:
        refuse_new_owner(validated_data, "owner")
        return edit_solution(instance, by=self.user, **validated_data)


def refuse_new_owner(sent: dict[str, Any], *names: str) -> None:
    for name in names:
        if name in sent:
            raise serializers.ValidationError({name: "It stays with whom it was entered for."})


class SolutionFilter(CatalogueFilter):
    owner = IdFilter("owner_id")
    partnership = IdFilter("partnership_id", method="of_partnership")
    kind = filters.ChoiceFilter(
        "kinds", lookup_expr="contains", choices=Commitment.Kind.choices, method="by_kind"
    )

    class Meta:
        model = Solution
        fields = ["status", "level"]

    def by_kind(self, rows: Any, name: str, value: str) -> Any:
        return rows.having("kinds", [value])

    def of_partnership(self, rows: Any, name: str, pk: int) -> Any:
        """One that the caller sees; of another one there is nothing to find."""
        seen = Partnership.objects.visible_to(self.request.user).filter(pk=pk)
        return rows.filter(partnership__in=seen.values("pk"))


class SolutionViewSet(RecordViewSet):
    """Ways to solve a problem; public once an admin has screened them."""

    queryset = Solution.objects.all()
    serializer_class = SolutionSerializer
    filterset_class = SolutionFilter

    def shown(self, queryset: Any) -> Any:
        seen = Partnership.objects.visible_to(self.request.user).filter(pk=OuterRef("partnership"))
        rows = queryset.annotate(sees_partnership=Exists(seen))
        return rows.prefetch_related("targets", "countries")

    @verb()
    def screen(self, solution: Solution) -> Response:
        """An admin has read it: it is public from now on."""
        solution.screen(by=self.user)
        return self.answer(solution)

    @verb(ReasonSerializer)
    def send_back(self, solution: Solution, *, reason: str) -> Response:
        """An admin asks its owner to complete it first."""
        solution.send_back(by=self.user, reason=reason)
        return self.answer(solution)

    @verb()
    def pilot(self, solution: Solution) -> Response:
        """It has been tried."""
        solution.pilot(by=self.user)
        return self.answer(solution)

    @verb()
    def scale(self, solution: Solution) -> Response:
        """It is being repeated."""
        solution.scale(by=self.user)
        return self.answer(solution)

    @verb(ReasonSerializer)
    def retire(self, solution: Solution, *, reason: str) -> Response:
        solution.retire(by=self.user, reason=reason)
        return self.answer(solution)


class NeedSerializer(ModelSerializer):
    targets = targets_field()
    countries = countries_field()

    class Meta:
        model = Need
        fields = [
            "id",
            "title",
            "partner",
            "partnership",
            "place",
            "description",
            "kind",
            "amount",
            "currency",
            "unit",
            "urgency",
            "needed_by",
            "targets",
            "countries",
            "everywhere",
            "status",
            "ended_on",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["status", "ended_on"]
        extra_kwargs = {"partner": {"required": False}}

    def create(self, validated_data: dict[str, Any]) -> Need:
        return state_need(by=self.user, **validated_data)

    def update(self, instance: Need, validated_data: dict[str, Any]) -> Need:
        refuse_new_owner(validated_data, "partner", "partnership")
        return edit_need(instance, by=self.user, **validated_data)


class NeedFilter(CatalogueFilter):
    partner = IdFilter("partner_id")
    partnership = IdFilter("partnership_id")
    needed_before = filters.DateFilter("needed_by", "lte")

    class Meta:
        model = Need
        fields = ["status", "kind", "urgency"]


class NeedViewSet(RecordViewSet):
    """What partnerships, places and community organisations need."""

    queryset = Need.objects.all()
    serializer_class = NeedSerializer
    filterset_class = NeedFilter

    def shown(self, queryset: Any) -> Any:
        return queryset.prefetch_related("targets", "countries")

    @verb()
    def meet(self, need: Need) -> Response:
        """It is met."""
        need.meet(by=self.user)
        return self.answer(need)

    @verb(ReasonSerializer)
    def withdraw(self, need: Need, *, reason: str) -> Response:
        need.withdraw(by=self.user, reason=reason)
        return self.answer(need)

    @verb()
    def find(self, need: Need) -> Response:
        """Look for matches now; the nightly job does it for all needs."""
        need.require_editor(self.user)
        need.require_open()
        find_for(need)
        return self.answer(need)


class FundSerializer(ModelSerializer):
    targets = targets_field()
    countries = countries_field()
    for_kinds = serializers.ListField(
        child=serializers.ChoiceField(Partner.Kind.choices), max_length=16, required=False
    )
    for_sizes = serializers.ListField(
        child=serializers.ChoiceField(Partner.Size.choices), max_length=5, required=False
    )
    window = serializers.CharField(read_only=True, help_text="open, waiting or closed, as of today")

    class Meta:
        model = Fund
        fields = [
            "id",
            "title",
            "partner",
            "description",
            "finance_type",
            "for_kinds",
            "for_sizes",
            "opens_on",
            "closes_on",
            "window",
            "currency",
            "amount",
            "least",
            "most",
            "conditions",
            "website",
            "targets",
            "countries",
            "everywhere",
            "created_at",
            "updated_at",
        ]

    def create(self, validated_data: dict[str, Any]) -> Fund:
        return offer_fund(by=self.user, **validated_data)

    def update(self, instance: Fund, validated_data: dict[str, Any]) -> Fund:
        refuse_new_owner(validated_data, "partner")
        return edit_fund(instance, by=self.user, **validated_data)


class FundFilter(CatalogueFilter):
    partner = IdFilter("partner_id")
    open = filters.BooleanFilter(method="by_window", help_text="open today, or not")
    for_kind = filters.ChoiceFilter(choices=Partner.Kind.choices, method="by_kind")

    class Meta:
        model = Fund
        fields = ["finance_type", "currency"]

    def by_window(self, rows: Any, name: str, value: bool) -> Any:
        today = timezone.localdate()
        return rows.open_on(today) if value else rows.not_open_on(today)

    def by_kind(self, rows: Any, name: str, value: str) -> Any:
        """Funds for which this kind of organisation may apply."""
        return rows.filter(for_kinds=[]) | rows.having("for_kinds", [value])


class FundViewSet(RecordViewSet):
    """Money on offer; open or closed as the window says."""

    queryset = Fund.objects.all()
    serializer_class = FundSerializer
    filterset_class = FundFilter

    def shown(self, queryset: Any) -> Any:
        return queryset.prefetch_related("targets", "countries")
