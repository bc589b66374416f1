"""Who acts for a partner, who asks to, and who is invited."""

from typing import Any

from django.db.models import OuterRef, Subquery
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import IsAdminUser, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.base import IDEMPOTENCY_KEY, Created, Listed, Retrieved, ViewSet, verb
from registry.api.filters import IdFilter
from registry.api.serializers import (
    ModelSerializer,
    OptionalReasonSerializer,
    Serializer,
    VisibleField,
)
from registry.models import (
    Affiliation,
    Invitation,
    InvitationMail,
    JoinRequest,
    Partner,
    User,
)
from registry.services import invitations, people


class AffiliationSerializer(ModelSerializer):
    email = serializers.SlugRelatedField(
        source="user", slug_field="email", queryset=User.objects.filter(is_active=True)
    )
    needs_second_manager = serializers.BooleanField(
        read_only=True, help_text="this manager holds the partner alone"
    )

    class Meta:
        model = Affiliation
        fields = ["id", "email", "partner", "role", "since_at", "needs_second_manager"]

    def create(self, validated_data: dict[str, Any]) -> Affiliation:
        return people.affiliate(by=self.user, **validated_data)


class AffiliationFilter(filters.FilterSet):
    partner = IdFilter("partner_id")

    class Meta:
        model = Affiliation
        fields = ["role"]


class TaskSerializer(Serializer):
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    url = serializers.CharField(help_text="the page on which it is done; may be empty")
    is_own = serializers.BooleanField(help_text="else any manager of the partner may do it")


class RemovalSerializer(Serializer):
    hand_over_to = serializers.EmailField(
        required=False, help_text="a colleague at the same partner, who takes on what is open"
    )
    reason = serializers.CharField(
        max_length=2000, required=False, help_text="why nobody takes it on, where nobody does"
    )


class RoleSerializer(Serializer):
    role = serializers.ChoiceField(Affiliation.Role.choices)


class AppointmentSerializer(Serializer):
    partner = VisibleField(queryset=Partner.objects.all())
    email = serializers.EmailField()
    reason = serializers.CharField(max_length=2000)


class AffiliationViewSet(Listed, Retrieved, Created, mixins.DestroyModelMixin, ViewSet):
    queryset = Affiliation.objects.all()
    serializer_class = AffiliationSerializer
    filterset_class = AffiliationFilter
    permission_classes = [IsAuthenticated]

    def get_permissions(self) -> list[Any]:
        """Before anything is looked up: the answer must not tell who has an account."""
        admins = self.action in ("create", "appoint")
        return [*super().get_permissions(), *([IsAdminUser()] if admins else [])]

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("user").with_need_of_second_manager()

    def perform_destroy(self, instance: Affiliation) -> None:
        people.remove_affiliation(instance, by=self.user)

    @extend_schema(responses=TaskSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def tasks(self, request: Request, pk: str) -> Response:
        """What the person has open at the partner, before the role is taken away."""
        found = people.tasks_of(self.get_object(), by=self.user)
        return Response(TaskSerializer(found, many=True).data)

    @verb(RemovalSerializer, responses={204: None})
    def remove(
        self, affiliation: Affiliation, *, hand_over_to: str = "", reason: str = ""
    ) -> Response:
        """Take the role away and hand over what the person has open."""
        to = None
        if hand_over_to:
            to = people.successor(affiliation.partner, hand_over_to, leaver=affiliation.user)
        people.remove_affiliation(affiliation, by=self.user, to=to, reason=reason)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @verb(RoleSerializer)
    def change_role(self, affiliation: Affiliation, *, role: str) -> Response:
        """Another role instead of this one; the new one has a number of its own."""
        return self.answer(people.change_role(affiliation, role, by=self.user))

    @extend_schema(
        request=AppointmentSerializer,
        responses={201: AffiliationSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=False, methods=["post"])
    def appoint(self, request: Request) -> Response:
        """An admin's way back into a partner that nobody can manage any more."""
        body = self.read_body(AppointmentSerializer)
        user = people.person_at(body.pop("email"))
        affiliation = people.appoint_manager(body.pop("partner"), user, by=self.user, **body)
        return self.answer(affiliation, status.HTTP_201_CREATED)


class JoinRequestSerializer(ModelSerializer):
    email = serializers.CharField(source="user.email", read_only=True)

    class Meta:
        model = JoinRequest
        fields = ["id", "email", "partner", "role", "status", "created_at", "updated_at"]

    def create(self, validated_data: dict[str, Any]) -> JoinRequest:
        return people.ask_to_join(by=self.user, **validated_data)


class JoinRequestFilter(filters.FilterSet):
    partner = IdFilter("partner_id")

    class Meta:
        model = JoinRequest
        fields = ["role", "status"]


class JoinRequestViewSet(Listed, Retrieved, Created, ViewSet):
    """Seen by who has asked and by the partner's managers, who let people in."""

    queryset = JoinRequest.objects.all()
    serializer_class = JoinRequestSerializer
    filterset_class = JoinRequestFilter
    permission_classes = [IsAuthenticated]

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("user")

    @verb()
    def accept(self, request: JoinRequest) -> Response:
        """From now on the user acts for the partner in that role."""
        request.accept(by=self.user)
        return self.answer(request)

    @verb(OptionalReasonSerializer)
    def decline(self, request: JoinRequest, *, reason: str = "") -> Response:
        request.decline(by=self.user, reason=reason)
        return self.answer(request)

    @verb()
    def withdraw(self, request: JoinRequest) -> Response:
        request.withdraw(by=self.user)
        return self.answer(request)


class PersonInvitationSerializer(ModelSerializer):
    partner_name = serializers.CharField(source="partner.name", read_only=True)
    mail = serializers.ChoiceField(
        InvitationMail.Status.choices, read_only=True, help_text="how far its newest mail has got"
    )

    class Meta:
        model = Invitation
        fields = [
            "id",
            "partner",
            "partner_name",
            "email",
            "role",
            "status",
            "mail",
            "expires_at",
            "created_at",
            "updated_at",
        ]
        extra_kwargs = {"email": {"required": True, "allow_blank": False}}

    def create(self, validated_data: dict[str, Any]) -> Invitation:
        partner = validated_data.pop("partner")
        return invitations.invite_person(partner, by=self.user, **validated_data)


class InvitationFilter(filters.FilterSet):
    partner = IdFilter("partner_id")

    class Meta:
        model = Invitation
        fields = ["role", "status"]


class InvitationViewSet(Listed, Retrieved, Created, ViewSet):
    """Seen by the partner's managers, and while open by whoever has confirmed the address.

    Nothing tells whether an address has an account: it is mailed either way.
    """

    queryset = Invitation.objects.all()
    serializer_class = PersonInvitationSerializer
    filterset_class = InvitationFilter
    permission_classes = [IsAuthenticated]

    def shown(self, queryset: Any) -> Any:
        mails = InvitationMail.objects.filter(invitation=OuterRef("pk")).order_by("-pk")
        newest = Subquery(mails.values("status")[:1])
        return queryset.select_related("partner").annotate(mail=newest)

    @verb(responses={204: None})
    def accept(self, invitation: Invitation) -> Response:
        """Take the role: only whose confirmed address it is."""
        invitations.accept_invitation(invitation, by=self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @verb(responses={204: None})
    def decline(self, invitation: Invitation) -> Response:
        invitations.decline_invitation(invitation, by=self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @verb()
    def withdraw(self, invitation: Invitation) -> Response:
        """Take it back; the address is erased."""
        invitation.withdraw(by=self.user)
        return self.answer(invitation)

    @verb()
    def send_again(self, invitation: Invitation) -> Response:
        """Another mail, with a new link."""
        invitations.invite_again(invitation, by=self.user)
        return self.answer(invitation)
