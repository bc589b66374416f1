"""What members declare of their interests, and the conflicts between them."""

from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from partnerships.models import ConflictOfInterest, Declaration
from partnerships.services import declarations
from registry.api.base import Created, ReadViewSet, verb
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer, Serializer


class DeclarationSerializer(ModelSerializer):
    partnership = serializers.IntegerField(source="membership.partnership_id", read_only=True)

    class Meta:
        model = Declaration
        fields = [
            "id",
            "membership",
            "partnership",
            "interests",
            "expected_benefit",
            "declared_at",
        ]
        extra_kwargs = {"interests": {"max_length": 5000}, "expected_benefit": {"max_length": 5000}}

    def create(self, validated_data: dict[str, Any]) -> Declaration:
        return declarations.declare(by=self.user, **validated_data)


class OfMemberFilter(filters.FilterSet):
    membership = IdFilter("membership_id")
    partnership = IdFilter("membership__partnership_id")
    partner = IdFilter("membership__partner_id")


class DeclarationFilter(OfMemberFilter):
    class Meta:
        model = Declaration
        fields: list[str] = []


class DeclarationViewSet(Created, ReadViewSet):
    """Dated statements of a member; each renewal is a new one, and the newest counts."""

    queryset = Declaration.objects.all()
    serializer_class = DeclarationSerializer
    filterset_class = DeclarationFilter
    permission_classes = [IsAuthenticated]

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("membership")


class ConflictSerializer(ModelSerializer):
    partnership = serializers.IntegerField(source="membership.partnership_id", read_only=True)

    class Meta:
        model = ConflictOfInterest
        fields = [
            "id",
            "membership",
            "partnership",
            "is_none",
            "description",
            "mitigation",
            "owner",
            "review_on",
            "declared_at",
            "ended_at",
            "ending",
            "outcome",
            "replaces",
        ]
        read_only_fields = ["outcome", "replaces"]
        extra_kwargs = {name: {"max_length": 5000} for name in ("description", "mitigation")}

    def create(self, validated_data: dict[str, Any]) -> ConflictOfInterest:
        if not validated_data.pop("is_none", False):
            validated_data.setdefault("description", "")
            return declarations.declare_conflict(by=self.user, **validated_data)
        told = [name for name, value in validated_data.items() if name != "membership" and value]
        if told:
            text = "A statement that there is none describes none."
            raise serializers.ValidationError({told[0]: text})
        return declarations.declare_no_conflict(validated_data["membership"], by=self.user)


class RenewSerializer(Serializer):
    """What is different now; what is left out stays as it was."""

    description = serializers.CharField(max_length=5000, required=False)
    mitigation = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    owner = serializers.CharField(max_length=200, required=False, allow_blank=True)
    review_on = serializers.DateField(required=False, allow_null=True)


class ResolveSerializer(Serializer):
    outcome = serializers.CharField(max_length=5000)


class ConflictFilter(OfMemberFilter):
    open = filters.BooleanFilter("ended_at", "isnull")
    overdue = filters.BooleanFilter(method="review_passed", help_text="review date has passed")

    class Meta:
        model = ConflictOfInterest
        fields = ["is_none"]

    def review_passed(self, rows: Any, name: str, wanted: bool) -> Any:
        passed = {"review_on__lt": timezone.localdate(), "ended_at": None}
        return rows.filter(**passed) if wanted else rows.exclude(**passed)


class ConflictViewSet(Created, ReadViewSet):
    """Conflicts of interest, and statements that there are none; never public."""

    queryset = ConflictOfInterest.objects.all()
    serializer_class = ConflictSerializer
    filterset_class = ConflictFilter
    permission_classes = [IsAuthenticated]

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("membership")

    @verb(RenewSerializer)
    def renew(self, conflict: ConflictOfInterest, **fields: Any) -> Response:
        """Declare it again as it stands today; the statement before it ends."""
        return self.answer(declarations.renew_conflict(conflict, by=self.user, **fields))

    @verb(ResolveSerializer)
    def resolve(self, conflict: ConflictOfInterest, *, outcome: str) -> Response:
        declarations.resolve_conflict(conflict, by=self.user, outcome=outcome)
        return self.answer(conflict)
