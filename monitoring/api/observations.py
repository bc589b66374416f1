"""Single values."""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django_filters import rest_framework as filters
from rest_framework import mixins, serializers

from monitoring.models import Observation
from monitoring.models.verifications import Level, level_at
from monitoring.services.submissions import amend_observation, remove_observation
from partnerships.models import Partnership
from registry.api.base import Amended, Listed, Retrieved, ViewSet
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer


class ObservationSerializer(ModelSerializer):
    level = serializers.ChoiceField(
        Level.choices, read_only=True, help_text="how far it is verified now; see verifications"
    )

    class Meta:
        model = Observation
        fields = [
            "id",
            "submission",
            "indicator",
            "period",
            "unit",
            "category",
            "value",
            "numerator",
            "denominator",
            "text",
            "comment",
            "is_provisional",
            "withdraws",
            "verification",
            "level",
            "counts_from",
            "counts_until",
        ]
        private_fields = ["comment"]
        read_only_fields = [
            "submission",
            "indicator",
            "period",
            "unit",
            "category",
            "withdraws",
            "verification",
        ]

    def update(self, instance: Observation, validated_data: dict[str, Any]) -> Observation:
        return amend_observation(instance, by=self.user, **validated_data)


class ObservationFilter(filters.FilterSet):
    submission = IdFilter("submission_id")
    indicator = IdFilter("indicator_id")
    period = IdFilter("period_id")
    unit = IdFilter("unit_id")
    category = IdFilter("category_id")
    framework = IdFilter("period__framework_id")
    partnership = IdFilter("period__framework__partnership_id")
    total = filters.BooleanFilter("category", "isnull", help_text="without breakdown")

    class Meta:
        model = Observation
        fields = ["verification", "is_provisional"]


class ObservationViewSet(Listed, Retrieved, Amended, mixins.DestroyModelMixin, ViewSet):
    """Values; a draft's are recorded at `POST /submissions/{id}/observations/`.

    The ETag of a value is that of its submission.
    """

    queryset = Observation.objects.all()
    serializer_class = ObservationSerializer
    filterset_class = ObservationFilter

    def shown(self, queryset: Any) -> Any:
        """A comment is for insiders; one that a published file carried is public."""
        inside = Partnership.objects.insider(self.request.user)
        of_row = inside.filter(pk=OuterRef("period__framework__partnership"))
        published = Q(submission__import_batch__isnull=False)
        seen = queryset.select_related("submission").annotate(level=level_at())
        return seen.annotate(is_inside=Exists(of_row) | published)

    def etag_of(self, record: Observation) -> str:
        return super().etag_of(record.submission)

    def perform_destroy(self, instance: Observation) -> None:
        remove_observation(instance, by=self.user)
