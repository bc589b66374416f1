"""What to look at before data is sent for review."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from monitoring.forms.beside import exactly
from monitoring.forms.cells import Cell, parts_of, unit_of
from monitoring.forms.entry import parts_in
from monitoring.ingest.quality import Finding, findings
from monitoring.models import Category, Indicator, Observation, Severity, Submission
from monitoring.services.entering import explain_values
from monitoring.services.quality import hand_in
from monitoring.views.reading import SignedInRequest, is_open_for, visible_submission
from registry.errors import DomainError, StaleVersion

LOOKS = {
    Severity.ERROR: ("off_track", "cannot be right"),
    Severity.WARNING: ("at_risk", "needs a reason"),
    Severity.NOTE: ("due", "note"),
}


UNEXPLAINED = "Below stands what has to be changed or needs a reason. What was entered is kept."
NOT_AS_SHOWN = "The data was changed after this page was opened: look at it again, then send it."


@login_required
def check(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is missing or odd before the data is sent, with the reasons that are asked for."""
    found = visible_submission(request, pk)
    if not is_open_for(found, request.user):
        return redirect("submission", pk=pk)
    refused = _send(request, found) if request.method == "POST" else ""
    if request.method == "POST" and not refused:
        messages.success(request, f"Sent for review. {found.period} of {found.unit}")
        return redirect("submissions")
    found.refresh_from_db()
    typed = _reasons(request)
    context = what_to_check(found, typed) | {"refused": refused}
    return render(
        request, "monitoring/submission_check.html", context, status=409 if refused else 200
    )


def _send(request: SignedInRequest, found: Submission) -> str:
    """Keep the reasons, then hand in; why it was refused, or "". The reasons stay either way."""
    if request.POST.get("version") != str(found.version):
        return NOT_AS_SHOWN
    try:
        explain_values(found, _reasons(request), by=request.user)
        hand_in(found, by=request.user)
    except StaleVersion:
        return NOT_AS_SHOWN
    except DomainError as problem:
        return UNEXPLAINED if problem.code == "doubtful" else problem.detail
    except ValidationError as problem:
        return " ".join(problem.messages)
    return ""


def _reasons(request: SignedInRequest) -> dict[int, str]:
    """What was typed, by the key of the value that it explains."""
    named = {n.removeprefix("reason-"): n for n in request.POST if n.startswith("reason-")}
    keys = {key: name for key, name in named.items() if key.isascii() and key.isdigit()}
    return {int(key): request.POST[name] for key, name in keys.items() if len(key) < 19}


class Doubt(NamedTuple):
    """A finding about a value: where it is, how bad, and the reason given for it."""

    pk: int
    where: str
    state: str
    word: str
    text: str
    address: str
    asks: bool
    reason: str


class Remark(NamedTuple):
    """Something to look at, and where it is put right."""

    text: str
    address: str


class Sent(NamedTuple):
    """A value as the reviewer will read it."""

    indicator: Indicator
    category: Any
    value: str
    said: str
    address: str


def what_to_check(submission: Submission, typed: dict[int, str]) -> dict[str, Any]:
    """What is missing or odd, and all that will be sent, with the way to each input."""
    pages = parts_in(submission)
    ways = Ways(submission, pages)
    asked = [one for page in pages for one in page]
    stored = list(submission.observations.select_related("indicator__currency", "category"))
    given = {row.indicator_id for row in stored if row.category_id is None}
    lacking = [one for one in asked if one.pk not in given]
    return {
        "submission": submission,
        "asked": len(asked),
        "given": len(asked) - len(lacking),
        "lacking": [Remark(str(one), ways.to(one)) for one in lacking],
        "doubts": [_doubt(one, ways, typed) for one in findings(submission)],
        "rows": [_sent(row, ways) for row in stored],
        "unsafe": submission.unsafe_breakdowns.select_related("indicator", "dimension"),
    }


def _doubt(finding: Finding, ways: "Ways", typed: dict[int, str]) -> Doubt:
    row = finding.observation
    state, word = LOOKS[Severity(finding.severity)]
    return Doubt(
        row.pk,
        f"{row.indicator}, {row.category}" if row.category_id else str(row.indicator),
        state,
        word,
        finding.text,
        ways.to(row.indicator, row.category),
        finding.severity == Severity.WARNING,
        typed.get(row.pk, row.variance_reason),
    )


def _sent(row: Observation, ways: "Ways") -> Sent:
    unit = unit_of(row.indicator)
    exact = "value withdrawn" if row.withdraws else exactly(row)
    shows_unit = unit and not row.withdraws and row.numerator is None
    marks = ["provisional"] if row.is_provisional else []
    marks += [f"estimated: {row.method}"] if row.method else []
    said = "; ".join([*marks, row.variance_reason, row.comment])
    value = f"{exact} {unit}" if shows_unit else exact
    return Sent(
        row.indicator, row.category, value, said.strip("; "), ways.to(row.indicator, row.category)
    )


class Ways:
    """Where in the form an indicator is."""

    def __init__(self, submission: Submission, pages: list[list[Indicator]]) -> None:
        self.base = reverse("submission", args=[submission.pk])
        self.part_of = {one.pk: n for n, page in enumerate(pages, start=1) for one in page}

    def to(self, indicator: Indicator, category: Category | None = None) -> str:
        part = self.part_of.get(indicator.pk, 1)
        query = f"?part={part}" if part > 1 else ""
        return f"{self.base}{query}#id_{Cell(indicator, category).name(parts_of(indicator)[0])}"
