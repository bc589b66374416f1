"""Members' objections, and what an agreement says of later ones."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from partnerships.models.agreements import Agreement
from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from registry.errors import DomainError
from registry.models import Event, User, require_reason


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def visible_to(self, user: Any) -> Self:
        """For insiders: what members argue about before they agree is their own."""
        inside = Partnership.objects.insider(user).values("pk")
        return self.filter(agreement__partnership__in=inside)

    def standing(self) -> Self:
        return self.filter(settled_at=None)


class Objection(models.Model):
    """One member's no to a proposed document, with its reason."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="objections")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="objections")
    user = models.ForeignKey(User, models.PROTECT, related_name="objections")
    reason = models.TextField(max_length=2000)
    objected_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, editable=False, help_text="by its endorsement")

    objects = ObjectionQuerySet.as_manager()
    history_of = "agreement__partnership"

    class Meta:
        ordering = ["-objected_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "membership"],
                condition=Q(settled_at=None),
                name="objection_standing_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.membership.partner}: {self.agreement}"


@transaction.atomic
def object_to(agreement: Agreement, membership: Membership, *, by: User, reason: str) -> Objection:
    """Say no for one member; said again, the new reason stands. A later yes settles it."""
    require_reason(reason)
    if len(reason) > 2000:
        raise ValidationError({"reason": "At most 2,000 characters."})
    agreement.partnership.hold()
    locked = Agreement.objects.select_for_update().get(pk=agreement.pk)
    locked.check_speaker(membership, by)
    if locked.status != Agreement.Status.PROPOSED:
        raise DomainError("not_proposed", f"The agreement is {locked.status}.")
    if locked.endorsements.filter(membership=membership).exists():
        raise DomainError("already_endorsed", "This member has endorsed it already.")
    now = timezone.now()
    locked.objections.standing().filter(membership=membership).update(settled_at=now)
    objection = locked.objections.create(
        membership=membership, user=by, reason=reason, objected_at=now
    )
    Event.log(locked, "objected", by=by, reason=reason)
    return objection


def amendments_need_endorsement(partnership: Partnership) -> bool:
    """Whether the members' own agreement asks for it; without a binding one, no."""
    binding = partnership.agreements.binding(Agreement.Kind.PARTNERSHIP)
    return binding.filter(amendments_need_endorsement=True).exists()


@transaction.atomic
def bind_if_complete(agreement: Agreement) -> bool:
    """Once the days without objection are over, or who had said nothing has left; twice is once."""
    agreement.partnership.hold()
    locked = Agreement.objects.select_for_update().get(pk=agreement.pk)
    return locked.bind_if_endorsed(by=None)
