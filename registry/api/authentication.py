"""Who calls: a token or a session."""

import binascii
from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from registry.addresses import client_address
from registry.models import Token, User
from registry.second_factor import lacks_second_factor


class TokenAuthentication(KnoxTokenAuthentication):
    """A token counts until it expires, from its addresses, and reads only if it says so."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        pair = super().authenticate(request)
        if pair is None:
            return None
        user, token = pair
        if not token.allows(client_address(request)):
            raise AuthenticationFailed(
                "This token may not be used from here.", code="address_not_allowed"
            )
        if token.read_only and request.method not in SAFE_METHODS:
            raise PermissionDenied("This token only reads.", code="read_only_token")
        require_second_factor(user)
        token.note_use()
        return user, token

    def authenticate_credentials(self, token: bytes) -> tuple[User, Token]:
        try:
            pair: tuple[User, Token] = super().authenticate_credentials(token)
        except (UnicodeError, binascii.Error):
            raise AuthenticationFailed("Invalid token.") from None
        return pair

    def _cleanup_token(self, auth_token: Token) -> bool:
        """Whether the token has expired. It stays listed: reading does not write."""
        return auth_token.expiry is not None and auth_token.expiry < timezone.now()


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of the pages; names itself, so that no credentials are 401, not 403."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """A service account has no session, whoever made one: it has tokens."""
        pair: tuple[Any, Any] | None = super().authenticate(request)
        if pair and getattr(pair[0], "is_service", False):
            raise AuthenticationFailed("A service account uses tokens.", code="tokens_only")
        if pair:
            require_second_factor(pair[0])
        return pair

    def authenticate_header(self, request: Request) -> str:
        return "Session"


def require_second_factor(user: User) -> None:
    """Refuse an admin who has not set up the second factor that the installation demands."""
    if lacks_second_factor(user):
        raise PermissionDenied(
            "Admins need two-factor authentication: set it up in your account.",
            code="totp_required",
        )


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "registry.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Authorization: Token …`; get one from `POST /api/v1/sign-in/`.",
        }


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "registry.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
