"""What a partnership and its members say of the principles they keep, and for whom they work."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from partnerships.models import (
    BeneficiaryGroup,
    Marker,
    Membership,
    Partnership,
    TenPrinciplesCommitment,
)
from partnerships.services.keeping import hold_open, store_once
from registry.errors import DomainError
from registry.models import Event, User


@transaction.atomic
def assess_marker(partnership: Partnership, *, by: User, kind: str, **fields: Any) -> Marker:
    """Record how far a principle is pursued; earlier assessments stay, and what is published."""
    hold_open(partnership, by)
    fields["assessed_on"] = fields.get("assessed_on") or timezone.localdate()
    marker = Marker(partnership=partnership, kind=kind, assessed_by=by, **fields).store()
    Event.log(marker, "assessed", by=by, facts={"kind": kind, "significance": marker.significance})
    return marker


def withdraw_marker(marker: Marker, *, by: User, reason: str) -> None:
    """Take an assessment back; what is published stays as its file says."""
    if marker.assessed_on is None:
        text = "This marker was published elsewhere: assess the principle here instead."
        raise DomainError("published_elsewhere", text)
    marker.withdraw(by=by, reason=reason)


@transaction.atomic
def name_beneficiaries(partnership: Partnership, *, by: User, **fields: Any) -> BeneficiaryGroup:
    """Say for whom the partnership works, and how it reaches them."""
    hold_open(partnership, by)
    group = BeneficiaryGroup(partnership=partnership, **fields)
    store_once(group, "beneficiaries_named", "The partnership names this group already.")
    Event.log(group, "named", by=by)
    return group


@transaction.atomic
def edit_beneficiaries(group: BeneficiaryGroup, *, by: User, **fields: Any) -> BeneficiaryGroup:
    group.partnership.require_editor(by)
    group.partnership.require_open()
    group.require_standing()
    group.amend(**fields)
    Event.log(group, "edited", by=by, reason=", ".join(sorted(fields)))
    return group


@transaction.atomic
def commit_to_ten_principles(
    membership: Membership, *, by: User, **fields: Any
) -> TenPrinciplesCommitment:
    """Record a member's own statement; the next one only once this one is withdrawn."""
    membership.require_manager(by)
    if membership.status != Membership.Status.ACCEPTED:
        raise DomainError("not_accepted", "Only accepted members state this.")
    membership.partnership.require_open()
    membership.partnership.hold()
    fields.setdefault("committed_on", timezone.localdate())
    stated = TenPrinciplesCommitment(membership=membership, **fields)
    text = "The member's statement stands: withdraw it before making another one."
    store_once(stated, "committed_already", text)
    Event.log(stated, "stated", by=by)
    return stated
