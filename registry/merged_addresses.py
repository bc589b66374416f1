"""Pages under the number of a partner that was merged lead to those of its survivor."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from registry.models import Partner

Answer = Callable[[HttpRequest], HttpResponse]
UNDER = "partners/<int:pk>/"


class MergedPartners:
    """Asks only where the page was refused, so that the others cost nothing more."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code not in (403, 404) or request.method not in ("GET", "HEAD"):
            return response
        return _survivors_page(request) or response


def _survivors_page(request: HttpRequest) -> HttpResponse | None:
    """The same page of the survivor, for whoever may see that one."""
    match = request.resolver_match
    if match is None or not match.route.startswith(UNDER):
        return None
    survivor = Partner.objects.visible_to(request.user).survivor_of(match.kwargs["pk"])
    if survivor is None:
        return None
    address = reverse(match.view_name, kwargs={**match.kwargs, "pk": survivor.pk})
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{address}?{query}" if query else address, permanent=True)
