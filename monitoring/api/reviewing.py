"""Who decides on data, what was asked for when it was returned, and what is said about it."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.response import Response

from monitoring.models import Observation, ReturnReason, Reviewer, SubmissionComment
from monitoring.services.reviewers import name_reviewer, person_of_a_member
from monitoring.services.reviewing import comment_on
from registry.api.base import Created, Listed, ReadViewSet, Retrieved, ViewSet, verb
from registry.api.filters import IdFilter
from registry.api.serializers import (
    ModelSerializer,
    OptionalReasonSerializer,
    VisibleField,
)


class DataReviewerSerializer(ModelSerializer):
    email = serializers.EmailField(
        required=False,
        write_only=True,
        help_text="of a person who works for an accepted member; or name a member",
    )
    name = serializers.CharField(source="__str__", read_only=True)

    class Meta:
        model = Reviewer
        fields = [
            "id",
            "partnership",
            "email",
            "membership",
            "name",
            "named_at",
            "ended_at",
            "created_at",
            "updated_at",
        ]

    def create(self, validated_data: dict[str, Any]) -> Reviewer:
        partnership = validated_data.pop("partnership")
        partnership.require_editor(self.user)
        if email := validated_data.pop("email", None):
            validated_data["user"] = person_of_a_member(partnership, email)
        return name_reviewer(partnership, by=self.user, **validated_data)


class ReviewerFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")
    current = filters.BooleanFilter("ended_at", "isnull", help_text="who decides now")

    class Meta:
        model = Reviewer
        fields: list[str] = []


class ReviewerViewSet(Listed, Retrieved, Created, ViewSet):
    """Who is named to decide on a partnership's data; where nobody is, the lead's managers do."""

    queryset = Reviewer.objects.all()
    serializer_class = DataReviewerSerializer
    filterset_class = ReviewerFilter

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("user", "membership__partner")

    @verb(OptionalReasonSerializer)
    def end(self, reviewer: Reviewer, *, reason: str = "") -> Response:
        """From now on they decide no more."""
        reviewer.end(by=self.user, reason=reason)
        return self.answer(reviewer)


class ReturnReasonSerializer(ModelSerializer):
    class Meta:
        model = ReturnReason
        fields = [
            "id",
            "submission",
            "indicator",
            "category",
            "value",
            "numerator",
            "denominator",
            "text",
            "reason",
            "at",
            "answer",
            "answered_at",
        ]
        read_only_fields = fields


class OfSubmissionFilter(filters.FilterSet):
    submission = IdFilter("submission_id")
    indicator = IdFilter("indicator_id")
    unit = IdFilter("submission__unit_id")
    period = IdFilter("submission__period_id")
    partnership = IdFilter("submission__period__framework__partnership_id")


class ReturnReasonFilter(OfSubmissionFilter):
    open = filters.BooleanFilter("answered_at", "isnull", help_text="not answered yet")

    class Meta:
        model = ReturnReason
        fields = ["answer"]


class ReturnReasonViewSet(ReadViewSet):
    """Why data was returned, of the whole and of single values, and how each was answered.

    Kept over rounds and revisions; for the partnership's members.
    """

    queryset = ReturnReason.objects.all()
    serializer_class = ReturnReasonSerializer
    filterset_class = ReturnReasonFilter


class SubmissionCommentSerializer(ModelSerializer):
    observation = VisibleField(
        queryset=Observation.objects.all(),
        required=False,
        allow_null=True,
        write_only=True,
        help_text="the value it is about; the whole, without",
    )

    class Meta:
        model = SubmissionComment
        fields = [
            "id",
            "submission",
            "observation",
            "indicator",
            "category",
            "text",
            "at",
            "is_of_sender",
        ]
        read_only_fields = ["indicator", "category", "at", "is_of_sender"]

    def create(self, validated_data: dict[str, Any]) -> SubmissionComment:
        return comment_on(by=self.user, **validated_data)


class SubmissionCommentFilter(OfSubmissionFilter):
    class Meta:
        model = SubmissionComment
        fields = ["is_of_sender"]


class SubmissionCommentViewSet(Listed, Retrieved, Created, ViewSet):
    """What senders and reviewers say to each other; for the partnership's members, never public."""

    queryset = SubmissionComment.objects.all()
    serializer_class = SubmissionCommentSerializer
    filterset_class = SubmissionCommentFilter
