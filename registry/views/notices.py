"""Pages of what a person was told, and how they want to hear of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from registry import mailing
from registry.forms.notices import NoticeSettingsForm
from registry.models import Notice
from registry.models.notices import GROUPS
from registry.paging import newest_by_number
from registry.services import notices as services
from registry.telling import lines_for
from registry.views.accounts import SignedInRequest


@login_required
def notices(request: SignedInRequest) -> HttpResponse:
    """One's own notices, newest first."""
    mine = Notice.objects.visible_to(request.user).select_related("event", "user")
    page = newest_by_number(mine, request.GET.get("after", ""))
    context = {"lines": lines_for(page.rows), "page": page}
    return render(request, "registry/notices.html", context)


@login_required
@require_POST
def read_notice(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark it read, and go on to what it is about."""
    mine = Notice.objects.visible_to(request.user).select_related("event", "user")
    line = lines_for([get_object_or_404(mine, pk=pk)])[0]
    Notice.objects.filter(pk=pk).mark_read()
    return redirect(line.url or "notices")


@login_required
@require_POST
def read_all(request: SignedInRequest) -> HttpResponse:
    services.read_all(request.user)
    return redirect("notices")


@login_required
def notice_settings(request: SignedInRequest) -> HttpResponse:
    """How one hears of each group of notices."""
    form = NoticeSettingsForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        services.choose_all(request.user, form.cleaned_data)
        messages.success(request, "Your choice is saved.")
        return redirect("notice-settings")
    return render(request, "registry/notice_settings.html", {"form": form})


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the link is signed
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the mails a signed link is about: one click, no sign-in. A GET changes nothing."""
    stopped = mailing.read_link(token)
    if stopped is None:
        raise Http404("This link is not ours, or its account is gone.")
    if request.method == "POST":
        mailing.stop_mails(*stopped)
    group = GROUPS.get(stopped[1])
    label = group.label if group else "all digests and notices you may switch off"
    context = {"label": label, "done": request.method == "POST"}
    return render(request, "registry/unsubscribe.html", context)


def unread_notices(request: HttpRequest) -> dict[str, object]:
    """For the header of every page: how many notices are unread, counted to 99 at most."""
    user = getattr(request, "user", None)
    if user is None or user.is_anonymous:
        return {}

    def count() -> str:
        unread = Notice.objects.visible_to(user).unread().order_by()[:100].count()
        return "99+" if unread > 99 else str(unread or "")

    return {"unread_notices": SimpleLazyObject(count)}
