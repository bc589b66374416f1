"""Changes of registered partnerships."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from partnerships.api.insight import with_insight
from partnerships.api.versions import VersionChangeSerializer, shown_changes
from partnerships.models import Amendment, AmendmentEndorsement, Membership, Partnership
from partnerships.services.amendments import approve_amendment, draft_amendment, edit_amendment
from registry.api.base import RecordViewSet, verb
from registry.api.filters import IdFilter
from registry.api.serializers import (
    ModelSerializer,
    OptionalReasonSerializer,
    ReasonSerializer,
    Serializer,
    VisibleField,
)


@extend_schema_field({"type": "object", "additionalProperties": True, "nullable": True})
class ChangesField(serializers.JSONField):
    """New values by section: about, targets, objectives, places, members, budget.

    Rows come whole: those with an `id` stay and change, those without are new, those not named
    go. Of members only what changes is named: `invite`, `roles`, `end`. Places are `countries`,
    `locations` and `sectors`, each whole where it is named.
    """


class AmendmentEndorsementSerializer(ModelSerializer):
    class Meta:
        model = AmendmentEndorsement
        fields = ["membership", "sha256", "endorsed_at"]


class AmendmentSerializer(ModelSerializer):
    changes = ChangesField(allow_null=True)
    endorsements = AmendmentEndorsementSerializer(many=True, read_only=True)

    class Meta:
        model = Amendment
        fields = [
            "id",
            "partnership",
            "number",
            "status",
            "kinds",
            "reason",
            "changes",
            "sha256",
            "needs_endorsement",
            "endorsements",
            "submitted_at",
            "decided_at",
            "answer",
            "result",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["result"]
        private_fields = ["changes", "answer"]

    def to_representation(self, instance: Amendment) -> Any:
        """Whom it invited, who said yes and what was answered stays among the members."""
        shown = super().to_representation(instance)
        if not getattr(instance, "is_inside", False):
            shown["endorsements"] = []
        return shown

    def create(self, validated_data: dict[str, Any]) -> Amendment:
        partnership: Partnership = validated_data.pop("partnership")
        return draft_amendment(partnership, by=self.user, **validated_data)


class AmendmentTextSerializer(AmendmentSerializer):
    """What can change while it is a draft, or was returned."""

    class Meta(AmendmentSerializer.Meta):
        read_only_fields = ["result", "partnership"]

    def update(self, instance: Amendment, validated_data: dict[str, Any]) -> Amendment:
        return edit_amendment(instance, by=self.user, **validated_data)


class EndorseAmendmentSerializer(Serializer):
    membership = VisibleField(
        queryset=Membership.objects.all(), help_text="the member for which the caller says yes"
    )
    sha256 = serializers.CharField(
        max_length=64, required=False, help_text="of the changes that were read"
    )


class AmendmentFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")
    kind = filters.ChoiceFilter("kinds", "contains", choices=Amendment.Kind.choices, method="of")

    class Meta:
        model = Amendment
        fields = ["status"]

    def of(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(kinds__contains=[value])


class AmendmentViewSet(RecordViewSet):
    queryset = Amendment.objects.all()
    serializer_class = AmendmentSerializer
    filterset_class = AmendmentFilter

    def get_serializer_class(self) -> type[AmendmentSerializer]:
        return AmendmentTextSerializer if self.action == "partial_update" else AmendmentSerializer

    def shown(self, queryset: Any) -> Any:
        rows = with_insight(queryset, self.request.user)
        return rows.select_related("partnership").prefetch_related("endorsements")

    @verb()
    def submit(self, amendment: Amendment) -> Response:
        """Ask for approval; members endorse it first where their agreement asks for it."""
        amendment.submit(by=self.user)
        return self.answer(amendment)

    @verb(EndorseAmendmentSerializer)
    def endorse(self, amendment: Amendment, *, membership: Membership, **read: str) -> Response:
        """Say yes for one member."""
        amendment.endorse(membership, by=self.user, **read)
        return self.answer(amendment)

    @verb()
    def approve(self, amendment: Amendment) -> Response:
        """An admin lets all of it take effect: the public sees it from now on."""
        approve_amendment(amendment, by=self.user)
        return self.answer(amendment)

    @verb(ReasonSerializer, url_path="return")
    def send_back(self, amendment: Amendment, *, reason: str) -> Response:
        amendment.send_back(by=self.user, reason=reason)
        return self.answer(amendment)

    @verb(OptionalReasonSerializer)
    def withdraw(self, amendment: Amendment, *, reason: str = "") -> Response:
        amendment.withdraw(by=self.user, reason=reason)
        return self.answer(amendment)

    @extend_schema(responses=VersionChangeSerializer(many=True), filters=False)
    @action(detail=True, url_path="difference", pagination_class=None)
    def difference(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What it changes, by section; members' people also see whom it invites."""
        amendment = self.get_object()
        inside = amendment.is_inside
        changes = amendment.proposed_difference() if inside else amendment.difference()
        return Response(shown_changes(changes))
