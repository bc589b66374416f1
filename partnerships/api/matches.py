"""What fits together, why, and what both sides say."""

from typing import Any

from django.db.models import Exists, OuterRef
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.response import Response

from partnerships.models import Match
from registry.api.base import ReadViewSet, verb
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer, OptionalReasonSerializer, ReasonSerializer


class MatchSerializer(ModelSerializer):
    explanation = serializers.CharField(read_only=True)

    class Meta:
        model = Match
        fields = [
            "id",
            "need",
            "solution",
            "fund",
            "commitment",
            "score",
            "facts",
            "explanation",
            "status",
            "answer_reason",
            "answered_at",
            "offer_answer",
            "offer_reason",
            "offer_answered_at",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields
        private_fields = ["answer_reason", "offer_reason"]


class MatchFilter(filters.FilterSet):
    need = IdFilter("need_id")
    solution = IdFilter("solution_id")
    fund = IdFilter("fund_id")
    commitment = IdFilter("commitment_id")
    partnership = IdFilter("need__partnership_id")
    score_from = filters.NumberFilter("score", "gte", min_value=0, max_value=1)

    class Meta:
        model = Match
        fields = ["status", "offer_answer"]


class MatchViewSet(ReadViewSet):
    """For both sides; what was accepted is public. Answered by the need's owner (accept, decline)
    and by the offering side (confirm, refuse)."""

    queryset = Match.objects.all()
    serializer_class = MatchSerializer
    filterset_class = MatchFilter

    def shown(self, queryset: Any) -> Any:
        mine = Match.objects.filter(Match.objects.of_sides(self.request.user), pk=OuterRef("pk"))
        return queryset.with_sides().annotate(is_inside=Exists(mine))

    @verb(OptionalReasonSerializer)
    def accept(self, match: Match, *, reason: str = "") -> Response:
        """The need's owner takes it up."""
        match.accept(by=self.user, reason=reason)
        return self.answer(match)

    @verb(ReasonSerializer)
    def decline(self, match: Match, *, reason: str) -> Response:
        """The need's owner does not; the two are not proposed to each other again."""
        match.decline(by=self.user, reason=reason)
        return self.answer(match)

    @verb()
    def confirm(self, match: Match) -> Response:
        """The offering side is ready for it."""
        match.confirm(by=self.user)
        return self.answer(match)

    @verb(ReasonSerializer)
    def refuse(self, match: Match, *, reason: str) -> Response:
        """The offering side is not."""
        match.refuse(by=self.user, reason=reason)
        return self.answer(match)
