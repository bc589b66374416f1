"""Requests whose address or encoding nothing here can read."""

import codecs
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


class AnyEncoding(WSGIRequest):
    """One that claims an encoding which is none of texts (`hex`), so that it can be refused.

    Django decodes the query while it makes the request, before any middleware could answer.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        with suppress(LookupError, UnicodeError, SuspiciousOperation):
            super()._set_content_type_params(meta)  # type: ignore[misc]


class ReadableOnly:
    """404 where the path has a NUL, which no row's key or code holds and PostgreSQL refuses; 400
    where the request claims an encoding but UTF-8.

    Python knows encodings that make half a surrogate pair of plain bytes (`unicode_escape`).
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            raise Http404("No such page.")
        if request.encoding and codecs.lookup(request.encoding).name != "utf-8":
            raise BadRequest("Send UTF-8.")
        return self.get_response(request)
