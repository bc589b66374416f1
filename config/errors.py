"""What is answered where no view has: a page for people, the API's one shape under /api/."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

Page = Callable[..., HttpResponse]


def answering(page: Page, status: int, kind: str, code: str, detail: str) -> Page:
    """A handler that gives programs the API's error and people the page."""
    fault = {"code": code, "detail": detail, "attr": None}

    def handler(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.path.startswith("/api/"):
            return JsonResponse({"type": kind, "errors": [fault]}, status=status)
        return page(request, *args, **kwargs)

    return handler


bad_request = answering(
    defaults.bad_request, 400, "client_error", "bad_request", "The request cannot be read."
)
not_found = answering(defaults.page_not_found, 404, "client_error", "not_found", "Not found.")
server_error = answering(
    defaults.server_error, 500, "server_error", "error", "An error of ours. It has been logged."
)
