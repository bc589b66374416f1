"""What the institutions on the spot can do, and what they lack."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from partnerships.models import CapacityAssessment, Membership, Partnership
from partnerships.services.keeping import hold_open
from registry.models import Event, User


@transaction.atomic
def assess_capacity(
    partnership: Partnership, *, by: User, membership: Membership | None = None, **fields: Any
) -> CapacityAssessment:
    """Record what an institution can do and lacks; earlier assessments stay."""
    hold_open(partnership, by)
    if membership and membership.accepted_on is None:
        raise ValidationError({"membership": "It has not joined the partnership."})
    fields["assessed_on"] = fields.get("assessed_on") or timezone.localdate()
    assessment = CapacityAssessment(
        partnership=partnership, membership=membership, **fields
    ).store()
    Event.log(assessment, "recorded", by=by)
    return assessment
