"""Stories of change, and breakdowns that are not safe to collect."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import mixins, serializers
from rest_framework.response import Response

from monitoring.models import Story, UnsafeBreakdown
from monitoring.services.stories import (
    edit_story,
    remove_story,
    select_story,
    tell_story,
    withdraw_consent,
)
from monitoring.services.unsafe import state_unsafe
from partnerships.api.insight import with_insight
from registry.api.base import Amended, Created, Listed, Retrieved, ViewSet, verb
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer, ReasonSerializer, Serializer

PARTNERSHIP = "submission__period__framework__partnership"


class StorySerializer(ModelSerializer):
    teller = serializers.CharField(
        read_only=True, help_text="the name only where the teller agreed to be named"
    )

    class Meta:
        model = Story
        fields = [
            "id",
            "submission",
            "indicator",
            "result",
            "title",
            "changed",
            "for_whom",
            "place",
            "significance",
            "teller",
            "told_by",
            "described_as",
            "consent",
            "consent_to_name",
            "consent_how",
            "consent_withdrawn_at",
            "selected_by",
            "selection_reason",
            "selected_at",
            "created_at",
            "updated_at",
        ]
        private_fields = ["told_by", "consent_how"]

    def create(self, validated_data: dict[str, Any]) -> Story:
        return tell_story(validated_data.pop("submission"), by=self.user, **validated_data)


class StoryChangeSerializer(StorySerializer):
    class Meta(StorySerializer.Meta):
        read_only_fields = ["submission"]

    def update(self, instance: Story, validated_data: dict[str, Any]) -> Story:
        return edit_story(instance, by=self.user, **validated_data)


class SelectStorySerializer(Serializer):
    chosen_by = serializers.CharField(max_length=300, help_text="a panel, a meeting, a person")
    reason = serializers.CharField(max_length=5000)


class StoryFilter(filters.FilterSet):
    submission = IdFilter("submission_id")
    indicator = IdFilter("indicator_id")
    result = IdFilter("result_id")
    period = IdFilter("submission__period_id")
    partnership = IdFilter(f"{PARTNERSHIP}_id")
    selected = filters.BooleanFilter("selected_at", "isnull", exclude=True)

    class Meta:
        model = Story
        fields = ["consent"]


class StoryViewSet(Listed, Retrieved, Created, Amended, mixins.DestroyModelMixin, ViewSet):
    """Most-significant-change stories. Everybody reads those that were approved and whose teller
    agreed to publication; who told them is named only with consent."""

    queryset = Story.objects.all()
    serializer_class = StorySerializer
    filterset_class = StoryFilter

    def get_serializer_class(self) -> type[StorySerializer]:
        return StoryChangeSerializer if self.action == "partial_update" else StorySerializer

    def shown(self, queryset: Any) -> Any:
        return with_insight(queryset, self.request.user, PARTNERSHIP)

    def perform_destroy(self, instance: Story) -> None:
        remove_story(instance, by=self.user)

    @verb(SelectStorySerializer)
    def select(self, story: Story, *, chosen_by: str, reason: str) -> Response:
        """Record that it was chosen as the most significant one: by whom, and why."""
        return self.answer(select_story(story, by=self.user, chosen_by=chosen_by, reason=reason))

    @verb(ReasonSerializer, url_path="withdraw-consent")
    def withdraw_consent(self, story: Story, *, reason: str) -> Response:
        """The teller's word: it is public no longer, and the name is erased."""
        return self.answer(withdraw_consent(story, by=self.user, reason=reason))


class UnsafeBreakdownSerializer(ModelSerializer):
    class Meta:
        model = UnsafeBreakdown
        fields = ["id", "submission", "indicator", "dimension", "reason", "lifts"]
        private_fields = ["reason"]

    def create(self, validated_data: dict[str, Any]) -> UnsafeBreakdown:
        submission = validated_data["submission"]
        cell = (validated_data["indicator"].pk, validated_data["dimension"].pk)
        reasons = {cell: validated_data["reason"]}
        lifts = validated_data.get("lifts", False)
        state_unsafe(
            submission, {} if lifts else reasons, by=self.user, lifted=reasons if lifts else None
        )
        stored: UnsafeBreakdown = submission.unsafe_breakdowns.get(
            indicator=cell[0], dimension=cell[1]
        )
        return stored


class UnsafeBreakdownFilter(filters.FilterSet):
    submission = IdFilter("submission_id")
    indicator = IdFilter("indicator_id")
    dimension = IdFilter("dimension_id")
    unit = IdFilter("submission__unit_id")
    period = IdFilter("submission__period_id")

    class Meta:
        model = UnsafeBreakdown
        fields = ["lifts"]


class UnsafeBreakdownViewSet(Listed, Retrieved, Created, mixins.DestroyModelMixin, ViewSet):
    """Where a unit says that breaking an indicator down is not safe. Stating it again for the
    same indicator and dimension replaces the reason. Why is for members only."""

    queryset = UnsafeBreakdown.objects.all()
    serializer_class = UnsafeBreakdownSerializer
    filterset_class = UnsafeBreakdownFilter

    def shown(self, queryset: Any) -> Any:
        return with_insight(queryset.select_related("submission"), self.request.user, PARTNERSHIP)

    def etag_of(self, record: UnsafeBreakdown) -> str:
        return super().etag_of(record.submission)

    def perform_destroy(self, instance: UnsafeBreakdown) -> None:
        cell = (instance.indicator_id, instance.dimension_id)
        state_unsafe(instance.submission, {}, by=self.user, taken_back={cell})
