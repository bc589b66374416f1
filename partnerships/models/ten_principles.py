"""The UN Global Compact's Ten Principles: which members have committed to them, and when."""

from datetime import date, datetime
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from partnerships.models.kept import KeptQuerySet, KeptRecord, not_in_the_future
from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from registry.errors import DomainError
from registry.models import Sector, User, check_day, days_in_range
from registry.models.kinds import Kind

SCHEME = "UNGC"


def is_asked(membership: Membership) -> bool:
    """Companies commit to them, and UN entities confirm theirs (measure G1)."""
    partner = membership.partner
    return partner.sector == Sector.PRIVATE or partner.kind == Kind.UN_ENTITY


class TenPrinciplesQuerySet(KeptQuerySet):
    path = "membership__partnership"

    def in_force(self, reference_on: date, cutoff_at: datetime) -> Self:
        """Committed by that day, and not withdrawn by the cut-off."""
        return self.known_at(cutoff_at).filter(committed_on__lte=reference_on)


class TenPrinciplesCommitment(KeptRecord):
    """A member's dated statement that it keeps the Ten Principles, until it withdraws it."""

    membership = models.ForeignKey(
        Membership, models.CASCADE, related_name="ten_principles_commitments"
    )
    committed_on = models.DateField(validators=[check_day], help_text="the day of the statement")
    statement = models.TextField(max_length=5000, help_text="what is stated, and by whom in office")
    link = models.URLField(max_length=500, blank=True, help_text="where it can be read")
    participant = models.CharField(
        max_length=120, blank=True, help_text="the member's own UNGC participant number"
    )

    objects = TenPrinciplesQuerySet.as_manager()
    history_of = "membership__partnership"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        verbose_name = "ten principles commitment"
        constraints = [
            models.UniqueConstraint(
                fields=["membership"],
                condition=Q(withdrawn_at=None),
                name="ten_principles_once",
                violation_error_message="The member's statement stands: withdraw it first.",
            ),
            models.CheckConstraint(
                condition=~Q(link="") | ~Q(participant=""),
                name="ten_principles_can_be_checked",
                violation_error_message="Give a link, or the participant number.",
            ),
            models.CheckConstraint(
                condition=days_in_range("committed_on"), name="ten_principles_day_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"Ten Principles: {self.membership.partner}"

    @property
    def of_partnership(self) -> Partnership:
        return self.membership.partnership

    def require_keeper(self, by: User) -> None:
        """A statement is its member's own: not even the lead makes or withdraws it."""
        self.membership.require_manager(by)

    def clean(self) -> None:
        not_in_the_future(self, "committed_on")
        if not is_asked(self.membership):
            text = "Companies commit to the Ten Principles, and UN entities confirm theirs."
            raise DomainError("ten_principles_not_asked", text)
        if not self.link and not self.participant:
            raise ValidationError({"link": "Give a link, or the participant number."})
        known = self.membership.partner.identifiers.filter(scheme=SCHEME)
        if self.participant and not known.filter(value__iexact=self.participant).exists():
            text = "Not a UNGC participant number that the partner has among its identifiers."
            raise ValidationError({"participant": ValidationError(text, code="unknown_number")})
