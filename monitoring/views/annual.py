"""The annual report of a partnership: written together, asked for, endorsed."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from monitoring.forms.annual import EndorsingForm, SectionForm
from monitoring.models import NarrativeEdit, NarrativeSection, Report, ReportKind
from monitoring.models.annual_endorsements import endorsed
from monitoring.models.annual_narratives import FIRST_YEAR, HINTS, Topic, writers_in
from monitoring.models.report_renewals import has_news
from monitoring.models.report_replies import speakers_for
from monitoring.services.annual import (
    endorse,
    newest_annual,
    pending_annual,
    request_annual,
    write_section,
)
from monitoring.views.reading import SignedInRequest
from monitoring.views.report_life import tell_of_run, visible_report
from partnerships.models import Partnership
from partnerships.views.acting import sent, version_read
from partnerships.views.finding import inside_partnership, key_of, visible_partnership
from registry.errors import StaleVersion
from registry.forms.attempts import succeeds

CHANGED = (
    "Somebody else changed this section meanwhile. What you typed is still here, and theirs"
    " stands below: save again to put yours in its place."
)


def annual_reports(request: HttpRequest, key: str) -> HttpResponse:
    """The years that were reported on; for members' people, those that they may write of."""
    partnership = visible_partnership(request, key)
    rows = Report.objects.visible_to(request.user).filter(
        kind=ReportKind.ANNUAL, partnership=partnership
    )
    context = {
        "partnership": partnership,
        "reports": rows.for_list().order_by("-ends_on", "-revision"),
        "years": _years(request, partnership),
    }
    return render(request, "monitoring/annual_reports.html", context)


@login_required
def annual_year(request: SignedInRequest, key: str, year: int) -> HttpResponse:
    """A year's sections as they stand, the newest report, and who endorsed it."""
    partnership = inside_partnership(request, key)
    _require_year(year)
    written = {
        section.topic: section
        for section in NarrativeSection.objects.of_year(partnership, year).select_related(
            "membership__partner"
        )
    }
    report = newest_annual(partnership, year)
    found = endorsed(report) if report else None
    context = {
        "partnership": partnership,
        "year": year,
        "sections": [(topic, HINTS[topic], written.get(topic.value)) for topic in Topic],
        "may_write": bool(writers_in(partnership, request.user)) and partnership.is_public(),
        "is_over": year < timezone.localdate().year,
        "report": report,
        "run": pending_annual(partnership, year),
        "has_news": report is not None and has_news(report),
        "endorsed": found,
        "may_endorse": bool(
            report
            and found
            and report.status in Report.WAITING
            and found.waits_for(speakers_for(report, request.user))
        ),
    }
    return render(request, "monitoring/annual_year.html", context)


@login_required
def annual_section(request: SignedInRequest, key: str, year: int, topic: str) -> HttpResponse:
    """Write one section; what somebody else wrote meanwhile is never overwritten unseen."""
    partnership = inside_partnership(request, key)
    _require_year(year)
    if topic not in Topic.values:
        raise Http404
    speakers = writers_in(partnership, request.user)
    if not speakers:
        raise PermissionDenied("Only managers and evaluators of members write the annual report.")
    rows = NarrativeSection.objects.of_year(partnership, year).filter(topic=topic)
    current = rows.select_related("membership__partner").first()
    form = SectionForm(Topic(topic), speakers, sent(request))
    form.initial["text"] = current.text if current else ""
    act = partial(_write, form, partnership, year, topic, request)
    saved, is_stale = _attempt(form, act) if form.is_bound and form.is_valid() else (False, False)
    if saved:
        messages.success(request, "Saved.")
        return redirect("partnership-annual-year", key=key, year=year)
    is_fresh = is_stale or not form.is_bound
    current_version = current.version if current else 0
    context = {
        "partnership": partnership,
        "year": year,
        "topic": Topic(topic),
        "form": form,
        "current": current,
        "is_stale": is_stale,
        "version": current_version if is_fresh else version_read(request),
        "edits": NarrativeEdit.objects.filter(section=current)
        .select_related("membership__partner")
        .order_by("-number")[:20],
    }
    status = 409 if form.is_bound and form.non_field_errors() else 200
    return render(request, "monitoring/annual_section.html", context, status=status)


def _write(
    form: SectionForm, partnership: Partnership, year: int, topic: str, request: SignedInRequest
) -> None:
    write_section(
        partnership,
        year,
        topic,
        by=request.user,
        text=form.cleaned_data["text"],
        version=version_read(request),
        membership=form.speaker(),
    )


def _attempt(form: forms.Form, act: Any) -> tuple[bool, bool]:
    """Whether it was saved, and whether somebody else was first."""
    try:
        return succeeds(form, partial(_said_when_stale, act)), False
    except _Changed:
        form.add_error(None, CHANGED)
        return False, True


class _Changed(Exception):
    """Somebody else was first: said in the page's own words."""


def _said_when_stale(act: Any) -> None:
    try:
        act()
    except StaleVersion as stale:
        raise _Changed from stale


@login_required
def annual_ask(request: SignedInRequest, key: str, year: int) -> HttpResponse:
    """Ask for the report of a year that is over, or for its next revision."""
    partnership = inside_partnership(request, key)
    _require_year(year)
    form = forms.Form(sent(request))
    act = lambda: tell_of_run(request, request_annual(partnership, year, by=request.user))  # noqa: E731
    if form.is_bound and succeeds(form, act):
        return redirect("partnership-annual-year", key=key, year=year)
    context = {"partnership": partnership, "year": year, "form": form}
    status = 409 if form.is_bound and form.errors else 200
    return render(request, "monitoring/annual_ask.html", context, status=status)


@login_required
def endorse_report(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say yes for a member, to the text and the figures that were read."""
    found = visible_report(request, pk)
    if found.kind != ReportKind.ANNUAL:
        raise Http404
    assert found.partnership
    speakers = [one for one in speakers_for(found, request.user) if one]
    if not speakers:
        raise PermissionDenied("Only managers of accepted members endorse the annual report.")
    form = EndorsingForm(speakers, sent(request))
    form.initial["sha256"] = found.sha256
    back = reverse(
        "partnership-annual-year",
        args=[key_of(found.partnership), found.ends_on.year],
    )
    if request.method == "POST" and form.is_valid():
        said = {"by": request.user, "sha256": form.cleaned_data["sha256"]}
        if succeeds(form, lambda: endorse(found, form.speaker(), **said)):
            messages.success(request, "Endorsed.")
            return redirect(back)
    context = {"report": found, "partnership": found.partnership, "form": form, "back": back}
    status = 409 if form.is_bound and form.errors else 200
    return render(request, "monitoring/annual_endorse.html", context, status=status)


def _years(request: HttpRequest, partnership: Partnership) -> list[int]:
    """Years to write of: this one, back to the partnership's first, at most ten."""
    if not Partnership.objects.insider(request.user).filter(pk=partnership.pk).exists():
        return []
    this = timezone.localdate().year
    first = partnership.starts_on.year if partnership.starts_on else this - 1
    return list(range(this, max(min(first, this - 1), this - 10) - 1, -1))


def _require_year(year: int) -> None:
    if not FIRST_YEAR <= year <= timezone.localdate().year:
        raise Http404
