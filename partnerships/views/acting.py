"""A page on which one thing is done: a form, a service, and back to where one came from."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import FileField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from partnerships.models import Partnership
from registry.errors import DomainError, StaleVersion
from registry.forms.attempts import both, succeeds
from registry.models import Record

CHANGED = (
    "Somebody else changed this meanwhile. What you typed is still here; what is stored otherwise"
    " stands beside it. Send it again to put yours in its place."
)


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
    latest: Callable[[], Record | None] | None = None,
) -> HttpResponse:
    """`onward` is where to go from what was done, if not back.

    The version that was read travels with the form: what changed meanwhile is shown beside what
    was typed. `latest` reads the record anew, where that is another row.
    """
    if request.method == "POST" and form.is_valid():
        if record is not None:
            record.version = version_read(request)
        if succeeds(form, partial(said_when_stale, act)):
            messages.success(request, done)
            return redirect(onward() if onward else back)
    stored = _stored_meanwhile(request, latest or partial(_reread, record))
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
    if stored:
        context |= {"version": stored.version, "theirs": both(form, _values(form, stored))}
    return render(request, "partnerships/act.html", context, status=409 if stored else 200)


def said_when_stale(act: Callable[[], Any]) -> None:
    """Do it; who was second is told in words that fit a page which shows what is stored."""
    try:
        act()
    except StaleVersion as stale:
        stale.detail = CHANGED
        raise


def _reread(record: Record | None) -> Record | None:
    """As it is stored: a service that refused may have left its values in the one at hand."""
    return type(record)._base_manager.filter(pk=record.pk).first() if record else None


def _stored_meanwhile(request: HttpRequest, reread: Callable[[], Record | None]) -> Record | None:
    """The record as somebody else left it since it was read."""
    stored = reread() if request.method == "POST" else None
    return stored if stored and stored.version != version_read(request) else None


def _values(form: forms.BaseForm, record: Record) -> dict[str, Any]:
    """What is stored under the names of the form; a file cannot be shown beside another."""
    fields = [*record._meta.concrete_fields, *record._meta.many_to_many]
    return {
        field.name: field.value_from_object(record)
        for field in fields
        if field.name in form.fields and not isinstance(field, FileField)
    }


def version_read(request: HttpRequest) -> int:
    stated = request.POST.get("version", "")
    return int(stated) if stated.isascii() and stated.isdecimal() and len(stated) < 10 else 0


def sent(request: HttpRequest) -> Any:
    """What was posted, as forms take it: nothing, where the page is only read."""
    return request.POST if request.method == "POST" else None
