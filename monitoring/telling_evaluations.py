"""Whom evaluations and what follows from them are told: rows of registry's table."""

from collections.abc import Iterable

from monitoring.models import (
    Evaluation,
    EvaluationReminder,
    ManagementAction,
    ManagementResponse,
    Recommendation,
)
from partnerships.telling import LEAD, members_managers
from registry.models import Event, User
from registry.models.notices import add_models
from registry.telling import admins, managers_of, tells

Kind = EvaluationReminder.Kind
REMINDERS = {
    Kind.BEFORE_14: "Due in two weeks: {}",
    Kind.DUE: "Due today: {}",
    Kind.AFTER_7: "Overdue for a week: {}",
    Kind.AFTER_30: "Overdue for a month: {}",
}


def _partnership(event: Event) -> Iterable[int]:
    own = Evaluation.objects.filter(pk=event.subject_id)
    return list(own.values_list("partnership_id", flat=True))


def _members(event: Event) -> Iterable[User]:
    return members_managers(_partnership(event))


def _lead(event: Event) -> Iterable[User]:
    return members_managers(_partnership(event), LEAD)


def _members_of_response(event: Event) -> Iterable[User]:
    own = ManagementResponse.objects.filter(pk=event.subject_id)
    path = "recommendation__evaluation__partnership_id"
    return members_managers(list(own.values_list(path, flat=True)))


def _owner(event: Event) -> Iterable[User]:
    """Who does it: the member's managers, or the secretariat."""
    action = ManagementAction.objects.select_related("owner").get(pk=event.subject_id)
    return _doers(action)


def _doers(action: ManagementAction) -> Iterable[User]:
    return managers_of([action.owner.partner_id]) if action.owner else admins()


def _lead_of_action(event: Event) -> Iterable[User]:
    own = ManagementAction.objects.filter(pk=event.subject_id)
    path = "recommendation__evaluation__partnership_id"
    return members_managers(list(own.values_list(path, flat=True)), LEAD)


def _reminded(event: Event) -> Iterable[User]:
    """Who is to act; a month after the day, the lead too. Responses: who owes them."""
    rows = EvaluationReminder.objects.select_related("action__owner", "evaluation")
    reminder = rows.get(pk=event.subject_id)
    lead = members_managers([reminder.evaluation.partnership_id], LEAD)
    if reminder.action:
        doers = _doers(reminder.action)
        return {*doers, *lead} if reminder.kind == Kind.AFTER_30 else doers
    open_ones = Recommendation.objects.unanswered().filter(evaluation=reminder.evaluation)
    asked = set(open_ones.values_list("addressed_to", flat=True))
    people: set[User] = set(lead) if Recommendation.Addressee.MEMBER in asked else set()
    return people | (set(admins()) if Recommendation.Addressee.SECRETARIAT in asked else set())


def register() -> None:
    """Called once, when the app is ready."""
    named = ("evaluation", "evaluationfinding", "recommendation", "managementresponse")
    add_models("monitoring", *named, "managementaction", "evaluationreminder")
    tells("evaluation.submitted", "An evaluation waits to be published: {}", _lead)
    tells("evaluation.published", "An evaluation was published: {}", _members)
    tells("evaluation.corrected", "Something was put right in an evaluation: {}", _members)
    tells("evaluation.withdrawn", "An evaluation was withdrawn: {}", _members)
    tells("managementresponse.accepted", "Accepted. {}", _members_of_response)
    tells("managementresponse.partly", "Accepted in part. {}", _members_of_response)
    tells("managementresponse.rejected", "Rejected. {}", _members_of_response)
    tells("managementaction.planned", "To be done after an evaluation: {}", _owner)
    tells("managementaction.reassigned", "Yours to do after an evaluation: {}", _owner)
    tells("managementaction.postponed", "Falls due later: {}", _owner)
    tells("managementaction.dropped", "Dropped: {}", _owner)
    tells("managementaction.done", "Done after an evaluation: {}", _lead_of_action)
    for kind, words in REMINDERS.items():
        tells(f"evaluationreminder.{kind}", words, _reminded)
