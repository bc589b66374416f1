"""Whom partnerships affect, and what was talked about with them."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers, status
from rest_framework.response import Response

from partnerships.api.insight import with_insight
from partnerships.api.principles import KEPT
from partnerships.headcounts import GroupHeads, heads_of
from partnerships.models import AffectedGroup, Consultation, Turnout
from partnerships.services.dialogue import (
    correct_consultation,
    edit_group,
    map_group,
    record_consultation,
    tell_back,
)
from registry.api.base import Created, Listed, RecordViewSet, Retrieved, ViewSet, verb
from registry.api.filters import IdFilter
from registry.api.serializers import (
    ModelSerializer,
    ReasonSerializer,
    Serializer,
)
from registry.disclosure import alone, plainly

# Of a list of rows, which the stubs of serializers know nothing of.
ONE_OR_MORE: dict[str, Any] = {"min_length": 1, "max_length": 200}
SHOWN = "what may be shown: the number, 1–10, suppressed, or empty where it was not counted"


class AffectedGroupSerializer(ModelSerializer):
    size_shown = serializers.CharField(read_only=True, default="", help_text=SHOWN)

    class Meta:
        model = AffectedGroup
        fields = [
            "id",
            "partnership",
            "name",
            "people",
            "level",
            "effect",
            "how",
            "influence",
            "size",
            "size_shown",
            "reach",
            "mapped_on",
            *KEPT,
        ]

    def to_representation(self, instance: AffectedGroup) -> Any:
        shown = super().to_representation(instance)
        inside = getattr(instance, "is_inside", False)
        size = (plainly if inside else alone)(instance.size)
        return {**shown, "size": size.value, "size_shown": size.text}

    def create(self, validated_data: dict[str, Any]) -> AffectedGroup:
        return map_group(validated_data.pop("partnership"), by=self.user, **validated_data)


class AffectedGroupChangeSerializer(AffectedGroupSerializer):
    """What can change of a group on the map."""

    class Meta(AffectedGroupSerializer.Meta):
        read_only_fields = ["partnership"]

    def update(self, instance: AffectedGroup, validated_data: dict[str, Any]) -> AffectedGroup:
        return edit_group(instance, by=self.user, **validated_data)


class AffectedGroupFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")

    class Meta:
        model = AffectedGroup
        fields = ["level", "effect", "influence", "people"]


class AffectedGroupViewSet(RecordViewSet):
    """The stakeholder map: whom a partnership affects, how, and at what level."""

    queryset = AffectedGroup.objects.all()
    serializer_class = AffectedGroupSerializer
    filterset_class = AffectedGroupFilter

    def get_serializer_class(self) -> type[AffectedGroupSerializer]:
        changes = self.action == "partial_update"
        return AffectedGroupChangeSerializer if changes else AffectedGroupSerializer

    def shown(self, queryset: Any) -> Any:
        return with_insight(queryset, self.request.user)

    @verb(ReasonSerializer)
    def withdraw(self, group: AffectedGroup, *, reason: str) -> Response:
        """Take a group from the map; consultations keep naming it."""
        group.withdraw(by=self.user, reason=reason)
        return self.answer(group)


class TurnoutList(serializers.ListSerializer[Any]):
    def get_attribute(self, instance: Any) -> list[GroupHeads]:
        """As far as the caller may know."""
        groups: list[GroupHeads] = instance.heads.groups
        return groups


class TurnoutSerializer(ModelSerializer):
    """A group that came, and how many of its people where they were counted."""

    group_name = serializers.CharField(read_only=True)
    people_shown = serializers.CharField(read_only=True, help_text=SHOWN)
    women_shown = serializers.CharField(read_only=True, help_text=SHOWN)
    men_shown = serializers.CharField(read_only=True, help_text=SHOWN)
    others_shown = serializers.CharField(read_only=True, help_text=SHOWN)

    class Meta:
        model = Turnout
        list_serializer_class = TurnoutList
        counts = ["people", *Turnout.PARTS]
        fields = ["group", "group_name", *counts, *(f"{name}_shown" for name in counts)]

    def to_representation(self, instance: GroupHeads) -> dict[str, Any]:
        shown: dict[str, Any] = {"group": instance.group.pk, "group_name": instance.group.name}
        for name in self.Meta.counts:
            cell = getattr(instance, name)
            shown |= {name: cell.value, f"{name}_shown": cell.text}
        return shown


class ConsultationSerializer(ModelSerializer):
    turnouts = TurnoutSerializer(many=True, **ONE_OR_MORE)
    people_shown = serializers.CharField(
        source="heads.people.text", read_only=True, help_text=SHOWN
    )

    class Meta:
        model = Consultation
        fields = [
            "id",
            "partnership",
            "held_on",
            "level",
            "place",
            "method",
            "people",
            "people_shown",
            "turnouts",
            "heard",
            "changed",
            "told_on",
            "told_how",
            "told_at",
            "corrects",
            *KEPT,
        ]
        read_only_fields = ["told_at", "corrects"]

    def to_representation(self, instance: Any) -> Any:
        instance.heads = heads_of(instance, inside=getattr(instance, "is_inside", False))
        return {**super().to_representation(instance), "people": instance.heads.people.value}

    def create(self, validated_data: dict[str, Any]) -> Consultation:
        partnership = validated_data.pop("partnership")
        return record_consultation(partnership, by=self.user, **validated_data)


class CorrectConsultationSerializer(Serializer):
    """The whole record as it should have been, and what was wrong."""

    reason = serializers.CharField(max_length=2000)
    held_on = serializers.DateField()
    level = serializers.ChoiceField(AffectedGroup.Level.choices)
    place = serializers.CharField(max_length=200)
    method = serializers.ChoiceField(Consultation.Method.choices)
    people = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    turnouts = TurnoutSerializer(many=True, **ONE_OR_MORE)
    heard = serializers.CharField(max_length=5000)
    changed = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    told_on = serializers.DateField(required=False, allow_null=True)
    told_how = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class TellBackSerializer(Serializer):
    changed = serializers.CharField(max_length=5000)
    told_how = serializers.CharField(max_length=2000)
    told_on = serializers.DateField()


class ConsultationFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")
    group = IdFilter("groups", distinct=True)
    held_from = filters.DateFilter("held_on", "gte")
    held_until = filters.DateFilter("held_on", "lte")

    class Meta:
        model = Consultation
        fields = ["level", "method"]


class ConsultationViewSet(Listed, Retrieved, Created, ViewSet):
    """Dialogues held. Head-counts of 1 to 10, and what one could be worked out from, are hidden
    from all but the members' people."""

    queryset = Consultation.objects.all()
    serializer_class = ConsultationSerializer
    filterset_class = ConsultationFilter

    def shown(self, queryset: Any) -> Any:
        return with_insight(queryset.with_counts(), self.request.user)

    @verb(CorrectConsultationSerializer)
    def correct(self, consultation: Consultation, **stated: Any) -> Response:
        """Put a corrected record in the place of this one; answers with the new one."""
        corrected = correct_consultation(consultation, by=self.user, **stated)
        return self.answer(corrected, status.HTTP_200_OK)

    @verb(TellBackSerializer)
    def tell_back(self, consultation: Consultation, **stated: Any) -> Response:
        """Those who came were told what came of it."""
        tell_back(consultation, by=self.user, **stated)
        return self.answer(consultation)

    @verb(ReasonSerializer)
    def withdraw(self, consultation: Consultation, *, reason: str) -> Response:
        """Take the record back; past reports keep what they read."""
        consultation.withdraw(by=self.user, reason=reason)
        return self.answer(consultation)
