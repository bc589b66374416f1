"""What happens to a report: replies of those it is about, decisions of the secretariat."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from monitoring.forms.report_life import EmbargoForm, PublicationRuleForm, ReplyForm
from monitoring.models import PublicationRule, Report, ReportRun
from monitoring.models.report_renewals import may_renew
from monitoring.models.report_replies import reply, speakers_for
from monitoring.models.reports import SHOWN
from monitoring.models.waiting_reports import to_publish
from monitoring.reports.revisions import corrections, differences, previous_of
from monitoring.services.reports import request_revision
from monitoring.views.reading import SignedInRequest
from partnerships.models import Membership
from partnerships.views.acting import said_when_stale, sent, version_read
from registry.forms.attempts import both, succeeds
from registry.forms.partner_edit import ReasonForm
from registry.paging import oldest_first
from registry.views.secretariat import admins


class Act(NamedTuple):
    """A move that admins make: how it is called, what it does, in which form."""

    title: str
    lede: str
    done: str
    form: Callable[[Report, Any], forms.Form]
    do: Callable[[Report, Any, Any], None]
    if_decided: str = ""  # instead of the lede, once it was decided to publish it


def _plain(form: type[forms.Form]) -> Callable[[Report, Any], forms.Form]:
    return lambda report, posted: form(posted)


ACTS = {
    "send-for-comment": Act(
        "Send for comment",
        "Those that the report is about are asked for their reply.",
        "Sent for comment.",
        _plain(forms.Form),
        lambda report, by, form: report.send_for_comment(by=by),
    ),
    "to-review": Act(
        "Take to review",
        "The report then waits to be published.",
        "In review.",
        _plain(forms.Form),
        lambda report, by, form: report.to_review(by=by),
    ),
    "publish": Act(
        "Publish",
        "Everybody can then read the report and the replies to it. An earlier revision is"
        " superseded. Under an embargo this happens when the embargo ends.",
        "Decided.",
        _plain(forms.Form),
        lambda report, by, form: report.publish(by=by),
    ),
    "embargo": Act(
        "Embargo",
        "The report is not public before that day, also if it is decided to publish it.",
        "The embargo is set as stated.",
        EmbargoForm,
        lambda report, by, form: report.embargo(by=by, until=form.moment()),
    ),
    "lift-embargo": Act(
        "Lift the embargo",
        "The report may then be published at any time.",
        "The embargo is lifted.",
        _plain(forms.Form),
        lambda report, by, form: report.embargo(by=by, until=None),
        if_decided="It is decided to publish the report: without the embargo it is public at once, "
        "or the decision lapses where endorsements that it needs have ended.",
    ),
    "withdraw": Act(
        "Withdraw",
        "The report is then read by its own people only, with the reason; where it had been "
        "public, whoever verifies a copy reads the reason too.",
        "Withdrawn.",
        _plain(ReasonForm),
        lambda report, by, form: report.withdraw(by=by, reason=form.cleaned_data["reason"]),
    ),
}

REVISE = {
    "title": "Ask for the next revision",
    "lede": "The report is computed anew, with what was approved since the cut-off of this one, and"
    " goes through reply and review again. What is published stays so until then; what is not"
    " public yet is withdrawn for it.",
}


def visible_report(request: HttpRequest, pk: int) -> Report:
    """Without its content."""
    return get_object_or_404(Report.objects.visible_to(request.user).for_list(), pk=pk)


def tell_of_run(request: HttpRequest, run: ReportRun) -> None:
    """To who asked for a report: how far it is."""
    tell = messages.warning if run.has_failed else messages.success
    tell(request, run.in_words())


@login_required
def act(request: SignedInRequest, pk: int, act: str) -> HttpResponse:
    """Do to a report what the page's name says."""
    found = visible_report(request, pk)
    if not request.user.is_staff:
        raise PermissionDenied("Only a registry admin may do this.")
    wanted = ACTS[act]
    form = wanted.form(found, sent(request))
    if request.method == "POST" and form.is_valid():
        found.version = version_read(request) or found.version
        if succeeds(form, partial(wanted.do, found, request.user, form)):
            messages.success(request, wanted.done)
            return redirect("report", pk=pk)
    stored = visible_report(request, pk)  # as it is now: a second try is about what is shown
    context = {"report": stored, "form": form, "act": wanted, "version": stored.version}
    return render(request, "monitoring/report_act.html", context, status=_status(form))


@login_required
def revise(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for the report's next revision."""
    found = visible_report(request, pk)
    if not may_renew(found, request.user):
        text = "Only admins, and managers and evaluators of accepted members, ask for a revision."
        raise PermissionDenied(text)
    form = forms.Form(sent(request))
    ask = lambda: tell_of_run(request, request_revision(found, by=request.user))  # noqa: E731
    if form.is_bound and form.is_valid() and succeeds(form, ask):
        return redirect("report", pk=pk)
    context = {"report": found, "form": form, "act": REVISE, "version": found.version}
    return render(request, "monitoring/report_act.html", context, status=_status(form))


@login_required
def answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Reply to a report, or revise the reply; a colleague's is never overwritten unseen."""
    found = visible_report(request, pk)
    speakers = speakers_for(found, request.user)
    if not speakers:
        raise PermissionDenied("Only managers of those that the report is about may reply.")
    speaker = _speaker(request, speakers)
    read = version_read(request)
    form = ReplyForm(sent(request), initial=_said(found, speaker))
    act = lambda: reply(  # noqa: E731
        found, by=request.user, membership=speaker, version=read, **form.cleaned_data
    )
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and succeeds(form, partial(said_when_stale, act)):
        messages.success(request, "Your reply is kept. You may revise it while that lasts.")
        return redirect("report", pk=pk)
    stored = _said(found, speaker)
    is_stale = form.is_bound and stored["version"] != read
    context = {
        "report": found,
        "form": form,
        "is_open": found.takes_replies(),
        "speaker": speaker,
        "others": [one for one in speakers if one != speaker],
        "version": stored["version"],
        "theirs": both(form, stored) if is_stale else [],
    }
    status = 409 if is_stale else _status(form)
    return render(request, "monitoring/report_reply.html", context, status=status)


def _speaker(request: SignedInRequest, speakers: list[Membership | None]) -> Membership | None:
    """Whose reply is shown or sent: the one that is named, else the first, or only, one."""
    is_sent = request.method == "POST"
    asked = (request.POST if is_sent else request.GET).get("membership")
    if not asked and (len(speakers) == 1 or not is_sent):
        return speakers[0]
    for one in speakers:
        if one and str(one.pk) == asked:
            return one
    raise Http404


def _said(report: Report, speaker: Membership | None) -> dict[str, Any]:
    """The reply as it stands, under the names of the form."""
    rows = report.replies.filter(membership=speaker)
    none = {"text": "", "has_no_comment": False, "version": 0}
    return rows.values(*none).first() or none


def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """What a revision changed, and why: against the latest earlier one that the reader sees."""
    seen = Report.objects.visible_to(request.user)
    found = get_object_or_404(seen.select_related("period", *SHOWN), pk=pk)
    before = previous_of(found, seen)
    context = {
        "report": found,
        "previous": before,
        "reasons": corrections(found, before) if before else [],
        "changes": differences(before.content, found.content) if before else [],
    }
    return render(request, "monitoring/report_changes.html", context)


@admins
def publishing(request: SignedInRequest) -> HttpResponse:
    """Reports in review that nobody has decided to publish."""
    page = oldest_first(to_publish().for_list().order_by(), request.GET.get("after", ""))
    return render(request, "monitoring/reports_to_publish.html", {"page": page})


@admins
def rules(request: SignedInRequest) -> HttpResponse:
    """How long each kind of report waits for replies and for its review."""
    rows = [PublicationRule.objects.of(kind) for kind in Report.Kind.values]
    return render(request, "monitoring/publication_rules.html", {"rules": rows})


@admins
def rule(request: SignedInRequest, kind: str) -> HttpResponse:
    """Change the rule of one kind."""
    if kind not in Report.Kind.values:
        raise Http404
    found = PublicationRule.objects.of(kind)
    form = PublicationRuleForm(sent(request), instance=found)
    if request.method == "POST" and form.is_valid():
        fresh = PublicationRule.objects.of(kind)
        fresh.version = version_read(request) or 1
        act = partial(fresh.edit, by=request.user, **form.cleaned_data)
        if succeeds(form, partial(said_when_stale, act)):
            messages.success(request, "Saved.")
            return redirect("publication-rules")
    stored = PublicationRule.objects.of(kind)
    is_stale = form.is_bound and stored.version != version_read(request)
    context = {
        "rule": stored,
        "form": form,
        "version": stored.version,
        "theirs": both(form, model_to_dict(stored)) if is_stale else [],
    }
    return render(request, "monitoring/publication_rule.html", context, status=_status(form))


def _status(form: forms.BaseForm) -> int:
    """What a rule refused, not a field, is a conflict."""
    return 409 if form.is_bound and form.non_field_errors() else 200
