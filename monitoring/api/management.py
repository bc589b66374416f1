"""Responses of the management to evaluations, and what is done about them."""

from datetime import date
from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.response import Response

from monitoring.models import FollowUp, ManagementAction, ManagementResponse
from monitoring.services.management import plan_action, respond, revise_response
from partnerships.models import Membership
from registry.api.base import Created, Listed, Retrieved, ViewSet, verb
from registry.api.filters import IdFilter, ThoseFilter
from registry.api.serializers import (
    ModelSerializer,
    ReasonSerializer,
    Serializer,
    VisibleField,
)


class OfRecommendationFilter(filters.FilterSet):
    recommendation = IdFilter("recommendation_id")
    evaluation = IdFilter("recommendation__evaluation_id")
    partnership = IdFilter("recommendation__evaluation__partnership_id")


class ManagementResponseSerializer(ModelSerializer):
    class Meta:
        model = ManagementResponse
        fields = [
            "id",
            "recommendation",
            "revision",
            "decision",
            "reason",
            "stated_on",
            "created_at",
        ]

    def create(self, validated_data: dict[str, Any]) -> ManagementResponse:
        return respond(validated_data.pop("recommendation"), by=self.user, **validated_data)


class RevisionSerializer(Serializer):
    decision = serializers.ChoiceField(ManagementResponse.Decision.choices)
    reason = serializers.CharField(max_length=5000, help_text="why the answer is another one")


class ManagementResponseFilter(OfRecommendationFilter):
    current = ThoseFilter(
        lambda rows: rows.current(), help_text="the last one on each recommendation"
    )

    class Meta:
        model = ManagementResponse
        fields = ["decision"]


class ManagementResponseViewSet(Listed, Retrieved, Created, ViewSet):
    """What the management says to each recommendation: the lead's managers, or an admin where
    the secretariat is asked. A later response replaces the one before; both stay."""

    queryset = ManagementResponse.objects.all()
    serializer_class = ManagementResponseSerializer
    filterset_class = ManagementResponseFilter

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("recommendation__evaluation__partnership")

    @verb(RevisionSerializer)
    def revise(self, response: ManagementResponse, *, decision: str, reason: str) -> Response:
        """Answer otherwise; the answer is the new response."""
        return self.answer(
            revise_response(response, by=self.user, decision=decision, reason=reason)
        )


class FollowUpSerializer(ModelSerializer):
    class Meta:
        model = FollowUp
        fields = ["status", "due_on", "note", "noted_on", "at"]


class ManagementActionSerializer(ModelSerializer):
    is_overdue = serializers.SerializerMethodField(help_text="today")
    follow_ups = FollowUpSerializer(many=True, read_only=True)

    class Meta:
        model = ManagementAction
        fields = [
            "id",
            "recommendation",
            "what",
            "owner",
            "due_on",
            "status",
            "is_overdue",
            "follow_ups",
            "created_at",
            "updated_at",
        ]

    def get_is_overdue(self, action: ManagementAction) -> bool:
        return action.is_overdue(timezone.localdate())

    def create(self, validated_data: dict[str, Any]) -> ManagementAction:
        return plan_action(validated_data.pop("recommendation"), by=self.user, **validated_data)


class ProgressSerializer(Serializer):
    status = serializers.ChoiceField(
        [choice for choice in ManagementAction.Status.choices if choice[0] != "dropped"]
    )
    note = serializers.CharField(max_length=FollowUp.LONGEST, help_text="public")
    on = serializers.DateField(required=False, help_text="the day of the news; without it, today")


class PostponementSerializer(ReasonSerializer):
    due_on = serializers.DateField()


class NewOwnerSerializer(ReasonSerializer):
    owner = VisibleField(queryset=Membership.objects.all())


class ManagementActionFilter(OfRecommendationFilter):
    owner = IdFilter("owner_id")
    overdue = ThoseFilter(lambda rows: rows.overdue(timezone.localdate()), help_text="today")

    class Meta:
        model = ManagementAction
        fields = ["status"]


class ManagementActionViewSet(Listed, Retrieved, Created, ViewSet):
    """What is done about recommendations: planned by who answers them, reported on by the
    managers of the member that does it. Every news stays, with its day."""

    queryset = ManagementAction.objects.all()
    serializer_class = ManagementActionSerializer
    filterset_class = ManagementActionFilter

    def shown(self, queryset: Any) -> Any:
        named = queryset.select_related("recommendation__evaluation__partnership", "owner__partner")
        return named.prefetch_related("follow_ups")

    @verb(ProgressSerializer)
    def report(
        self, record: ManagementAction, *, status: str, note: str, on: date | None = None
    ) -> Response:
        """Say how far it is, or add a note without another status."""
        record.report(status, by=self.user, note=note, on=on)
        return self.answer(record)

    @verb(PostponementSerializer)
    def postpone(self, record: ManagementAction, *, due_on: date, reason: str) -> Response:
        """Let it fall due later."""
        record.postpone(due_on, by=self.user, reason=reason)
        return self.answer(record)

    @verb(NewOwnerSerializer)
    def reassign(self, record: ManagementAction, *, owner: Membership, reason: str) -> Response:
        """Give it to another member."""
        record.reassign(owner, by=self.user, reason=reason)
        return self.answer(record)

    @verb(ReasonSerializer)
    def drop(self, record: ManagementAction, *, reason: str) -> Response:
        """Give it up, with a reason that everybody reads."""
        record.drop(by=self.user, reason=reason)
        return self.answer(record)
