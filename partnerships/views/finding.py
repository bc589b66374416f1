"""The partnership that a page is about, by its reference or number."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from partnerships.models import Partnership


def visible_partnership(request: HttpRequest, key: str) -> Partnership:
    """404 where the caller may not see it, as where there is none."""
    found: Partnership = get_object_or_404(
        Partnership.objects.visible_to(request.user), **lookup(key)
    )
    return found


def inside_partnership(request: HttpRequest, key: str) -> Partnership:
    """For members' people and admins: 404 where it is not seen, 403 where it is."""
    found = visible_partnership(request, key)
    if not Partnership.objects.insider(request.user).filter(pk=found.pk).exists():
        raise PermissionDenied
    return found


def open_partnership(request: HttpRequest, key: str) -> Partnership:
    """For whoever may read its promises and money: 403 for those who are only invited."""
    found = visible_partnership(request, key)
    if not Partnership.objects.open_to(request.user).filter(pk=found.pk).exists():
        raise PermissionDenied
    return found


def edited_partnership(request: HttpRequest, key: str) -> Partnership:
    """For the lead's managers and admins: 404 where it is not seen, 403 where it is."""
    found = visible_partnership(request, key)
    if not found.is_editable_by(request.user):
        raise PermissionDenied
    return found


def lookup(key: str) -> dict[str, Any]:
    if not (key.isascii() and key.isprintable()) or len(key) > 18:
        raise Http404
    return {"pk": int(key)} if key.isdigit() else {"reference": key.upper()}


def key_of(partnership: Partnership) -> str:
    """What stands for it in addresses: its reference, once it has one."""
    return partnership.reference or str(partnership.pk)


def page_of(partnership: Partnership, page: str = "partnership") -> str:
    """The address of one of the partnership's pages."""
    return reverse(page, args=[key_of(partnership)])
