"""Who has reported what, as the API shows it."""

from typing import Any

from rest_framework import serializers

from monitoring.aggregation.completeness import STATES, completeness, periods_shown
from monitoring.api.periods import PeriodSerializer
from monitoring.models import Framework, ReportingUnit
from partnerships.models import Partnership
from registry.api.serializers import Serializer


class BeforeSerializer(Serializer):
    before = serializers.DateField(required=False, help_text="periods that ended before this day")


class UnitNameSerializer(Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class UnitPeriodSerializer(Serializer):
    unit = serializers.IntegerField(source="unit_id")
    period = serializers.IntegerField(source="period_id")
    state = serializers.ChoiceField(list(STATES.items()))
    asked = serializers.IntegerField(help_text="indicators that the unit reports")
    given = serializers.IntegerField(help_text="of them, with a value that counts")
    entered = serializers.IntegerField(help_text="with what is on its way; members only")
    submission = serializers.IntegerField(
        source="submission_id", allow_null=True, help_text="members only"
    )


class CompletenessSerializer(Serializer):
    """The last 12 periods that have begun, the units that owe data in them, and the cells."""

    periods = PeriodSerializer(many=True)
    units = UnitNameSerializer(many=True)
    cells = UnitPeriodSerializer(many=True)


def completeness_of(framework: Framework, user: Any, before: Any = None) -> dict[str, Any]:
    periods = periods_shown(framework, before=before)
    cells = completeness(framework, periods)
    inside = Partnership.objects.insider(user).filter(pk=framework.partnership_id)
    if not inside.exists():
        cells = [cell.for_everybody() for cell in cells]
    units = ReportingUnit.objects.filter(pk__in={cell.unit_id for cell in cells})
    named = units.select_related("membership__partner", "country")
    return {
        "periods": periods,
        "units": [{"id": unit.pk, "name": str(unit)} for unit in named],
        "cells": cells,
    }
