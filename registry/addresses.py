"""Where a request comes from."""

from ipaddress import IPv6Address, ip_address

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.settings import api_settings

UNKNOWN = "0.0.0.0"


def client_address(request: HttpRequest | Request) -> str:
    """The caller's address; X-Forwarded-For counts only as far as proxies are trusted."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    trusted = api_settings.NUM_PROXIES or 0
    if trusted and forwarded[0]:
        return str(forwarded[-min(trusted, len(forwarded))]).strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def household(address: str) -> str:
    """The address that guesses are counted for: who has one IPv6 address has its whole /64."""
    try:
        found = ip_address(address)
    except ValueError:
        return UNKNOWN
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Address(int(found) >> 64 << 64))
