"""Signing in, tokens, and who one is."""

from typing import Any

from django.contrib.auth import authenticate
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.exceptions import APIException
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle

from registry.api.authentication import client_address
from registry.api.base import Listed, Retrieved, ViewSet, WritesOnce
from registry.api.serializers import ModelSerializer, Serializer
from registry.models import Affiliation, Token, User


class WrongCredentials(APIException):
    status_code = status.HTTP_401_UNAUTHORIZED
    default_code = "wrong_credentials"
    default_detail = "E-mail or password is wrong."


class ByAddress(SimpleRateThrottle):
    scope, rate = "sign-in-address", "60/min"

    def get_cache_key(self, request: Request, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": client_address(request)}


class ByAccount(SimpleRateThrottle):
    """Guessing one account's password from many addresses is slow too."""

    scope, rate = "sign-in-account", "10/min"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        email = request.data.get("email") if isinstance(request.data, dict) else None
        ident = str(email).strip().lower()[:254].encode().hex()
        return self.cache_format % {"scope": self.scope, "ident": ident}


class TokenSerializer(ModelSerializer):
    id = serializers.CharField(source="token_key", read_only=True)

    class Meta:
        model = Token
        fields = ["id", "name", "read_only", "allowed_addresses", "created", "expiry"]


class IssuedTokenSerializer(TokenSerializer):
    token = serializers.CharField(read_only=True, help_text="shown once, never again")

    class Meta:
        model = Token
        fields = [*TokenSerializer.Meta.fields, "token"]


class TokenRequestSerializer(Serializer):
    name = serializers.CharField(max_length=80)
    days = serializers.IntegerField(min_value=1, max_value=365, default=90)
    read_only = serializers.BooleanField(default=False)  # type: ignore[assignment]
    allowed_addresses = serializers.ListField(
        child=serializers.IPAddressField(), max_length=50, default=list
    )


class SignInSerializer(Serializer):
    email = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)
    name = serializers.CharField(max_length=80, default="signed in over the API")
    days = serializers.IntegerField(min_value=1, max_value=90, default=1)


class SignInView(WritesOnce):
    """Get a token for an e-mail and a password."""

    takes_keys = False
    authentication_classes: tuple[Any, ...] = ()
    permission_classes = (AllowAny,)
    throttle_classes = (ByAddress, ByAccount)

    @extend_schema(request=SignInSerializer, responses={201: IssuedTokenSerializer})
    def post(self, request: Request) -> Response:
        body = SignInSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        values = body.validated_data
        user = authenticate(request, username=values["email"].strip(), password=values["password"])
        if user is None:
            raise WrongCredentials
        token, secret = Token.issue(user, name=values["name"], days=values["days"])
        return issued(token, secret)


class TokenViewSet(Listed, Retrieved, mixins.DestroyModelMixin, ViewSet):
    """One's own tokens."""

    queryset = Token.objects.all()
    serializer_class = TokenSerializer
    permission_classes = (IsAuthenticated,)
    filterset_fields = ("read_only",)
    takes_keys = False
    page_order = ("-created", "-pk")
    lookup_field = "token_key"
    lookup_url_kwarg = "id"
    lookup_value_regex = "[0-9a-f]+"

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(user_id=self.request.user.pk)

    @extend_schema(request=TokenRequestSerializer, responses={201: IssuedTokenSerializer})
    def create(self, request: Request) -> Response:
        body = self.read_body(TokenRequestSerializer)
        through = request.auth if isinstance(request.auth, Token) else None
        token, secret = Token.issue(self.user, through=through, **body)
        return issued(token, secret)


def issued(token: Token, secret: str) -> Response:
    """The answer that shows the secret: the only one."""
    shown = {**TokenSerializer(token).data, "token": secret}
    return Response(shown, status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})


class OwnRoleSerializer(ModelSerializer):
    partner_name = serializers.CharField(source="partner.name", read_only=True)

    class Meta:
        model = Affiliation
        fields = ["partner", "partner_name", "role", "since_at"]


class MeSerializer(ModelSerializer):
    is_admin = serializers.BooleanField(source="is_staff", read_only=True)
    affiliations = OwnRoleSerializer(many=True, read_only=True)

    class Meta:
        model = User
        fields = ["email", "name", "key", "is_admin", "is_service", "affiliations"]


class MeView(WritesOnce):
    """Who the caller is, and for whom the caller acts."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        me = User.objects.prefetch_related("affiliations__partner").get(pk=self.user.pk)
        return Response(MeSerializer(me).data)
