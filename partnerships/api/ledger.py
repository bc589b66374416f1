"""Risks and benefits, who has which part of them, and their balance."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from partnerships.api.agreements import AgreementSerializer
from partnerships.api.insight import with_insight
from partnerships.models import (
    Agreement,
    Balance,
    Benefit,
    LedgerState,
    Partnership,
    Risk,
    Share,
    balance_of,
    ledger_is_visible,
    ledger_state,
    with_shares,
)
from partnerships.models.balance import decimal
from partnerships.services.ledger import (
    Part,
    add_benefit,
    add_risk,
    edit_benefit,
    edit_risk,
    propose_ledger,
)
from registry.api.base import RecordViewSet, verb
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer, ReasonSerializer, Serializer


class ShareSerializer(ModelSerializer):
    class Meta:
        model = Share
        fields = ["membership", "percent"]
        extra_kwargs = {
            "membership": {"required": True, "help_text": "null: the public and the users"}
        }


class LedgerRowSerializer(ModelSerializer):
    """Sent shares replace all that were there; left out, they stay."""

    shares = ShareSerializer(  # type: ignore[call-arg]
        source="shares_now",
        many=True,
        required=False,
        max_length=200,
        help_text="all at once, to 100 %; none: not shared yet",
    )

    class Meta:
        model: type[Any] = Risk
        fields: list[str] = []

    def _stated(self, validated_data: dict[str, Any]) -> dict[str, Any]:
        shares = validated_data.pop("shares_now", None)
        if shares is not None:
            parts = [Part(row["membership"], row["percent"]) for row in shares]
            validated_data["shares"] = parts
        return validated_data


class RiskSerializer(LedgerRowSerializer):
    class Meta:
        model = Risk
        fields = [
            "id",
            "partnership",
            "category",
            "description",
            "likelihood",
            "impact",
            "mitigation",
            "owner",
            "why_bearer",
            "status",
            "shares",
            "created_at",
            "updated_at",
        ]
        private_fields = ["owner"]

    def create(self, validated_data: dict[str, Any]) -> Risk:
        stated = self._stated(validated_data)
        return add_risk(stated.pop("partnership"), by=self.user, **stated)


class RiskChangeSerializer(RiskSerializer):
    class Meta(RiskSerializer.Meta):
        read_only_fields = ["partnership"]

    def update(self, instance: Risk, validated_data: dict[str, Any]) -> Risk:
        return edit_risk(instance, by=self.user, **self._stated(validated_data))


class BenefitSerializer(LedgerRowSerializer):
    class Meta:
        model = Benefit
        fields = [
            "id",
            "partnership",
            "kind",
            "description",
            "value",
            "currency",
            "valued_on",
            "how_agreed",
            "status",
            "shares",
            "created_at",
            "updated_at",
        ]

    def create(self, validated_data: dict[str, Any]) -> Benefit:
        stated = self._stated(validated_data)
        return add_benefit(stated.pop("partnership"), by=self.user, **stated)


class BenefitChangeSerializer(BenefitSerializer):
    class Meta(BenefitSerializer.Meta):
        read_only_fields = ["partnership"]

    def update(self, instance: Benefit, validated_data: dict[str, Any]) -> Benefit:
        return edit_benefit(instance, by=self.user, **self._stated(validated_data))


class MoveRiskSerializer(ReasonSerializer):
    status = serializers.ChoiceField(choices=Risk.Status.choices)


class MoveBenefitSerializer(ReasonSerializer):
    status = serializers.ChoiceField(choices=Benefit.Status.choices)


class RiskFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")

    class Meta:
        model = Risk
        fields = ["status", "category"]


class BenefitFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")

    class Meta:
        model = Benefit
        fields = ["status", "kind"]


class RiskViewSet(RecordViewSet):
    """Public with the partnership once its members have endorsed the ledger; the owner is not."""

    queryset = Risk.objects.all()
    serializer_class = RiskSerializer
    filterset_class = RiskFilter

    def get_serializer_class(self) -> type[RiskSerializer]:
        return RiskChangeSerializer if self.action == "partial_update" else RiskSerializer

    def shown(self, queryset: Any) -> Any:
        return with_insight(with_shares(queryset), self.request.user)

    @verb(MoveRiskSerializer)
    def move(self, risk: Risk, *, status: str, reason: str) -> Response:
        """It is mitigated, occurred, is closed, or open again."""
        risk.move(status, by=self.user, reason=reason)
        return self.answer(risk)


class BenefitViewSet(RecordViewSet):
    """Public with the partnership once its members have endorsed the ledger."""

    queryset = Benefit.objects.all()
    serializer_class = BenefitSerializer
    filterset_class = BenefitFilter

    def get_serializer_class(self) -> type[BenefitSerializer]:
        return BenefitChangeSerializer if self.action == "partial_update" else BenefitSerializer

    def shown(self, queryset: Any) -> Any:
        return with_shares(queryset)

    @verb(MoveBenefitSerializer)
    def move(self, benefit: Benefit, *, status: str, reason: str) -> Response:
        """It is realised, is expected again, or dropped."""
        benefit.move(status, by=self.user, reason=reason)
        return self.answer(benefit)


class BalanceLineSerializer(Serializer):
    partner = serializers.IntegerField(allow_null=True, help_text="null: the public and the users")
    name = serializers.CharField()
    risk_share = serializers.DecimalField(None, None, coerce_to_string=True)
    benefit_share = serializers.DecimalField(None, None, coerce_to_string=True)
    risk_worked = serializers.CharField(help_text="the arithmetic, rounded for reading")
    benefit_worked = serializers.CharField()


class LeftOutSerializer(Serializer):
    model = serializers.ChoiceField(choices=["risk", "benefit"])
    id = serializers.IntegerField()
    description = serializers.CharField()
    reason = serializers.CharField(help_text="not_shared, no_value or no_rate")


class RateUsedSerializer(Serializer):
    currency = serializers.CharField()
    on = serializers.DateField()
    usd = serializers.DecimalField(None, None, coerce_to_string=True)


class LedgerEndorsedSerializer(Serializer):
    """What the members have endorsed of the ledger; 0 of n where it was never proposed."""

    agreement = serializers.IntegerField(allow_null=True)
    endorsed = serializers.IntegerField()
    members = serializers.IntegerField()
    binding = serializers.BooleanField()
    changed_since = serializers.BooleanField()


class BalanceSerializer(Serializer):
    """C3: 1 - 1/2 of the sum, over members and the public, of |risk share - benefit share|."""

    value = serializers.DecimalField(None, None, allow_null=True, coerce_to_string=True)
    reason = serializers.CharField(help_text="why there is no value: no_risks, no_benefits, …")
    flagged = serializers.BooleanField(allow_null=True, help_text="below 0.6")
    worked = serializers.CharField()
    currency = serializers.CharField()
    lines = BalanceLineSerializer(many=True)
    left_out = LeftOutSerializer(many=True)
    rates = RateUsedSerializer(many=True)
    ledger = LedgerEndorsedSerializer()


def balance_as_json(balance: Balance, state: LedgerState) -> dict[str, Any]:
    return {
        "value": None if balance.value is None else str(balance.value),
        "reason": balance.reason,
        "flagged": balance.is_flagged,
        "worked": balance.worked,
        "currency": balance.currency,
        "lines": list(_lines(balance)),
        "left_out": [
            {
                "model": out.record._meta.model_name,
                "id": out.record.pk,
                "description": str(out.record),
                "reason": out.reason,
            }
            for out in balance.left_out
        ],
        "rates": [
            {"currency": rate.currency, "on": rate.on, "usd": str(rate.usd)}
            for rate in balance.rates
        ],
        "ledger": ledger_as_json(state),
    }


def _lines(balance: Balance) -> Iterable[dict[str, Any]]:
    for line in balance.lines:
        yield {
            "partner": line.partner,
            "name": line.name,
            "risk_share": str(decimal(line.risk)),
            "benefit_share": str(decimal(line.benefit)),
            "risk_worked": line.risk_worked,
            "benefit_worked": line.benefit_worked,
        }


def ledger_as_json(state: LedgerState) -> dict[str, Any]:
    """An outsider does not learn of a proposal that does not bind yet."""
    assent = state.assent
    return {
        "agreement": assent.agreement.pk if assent else None,
        "endorsed": assent.said_yes if assent else 0,
        "members": len(assent.members) if assent else 0,
        "binding": bool(assent and assent.agreement.status == Agreement.Status.BINDING),
        "changed_since": state.changed_since,
    }


class LedgerOfPartnership:
    """What a partnership's own routes say and do about its ledger."""

    @extend_schema(responses=BalanceSerializer, filters=False)
    @action(detail=True, pagination_class=None)
    def balance(self: Any, request: Request, pk: str) -> Response:
        """Whether who carries the risks also gets the benefits, with the arithmetic."""
        partnership = self.get_object()
        if not ledger_is_visible(partnership, request.user):
            raise Http404
        inside = Partnership.objects.insider(request.user).filter(pk=partnership.pk).exists()
        state = ledger_state(partnership, with_proposal=inside)
        return Response(balance_as_json(balance_of(partnership), state))

    @verb(responses={201: AgreementSerializer}, url_path="propose-ledger")
    def propose_ledger(self: Any, partnership: Partnership) -> Response:
        """Ask every accepted member to endorse the ledger as it stands."""
        agreement = propose_ledger(partnership, by=self.user)
        shown = AgreementSerializer(agreement, context=self.get_serializer_context())
        return Response(shown.data, status=status.HTTP_201_CREATED)
