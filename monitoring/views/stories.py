"""Stories of change: told with a submission, chosen by members, read by everybody."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from monitoring.forms.stories import SelectionForm, StoryForm
from monitoring.models import Story, Submission
from monitoring.services.stories import (
    edit_story,
    remove_story,
    select_story,
    tell_story,
    withdraw_consent,
)
from monitoring.views.reading import SignedInRequest, is_open_for, visible_submission
from partnerships.models import Partnership
from partnerships.views.acting import said_when_stale, version_read
from partnerships.views.finding import page_of, visible_partnership
from registry.forms.attempts import both, succeeds
from registry.forms.partner_edit import ReasonForm
from registry.paging import newest_first


def of_partnership(request: HttpRequest, key: str) -> HttpResponse:
    """What everybody may read of a partnership; its members read the others as well."""
    partnership = visible_partnership(request, key)
    rows = Story.objects.visible_to(request.user).of_partnership(partnership).with_names()
    inside = Partnership.objects.insider(request.user).filter(pk=partnership.pk).exists()
    page = newest_first(rows, request.GET.get("after", ""))
    context = {
        "partnership": partnership,
        "page": page,
        "is_insider": inside,
        "may_select": inside and page.rows and page.rows[0].may_be_selected_by(request.user),
    }
    return render(request, "monitoring/partnership_stories.html", context)


@login_required
def of_submission(request: SignedInRequest, pk: int) -> HttpResponse:
    """The stories that go with a submission; its own people tell them while it is open."""
    found = visible_submission(request, pk)
    rows = Story.objects.visible_to(request.user).filter(submission=found)
    context = {
        "submission": found,
        "stories": rows.with_names(),
        "is_open": is_open_for(found, request.user),
    }
    return render(request, "monitoring/submission_stories.html", context)


@login_required
def write(request: SignedInRequest, pk: int, story: int | None = None) -> HttpResponse:
    """Tell a story, or change one."""
    found = visible_submission(request, pk)
    is_open = is_open_for(found, request.user)
    if not is_open and request.method != "POST":
        return redirect("submission-stories", pk=pk)
    told = found.stories.filter(pk=story).first() if story else None
    if story and told is None and request.method != "POST":
        raise Http404
    form = StoryForm(found, request.POST or None, instance=told)
    too_late = _too_late(found, is_open=is_open, is_gone=bool(story and told is None))
    if too_late:
        form.add_error(None, too_late)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        fresh = _as_read(told, request) if told else None
        act = (
            partial(edit_story, fresh, by=request.user, **said)
            if fresh
            else partial(tell_story, found, by=request.user, **said)
        )
        if succeeds(form, partial(said_when_stale, act)):
            messages.success(request, "The story is saved with the draft.")
            return redirect("submission-stories", pk=pk)
    stored = found.stories.filter(pk=told.pk).first() if told else None
    is_stale = bool(form.is_bound and stored and stored.version != version_read(request))
    context = {
        "submission": found,
        "form": form,
        "story": stored,
        "theirs": both(form, model_to_dict(stored)) if stored and is_stale else [],
    }
    status = 409 if too_late or is_stale else 200
    return render(request, "monitoring/story_form.html", context, status=status)


def _too_late(found: Submission, *, is_open: bool, is_gone: bool) -> str:
    """Why what was typed cannot be saved any more; it stays on the page."""
    if not is_open:
        return "This data is no longer open for changes: nothing was saved. Copy what you typed."
    return "Somebody removed this story meanwhile: tell it as a new one." if is_gone else ""


@login_required
def remove(request: SignedInRequest, pk: int, story: int) -> HttpResponse:
    """Take a story out of an open submission, after asking."""
    found = visible_submission(request, pk)
    told = get_object_or_404(found.stories, pk=story)
    if not is_open_for(found, request.user):
        return redirect("submission-stories", pk=pk)
    if request.method == "POST":
        remove_story(told, by=request.user)
        messages.success(request, "The story is taken out.")
        return redirect("submission-stories", pk=pk)
    return render(request, "monitoring/story_remove.html", {"submission": found, "story": told})


@login_required
def select(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say that it was chosen as the most significant one: by whom, and why."""
    return _answered(request, pk, SelectionForm, select_story, "Chosen as most significant")


@login_required
def end_consent(request: SignedInRequest, pk: int) -> HttpResponse:
    """The teller changed their mind: it is public no longer, and the name is erased."""
    return _answered(request, pk, ReasonForm, withdraw_consent, "Consent withdrawn")


def _answered(
    request: SignedInRequest, pk: int, form_class: Any, service: Any, done: str
) -> HttpResponse:
    seen = Story.objects.visible_to(request.user).with_names()
    told = get_object_or_404(
        seen.select_related("submission__period__framework__partnership"), pk=pk
    )
    partnership = told.submission.period.framework.partnership
    if not Partnership.objects.insider(request.user).filter(pk=partnership.pk).exists():
        raise Http404
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = partial(service, told, by=request.user, **form.cleaned_data)
        saved = succeeds(form, act)
    else:
        saved = False
    if saved:
        messages.success(request, f"{done}: {told.title}")
        return redirect(page_of(partnership, "partnership-stories"))
    context = {"story": told, "form": form, "heading": done, "partnership": partnership}
    return render(request, "monitoring/story_answer.html", context)


def _as_read(story: Story, request: SignedInRequest) -> Story:
    """With the version that the form was made from: a later one is not overwritten unseen."""
    fresh = Story.objects.select_related("submission__period__framework__partnership").get(
        pk=story.pk
    )
    fresh.version = version_read(request)
    return fresh
