"""Feedback, complaints and what became of them: for everybody."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from partnerships.forms.voices import AnswerForm, CodeForm, ComplaintForm, FeedbackForm
from partnerships.models import Feedback, Partnership
from partnerships.services.voices import find_sent, send_complaint, send_feedback
from partnerships.views.finding import edited_partnership, page_of, visible_partnership
from partnerships.voice_limits import take_voice
from registry.forms.attempts import succeeds
from registry.paging import newest_first
from registry.views.accounts import SignedInRequest

TOO_OFTEN = "Too many messages from here in the last minute. Nothing was sent: try again soon."


def may_write(request: HttpRequest, form: forms.BaseForm) -> bool:
    """Whether this address may send one more now; else the form says so."""
    taken = take_voice(request)
    if taken and not taken.passed:
        form.add_error(None, TOO_OFTEN)
    return not form.errors


@never_cache
def feedback(request: HttpRequest, key: str) -> HttpResponse:
    """What was said of a partnership and answered; and to say something oneself."""
    partnership = visible_partnership(request, key)
    form = FeedbackForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and may_write(request, form):
        sender = request.user if request.user.is_authenticated else None
        sent: list[tuple[Feedback, str]] = []

        def send() -> None:
            sent.append(send_feedback(partnership, by=sender, **form.cleaned_data))

        if succeeds(form, send):
            done = {"partnership": partnership, "code": sent[0][1], "is_feedback": True}
            return render(request, "partnerships/sent.html", done)
    seen = Feedback.objects.visible_to(request.user).filter(partnership=partnership)
    passed = seen.filter(status__in=Feedback.PASSED_ON)
    page = newest_first(passed, request.GET.get("after", ""))
    today = timezone.localdate()
    is_editor = partnership.is_editable_by(request.user)
    context = {
        "partnership": partnership,
        "form": form,
        "page": page,
        "rows": [(row, row.is_late(today)) for row in page.rows],
        "answer_form": AnswerForm(auto_id=False),
        "is_editor": is_editor,
        "is_insider": Partnership.objects.insider(request.user).filter(pk=partnership.pk).exists(),
    }
    status = 400 if form.errors else 200
    return render(request, "partnerships/feedback.html", context, status=status)


@login_required
@require_POST
def answer(request: SignedInRequest, key: str, pk: int) -> HttpResponse:
    """The lead's answer; what was typed stays when it is refused."""
    partnership = edited_partnership(request, key)
    own = Feedback.objects.visible_to(request.user).filter(partnership=partnership)
    found = get_object_or_404(own, pk=pk)
    form = AnswerForm(request.POST)
    if form.is_valid():
        act = partial(found.give_answer, form.cleaned_data["answer"], by=request.user)
        if succeeds(form, act):
            messages.success(request, "Answered.")
            return redirect(page_of(partnership, "partnership-feedback"))
    context = {"partnership": partnership, "row": found, "form": form}
    return render(request, "partnerships/answer.html", context, status=400)


@never_cache
def complain(request: HttpRequest) -> HttpResponse:
    """To the secretariat only; `?partnership=` says what it is about."""
    about = _about(request)
    form = ComplaintForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and may_write(request, form):
        sent: list[tuple[Any, str]] = []

        def send() -> None:
            sent.append(send_complaint(partnership=about, **form.cleaned_data))

        if succeeds(form, send):
            done = {"partnership": about, "code": sent[0][1], "is_feedback": False}
            return render(request, "partnerships/sent.html", done)
    context = {"form": form, "about": about}
    return render(
        request, "partnerships/complain.html", context, status=400 if form.errors else 200
    )


def _about(request: HttpRequest) -> Partnership | None:
    key = request.GET.get("partnership", "")
    return visible_partnership(request, key) if key else None


@never_cache
def sent_message(request: HttpRequest) -> HttpResponse:
    """What became of a message, for whoever has its code."""
    form = CodeForm(request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid() and may_write(request, form):
        found = find_sent(form.cleaned_data["code"])
        if found is None:
            form.add_error("code", "There is no message with this code.")
    context = {"form": form, "found": found, "is_feedback": isinstance(found, Feedback)}
    return render(request, "partnerships/sent_message.html", context)
