"""Requests whose address or encoding nothing here can read."""

import codecs
from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


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
