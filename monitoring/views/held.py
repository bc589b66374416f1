"""Forms on which people work for long: what was typed outlives the session."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import urlencode

HELD = "held"
BUTTONS = {HELD, "save", "check", "next", "csrfmiddlewaretoken"}


class _Check(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def is_only_shown(request: HttpRequest) -> bool:
    """Whether what was sent is shown again and nothing is saved: it comes back from signing in,
    or without the token of this session, which changes when people sign in. Views that ask this
    are exempt from the check that would answer with an error page and lose what was typed."""
    if HELD in request.POST:
        return True
    return _Check(lambda request: HttpResponse()).process_view(request, None, (), {}) is not None  # type: ignore[arg-type]


def signed_out(request: HttpRequest) -> HttpResponse:
    """Ask to sign in; what was typed waits in the page itself, and is sent again from there."""
    if request.method != "POST":
        return redirect(f"{resolve_url('sign-in')}?{urlencode({'next': request.get_full_path()})}")
    typed = [
        (name, value)
        for name in request.POST
        if name not in BUTTONS
        for value in request.POST.getlist(name)
    ]
    context = {"typed": typed, "address": request.get_full_path()}
    return render(request, "monitoring/held.html", context, status=401)
