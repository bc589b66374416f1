"""Reading evaluations: of a partnership, one, its file, the follow-up as CSV, what waits."""

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Prefetch, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from monitoring.models import (
    Evaluation,
    EvaluationFinding,
    EvaluationReminder,
    ManagementAction,
    ManagementResponse,
    Recommendation,
)
from monitoring.models.management import addressees_for
from monitoring.reports.evaluations import evaluations_of
from partnerships.models import Partnership
from partnerships.views.finding import key_of, visible_partnership
from registry.attached import download
from registry.tables import no_formula
from registry.views.accounts import SignedInRequest
from registry.views.secretariat import admins

PARTS: dict[str, type[Any]] = {"finding": EvaluationFinding, "recommendation": Recommendation}
MOST = 200
CSV_COLUMNS = [
    "evaluation",
    "kind",
    "published_on",
    "recommendation",
    "text",
    "priority",
    "addressed_to",
    "response",
    "reason",
    "action",
    "owner",
    "due_on",
    "status",
    "is_overdue",
    "last_noted_on",
    "last_note",
]


def visible_evaluation(request: HttpRequest, pk: int) -> Evaluation:
    rows = Evaluation.objects.visible_to(request.user).select_related("partnership")
    found: Evaluation = get_object_or_404(rows, pk=pk)
    return found


def of_partnership(request: HttpRequest, key: str) -> HttpResponse:
    """A partnership's evaluations, and how far what they recommend has come."""
    partnership = visible_partnership(request, key)
    seen = Evaluation.objects.visible_to(request.user).filter(partnership=partnership)
    counted = seen.annotate(recommended=Count("recommendations"))
    now = timezone.now()
    figures = evaluations_of(partnership, timezone.localdate(now), now)
    unanswered = figures["by_response"]["none"]
    context = {
        "partnership": partnership,
        "key": key_of(partnership),
        "evaluations": counted.order_by("-starts_on", "-pk")[:MOST],
        "figures": figures,
        "answered": figures["recommendations_total"] - unanswered,
        "may_plan": partnership.is_editable_by(request.user) and partnership.is_public(),
    }
    return render(request, "monitoring/evaluations/list.html", context)


def evaluation(request: HttpRequest, pk: int) -> HttpResponse:
    """One evaluation: what it found and recommends, what was answered, what is done."""
    found = visible_evaluation(request, pk)
    user, today = request.user, timezone.localdate()
    rows = list(with_follow_up(found.recommendations.all()))
    for row in rows:
        row.evaluation = found
    is_open = found.status == Evaluation.Status.PUBLISHED
    answered = addressees_for(found, user) if is_open else set()
    context = {
        "evaluation": found,
        "partnership": found.partnership,
        "findings": found.findings.with_indicator_for(user)
        .select_related("indicator")
        .order_by("number"),
        "rows": [(row, row.addressed_to in answered, _lines(row, today)) for row in rows],
        "errata": found.errata.order_by("at", "pk"),
        "is_editor": found.partnership.is_editable_by(user),
        "may_write": found.status == Evaluation.Status.UNDER_WAY and found.is_written_by(user),
        "is_late": is_open and found.respond_by and found.respond_by < today,
        "owes_answers": is_open and any(not row.responses.all() for row in rows),
        "today": today,
    }
    return render(request, "monitoring/evaluations/one.html", context)


def with_follow_up(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Recommendations with responses, actions and their follow-up: four queries."""
    actions = ManagementAction.objects.select_related("owner__partner").order_by("due_on", "pk")
    return (
        rows.select_related("member__partner")
        .prefetch_related(
            Prefetch("responses", ManagementResponse.objects.order_by("-revision")),
            Prefetch("actions", actions.prefetch_related("follow_ups")),
        )
        .order_by("evaluation_id", "number")
    )


def _lines(row: Recommendation, today: Any) -> list[tuple[ManagementAction, bool, Any]]:
    """Each action, whether it is overdue, and what was noted of it last."""
    found = []
    for action in row.actions.all():
        noted = [one for one in action.follow_ups.all() if one.note]
        found.append((action, action.is_overdue(today), noted[-1] if noted else None))
    return found


def report_file(request: HttpRequest, pk: int) -> FileResponse:
    """The report's file, for who sees the evaluation, always as a download."""
    rows = Evaluation.objects.visible_to(request.user).exclude(file="")
    found = get_object_or_404(rows, pk=pk)
    return download(found.file, f"evaluation-{found.pk}")


def part(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Where a link to a finding or a recommendation leads."""
    found = get_object_or_404(PARTS[what].objects.visible_to(request.user), pk=pk)
    return redirect(place_of(found.evaluation_id, what, found.number))


def response(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a notice about a response leads."""
    rows = ManagementResponse.objects.visible_to(request.user).select_related("recommendation")
    asked = get_object_or_404(rows, pk=pk).recommendation
    return redirect(place_of(asked.evaluation_id, "recommendation", asked.number))


@login_required
def reminder(request: SignedInRequest, pk: int) -> HttpResponse:
    """Where a reminder leads: to the action, or to the evaluation that waits for responses."""
    found = get_object_or_404(EvaluationReminder.objects.visible_to(request.user), pk=pk)
    if found.action_id:
        return redirect("managementaction", pk=found.action_id)
    return redirect("evaluation", pk=found.evaluation_id)


def place_of(evaluation: int, what: str, number: int) -> str:
    return f"{reverse('evaluation', args=[evaluation])}#{what}-{number}"


def follow_up_csv(request: HttpRequest, key: str) -> HttpResponse:
    """Every recommendation of published evaluations with its response and each action."""
    partnership = visible_partnership(request, key)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"evaluation-follow-up-{key_of(partnership)}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.write("\ufeff")
    table = csv.writer(answer)
    table.writerow(CSV_COLUMNS)
    for row in _csv_rows(request, partnership):
        table.writerow([no_formula(value) for value in row])
    return answer


def _csv_rows(request: HttpRequest, partnership: Partnership) -> Iterator[list[Any]]:
    seen = Evaluation.objects.visible_to(request.user).filter(
        partnership=partnership, status=Evaluation.Status.PUBLISHED
    )
    rows = Recommendation.objects.filter(evaluation__in=seen.values("pk"))
    for row in with_follow_up(rows.select_related("evaluation")):
        found = row.evaluation
        responses = list(row.responses.all())
        said = [responses[0].decision, responses[0].reason] if responses else ["", ""]
        about = [found.title, found.kind, found.published_on, row.number, row.text, row.priority]
        about += [str(row.member.partner) if row.member else row.addressed_to, *said]
        lines = _lines(row, timezone.localdate())
        for action, is_overdue, noted in lines:
            owner = str(action.owner.partner) if action.owner else "secretariat"
            state = [action.what, owner, action.due_on, action.status]
            news = [noted.noted_on, noted.note] if noted else ["", ""]
            yield [*about, *state, "yes" if is_overdue else "no", *news]
        if not lines:
            yield [*about, *[""] * 7]


@admins
def waiting(request: SignedInRequest) -> HttpResponse:
    """Recommendations that wait for the secretariat, and evaluations whose time to answer is
    over."""
    today = timezone.localdate()
    rows = Recommendation.objects.unanswered().select_related("evaluation__partnership")
    late = rows.filter(evaluation__respond_by__lt=today).order_by("evaluation__respond_by", "pk")
    ours = rows.filter(addressed_to=Recommendation.Addressee.SECRETARIAT)
    actions = ManagementAction.objects.of_published().overdue(today)
    named = actions.select_related("recommendation__evaluation__partnership", "owner__partner")
    context = {
        "ours": ours.order_by("evaluation__respond_by", "pk")[:MOST],
        "late": late.select_related("member__partner")[:MOST],
        "actions": named.order_by("due_on", "pk")[:MOST],
        "today": today,
    }
    return render(request, "monitoring/evaluations/waiting.html", context)
