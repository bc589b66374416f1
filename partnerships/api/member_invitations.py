"""Invitations to a partnership by e-mail."""

from typing import Any

from django.db.models import OuterRef, Subquery
from django_filters import rest_framework as filters
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from partnerships.api.memberships import DeclaringSerializer
from partnerships.models import MembershipInvitation, MembershipInvitationMail
from partnerships.services import member_invitations
from registry.api.base import Created, ReadViewSet, verb
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer, VisibleField
from registry.models import Partner


class MembershipInvitationSerializer(ModelSerializer):
    title = serializers.CharField(source="partnership.title", read_only=True)
    mail = serializers.CharField(
        read_only=True, allow_null=True, help_text="state of the newest mail"
    )

    class Meta:
        model = MembershipInvitation
        fields = [
            "id",
            "partnership",
            "title",
            "email",
            "roles",
            "message",
            "status",
            "expires_at",
            "membership",
            "mail",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["membership"]
        extra_kwargs = {
            "roles": {"allow_empty": False, "max_length": 8},
            "email": {"required": True, "allow_blank": False},
            "message": {"max_length": 2000},
        }

    def create(self, validated_data: dict[str, Any]) -> MembershipInvitation:
        partnership = validated_data.pop("partnership")
        return member_invitations.invite_by_email(partnership, by=self.user, **validated_data)


class TakeUpSerializer(DeclaringSerializer):
    partner = VisibleField(
        queryset=Partner.objects.all(), help_text="one that the invited person manages"
    )


class MembershipInvitationFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")

    class Meta:
        model = MembershipInvitation
        fields = ["status"]


class MembershipInvitationViewSet(Created, ReadViewSet):
    """Seen by who edits the partnership, and while open by whoever has confirmed the address."""

    queryset = MembershipInvitation.objects.all()
    serializer_class = MembershipInvitationSerializer
    filterset_class = MembershipInvitationFilter
    permission_classes = [IsAuthenticated]

    def shown(self, queryset: Any) -> Any:
        mails = MembershipInvitationMail.objects.filter(invitation=OuterRef("pk")).order_by("-pk")
        newest = Subquery(mails.values("status")[:1])
        return queryset.select_related("partnership").annotate(mail=newest)

    @verb(TakeUpSerializer, responses={204: None})
    def accept(
        self, invitation: MembershipInvitation, *, partner: Partner, **declared: Any
    ) -> Response:
        """Join with one of the partners one manages; see the memberships for what came of it."""
        member_invitations.take_up(invitation, by=self.user, partner=partner, **declared)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @verb(responses={204: None})
    def decline(self, invitation: MembershipInvitation) -> Response:
        member_invitations.decline_place(invitation, by=self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @verb()
    def withdraw(self, invitation: MembershipInvitation) -> Response:
        """Take it back; the address is erased."""
        invitation.withdraw(by=self.user)
        return self.answer(invitation)

    @verb()
    def send_again(self, invitation: MembershipInvitation) -> Response:
        """Another mail, with a new link."""
        member_invitations.mail_again(invitation, by=self.user)
        return self.answer(invitation)
