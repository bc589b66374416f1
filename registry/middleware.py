"""Every request has an id and, once that is known, a caller: for logs and for the audit log."""

import logging
import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from registry.acting import acting, current, identify

HEADER = "X-Request-ID"
ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")

Answer = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Takes the id that a proxy or client gave, or makes one; the answer names it.

    It opens the scope that `identify` fills in, so it comes before all others.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        request_id = given if ACCEPTABLE.fullmatch(given) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        with acting(request=request_id, writes=request.method not in SAFE):
            response = self.get_response(request)
        response.headers[HEADER] = request_id
        return response


class CallerMiddleware:
    """Names the session's user as the one who acts, when a view first asks for `request.user`.

    It comes after Django's own authentication; tokens are named where they are read.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = request.user

        def named() -> object:
            identify(found)
            return found

        request.user = SimpleLazyObject(named)  # type: ignore[assignment]
        return self.get_response(request)


class RequestIdFilter(logging.Filter):
    """Gives each log line the request or task that it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django logs an answer's status once the scope is closed, and hands the request over.
        of_request = getattr(getattr(record, "request", None), "request_id", "")
        record.request_id = current().request or of_request or "-"
        return True
