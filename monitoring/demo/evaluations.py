"""Evaluations of the demo partnerships, what was answered to them, and what became of it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from monitoring.demo.promises import Entered
from monitoring.demo.reading import TODAY, Spec, moment, topic
from monitoring.models import (
    Erratum,
    Evaluation,
    EvaluationFinding,
    EvaluationReminder,
    FollowUp,
    ManagementAction,
    ManagementResponse,
    Recommendation,
)
from monitoring.models.evaluation_reminders import DAYS
from monitoring.models.evaluations import RESPOND_WITHIN
from registry.models import User

Status = Evaluation.Status
FACTS = ("kind", "title", "scope", "starts_on", "ends_on", "evaluators", "is_independent")
# How far each has come, by the day that its file gives for it.
STEPS = {
    "begun_on": Status.UNDER_WAY,
    "submitted_on": Status.SUBMITTED,
    "published_on": Status.PUBLISHED,
}


def enter_evaluations(entered: Sequence[Entered]) -> None:
    told = topic("evaluations")
    for one in entered:
        for spec in told.get(one.spec["name"], []):
            _evaluation(one, spec)


def _evaluation(one: Entered, spec: Spec) -> None:
    """Written while it is under way, then moved: what is published takes no more rows."""
    last = max(spec[day] for day in ("planned_on", *STEPS) if day in spec)
    evaluation = Evaluation.objects.create(
        partnership=one.partnership,
        **{name: spec[name] for name in FACTS},
        **{name: spec.get(name, "") for name in ("method", "url")},
        **spec.get("ratings", {}),
        expected_on=spec.get("expected_on"),
        created_at=moment(spec["planned_on"]),
        updated_at=moment(last),
    )
    stored_at = _stored_at(spec["begun_on"])
    for number, finding in enumerate(spec.get("findings", []), start=1):
        EvaluationFinding.objects.create(
            evaluation=evaluation, number=number, **finding, **stored_at
        )
    recommended = [
        _recommendation(one, evaluation, number, said, spec["begun_on"])
        for number, said in enumerate(spec["recommendations"], start=1)
    ]
    _move(one, evaluation, spec)
    for recommendation, said in zip(recommended, spec["recommendations"], strict=True):
        _answer(one, recommendation, said)
    for erratum in spec.get("errata", []):
        at = moment(erratum["on"])
        Erratum.objects.create(evaluation=evaluation, text=erratum["text"], at=at, by=one.manager)
        one.history.tell(evaluation, "corrected", at, by=one.manager)


def _recommendation(
    one: Entered, evaluation: Evaluation, number: int, said: Spec, begun_on: date
) -> Recommendation:
    to = Recommendation.Addressee
    return Recommendation.objects.create(
        evaluation=evaluation,
        number=number,
        text=said["text"],
        addressed_to=to.MEMBER if "to" in said else to.SECRETARIAT,
        member=one.members[said["to"]] if "to" in said else None,
        priority=said.get("priority", Recommendation.Priority.MEDIUM),
        **_stored_at(begun_on),
    )


def _move(one: Entered, evaluation: Evaluation, spec: Spec) -> None:
    one.history.tell(evaluation, "planned", moment(spec["planned_on"]), by=one.manager)
    was = str(Status.PLANNED)
    for day, status in STEPS.items():
        if day in spec:
            one.history.moved(evaluation, was, status, moment(spec[day]), by=one.manager)
            was = status
    values: dict[str, Any] = {"status": was, "submitted_on": spec.get("submitted_on")}
    if published_on := spec.get("published_on"):
        values |= {
            "published_on": published_on,
            "published_at": moment(published_on),
            "respond_by": published_on + RESPOND_WITHIN,
        }
    Evaluation.objects.filter(pk=evaluation.pk).update(**values)


def _answer(one: Entered, recommendation: Recommendation, said: Spec) -> None:
    by = one.manager if recommendation.member else one.people.admin
    for revision, answer in enumerate(said.get("responses", []), start=1):
        response = ManagementResponse.objects.create(
            recommendation=recommendation,
            revision=revision,
            decision=answer["decision"],
            reason=answer.get("reason", ""),
            stated_on=answer["on"],
            by=by,
            **_stored_at(answer["on"]),
        )
        one.history.tell(response, response.decision, response.created_at, by=by)
    for action in said.get("actions", []):
        _action(one, recommendation, action, by)


def _action(one: Entered, recommendation: Recommendation, spec: Spec, by: User) -> None:
    """Each line of news in its order; what was dropped ends with its reason."""
    doer = one.people.managers[spec["owner"]] if "owner" in spec else one.people.admin
    news = [{"on": spec["planned_on"], "status": "not_started", "note": ""}, *spec.get("news", [])]
    if ended := spec.get("dropped"):
        news.append({"on": ended["on"], "status": "dropped", "note": ended["reason"]})
    action = ManagementAction.objects.create(
        recommendation=recommendation,
        what=spec["what"],
        owner=one.members[spec["owner"]] if "owner" in spec else None,
        due_on=spec["due_on"],
        status=news[-1]["status"],
        created_at=moment(spec["planned_on"]),
        updated_at=moment(news[-1]["on"]),
    )
    one.history.tell(action, "planned", moment(spec["planned_on"]), by=by)
    was = ""
    for line in news:
        who = doer if line["status"] in ("under_way", "done") else by
        FollowUp.objects.create(
            action=action,
            status=line["status"],
            due_on=action.due_on,
            note=line["note"],
            noted_on=line["on"],
            at=moment(line["on"]),
            by=who,
        )
        if was:
            one.history.moved(action, was, line["status"], moment(line["on"]), by=who)
        was = line["status"]
    _remind(one, action)


def _remind(one: Entered, action: ManagementAction) -> None:
    """An action that nobody has said a word of is asked for on each day whose time has come."""
    if action.status != ManagementAction.Status.NOT_STARTED:
        return
    for kind, days in DAYS.items():
        on = action.due_on + timedelta(days=days)
        if on <= TODAY:
            reminder = EvaluationReminder.objects.create(
                evaluation=action.evaluation,
                action=action,
                due_on=action.due_on,
                kind=kind,
                sent_at=moment(on, hour=3),
            )
            one.history.tell(reminder, kind, reminder.sent_at)


def _stored_at(day: date) -> dict[str, Any]:
    return {"created_at": moment(day), "updated_at": moment(day)}
