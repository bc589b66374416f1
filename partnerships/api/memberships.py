"""Members of partnerships: asked, joining, declaring, leaving."""

from typing import Any

from django.db.models import TextField, Value
from django.db.models.functions import Coalesce
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.response import Response

from partnerships.api.insight import with_insight
from partnerships.models import Commitment, Membership
from partnerships.models.declarations import latest_conflict_statement, latest_declaration
from partnerships.services import handovers, members
from partnerships.services.declarations import MOST_CONFLICTS, declare_all
from registry.api.base import RecordViewSet, verb
from registry.api.filters import IdFilter
from registry.api.rows import Computed, Rows, moment
from registry.api.serializers import (
    ModelSerializer,
    OptionalReasonSerializer,
    Serializer,
    VisibleField,
)

INTERESTS = Coalesce(latest_declaration("interests"), Value(""), output_field=TextField())
DECLARED = {
    "interests": INTERESTS,
    "declared_at": latest_declaration("declared_at"),
    "conflicts_declared_at": latest_conflict_statement(),
}


class MembershipSerializer(ModelSerializer):
    partner_name = serializers.CharField(source="partner.name", read_only=True)
    interests = serializers.CharField(
        read_only=True, help_text="as declared last; see /api/v1/declarations/"
    )
    declared_at = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="when interests and benefit were declared last"
    )
    conflicts_declared_at = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="when it last spoke about conflicts of interest"
    )

    class Meta:
        model = Membership
        fields = [
            "id",
            "partnership",
            "partner",
            "partner_name",
            "roles",
            "status",
            "invited_on",
            "accepted_on",
            "ended_on",
            "interests",
            "declared_at",
            "conflicts_declared_at",
        ]
        private_fields = ["interests", "declared_at", "conflicts_declared_at"]
        extra_kwargs = {"roles": {"allow_empty": False, "max_length": 8}}

    def create(self, validated_data: dict[str, Any]) -> Membership:
        return members.invite(validated_data.pop("partnership"), by=self.user, **validated_data)

    def update(self, instance: Membership, validated_data: dict[str, Any]) -> Membership:
        return members.edit_membership(instance, by=self.user, **validated_data)


class MembershipRolesSerializer(MembershipSerializer):
    """What changes about a membership while the partnership is a draft."""

    class Meta(MembershipSerializer.Meta):
        read_only_fields = ["partnership", "partner"]


class NewConflictSerializer(Serializer):
    description = serializers.CharField(max_length=5000)
    mitigation = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    owner = serializers.CharField(max_length=200, required=False, allow_blank=True)
    review_on = serializers.DateField(required=False, allow_null=True)


class DeclaringSerializer(Serializer):
    """What a member declares; all of it may be left out."""

    interests = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    expected_benefit = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    conflicts = NewConflictSerializer(  # type: ignore[call-arg]
        many=True, required=False, max_length=MOST_CONFLICTS
    )
    no_conflicts = serializers.BooleanField(
        required=False, help_text="states that there is no conflict of interest"
    )


class FateSerializer(Serializer):
    """What becomes of an open commitment."""

    commitment = VisibleField(queryset=Commitment.objects.all())
    becomes = serializers.ChoiceField(handovers.Becomes.choices)
    to = VisibleField(queryset=Membership.objects.all(), required=False, allow_null=True)
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class LeaveSerializer(OptionalReasonSerializer):
    commitments = FateSerializer(  # type: ignore[call-arg]
        many=True, required=False, max_length=500
    )


class MembershipFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")
    partner = IdFilter("partner_id")

    class Meta:
        model = Membership
        fields = ["status"]


class MembershipViewSet(RecordViewSet):
    queryset = Membership.objects.all()
    serializer_class = MembershipSerializer
    filterset_class = MembershipFilter
    rows = Rows(
        MembershipSerializer,
        computed={
            "interests": Computed((INTERESTS,), str),
            "declared_at": Computed((DECLARED["declared_at"],), moment),
            "conflicts_declared_at": Computed((DECLARED["conflicts_declared_at"],), moment),
        },
    )

    def get_serializer_class(self) -> type[MembershipSerializer]:
        changes = self.action == "partial_update"
        return MembershipRolesSerializer if changes else MembershipSerializer

    def shown(self, queryset: Any) -> Any:
        rows = with_insight(queryset.select_related("partner"), self.request.user)
        # A list reads them itself, where it reads plain values.
        return rows if self.action == "list" else rows.annotate(**DECLARED)

    @verb(DeclaringSerializer)
    def accept(self, membership: Membership, **declared: Any) -> Response:
        """The invited partner joins, and declares what it wants to declare."""
        members.accept(membership, by=self.user, **declared)
        return self.answer(membership)

    @verb(OptionalReasonSerializer)
    def decline(self, membership: Membership, *, reason: str = "") -> Response:
        membership.decline(by=self.user, reason=reason)
        return self.answer(membership)

    @verb(DeclaringSerializer)
    def declare(self, membership: Membership, **declared: Any) -> Response:
        """A member declares, or renews, interests, expected benefit and conflicts of interest."""
        declare_all(membership, by=self.user, **declared)
        return self.answer(membership)

    @verb(LeaveSerializer)
    def leave(self, membership: Membership, *, reason: str = "", commitments: Any = ()) -> Response:
        """The member leaves, and says what becomes of each of its open commitments."""
        fates = [handovers.Fate(**fate) for fate in commitments]
        handovers.leave(membership, by=self.user, reason=reason, commitments=fates)
        return self.answer(membership)
