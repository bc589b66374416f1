"""Responses of the management to recommendations, and the actions that follow."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from monitoring.models import ManagementAction, ManagementResponse, Recommendation
from monitoring.models.management import require_responder
from partnerships.models import Membership
from registry.errors import DomainError, StaleVersion
from registry.models import Event, User

Decision = ManagementResponse.Decision


@transaction.atomic
def respond(
    recommendation: Recommendation, *, by: User, decision: str, reason: str = ""
) -> ManagementResponse:
    """Answer a recommendation for the first time; of two that do so at once one does."""
    _begin(recommendation, by)
    if recommendation.responses.exists():
        text = "It is answered already: revise the response."
        raise DomainError("responded_already", text)
    return _store(recommendation, 1, by=by, decision=decision, reason=reason)


@transaction.atomic
def revise_response(
    response: ManagementResponse, *, by: User, decision: str, reason: str = ""
) -> ManagementResponse:
    """Answer otherwise; what was said before stays on record, with its day.

    The reason is needed, whatever the new answer is; a rejection leaves nothing to be done open.
    """
    recommendation = response.recommendation
    _begin(recommendation, by)
    last = recommendation.responses.order_by("-revision").first()
    if last is None or last.pk != response.pk:
        raise StaleVersion
    if not reason.strip():
        text = "Say why the answer is another one."
        raise ValidationError({"reason": ValidationError(text, code="reason_needed")})
    if decision == Decision.REJECTED and recommendation.actions.unfinished().exists():
        text = "Drop what is still to be done under it first."
        raise DomainError("open_actions", text)
    return _store(recommendation, last.revision + 1, by=by, decision=decision, reason=reason)


@transaction.atomic
def plan_action(
    recommendation: Recommendation,
    *,
    by: User,
    what: str,
    due_on: date,
    owner: Membership | None = None,
) -> ManagementAction:
    """Say what is done about a recommendation that was accepted, wholly or in part."""
    _begin(recommendation, by)
    last = recommendation.responses.order_by("-revision").first()
    if last is None:
        raise DomainError("not_responded", "Answer the recommendation first.")
    if last.decision == Decision.REJECTED:
        raise DomainError("rejected", "The recommendation was rejected.")
    action = ManagementAction(
        recommendation=recommendation, what=what.strip(), due_on=due_on, owner=owner
    )
    action.check_values()
    action.require_member(owner)
    action.save(force_insert=True)
    action.begin_record(by=by)
    Event.log(action, "planned", by=by)
    return action


def _begin(recommendation: Recommendation, by: User) -> None:
    require_responder(recommendation, by)
    recommendation.evaluation.hold()
    recommendation.evaluation.require_published()


def _store(
    recommendation: Recommendation, revision: int, *, by: User, decision: str, reason: str
) -> ManagementResponse:
    fields: dict[str, Any] = {"decision": decision, "reason": reason.strip(), "by": by}
    response = ManagementResponse(recommendation=recommendation, revision=revision, **fields)
    response.store()
    Event.log(response, decision, by=by, reason=reason)
    return response
