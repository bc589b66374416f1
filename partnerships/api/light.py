"""The light track over the API: a small firm's partnership in one request."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from partnerships.models import Commitment, Objective, Partnership
from partnerships.services.light import register_light
from registry.api.base import IDEMPOTENCY_KEY
from registry.api.partners import CountryField
from registry.api.serializers import CodesField, Serializer, VisibleField
from registry.models import Currency, Partner, Target


def _decimal(places: int) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=24, decimal_places=places)


class LightSerializer(Serializer):
    """Twelve things that are needed, and some that may be said."""

    lead = VisibleField(
        queryset=Partner.objects.all(), help_text="a partner that reports on SDG targets"
    )
    title = serializers.CharField(max_length=300)
    objective = serializers.CharField(
        max_length=Objective._meta.get_field("text").max_length,
        help_text="what will be different, for whom, where",
    )
    measure = serializers.CharField(max_length=300)
    baseline = _decimal(6)
    goal_value = _decimal(6)
    targets = CodesField(Target, "code", read=lambda _: [], allow_empty=False, write_only=True)
    country = CountryField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    commitment = serializers.CharField(max_length=300, help_text="what the lead gives")
    commitment_kind = serializers.ChoiceField(Commitment.Kind.choices)
    unit = serializers.CharField(max_length=60, required=False)
    baseline_year = serializers.IntegerField(min_value=1900, max_value=2200, required=False)
    amount = serializers.DecimalField(max_digits=24, decimal_places=4, required=False)
    currency = serializers.PrimaryKeyRelatedField[Currency](
        queryset=Currency.objects.all(), required=False
    )
    invited = VisibleField(
        queryset=Partner.objects.all(), required=False, help_text="a partner asked to join"
    )
    summary = serializers.CharField(max_length=20_000, required=False)
    kind = serializers.ChoiceField(Partnership.Kind.choices, required=False)
    level = serializers.ChoiceField(Partnership.Level.choices, required=False)


class LightTrack:
    """The route of partnerships that begins one of the light track."""

    @extend_schema(request=LightSerializer, parameters=[IDEMPOTENCY_KEY])
    @action(detail=False, methods=["post"])
    def light(self: Any, request: Request) -> Response:
        """Begin a draft of the light track with all that it needs, or nothing."""
        said = self.read_body(LightSerializer)
        partnership = register_light(said.pop("lead"), by=self.user, **said)
        answer: Response = self.answer(partnership, status.HTTP_201_CREATED)
        return answer
