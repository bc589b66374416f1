"""The secretariat's reviews of submitted partnerships."""

from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from partnerships.api.versions import VersionChangeSerializer, shown_changes
from partnerships.models import (
    PartnershipReview,
    ReviewCheck,
    ReviewComment,
    Section,
    difference,
)
from registry.api.base import Created, Listed, ReadViewSet, Retrieved, ViewSet, verb
from registry.api.filters import IdFilter
from registry.api.rows import Rows
from registry.api.serializers import ModelSerializer, Serializer, VisibleField
from registry.models import User


class ReviewCheckSerializer(ModelSerializer):
    class Meta:
        model = ReviewCheck
        fields = ["item", "is_done", "note", "at"]


class PartnershipReviewSerializer(ModelSerializer):
    reviewer = serializers.SlugRelatedField(slug_field="key", read_only=True, allow_null=True)  # type: ignore[var-annotated]
    checks = ReviewCheckSerializer(many=True, read_only=True)

    class Meta:
        model = PartnershipReview
        fields = [
            "id",
            "partnership",
            "submission",
            "round",
            "submitted_at",
            "reviewer",
            "assigned_at",
            "outcome",
            "reason",
            "decided_at",
            "checks",
            "created_at",
            "updated_at",
        ]


class ReviewerSerializer(Serializer):
    reviewer = serializers.SlugRelatedField(
        slug_field="key",
        queryset=User.objects.filter(is_staff=True, is_active=True, is_service=False),
        required=False,
        help_text="an admin's key; the caller, if none is named",
    )


class TickSerializer(Serializer):
    item = serializers.ChoiceField(ReviewCheck.Item.choices)
    is_done = serializers.BooleanField(default=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class PartnershipReviewFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")
    open = filters.BooleanFilter("decided_at", "isnull", help_text="not decided yet")
    slow = filters.BooleanFilter(method="only_slow", help_text="waits longer than it should")
    reviewer = filters.UUIDFilter("reviewer__key", help_text="an admin's key")
    unassigned = filters.BooleanFilter("reviewer", "isnull")

    class Meta:
        model = PartnershipReview
        fields = ["outcome"]

    def only_slow(self, rows: Any, name: str, value: bool) -> Any:
        slow = PartnershipReview.objects.slow(timezone.now()).order_by().values("pk")
        return rows.filter(pk__in=slow) if value else rows.exclude(pk__in=slow)


class PartnershipReviewViewSet(ReadViewSet):
    queryset = PartnershipReview.objects.all()
    serializer_class = PartnershipReviewSerializer
    filterset_class = PartnershipReviewFilter
    permission_classes = [IsAuthenticated]
    rows = Rows(PartnershipReviewSerializer)

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("reviewer").prefetch_related("checks")

    @verb(ReviewerSerializer)
    def assign(self, review: PartnershipReview, *, reviewer: User | None = None) -> Response:
        """Take it, or give it to an admin."""
        review.assign(reviewer or self.user, by=self.user)
        return self.answer(review)

    @verb()
    def unassign(self, review: PartnershipReview) -> Response:
        review.unassign(by=self.user)
        return self.answer(review)

    @verb(TickSerializer)
    def tick(self, review: PartnershipReview, **said: Any) -> Response:
        """Say of an item of the checklist that it was looked at, or was not."""
        review.tick(by=self.user, **said)
        return self.answer(review)

    @extend_schema(responses=VersionChangeSerializer(many=True), filters=False)
    @action(detail=True, url_path="difference", pagination_class=None)
    def difference(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What was changed since it was submitted the time before; empty for the first time."""
        review = self.get_object()
        earlier = review.earlier()
        changes = difference(earlier.document, review.submission.document) if earlier else {}
        return Response(shown_changes(changes))


class ReviewCommentSerializer(ModelSerializer):
    review = VisibleField(queryset=PartnershipReview.objects.all())

    class Meta:
        model = ReviewComment
        fields = ["id", "review", "partnership", "section", "text", "is_reason", "created_at"]
        read_only_fields = ["partnership", "is_reason"]

    def create(self, validated_data: dict[str, Any]) -> ReviewComment:
        review: PartnershipReview = validated_data.pop("review")
        return review.comment(by=self.user, **validated_data)


class ReviewCommentFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")
    review = IdFilter("review_id")

    class Meta:
        model = ReviewComment
        fields = ["section", "is_reason"]


class ReviewCommentViewSet(Listed, Retrieved, Created, ViewSet):
    """Notes on sections; the reasons of what was returned are its editors' to read."""

    queryset = ReviewComment.objects.all()
    serializer_class = ReviewCommentSerializer
    filterset_class = ReviewCommentFilter
    permission_classes = [IsAuthenticated]


@extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
class ReasonsField(serializers.DictField):
    """A text for each section that is named."""

    def __init__(self, **options: Any) -> None:
        child = serializers.CharField(max_length=2000, allow_blank=True)
        super().__init__(child=child, **options)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and len(data) > len(Section):
            raise serializers.ValidationError(f"At most {len(Section)} sections.")
        return super().to_internal_value(data)


class ReturnSerializer(Serializer):
    """Why it is returned: as a whole, section by section, or both."""

    reason = serializers.CharField(max_length=2000, required=False)
    sections = ReasonsField(required=False, help_text='reasons by section: `{"targets": "…"}`')
