"""Whom it is told that somebody joins, declares, hands over: rows of registry/telling.py."""

from collections.abc import Iterable
from typing import Any

from partnerships.models import (
    CommitmentHandover,
    ConflictOfInterest,
    Declaration,
    LeadHandover,
    Membership,
)
from partnerships.telling import LEAD, members_managers
from registry.models import Event, User
from registry.models.notices import add_models
from registry.telling import Recipients, managers_of, tells


def _side(model: Any, side: str) -> Recipients:
    """The managers of the member that gives, or that is asked."""

    def people(event: Event) -> Iterable[User]:
        own = model.objects.filter(pk=event.subject_id)
        return managers_of(own.values_list(f"{side}__partner_id", flat=True))

    return people


def _lead_of_member(model: Any) -> Recipients:
    """A member's statement is news for the lead; what it says is read inside."""

    def people(event: Event) -> Iterable[User]:
        own = model.objects.filter(pk=event.subject_id)
        return members_managers(own.values_list("membership__partnership_id", flat=True), LEAD)

    return people


def _member(event: Event) -> Iterable[User]:
    own = Membership.objects.filter(pk=event.subject_id)
    return managers_of(own.values_list("partner_id", flat=True))


def _members(event: Event) -> Iterable[User]:
    return members_managers([event.subject_id])


def register() -> None:
    """Called once, when the app is ready."""
    add_models(
        "partnerships",
        "commitmenthandover",
        "conflictofinterest",
        "declaration",
        "leadhandover",
        "membershipinvitation",
    )
    tells("membership.roles_changed", "Roles changed: {}", _member)
    tells("declaration.made", "Interests and expected benefit, {}", _lead_of_member(Declaration))
    tells("conflictofinterest.declared", "Declared: {}", _lead_of_member(ConflictOfInterest))
    tells("conflictofinterest.renewed", "Renewed: {}", _lead_of_member(ConflictOfInterest))
    tells("conflictofinterest.resolved", "Resolved: {}", _lead_of_member(ConflictOfInterest))
    for model, what in ((CommitmentHandover, "commitment"), (LeadHandover, "lead")):
        name = model._meta.model_name
        asked, asking = _side(model, "taker"), _side(model, "giver")
        tells(f"{name}.proposed", f"You are asked to take over the {what}: {{}}", asked)
        tells(f"{name}.accepted", f"The {what} was taken over: {{}}", asking)
        tells(f"{name}.declined", f"The {what} was not taken over: {{}}", asking)
        tells(f"{name}.withdrawn", f"An offer of the {what} was taken back: {{}}", asked)
    tells("partnership.lead_changed", "Has another lead now: {}", _members)
    # Told by the service itself: only the words stand here.
    tells("membershipinvitation.accepted", "Your invitation was taken up: {}")
    tells("membershipinvitation.declined", "Your invitation was declined: {}")
