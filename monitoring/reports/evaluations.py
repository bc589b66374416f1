"""A partnership's published evaluations with what was answered and done, as of two dates.

What counts: an evaluation published by the reference date, known at the cut-off and not withdrawn
by then; of each recommendation the last response, of each action the last follow-up, that is
dated by the reference date and was recorded by the cut-off. So later answers, and later news of
an action, leave the figures of an earlier date as they were. An action is overdue where it was
neither done nor dropped, and due (by the due date that held then) before the reference date; a
response is overdue where there was none and the evaluation's 60 days were over.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from monitoring.models import Evaluation, FollowUp, ManagementAction, ManagementResponse
from monitoring.models.evaluations import CRITERIA
from partnerships.models import Partnership

Row = dict[str, Any]
Status = ManagementAction.Status
NO_RESPONSE = "none"
RESPONSES = [*ManagementResponse.Decision.values, NO_RESPONSE]
LONGEST = 300  # of a recommendation's text: the page has it whole
FACTS = (
    "id",
    "kind",
    "title",
    "is_independent",
    "starts_on",
    "ends_on",
    "published_on",
    "respond_by",
)
PARTS = ("pk", "number", "text", "priority", "addressed_to")


def evaluations_of(
    partnership: Partnership, reference_on: date, cutoff_at: datetime
) -> dict[str, Any]:
    """Every published evaluation with its recommendations, and the totals; two queries.

    Counts are numbers of recommendations and of actions. Without a published evaluation all of
    them are 0 and the list is empty.
    """
    rows = _rows(partnership, reference_on, cutoff_at)
    if not rows:
        return no_evaluations(reference_on)
    actions = _actions({row["id"] for row in rows}, reference_on, cutoff_at)
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["id"]].append(row)
    published = [_evaluation(found, actions, reference_on) for found in grouped.values()]
    every = [one for evaluation in published for one in evaluation["recommendations"]]
    return {"published": published, **_totals(every, reference_on)}


def no_evaluations(reference_on: date) -> dict[str, Any]:
    """The same where nothing was published."""
    return {"published": [], **_totals([], reference_on)}


def _rows(partnership: Partnership, reference_on: date, cutoff_at: datetime) -> list[Row]:
    """One row per recommendation, or a single one of an evaluation that recommends nothing."""
    said = ManagementResponse.objects.filter(
        recommendation=OuterRef("recommendations__pk"),
        stated_on__lte=reference_on,
        created_at__lte=cutoff_at,
    ).order_by("-revision")
    found = Evaluation.objects.filter(partnership=partnership)
    found = found.published_at_dates(reference_on, cutoff_at)
    found = found.annotate(response=Subquery(said.values("decision")[:1]))
    names = [f"recommendations__{name}" for name in PARTS]
    ordered = found.order_by("published_on", "pk", "recommendations__number")
    return list(ordered.values(*FACTS, *CRITERIA, *names, "response"))


def _actions(
    evaluations: Iterable[int], reference_on: date, cutoff_at: datetime
) -> dict[int, list[Row]]:
    """By recommendation: each action's status and due date as they were."""
    noted = FollowUp.objects.filter(
        action__recommendation__evaluation__in=evaluations,
        noted_on__lte=reference_on,
        at__lte=cutoff_at,
    )
    latest = noted.order_by("action", "-pk").distinct("action")
    found: dict[int, list[Row]] = defaultdict(list)
    for action, recommendation, status, due_on in latest.values_list(
        "action", "action__recommendation", "status", "due_on"
    ):
        is_overdue = status in ManagementAction.OPEN and due_on < reference_on
        row = {"id": action, "status": status, "due_on": due_on, "is_overdue": is_overdue}
        found[recommendation].append(row)
    return found


def _evaluation(rows: list[Row], actions: dict[int, list[Row]], reference_on: date) -> Row:
    first = rows[0]
    recommendations = [
        {
            "number": row["recommendations__number"],
            "text": _shortened(row["recommendations__text"]),
            "priority": row["recommendations__priority"],
            "addressed_to": row["recommendations__addressed_to"],
            "response": row["response"] or NO_RESPONSE,
            "respond_by": row["respond_by"],
            "actions": actions.get(row["recommendations__pk"], []),
        }
        for row in rows
        if row["recommendations__pk"] is not None
    ]
    ratings = {name: first[name] for name in CRITERIA if first[name] is not None}
    facts = {name: first[name] for name in FACTS}
    totals = _totals(recommendations, reference_on)
    return {**facts, "ratings": ratings, "recommendations": recommendations, **totals}


def _totals(recommendations: list[Row], reference_on: date) -> Row:
    """How many were answered how, and how far what is done about them has come."""
    actions = [action for one in recommendations for action in one["actions"]]
    answered = Counter(one["response"] for one in recommendations)
    states = Counter(action["status"] for action in actions)
    late = [
        one
        for one in recommendations
        if one["response"] == NO_RESPONSE and one["respond_by"] < reference_on
    ]
    return {
        "recommendations_total": len(recommendations),
        "by_response": {code: answered[code] for code in RESPONSES},
        "responses_overdue": len(late),
        "actions_total": len(actions),
        "by_action_status": {code: states[code] for code in Status.values},
        "actions_overdue": sum(action["is_overdue"] for action in actions),
    }


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
