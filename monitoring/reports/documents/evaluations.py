"""The section on evaluations of a partnership's report: how many, what was answered and done."""

from datetime import date
from typing import Any

from django.urls import reverse

from monitoring.models import Evaluation, ManagementAction, ManagementResponse, Recommendation
from monitoring.models.evaluations import CRITERIA
from monitoring.reports.documents.parts import (
    Block,
    Column,
    Link,
    Missing,
    Notice,
    Paragraph,
    Section,
    Table,
    Tile,
    Tiles,
    Value,
)
from monitoring.reports.documents.words import counted, say

Row = dict[str, Any]
RESPONSES = {**dict(ManagementResponse.Decision.choices), "none": "no response"}
STATES = dict(ManagementAction.Status.choices)
KINDS = dict(Evaluation.Kind.choices)
ADDRESSEES = dict(Recommendation.Addressee.choices)


def section(content: Row) -> Section | None:
    """Of the snapshot's `evaluations`; None where it has none, as in contents of an earlier
    format. Without a published evaluation the section says so."""
    found = content.get("evaluations")
    if found is None:
        return None
    if not found["published"]:
        text = "No evaluation had been published."
        return Section("evaluations", "Evaluations", [Notice(text)])
    blocks: list[Block] = [
        Paragraph(_sentence(found)),
        _tiles(found),
        _list(found),
        _recommendations(found),
    ]
    if any(one["ratings"] for one in found["published"]):
        blocks.append(_ratings(found))
    return Section("evaluations", "Evaluations", blocks)


def _sentence(found: Row) -> str:
    template = (
        "{evaluations} made {recommendations}. The management accepted {accepted} wholly and "
        "{partly} in part, rejected {rejected} and left {unanswered} unanswered."
    )
    answers = found["by_response"]
    return say(
        template,
        evaluations=counted(len(found["published"]), "evaluation", "evaluations"),
        recommendations=counted(
            found["recommendations_total"], "recommendation", "recommendations"
        ),
        accepted=answers["accepted"],
        partly=answers["partly"],
        rejected=answers["rejected"],
        unanswered=answers["none"],
    )


def _tiles(found: Row) -> Tiles:
    total = found["actions_total"]
    of_all = say("of {actions} to follow up", actions=counted(total, "action", "actions"))
    return Tiles(
        [
            Tile("Evaluations published", len(found["published"])),
            Tile("Recommendations", found["recommendations_total"]),
            Tile("Responses overdue", found["responses_overdue"]),
            Tile("Actions done", found["by_action_status"]["done"], note=of_all),
            Tile("Actions overdue", found["actions_overdue"], note=of_all),
        ]
    )


def _list(found: Row) -> Table:
    columns = [
        Column("evaluation", "Evaluation"),
        Column("kind", "Kind"),
        Column("independent", "Independent"),
        Column("covers_from", "Covers from", "day"),
        Column("covers_to", "Covers to", "day"),
        Column("published_on", "Published", "day"),
        Column("recommendations", "Recommendations", "number"),
        Column("actions", "Actions", "number"),
        Column("actions_done", "Actions done", "number"),
        Column("actions_overdue", "Actions overdue", "number"),
    ]
    rows = [
        [
            Link(one["title"], reverse("evaluation", args=[one["id"]])),
            KINDS[one["kind"]],
            "yes" if one["is_independent"] else "no",
            _day(one["starts_on"]),
            _day(one["ends_on"]),
            _day(one["published_on"]),
            one["recommendations_total"],
            one["actions_total"],
            one["by_action_status"]["done"],
            one["actions_overdue"],
        ]
        for one in found["published"]
    ]
    totals: list[Value] = [
        "All",
        "",
        "",
        "",
        "",
        "",
        found["recommendations_total"],
        found["actions_total"],
        found["by_action_status"]["done"],
        found["actions_overdue"],
    ]
    return Table("evaluations", "Evaluations that were published", columns, rows, totals)


def _recommendations(found: Row) -> Table:
    columns = [
        Column("evaluation", "Evaluation"),
        Column("number", "Number", "number"),
        Column("recommendation", "Recommendation"),
        Column("priority", "Priority"),
        Column("addressed_to", "Addressed to"),
        Column("response", "Response"),
        *(Column(code, f"Actions {label}", "number") for code, label in STATES.items()),
        Column("overdue", "Actions overdue", "number"),
    ]
    rows = [
        _recommendation(evaluation, one)
        for evaluation in found["published"]
        for one in evaluation["recommendations"]
    ]
    totals: list[Value] = ["All", "", "", "", "", ""]
    totals += [found["by_action_status"][code] for code in STATES]
    totals.append(found["actions_overdue"])
    caption = "Recommendations, what was answered, and what is done"
    return Table("recommendations", caption, columns, rows, totals if rows else ())


def _recommendation(evaluation: Row, one: Row) -> list[Value]:
    states = [action["status"] for action in one["actions"]]
    no_response = one["response"] == "none"
    return [
        evaluation["title"],
        one["number"],
        one["text"],
        one["priority"],
        ADDRESSEES[one["addressed_to"]],
        Missing("no response") if no_response else RESPONSES[one["response"]],
        *(states.count(code) for code in STATES),
        sum(action["is_overdue"] for action in one["actions"]),
    ]


def _ratings(found: Row) -> Table:
    columns = [
        Column("evaluation", "Evaluation"),
        *(Column(name, name.capitalize(), "number") for name in CRITERIA),
    ]
    rows = [
        [one["title"], *(one["ratings"].get(name, Missing("not rated")) for name in CRITERIA)]
        for one in found["published"]
        if one["ratings"]
    ]
    notes = ["By the evaluators, from one (very poor) to six (very good)."]
    return Table("evaluation-ratings", "The six criteria", columns, rows, notes=notes)


def _day(text: str) -> date:
    return date.fromisoformat(text)
