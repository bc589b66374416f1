"""What becomes of memberships when two partners are made one."""

from datetime import timedelta
from typing import Any

from django.db.models import F
from django.dispatch import Signal
from django.utils import timezone

from partnerships.models import (
    Commitment,
    CommitmentHandover,
    LeadHandover,
    Membership,
    Partnership,
)
from registry.models import Affiliation, DueDiligence, Event, Sector
from registry.services.moving import Moving

# Sent for two memberships of one partnership, before what hangs on `gone` moves to `kept`.
memberships_combining = Signal()

WHY_PROMISE = "a promise between the two: nobody promises something to oneself"
WHY_HANDOVER = "handed over between the two: nobody hands over to oneself"
WHY_INVITED = "never accepted: the other membership stands for both"


def take_part(sender: Any, moving: Moving, **_: Any) -> None:
    """Lock the partnerships of both, before any row below them, and join in."""
    partners = [moving.duplicate.pk, moving.into.pk]
    theirs = Membership.objects.filter(partner__in=partners).values("partnership_id")
    rows = Partnership.objects.filter(pk__in=theirs).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))
    moving.first(combine_memberships)


def combine_memberships(moving: Moving) -> None:
    """Where both belong to one partnership, one membership goes on for both."""
    _require_due_diligence(moving)
    _join_assignments(moving)
    current = Membership.objects.filter(ended_on=None).order_by("partnership_id")
    of_survivor = {m.partnership_id: m for m in current.filter(partner=moving.into)}
    for theirs in current.filter(partner=moving.duplicate):
        if ours := of_survivor.get(theirs.partnership_id):
            _combine(moving, theirs, ours)


def _join_assignments(moving: Moving) -> None:
    """Of an evaluator's two roles one stays: limited to what both were limited to, if both were."""
    limited = Affiliation.objects.exclude(assignments=None)
    ours = {(a.user_id, a.role): a for a in limited.filter(partner=moving.into)}
    for theirs in limited.filter(partner=moving.duplicate).order_by("pk"):
        if kept := ours.get((theirs.user_id, theirs.role)):
            moving.repoint(theirs, kept, together=f"role {kept.pk}")


def _require_due_diligence(moving: Moving) -> None:
    """What let the duplicate in without a review does not let a company in (see accept)."""
    was, becomes = moving.duplicate.sector, moving.into.sector
    if becomes != Sector.PRIVATE or was == Sector.PRIVATE:
        return
    reviewed = DueDiligence.objects.valid(timezone.localdate())
    if reviewed.filter(partner__in=[moving.duplicate, moving.into]).exists():
        return
    joined = Membership.objects.accepted().filter(partner=moving.duplicate)
    for membership in joined.filter(partnership__kind__in=Partnership.REVIEWED):
        text = f"{moving.into} needs a valid due diligence review for {membership.partnership}."
        moving.settle("due_diligence_required", text, membership=membership.pk)


def _combine(moving: Moving, theirs: Membership, ours: Membership) -> None:
    kept, gone = _kept_and_gone(theirs, ours)
    group = f"partnership {ours.partnership_id}"
    memberships_combining.send(Membership, moving=moving, kept=kept, gone=gone, together=group)
    _leave_promises_between(moving, kept, gone)
    _leave_handovers_between(moving, kept, gone)
    moving.repoint(gone, kept, together=group)
    values = _combined(kept, gone)
    if gone.accepted_on:
        _end(moving, gone, group)
    elif gone.partner_id == moving.duplicate.pk:
        _park(moving, gone, group)
    else:
        _change_places(moving, kept, gone, group)
    if kept.partner_id == moving.duplicate.pk:
        values["partner_id"] = moving.into.pk
    moving.write(kept, together=group, **values)


def _kept_and_gone(theirs: Membership, ours: Membership) -> tuple[Membership, Membership]:
    """The one accepted first goes on, so that nothing that was due falls away; else ours."""
    if theirs.accepted_on and (not ours.accepted_on or theirs.accepted_on < ours.accepted_on):
        return theirs, ours
    return ours, theirs


def _combined(kept: Membership, gone: Membership) -> dict[str, Any]:
    """The roles of both; an invitation adds nothing to what was accepted.

    What both declared of their interests goes on under the one that stays, dated as it was.
    """
    values: dict[str, Any] = {}
    if gone.status == kept.status:
        values["roles"] = [*kept.roles, *(role for role in gone.roles if role not in kept.roles)]
    elif gone.status == Membership.Status.INVITED and not kept.accepted_on:
        values |= {"status": gone.status, "roles": gone.roles, "invited_on": gone.invited_on}
    return values


def _leave_promises_between(moving: Moving, kept: Membership, gone: Membership) -> None:
    between = Commitment.objects.filter(
        membership__in=[kept.pk, gone.pk], receiver__in=[kept.pk, gone.pk]
    ).exclude(membership=F("receiver"))
    for commitment in between:
        moving.leave(commitment, WHY_PROMISE)
        for delivery in commitment.deliveries.all():
            moving.leave(delivery, WHY_PROMISE)
        for planned in commitment.planned_disbursements.all():
            moving.leave(planned, WHY_PROMISE)


def _leave_handovers_between(moving: Moving, kept: Membership, gone: Membership) -> None:
    both = [kept.pk, gone.pk]
    for kind in (CommitmentHandover, LeadHandover):
        for handover in kind.objects.filter(giver__in=both, taker__in=both):
            moving.leave(handover, WHY_HANDOVER)


def _end(moving: Moving, gone: Membership, group: str) -> None:
    """It was a member until yesterday, under the one name; from today on, under the other."""
    today = timezone.localdate()
    last_day = max(gone.accepted_on or today, today - timedelta(days=1))
    moving.write(
        gone,
        together=group,
        status=Membership.Status.LEFT,
        ended_on=last_day,
        partner_id=moving.into.pk,
    )
    _log(moving, gone, Membership.Status.ACCEPTED)


def _park(moving: Moving, gone: Membership, group: str) -> None:
    moving.leave(gone, WHY_INVITED)
    if gone.status == Membership.Status.INVITED:
        moving.write(gone, together=group, status=Membership.Status.DECLINED)
        _log(moving, gone, Membership.Status.INVITED)


def _change_places(moving: Moving, kept: Membership, gone: Membership, group: str) -> None:
    """The survivor's unanswered invitation gives way to the membership of the duplicate.

    A partner has one current membership: `kept` steps aside for the moment in between.
    """
    today = timezone.localdate()
    left, accepted = Membership.Status.LEFT, Membership.Status.ACCEPTED
    moving.write(kept, together=group, status=left, ended_on=max(kept.accepted_on or today, today))
    was = gone.status
    moving.write(
        gone,
        together=group,
        status=Membership.Status.DECLINED,
        partner_id=moving.duplicate.pk,
    )
    moving.leave(gone, WHY_INVITED)
    if was == Membership.Status.INVITED:
        _log(moving, gone, was)
    moving.write(kept, together=group, status=accepted, ended_on=None, partner_id=moving.into.pk)


def _log(moving: Moving, membership: Membership, was: str) -> None:
    Event.log(
        membership,
        membership.status,
        was=was,
        became=membership.status,
        by=moving.by,
        reason="Its partner was merged with another member.",
    )
