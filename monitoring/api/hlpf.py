"""The goals under review at the High-level Political Forum, year by year."""

from typing import Any

from rest_framework import serializers

from monitoring.models import HlpfReview
from registry.api.base import Created, ReadViewSet
from registry.api.serializers import ModelSerializer


class HlpfReviewSerializer(ModelSerializer):
    year = serializers.IntegerField()
    goals = serializers.ListField(
        child=serializers.IntegerField(), min_length=1, max_length=17, help_text="by their numbers"
    )

    class Meta:
        model = HlpfReview
        fields = ["id", "year", "goals", "set_at"]

    def create(self, validated_data: dict[str, Any]) -> HlpfReview:
        return HlpfReview.objects.put(validated_data["year"], validated_data["goals"], by=self.user)


class HlpfReviewViewSet(Created, ReadViewSet):
    """What holds for a year is what was set last; earlier settings stay, as reports rest on them.

    Without any setting all goals are under review.
    """

    queryset = HlpfReview.objects.all()
    serializer_class = HlpfReviewSerializer
    filterset_fields = ["year"]
