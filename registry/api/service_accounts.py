"""Accounts of external systems and their tokens, kept by the people who manage the partner."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.base import Created, Listed, Retrieved, ViewSet
from registry.api.people import (
    IssuedTokenSerializer,
    TokenRequestSerializer,
    TokenSerializer,
    issued,
    through,
)
from registry.api.serializers import ModelSerializer, VisibleField
from registry.models import Affiliation, Partner, Token, User
from registry.services import service_accounts as services


class ServiceAccountSerializer(ModelSerializer):
    partner = VisibleField(queryset=Partner.objects.all(), write_only=True)
    role = serializers.ChoiceField(Affiliation.Role.choices, write_only=True)

    class Meta:
        model = User
        fields = ["id", "key", "name", "partner", "role", "joined_at"]
        extra_kwargs = {"name": {"required": True, "allow_blank": False}}

    def to_representation(self, instance: User) -> dict[str, Any]:
        held = instance.affiliations.all()[:1]
        at = {"partner": held[0].partner_id, "role": held[0].role} if held else {}
        return {**super().to_representation(instance), "partner": None, "role": None, **at}

    def create(self, validated_data: dict[str, Any]) -> User:
        partner = validated_data.pop("partner")
        return services.make_service_account(partner, by=self.user, **validated_data)


class ServiceAccountViewSet(Listed, Retrieved, Created, mixins.DestroyModelMixin, ViewSet):
    """Systems that act for a partner: no password, only tokens; for its managers and admins."""

    queryset = User.objects.filter(is_service=True)
    serializer_class = ServiceAccountSerializer
    permission_classes = [IsAuthenticated]

    def get_queryset(self) -> Any:
        return self.shown(User.objects.services_kept_by(self.request.user))

    def shown(self, queryset: Any) -> Any:
        return queryset.prefetch_related("affiliations")

    def perform_destroy(self, instance: User) -> None:
        services.remove_service_account(instance, by=self.user)


class KeptAccountField(VisibleField):
    """A service account that the caller keeps; another's does not exist."""

    def get_queryset(self) -> Any:
        request = self.context.get("request")
        return User.objects.services_kept_by(request.user) if request else User.objects.none()


class ServiceTokenSerializer(TokenSerializer):
    account: Any = serializers.PrimaryKeyRelatedField(source="user", read_only=True)

    class Meta:
        model = Token
        fields = [*TokenSerializer.Meta.fields, "account"]


class IssuedServiceTokenSerializer(IssuedTokenSerializer):
    account = serializers.IntegerField(source="user_id", read_only=True)

    class Meta:
        model = Token
        fields = [*IssuedTokenSerializer.Meta.fields, "account"]


class ServiceTokenRequestSerializer(TokenRequestSerializer):
    account = KeptAccountField(queryset=User.objects.none())


class ServiceTokenViewSet(Listed, Retrieved, mixins.DestroyModelMixin, ViewSet):
    """Tokens of the service accounts that one keeps; the secret is in the first answer only."""

    queryset = Token.objects.all()
    serializer_class = ServiceTokenSerializer
    permission_classes = (IsAuthenticated,)
    filterset_fields = ("read_only",)
    takes_keys = False
    page_order = ("-created", "-pk")
    lookup_field = "token_key"
    lookup_url_kwarg = "id"
    lookup_value_regex = "[0-9a-f]+"

    def get_queryset(self) -> Any:
        return Token.objects.managed_by(self.request.user).select_related("issued_by")

    @extend_schema(
        request=ServiceTokenRequestSerializer, responses={201: IssuedServiceTokenSerializer}
    )
    def create(self, request: Request) -> Response:
        """Make a token for a system; a caller's own token makes no stronger one than itself."""
        self.user.require_person()
        body = self.read_body(ServiceTokenRequestSerializer)
        account = body.pop("account")
        token, secret = services.issue_token(
            account, by=self.user, through=through(request), **body
        )
        return issued(token, secret, ServiceTokenSerializer)

    def perform_destroy(self, instance: Token) -> None:
        services.revoke_token(instance, by=self.user)
