"""Writing amendments, and carrying out what was approved."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone

from partnerships.models import Amendment, Membership, Partnership, PartnershipVersion
from partnerships.models.amendments import needs_endorsement
from partnerships.models.proposals import Proposal
from partnerships.models.proposed_members import LEAD, ProposedMembers
from partnerships.models.proposed_sections import (
    ProposedAbout,
    ProposedBudget,
    ProposedObjectives,
    ProposedPlaces,
    ProposedTargets,
)
from partnerships.services.handovers import Becomes, Fate, leave
from partnerships.services.members import ask_to_join
from partnerships.services.places import write_places, write_sectors
from registry.errors import DomainError
from registry.models import Event, Record, User


@transaction.atomic
def draft_amendment(partnership: Partnership, *, by: User, changes: Any, reason: str) -> Amendment:
    """Begin to change what was registered; one at a time."""
    partnership.require_editor(by)
    partnership.hold()
    partnership.refresh_from_db()
    amendment = Amendment(partnership=partnership)
    amendment.require_amendable()
    if partnership.amendments.open().exists():
        raise DomainError("amendment_open", "The partnership has an open amendment already.")
    last = partnership.amendments.aggregate(last=Max("number"))["last"]
    amendment.number = (last or 0) + 1
    for name, value in amendment.propose(changes, reason).items():
        setattr(amendment, name, value)
    amendment.store()
    Event.log(amendment, "drafted", by=by, became=amendment.status)
    return amendment


@transaction.atomic
def edit_amendment(
    amendment: Amendment, *, by: User, changes: Any = None, reason: str | None = None
) -> Amendment:
    """Write it anew, while it is a draft or was returned; against what stands now."""
    amendment.partnership.require_editor(by)
    amendment.partnership.hold()
    if amendment.status not in Amendment.WRITABLE:
        raise DomainError("not_a_draft", f"The amendment is {amendment.status}.")
    if changes is None:
        # What was not written anew still stands against what it was written on.
        amendment.require_unchanged()
    values = amendment.propose(
        amendment.changes if changes is None else changes,
        amendment.reason if reason is None else reason,
    )
    amendment.amend(**values)
    Event.log(amendment, "edited", by=by)
    return amendment


@transaction.atomic
def approve_amendment(amendment: Amendment, *, by: User) -> Amendment:
    """All of it takes effect at once, or nothing does; a race has one winner."""
    amendment.require_approver(by)
    partnership = amendment.partnership
    partnership.hold()
    partnership.refresh_from_db()
    amendment.require_amendable()
    if amendment.status != Amendment.Status.SUBMITTED:
        text = f"Cannot go from {amendment.status} to approved."
        raise DomainError("invalid_transition", text)
    amendment.require_unchanged()
    proposal = _read_again(amendment)
    # The members may have agreed meanwhile that amendments need their yes.
    amendment.needs_endorsement = amendment.needs_endorsement or needs_endorsement(proposal)
    amendment.require_endorsed()
    if not partnership.versions.filter(why__in=PartnershipVersion.PUBLIC).exists():
        # Registered before versions were kept: what it said is kept now, before it changes.
        partnership.versions.take(partnership, "registered", by=None)
    _carry_out(proposal, amendment, by=by)
    version = partnership.versions.take(partnership, "amended", by=by)
    now = timezone.now()
    approved = Amendment.Status.APPROVED
    Event.move(amendment, approved, by=by, decided_at=now, result=version, answer="")
    Event.log(partnership, "amended", by=by, reason=amendment.reason)
    return amendment


def _read_again(amendment: Amendment) -> Proposal:
    """What was in order when it was submitted may not be any more: a partner suspended, say."""
    try:
        return Proposal(amendment.partnership, amendment.changes)
    except ValidationError as error:
        text = f"It cannot be carried out any more: {' '.join(error.messages)}"
        raise DomainError("changes_outdated", text) from error


def _carry_out(proposal: Proposal, amendment: Amendment, *, by: User) -> None:
    partnership = amendment.partnership
    _write_facts(proposal, partnership)
    for kind in (ProposedObjectives, ProposedBudget):
        if rows := proposal.of(kind):
            _write_rows(rows.stay, rows.go)
    if places := proposal.of(ProposedPlaces):
        _write_places(places, partnership)
    if members := proposal.of(ProposedMembers):
        _write_members(members, amendment, by=by)


def _write_facts(proposal: Proposal, partnership: Partnership) -> None:
    """Facts, goals and targets; the partnership's version counts up in any case."""
    values: dict[str, Any] = {}
    if about := proposal.of(ProposedAbout):
        values |= {name: getattr(proposal.now, name) for name in about.given}
    targets = proposal.of(ProposedTargets)
    if targets:
        values["primary_goal"] = proposal.now.primary_goal
    kept_kind = partnership.kind
    partnership.amend(**values)
    if targets and targets.goals is not None:
        partnership.goals.set(targets.goals)
    if targets and targets.targets is not None:
        partnership.targets.set(targets.targets)
    if partnership.kind != kept_kind:
        for member in partnership.memberships.accepted().select_related("partner"):
            member.require_due_diligence(partnership.kind)


def _write_rows(stay: Iterable[Any], go: Iterable[models.Model]) -> None:
    for row in go:
        row.delete()
    for row in stay:
        if row.pk is None:
            row.save(force_insert=True)
        elif isinstance(row, Record):
            stored = type(row)._base_manager.get(pk=row.pk)
            names = [f.name for f in row._meta.concrete_fields if f.editable and not f.primary_key]
            new = {name: getattr(row, name) for name in names}
            if changed := {n: v for n, v in new.items() if v != getattr(stored, n)}:
                row.change(**changed)
        else:
            row.save(force_update=True)


def _write_places(places: ProposedPlaces, partnership: Partnership) -> None:
    locations = places.written_locations()
    if places.countries is not None or locations is not None:
        write_places(partnership, countries=places.countries, locations=locations)
    if places.sectors is not None:
        write_sectors(partnership, places.sectors)


def _write_members(members: ProposedMembers, amendment: Amendment, *, by: User) -> None:
    """Roles first, those without the lead before the one with it; then who leaves and joins."""
    reason, facts = amendment.reason, {"amendment": amendment.pk}
    for pk, roles in sorted(members.roles.items(), key=lambda pair: LEAD in pair[1]):
        membership = members.accepted[pk]
        if sorted(membership.roles) != roles:
            membership.change_roles(roles, by=by, reason=reason, facts=facts)
    for pk in members.end:
        leaving = _fresh(pk)
        # Of promises an amendment decides nothing: they stay owed, and can be handed over.
        owed = [Fate(one, Becomes.STAYS) for one in leaving.open_commitments()]
        leave(leaving, by=by, reason=reason, commitments=owed)
    for partner, roles in members.invite:
        ask_to_join(amendment.partnership, partner=partner, roles=roles, by=by)


def _fresh(pk: int) -> Membership:
    return Membership.objects.select_related("partner", "partnership").get(pk=pk)
