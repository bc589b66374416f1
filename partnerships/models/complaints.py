"""What is told to the secretariat in confidence."""

from datetime import timedelta
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from partnerships.models.receipts import Receipt
from registry.errors import DomainError, NotAllowed
from registry.models import Affiliation, Event, MovingRecord, Partner, User

ACKNOWLEDGED_WITHIN = timedelta(days=7)


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def visible_to(self, user: Any) -> Self:
        """Admins, but none who has a role at a partner that the complaint is about, or at a
        member of the partnership that it is about. Nobody else, ever, and no system: who reads
        what the registry's own webhooks send is not known."""
        if user.is_anonymous or not user.is_staff or user.is_service or user.pk is None:
            return self.none()
        own = Affiliation.objects.filter(user_id=user.pk).values("partner_id")
        joined = Membership.objects.filter(
            partnership_id=OuterRef("partnership_id"), partner__in=own
        )
        return self.filter(~Exists(joined)).exclude(partner__in=own)

    def open(self) -> Self:
        return self.exclude(status=Complaint.Status.CLOSED).order_by("created_at", "pk")


class Complaint(MovingRecord, Receipt):
    """A confidential complaint to the secretariat: never public, never in a partnership's view."""

    confidential = True

    class Category(models.TextChoices):
        ABUSE = "abuse", "sexual exploitation, abuse or harassment"
        FRAUD = "fraud", "fraud or corruption"
        RIGHTS = "rights", "human rights, land or labour rights"
        DISCRIMINATION = "discrimination", "discrimination or exclusion"
        ENVIRONMENT = "environment", "harm to the environment or to health"
        RETALIATION = "retaliation", "retaliation against somebody who spoke up"
        FIGURES = "figures", "wrong or invented figures"
        OTHER = "other", "something else"

    class Status(models.TextChoices):
        RECEIVED = "received"
        ACKNOWLEDGED = "acknowledged"
        REVIEWED = "reviewed", "under review"
        CLOSED = "closed"

    class Outcome(models.TextChoices):
        FOUNDED = "founded", "found to be true, and acted upon"
        PARTLY = "partly", "partly found to be true"
        UNFOUNDED = "unfounded", "not found to be true"
        REFERRED = "referred", "referred to whom it concerns"
        NOT_ENOUGH = "not_enough", "too little is known"

    MOVES = {
        Status.RECEIVED: [Status.ACKNOWLEDGED],
        Status.ACKNOWLEDGED: [Status.REVIEWED, Status.CLOSED],
        Status.REVIEWED: [Status.CLOSED],
        Status.CLOSED: [],
    }

    category = models.CharField(max_length=14, choices=Category)
    partnership = models.ForeignKey(
        Partnership, models.PROTECT, null=True, blank=True, related_name="complaints"
    )
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="complaints"
    )
    text = models.TextField(max_length=20_000)
    contact = models.CharField(
        max_length=300, blank=True, help_text="how to reach the sender, if wanted"
    )
    status = models.CharField(
        max_length=12, choices=Status, default=Status.RECEIVED, editable=False
    )
    acknowledge_by = models.DateField(editable=False)
    assigned_to = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="complaints"
    )
    message = models.TextField(
        max_length=5_000, blank=True, editable=False, help_text="what the sender reads by the code"
    )
    findings = models.TextField(max_length=20_000, blank=True, editable=False)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, editable=False)
    closed_on = models.DateField(null=True, editable=False)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="closed", closed_on__isnull=False) & ~Q(outcome="")
                | ~Q(status="closed") & Q(closed_on=None),
                name="complaint_closed_with_outcome",
            )
        ]

    def __str__(self) -> str:
        return f"Complaint {self.pk}: {self.get_category_display()}"

    def clean(self) -> None:
        if not self.text.strip():
            raise ValidationError({"text": "Say what happened."})

    def acknowledge(self, *, by: User, message: str = "") -> None:
        """Tell the sender that it was read."""
        self._handlers_only(by)
        self._say(message)
        Event.move(self, self.Status.ACKNOWLEDGED, by=by, message=message)

    def assign(self, to: User, *, by: User) -> None:
        """Give it to an admin who may see it; the first one begins the review."""
        self._handlers_only(by)
        if not Complaint.objects.visible_to(to).filter(pk=self.pk).exists():
            text = "An admin without a role at any of the partners concerned."
            raise ValidationError({"assigned_to": text})
        if self.status == self.Status.ACKNOWLEDGED:
            Event.move(self, self.Status.REVIEWED, by=by, assigned_to=to)
            return
        if self.status != self.Status.REVIEWED:
            raise DomainError("invalid_transition", f"The complaint is {self.status}.")
        self.change(where={"status": self.status}, assigned_to=to)
        Event.log(self, "assigned", by=by)

    def close(self, *, by: User, outcome: str, message: str, findings: str = "") -> None:
        """End it with what was found; the message is for the sender."""
        self._handlers_only(by)
        if outcome not in self.Outcome.values:
            raise ValidationError({"outcome": "State the outcome."})
        if not message.strip():
            raise ValidationError({"message": "Tell the sender what came of it."})
        self.findings = findings
        self._say(message)
        Event.move(
            self,
            self.Status.CLOSED,
            by=by,
            outcome=outcome,
            message=message,
            findings=findings,
            closed_on=timezone.localdate(),
        )

    def _say(self, message: str) -> None:
        self.message = message
        self.check_values()
        limits = {"message": 5_000, "findings": 20_000}
        for name, most in limits.items():
            if len(getattr(self, name)) > most:
                raise ValidationError({name: f"At most {most:,} characters."})

    def _handlers_only(self, by: User) -> None:
        if not Complaint.objects.visible_to(by).filter(pk=self.pk).exists():
            raise NotAllowed("admins_only", "Only an admin whom it does not concern may do this.")
