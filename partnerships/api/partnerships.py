"""Partnerships and their members."""

from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.response import Response

from partnerships.api.insight import with_insight
from partnerships.api.ledger import LedgerOfPartnership
from partnerships.api.reviews import ReturnSerializer
from partnerships.models import Membership, Partnership, PartnershipCountry
from partnerships.services.members import edit_membership, invite
from partnerships.services.partnerships import create_partnership, edit_partnership
from registry.api.base import RecordViewSet, verb
from registry.api.filters import CodeFilter, CountryGroupFilter, IdFilter, SearchFilter
from registry.api.rows import Rows
from registry.api.serializers import (
    CodesField,
    ModelSerializer,
    OptionalReasonSerializer,
    ReasonSerializer,
    VisibleField,
)
from registry.models import Country, Goal, Partner, Target


class MemberSerializer(ModelSerializer):
    partner_name = serializers.CharField(source="partner.name", read_only=True)

    class Meta:
        model = Membership
        fields = ["id", "partner", "partner_name", "roles", "status", "accepted_on", "ended_on"]


class PartnershipSerializer(ModelSerializer):
    lead = VisibleField(
        queryset=Partner.objects.all(),
        write_only=True,
        help_text="the partner that leads; stands among the members",
    )
    goals = CodesField(
        Goal,
        "number",
        read=lambda partnership: partnership.goals.all(),
        child=serializers.IntegerField(min_value=1, max_value=17),
        required=False,
    )
    targets = CodesField(
        Target, "code", read=lambda partnership: partnership.targets.all(), required=False
    )
    countries = CodesField(
        Country,
        "alpha2",
        read=lambda partnership: [place.country for place in partnership.places.all()],
        required=False,
    )
    members = MemberSerializer(source="memberships", many=True, read_only=True)

    class Meta:
        model = Partnership
        fields = [
            "id",
            "reference",
            "title",
            "summary",
            "kind",
            "level",
            "status",
            "starts_on",
            "ends_on",
            "primary_goal",
            "goals",
            "targets",
            "countries",
            "website",
            "iati_identifier",
            "lead",
            "members",
            "registered_at",
            "activated_at",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["iati_identifier"]

    def create(self, validated_data: dict[str, Any]) -> Partnership:
        return create_partnership(by=self.user, **validated_data)


class PartnershipChangeSerializer(PartnershipSerializer):
    """What can change while it is a draft; the lead stays."""

    lead = None  # type: ignore[assignment]

    class Meta(PartnershipSerializer.Meta):
        fields = [name for name in PartnershipSerializer.Meta.fields if name != "lead"]

    def update(self, instance: Partnership, validated_data: dict[str, Any]) -> Partnership:
        return edit_partnership(instance, by=self.user, **validated_data)


class PartnershipFilter(filters.FilterSet):
    search = SearchFilter()
    partner = IdFilter("memberships__partner_id", method="of_partner")
    country = CodeFilter("places__country__alpha2", method="in_country")
    group = CountryGroupFilter(method="in_group")
    goal = IdFilter("goals__number", method="for_goal", help_text="named itself, or by a target")
    target = CodeFilter("targets__code", distinct=True)
    reference = CodeFilter()

    class Meta:
        model = Partnership
        fields = ["status", "kind", "level"]

    def of_partner(self, rows: Any, name: str, partner: int) -> Any:
        """By the memberships that the caller sees: who is only invited is not public."""
        seen = Membership.objects.visible_to(self.request.user).filter(partner_id=partner)
        return rows.filter(pk__in=seen.values("partnership_id"))

    def in_country(self, rows: Any, name: str, code: str) -> Any:
        return rows.chosen(country=code)

    def in_group(self, rows: Any, name: str, code: str) -> Any:
        """That work in a country which is in the group today."""
        countries = Country.objects.in_group(code, timezone.localdate())
        there = PartnershipCountry.objects.filter(country__in=countries)
        return rows.filter(pk__in=there.values("partnership_id"))

    def for_goal(self, rows: Any, name: str, number: int) -> Any:
        return rows.for_goals([number])


class PartnershipViewSet(LedgerOfPartnership, RecordViewSet):
    queryset = Partnership.objects.all()
    serializer_class = PartnershipSerializer
    filterset_class = PartnershipFilter
    page_order = ("-updated_at", "-pk")
    rows = Rows(
        PartnershipSerializer,
        lists={
            "goals": "goals__number",
            "targets": "targets__code",
            "countries": "places__country__alpha2",
        },
        seen={"members": lambda user: Membership.objects.visible_to(user).order_by("pk")},
    )

    def get_serializer_class(self) -> type[PartnershipSerializer]:
        changes = self.action == "partial_update"
        return PartnershipChangeSerializer if changes else PartnershipSerializer

    def shown(self, queryset: Any) -> Any:
        members = Membership.objects.visible_to(self.request.user).select_related("partner")
        return queryset.prefetch_related(
            "goals",
            "targets",
            "places__country",
            Prefetch("memberships", members.order_by("pk")),
        )

    @verb()
    def submit(self, partnership: Partnership) -> Response:
        """Ask for registration; 400 names what is missing."""
        partnership.submit(by=self.user)
        return self.answer(partnership)

    @verb()
    def register(self, partnership: Partnership) -> Response:
        """An admin admits it: it becomes public and gets its reference."""
        partnership.register(by=self.user)
        return self.answer(partnership)

    @verb(ReturnSerializer, url_path="return")
    def send_back(self, partnership: Partnership, **reasons: Any) -> Response:
        """An admin returns it to be completed, with at least one reason."""
        partnership.send_back(by=self.user, **reasons)
        return self.answer(partnership)

    @verb()
    def activate(self, partnership: Partnership) -> Response:
        partnership.activate(by=self.user)
        return self.answer(partnership)

    @verb()
    def complete(self, partnership: Partnership) -> Response:
        partnership.complete(by=self.user)
        return self.answer(partnership)

    @verb(ReasonSerializer)
    def suspend(self, partnership: Partnership, *, reason: str) -> Response:
        partnership.suspend(by=self.user, reason=reason)
        return self.answer(partnership)

    @verb(ReasonSerializer)
    def terminate(self, partnership: Partnership, *, reason: str) -> Response:
        partnership.terminate(by=self.user, reason=reason)
        return self.answer(partnership)


class MembershipSerializer(ModelSerializer):
    partner_name = serializers.CharField(source="partner.name", read_only=True)

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
        ]
        private_fields = ["interests"]
        extra_kwargs = {"roles": {"allow_empty": False, "max_length": 8}}

    def create(self, validated_data: dict[str, Any]) -> Membership:
        return invite(validated_data.pop("partnership"), by=self.user, **validated_data)

    def update(self, instance: Membership, validated_data: dict[str, Any]) -> Membership:
        return edit_membership(instance, by=self.user, **validated_data)


class InterestsSerializer(MembershipSerializer):
    """What a member changes about its membership."""

    class Meta(MembershipSerializer.Meta):
        read_only_fields = ["partnership", "partner", "roles"]


class InvitationSerializer(MembershipSerializer):
    """Whom to invite, and as what."""

    class Meta(MembershipSerializer.Meta):
        read_only_fields = ["interests"]


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
    rows = Rows(MembershipSerializer)

    def get_serializer_class(self) -> type[MembershipSerializer]:
        special = {"create": InvitationSerializer, "partial_update": InterestsSerializer}
        return special.get(self.action, MembershipSerializer)

    def shown(self, queryset: Any) -> Any:
        return with_insight(queryset.select_related("partner"), self.request.user)

    @verb()
    def accept(self, membership: Membership) -> Response:
        """The invited partner joins."""
        membership.accept(by=self.user)
        return self.answer(membership)

    @verb(OptionalReasonSerializer)
    def decline(self, membership: Membership, *, reason: str = "") -> Response:
        membership.decline(by=self.user, reason=reason)
        return self.answer(membership)

    @verb(OptionalReasonSerializer)
    def leave(self, membership: Membership, *, reason: str = "") -> Response:
        membership.leave(by=self.user, reason=reason)
        return self.answer(membership)
