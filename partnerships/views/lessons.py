"""Lessons: of one partnership, and searched across all."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from partnerships.forms.voices import LessonFilter, LessonForm
from partnerships.models import Lesson, Membership, Partnership
from partnerships.services.voices import edit_lesson, write_lesson
from partnerships.views.finding import page_of, visible_partnership
from registry.errors import DomainError
from registry.forms.attempts import succeeds
from registry.forms.partner_edit import ReasonForm
from registry.paging import capped_count, newest_first
from registry.views.accounts import SignedInRequest


def lessons(request: HttpRequest) -> HttpResponse:
    """What partnerships have published, searched by words, goal, country and kind."""
    form = LessonFilter(request.GET)
    rows = Lesson.objects.published().chosen(**form.chosen())
    shown = rows.select_related("partnership").prefetch_related("targets", "countries")
    context = {
        "form": form,
        "page": newest_first(shown, request.GET.get("after", "")),
        "count": capped_count(rows),
    }
    return render(request, "partnerships/lessons.html", context)


def may_write(partnership: Partnership, request: HttpRequest) -> bool:
    joined = Membership.objects.accepted().filter(partnership=partnership)
    user = request.user
    return user.is_authenticated and (
        partnership.is_editable_by(user) or joined.acted_for_by(user, "manager").exists()
    )


def of_partnership(request: HttpRequest, key: str) -> HttpResponse:
    """A partnership's own lessons; its members' managers write them."""
    partnership = visible_partnership(request, key)
    seen = Lesson.objects.visible_to(request.user).filter(partnership=partnership)
    rows = seen.prefetch_related("targets", "countries")
    context = {
        "partnership": partnership,
        "page": newest_first(rows, request.GET.get("after", "")),
        "is_writer": may_write(partnership, request),
    }
    return render(request, "partnerships/partnership_lessons.html", context)


@login_required
def write(request: SignedInRequest, key: str, pk: int | None = None) -> HttpResponse:
    """Begin a lesson, or change a draft."""
    partnership = visible_partnership(request, key)
    own = Lesson.objects.visible_to(request.user).filter(partnership=partnership)
    lesson = get_object_or_404(own, pk=pk) if pk else None
    if not may_write(partnership, request):
        raise PermissionDenied
    form = LessonForm(request.POST or None, instance=lesson)
    if form.is_valid():
        said = form.cleaned_data
        act = (
            partial(edit_lesson, _as_read(lesson, request), by=request.user, **said)
            if lesson
            else partial(write_lesson, partnership, by=request.user, **said)
        )
        if succeeds(form, act):
            messages.success(request, "Saved as a draft: publish it when it is ready.")
            return redirect(page_of(partnership, "partnership-lessons"))
    context = {"partnership": partnership, "form": form, "lesson": lesson}
    return render(request, "partnerships/lesson_form.html", context)


def _as_read(lesson: Lesson, request: SignedInRequest) -> Lesson:
    """With the version that the form was made from: a later one is not overwritten unseen."""
    stated = request.POST.get("version", "")
    if stated.isascii() and stated.isdigit():
        lesson.version = int(stated[:9])
    return lesson


@login_required
@require_POST
def publish(request: SignedInRequest, key: str, pk: int) -> HttpResponse:
    partnership = visible_partnership(request, key)
    found = _found(request, partnership, pk)
    try:
        found.publish(by=request.user)
        messages.success(request, "Published: others find it now.")
    except DomainError as refused:
        messages.error(request, refused.detail)
    return redirect(page_of(partnership, "partnership-lessons"))


@login_required
def withdraw(request: SignedInRequest, key: str, pk: int) -> HttpResponse:
    partnership = visible_partnership(request, key)
    found = _found(request, partnership, pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        act = partial(found.withdraw, by=request.user, reason=form.cleaned_data["reason"])
        if succeeds(form, act):
            messages.success(request, "Withdrawn.")
            return redirect(page_of(partnership, "partnership-lessons"))
    context = {"partnership": partnership, "lesson": found, "form": form}
    return render(request, "partnerships/lesson_withdraw.html", context)


def _found(request: SignedInRequest, partnership: Partnership, pk: int) -> Lesson:
    own = Lesson.objects.visible_to(request.user).filter(partnership=partnership)
    found: Lesson = get_object_or_404(own, pk=pk)
    if not may_write(partnership, request):
        raise PermissionDenied
    return found
