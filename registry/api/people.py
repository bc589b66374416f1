"""Signing in, tokens, and who one is."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.exceptions import APIException, Throttled
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from registry.addresses import client_address
from registry.api.authentication import require_second_factor
from registry.api.base import Listed, Retrieved, ViewSet, WritesOnce
from registry.api.serializers import ModelSerializer, Serializer
from registry.lockout import give_back, guess_code
from registry.models import Affiliation, Token, User
from registry.models.tokens import MOST_DAYS, MOST_NETWORKS, USUAL_DAYS, check_network
from registry.second_factor import accepts, has_second_factor
from registry.services import service_accounts as services
from registry.services.accounts import has_confirmed


class WrongCredentials(APIException):
    status_code = status.HTTP_401_UNAUTHORIZED
    default_code = "wrong_credentials"
    default_detail = "E-mail or password is wrong."


class WrongTotp(WrongCredentials):
    default_code = "wrong_totp"
    default_detail = "The code is not right, or it was used already."


class TotpRequired(WrongCredentials):
    """Said only after the right password."""

    default_code = "totp_required"
    default_detail = "Send the code of the authenticator app, or a recovery code, as totp."


class TooManyAttempts(Throttled):
    """Says nothing about whether there is such an account."""

    default_code = "too_many_attempts"
    extra_detail_singular = extra_detail_plural = ""

    def __init__(self) -> None:
        detail = "Too many attempts to sign in. Try again later, or reset the password."
        super().__init__(detail=detail, code=self.default_code)
        self.wait = int(settings.AXES_COOLOFF_TIME.total_seconds())


class TokenSerializer(ModelSerializer):
    id = serializers.CharField(source="token_key", read_only=True)
    begins_with = serializers.CharField(source="shown_key", read_only=True)
    issued_by = serializers.StringRelatedField[User](read_only=True, allow_null=True)

    class Meta:
        model = Token
        fields = [
            "id",
            "name",
            "begins_with",
            "read_only",
            "allowed_addresses",
            "created",
            "expiry",
            "last_used_at",
            "issued_by",
        ]


class IssuedTokenSerializer(TokenSerializer):
    token = serializers.CharField(read_only=True, help_text="shown once, never again")

    class Meta:
        model = Token
        fields = [*TokenSerializer.Meta.fields, "token"]


class TokenRequestSerializer(Serializer):
    name = serializers.CharField(max_length=80)
    days = serializers.IntegerField(
        min_value=1,
        max_value=MOST_DAYS,
        required=False,
        help_text=f"{USUAL_DAYS}, or as long as the token that asks, where nothing is said",
    )
    read_only = serializers.BooleanField(default=False)  # type: ignore[assignment]
    allowed_addresses = serializers.ListField(
        child=serializers.CharField(max_length=49, validators=[check_network]),
        max_length=MOST_NETWORKS,
        default=list,
        help_text="addresses and CIDR networks; empty: any address",
    )


class SignInSerializer(Serializer):
    email = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)
    totp = serializers.CharField(
        max_length=20, required=False, help_text="where two-factor authentication is on"
    )
    name = serializers.CharField(max_length=80, default="signed in over the API")
    days = serializers.IntegerField(min_value=1, max_value=90, default=1)


class SignInView(WritesOnce):
    """Get a token for an e-mail and a password."""

    takes_keys = False
    authentication_classes: tuple[Any, ...] = ()
    permission_classes = (AllowAny,)

    def _write(
        self, handler: Callable[..., Response], request: Request, *args: Any, **kwargs: Any
    ) -> Response:
        """No transaction around it: a refused attempt has to stay counted."""
        self.refuse_key(request)
        return handler(request, *args, **kwargs)

    @extend_schema(request=SignInSerializer, responses={201: IssuedTokenSerializer})
    def post(self, request: Request) -> Response:
        body = SignInSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        values = body.validated_data
        user = identify(request, values["email"], values["password"])
        prove_second_factor(request, user, values.get("totp"))
        require_second_factor(user)
        give_back(values["email"], client_address(request))
        token, secret = Token.issue(user, name=values["name"], days=values["days"])
        return issued(token, secret)


def identify(request: Request, email: str, password: str) -> User:
    """Whose password this is; an address that nobody has confirmed is like a wrong password."""
    user = authenticate(request, email=email.strip(), password=password)
    if getattr(request, "axes_locked_out", False):
        raise TooManyAttempts
    if not isinstance(user, User) or not has_confirmed(user, email):
        raise WrongCredentials
    return user


def prove_second_factor(request: Request, user: User, code: str | None) -> None:
    """Where the user has a second factor, its code; each works once."""
    if not has_second_factor(user):
        return
    if not code:
        raise TotpRequired
    if not guess_code(request, user):
        raise TooManyAttempts
    if not accepts(user, code):
        raise WrongTotp


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
        mine = super().get_queryset().filter(user_id=self.request.user.pk)
        return mine.select_related("issued_by")

    @extend_schema(request=TokenRequestSerializer, responses={201: IssuedTokenSerializer})
    def create(self, request: Request) -> Response:
        body = self.read_body(TokenRequestSerializer)
        token, secret = services.issue_token(
            self.user, by=self.user, through=through(request), **body
        )
        return issued(token, secret)

    def perform_destroy(self, instance: Token) -> None:
        services.revoke_token(instance, by=self.user)


def through(request: Request) -> Token | None:
    """The token with which the caller asks, whose limits a new one inherits."""
    return request.auth if isinstance(request.auth, Token) else None


def issued(
    token: Token, secret: str, serializer: type[TokenSerializer] = TokenSerializer
) -> Response:
    """The answer that shows the secret: the only one."""
    shown = {**serializer(token).data, "token": secret}
    return Response(shown, status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})


class OwnRoleSerializer(ModelSerializer):
    partner_name = serializers.CharField(source="partner.name", read_only=True)
    needs_second_manager = serializers.BooleanField(
        read_only=True, help_text="you manage the partner alone"
    )

    class Meta:
        model = Affiliation
        fields = ["id", "partner", "partner_name", "role", "since_at", "needs_second_manager"]


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
        held = Affiliation.objects.select_related("partner").with_need_of_second_manager()
        mine = User.objects.prefetch_related(Prefetch("affiliations", held))
        me = mine.get(pk=self.user.pk)
        return Response(MeSerializer(me).data)
