"""Reporting units, handed over by one member to another; and reminders of data that is due."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers

from monitoring.models import Reminder, UnitHandover
from monitoring.services.handovers import accept_unit, hand_over_unit
from partnerships.api.handovers import FIELDS, HandoverFilter, HandoverViewSet
from registry.api.base import ReadViewSet
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer


class UnitHandoverSerializer(ModelSerializer):
    partnership = serializers.IntegerField(source="giver.partnership_id", read_only=True)

    class Meta:
        model = UnitHandover
        fields = [*FIELDS, "unit", "successor", "since_on"]
        read_only_fields = ["giver", "taker"]
        private_fields = ["reason"]
        extra_kwargs = {"reason": {"max_length": 2000}}

    def create(self, validated_data: dict[str, Any]) -> UnitHandover:
        unit, to = validated_data.pop("unit"), validated_data.pop("successor")
        return hand_over_unit(unit, to=to, by=self.user, **validated_data)


class UnitHandoverFilter(HandoverFilter):
    unit = IdFilter("unit_id")

    class Meta:
        model = UnitHandover
        fields = ["status"]


class UnitHandoverViewSet(HandoverViewSet):
    """Done at once where the lead decides, else once the member that was asked agrees."""

    queryset = UnitHandover.objects.all()
    serializer_class = UnitHandoverSerializer
    filterset_class = UnitHandoverFilter
    take = staticmethod(accept_unit)


class ReminderSerializer(ModelSerializer):
    class Meta:
        model = Reminder
        fields = ["id", "unit", "period", "kind", "sent_at"]


class ReminderFilter(filters.FilterSet):
    unit = IdFilter("unit_id")
    period = IdFilter("period_id")
    partnership = IdFilter("period__framework__partnership_id")

    class Meta:
        model = Reminder
        fields = ["kind"]


class ReminderViewSet(ReadViewSet):
    """Which reminders were sent; for members."""

    queryset = Reminder.objects.all()
    serializer_class = ReminderSerializer
    filterset_class = ReminderFilter
