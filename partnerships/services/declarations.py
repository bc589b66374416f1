"""What members declare of their interests, and of conflicts between them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from partnerships.models import ConflictOfInterest, Declaration, Membership
from registry.errors import DomainError
from registry.models import Event, User

MOST_CONFLICTS = 50
Conflict = dict[str, Any]


@transaction.atomic
def declare(
    membership: Membership, *, by: User, interests: str = "", expected_benefit: str = ""
) -> Declaration:
    """State the member's interests and expected benefit; what was said before stays on record."""
    _hold(membership, by)
    declaration = Declaration(
        membership=membership, interests=interests, expected_benefit=expected_benefit
    )
    _store(declaration)
    Event.log(declaration, "made", by=by)
    return declaration


@transaction.atomic
def declare_conflict(
    membership: Membership,
    *,
    by: User,
    description: str,
    mitigation: str = "",
    owner: str = "",
    review_on: date | None = None,
) -> ConflictOfInterest:
    """Declare a conflict of interest; a statement that there is none ends with it."""
    now = _hold(membership, by)
    if membership.conflicts.open().filter(is_none=False).count() >= MOST_CONFLICTS:
        raise DomainError("too_many_conflicts", f"At most {MOST_CONFLICTS} are open at a time.")
    for none in membership.conflicts.open().filter(is_none=True):
        _end(none, now, ConflictOfInterest.Ending.REPLACED)
    conflict = ConflictOfInterest(
        membership=membership,
        description=description,
        mitigation=mitigation,
        owner=owner,
        review_on=_coming(review_on),
        declared_at=now,
    )
    _store(conflict)
    Event.log(conflict, "declared", by=by)
    return conflict


@transaction.atomic
def declare_no_conflict(membership: Membership, *, by: User) -> ConflictOfInterest:
    """State, or state again, that there is no conflict of interest."""
    now = _hold(membership, by)
    if membership.conflicts.open().filter(is_none=False).exists():
        text = "Conflicts of interest are declared: resolve them before stating that there is none."
        raise DomainError("conflicts_open", text)
    before = membership.conflicts.open().first()
    if before:
        _end(before, now, ConflictOfInterest.Ending.REPLACED)
    statement = ConflictOfInterest(
        membership=membership, is_none=True, declared_at=now, replaces=before
    )
    _store(statement)
    Event.log(statement, "declared", by=by)
    return statement


@transaction.atomic
def renew_conflict(conflict: ConflictOfInterest, *, by: User, **fields: Any) -> ConflictOfInterest:
    """Declare it again as it stands today: a new row, and the one before ends."""
    if conflict.is_none:
        return declare_no_conflict(conflict.membership, by=by)
    now = _hold(conflict.membership, by)
    _require_open(conflict)
    if "review_on" in fields:
        fields["review_on"] = _coming(fields["review_on"])
    names = ("description", "mitigation", "owner", "review_on")
    values = {name: fields.get(name, getattr(conflict, name)) for name in names}
    _end(conflict, now, ConflictOfInterest.Ending.REPLACED)
    renewed = ConflictOfInterest(
        membership=conflict.membership, declared_at=now, replaces=conflict, **values
    )
    _store(renewed)
    Event.log(renewed, "renewed", by=by)
    return renewed


@transaction.atomic
def resolve_conflict(conflict: ConflictOfInterest, *, by: User, outcome: str) -> None:
    """State how the conflict was resolved; from now on it does not hold any more."""
    now = _hold(conflict.membership, by)
    _require_open(conflict)
    if conflict.is_none:
        raise DomainError("nothing_to_resolve", "That there is no conflict is not resolved.")
    if not outcome.strip():
        raise ValidationError({"outcome": "Say how it was resolved."})
    conflict.outcome = outcome
    _end(conflict, now, ConflictOfInterest.Ending.RESOLVED, outcome=outcome)
    Event.log(conflict, "resolved", by=by)


@transaction.atomic
def declare_all(
    membership: Membership,
    *,
    by: User,
    interests: str = "",
    expected_benefit: str = "",
    conflicts: Iterable[Conflict] = (),
    no_conflicts: bool = False,
) -> None:
    """What a form that joins or renews brings at once; what is empty is not declared."""
    listed = list(conflicts)
    if listed and no_conflicts:
        text = "Either list the conflicts of interest, or state that there is none."
        raise ValidationError({"no_conflicts": text})
    if interests.strip() or expected_benefit.strip():
        declare(membership, by=by, interests=interests, expected_benefit=expected_benefit)
    for conflict in listed:
        declare_conflict(membership, by=by, **conflict)
    if no_conflicts:
        declare_no_conflict(membership, by=by)


def _hold(membership: Membership, by: User) -> datetime:
    """Who may declare, and the moment of it, taken under the partnership's lock."""
    membership.require_manager(by)
    membership.partnership.hold()
    membership.refresh_from_db(fields=["status"])
    if membership.status not in (Membership.Status.INVITED, Membership.Status.ACCEPTED):
        raise DomainError("not_a_member", f"The membership is {membership.status}.")
    return timezone.now()


def _require_open(conflict: ConflictOfInterest) -> None:
    conflict.refresh_from_db(fields=["ended_at", "ending"])
    if conflict.ended_at:
        raise DomainError("conflict_ended", f"This statement was {conflict.ending} already.")


def _end(conflict: ConflictOfInterest, at: datetime, ending: str, **values: Any) -> None:
    rows = ConflictOfInterest.objects.filter(pk=conflict.pk, ended_at=None)
    rows.update(ended_at=at, ending=ending, **values)
    conflict.ended_at, conflict.ending = at, ending


def _store(row: Declaration | ConflictOfInterest) -> None:
    row.full_clean()
    row.save(force_insert=True)


def _coming(review_on: date | None) -> date | None:
    if review_on and review_on < timezone.localdate():
        raise ValidationError({"review_on": "A day from today on."})
    return review_on
