"""A page on which one thing is done: a form, a service, and back to where one came from."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from partnerships.models import Partnership
from registry.errors import DomainError
from registry.forms.attempts import succeeds
from registry.models import Record


@contextmanager
def allowed() -> Iterator[None]:
    """What a rule refuses to this person is a page that does not open."""
    try:
        yield
    except DomainError as refused:
        raise PermissionDenied(refused.detail) from refused


def act_page(
    request: HttpRequest,
    partnership: Partnership,
    form: forms.BaseForm,
    act: Callable[[], Any],
    *,
    title: str,
    back: str,
    onward: Callable[[], str] | None = None,
    done: str,
    button: str = "Save",
    lede: str = "",
    about: str = "",
    record: Record | None = None,
) -> HttpResponse:
    """`onward` is where to go from what was done, if not back.

    The version that was read travels with the form: what changed meanwhile is told.
    """
    if request.method == "POST" and form.is_valid():
        if record is not None:
            record.version = version_read(request)
        if succeeds(form, act):
            messages.success(request, done)
            return redirect(onward() if onward else back)
    context = {
        "partnership": partnership,
        "form": form,
        "title": title,
        "back": back,
        "button": button,
        "lede": lede,
        "about": about,
        "version": request.POST.get("version") or (record.version if record else ""),
    }
    return render(request, "partnerships/act.html", context)


def version_read(request: HttpRequest) -> int:
    stated = request.POST.get("version", "")
    return int(stated) if stated.isascii() and stated.isdecimal() and len(stated) < 10 else 0


def sent(request: HttpRequest) -> Any:
    """What was posted, as forms take it: nothing, where the page is only read."""
    return request.POST if request.method == "POST" else None
