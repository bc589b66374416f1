"""Pages about one's own account."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static

from registry.forms.accounts import ProfileForm
from registry.models import User
from registry.services.accounts import rename


class SignedInRequest(HttpRequest):
    """What `login_required` lets through."""

    user: User


def favicon(request: HttpRequest) -> HttpResponse:
    """For pages that are not ours, such as the back office's: browsers ask for it there."""
    return redirect(static("registry/icon.svg"))


@login_required
def account(request: SignedInRequest) -> HttpResponse:
    """One's own account: the name, the organisations one acts for, and the way to the rest."""
    form = ProfileForm(request.POST or None, initial={"name": request.user.name})
    if request.method == "POST" and form.is_valid():
        rename(request.user, form.cleaned_data["name"])
        messages.success(request, "Your name is saved.")
        return redirect("account")
    affiliations = request.user.affiliations.select_related("partner")
    context = {"form": form, "affiliations": affiliations.order_by("partner__name", "role")}
    return render(request, "registry/account.html", context)


def locked(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """What a page answers when registry.lockout refuses; the API has an answer of its own."""
    if response is not None and request.path.startswith("/api/"):
        return response
    seconds = int(settings.AXES_COOLOFF_TIME.total_seconds())
    page = render(request, "registry/locked.html", {"minutes": seconds // 60}, status=429)
    page.headers["Retry-After"] = str(seconds)
    return page
