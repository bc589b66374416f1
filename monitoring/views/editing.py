"""A draft framework's pages: who opens them, and what becomes of a form that was sent."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect

from monitoring.models import Framework
from partnerships.models import Partnership
from partnerships.views.finding import edited_partnership, key_of
from registry.forms.attempts import both, succeeds
from registry.models import Record
from registry.views.accounts import SignedInRequest


class Attempt(NamedTuple):
    """What became of a form; `theirs` is what somebody else saved first, beside what was typed."""

    done: bool = False
    theirs: list[tuple[str, str, str]] = []
    status: int = 200


def draft_of(request: SignedInRequest, key: str, edition: int) -> Framework:
    """The edition to write in: 404 where it is not seen, 403 for whoever does not lead."""
    partnership = edited_partnership(request, key)
    return edition_of(partnership, edition)


def edition_of(partnership: Partnership, edition: int) -> Framework:
    if edition > 32_767:
        raise Http404
    found: Framework = get_object_or_404(
        Framework.objects.select_related("partnership", "agreement"),
        partnership=partnership,
        edition=edition,
    )
    return found


def settled(request: SignedInRequest, framework: Framework) -> HttpResponse | None:
    """Who only looks is led to what stands; who sends is told in the form."""
    if framework.status == Framework.Status.DRAFT or request.method == "POST":
        return None
    messages.info(request, f"It is {framework.status}: a change makes a new edition.")
    return to(framework)


def to(framework: Framework, page: str = "framework-edition", *more: Any) -> HttpResponse:
    return redirect(page, key_of(framework.partnership), framework.edition, *more)


def posted(request: SignedInRequest) -> QueryDict | None:
    """What was sent, be it empty; None where the page is only looked at."""
    return request.POST if request.method == "POST" else None


def attempt(
    request: SignedInRequest, form: forms.Form, record: Record, act: Callable[[], Any]
) -> Attempt:
    """Save what was sent, unless somebody else saved since it was read: then both are shown."""
    if request.method != "POST":
        return Attempt()
    opened = version_in(request)
    record.version = opened if record.pk else record.version
    if form.is_valid() and succeeds(form, act):
        return Attempt(done=True)
    if record.pk is None:
        return Attempt()
    record.refresh_from_db()
    if opened == record.version:
        return Attempt()
    stored = form.stored_values(record)  # type: ignore[attr-defined]
    return Attempt(theirs=both(form, stored), status=409)


def version_in(request: SignedInRequest) -> int:
    said = request.POST.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0
