"""The second factor: who must have one, and how its secrets are kept."""

import logging
from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from registry.errors import DomainError
from registry.models import User
from registry.sealing import seal, unseal

logger = logging.getLogger(__name__)

# What an admin still gets who has to set the second factor up first.
OPEN_WITHOUT = frozenset(
    {
        "mfa_activate_totp",
        "account_reauthenticate",
        "account_logout",
        "sign-out",
        "favicon",
        "health",
    }
)


def has_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def accepts(user: User, code: str) -> bool:
    """Whether this is a code of the user's app, or a recovery code; it is used up by that."""
    ways = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN)
    return any(way.wrap().validate_code(code) for way in ways)


def lacks_second_factor(user: Any) -> bool:
    """Whether this is an admin without TOTP where the installation demands it of admins."""
    if not settings.ADMINS_NEED_TOTP or not (user.is_staff or user.is_superuser):
        return False
    return not has_second_factor(user)


class AdminsNeedTotp:
    """Leads an admin without TOTP to the page that sets it up, from every other page.

    The API refuses by itself, with a code that programs understand.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        name = request.resolver_match.url_name if request.resolver_match else None
        if not settings.ADMINS_NEED_TOTP or name in OPEN_WITHOUT or _is_api(request):
            return None
        if request.user.is_anonymous or not lacks_second_factor(request.user):
            return None
        return redirect("mfa_activate_totp")


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


class Secrets(DefaultMFAAdapter):
    """Keeps TOTP secrets and seeds of recovery codes encrypted: see registry/sealing.py."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; where SECRET_KEY was changed without a fallback, one that no code fits."""
        try:
            return unseal(encrypted_text)
        except DomainError:
            logger.exception("A second factor cannot be read with this SECRET_KEY")
            return generate_totp_secret()
