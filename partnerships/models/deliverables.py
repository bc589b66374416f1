"""The parts of which a promise consists."""

from datetime import date, datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from partnerships.models.commitments import Commitment
from partnerships.models.standings import Day, Standing, facts_of_part, standing_of_part
from registry.errors import DomainError
from registry.models import Event, Record, User, check_day, require_reason
from registry.models.base import in_words


class DeliverableQuerySet(models.QuerySet["Deliverable"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(commitment__in=Commitment.objects.visible_to(user).values("pk"))

    def editable_by(self, user: Any) -> Self:
        return self.filter(commitment__in=Commitment.objects.editable_by(user).values("pk"))

    def with_standing(self, on: date | None = None, known_at: datetime | None = None) -> Self:
        """Annotate `standing`, `standing_at_first` and `held_due_on`, as commitments do."""
        day = Day.of(on, known_at)
        return self.annotate(**facts_of_part(self.model, day)).annotate(
            standing=standing_of_part("held_due_on", day),
            standing_at_first=standing_of_part("due_on", day),
        )


class Deliverable(Record):
    """One thing that a commitment will bring, with its day."""

    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="deliverables")
    title = models.CharField(max_length=300)
    due_on = models.DateField(
        validators=[check_day], help_text="as promised at first; a later date is postponed to"
    )

    objects = DeliverableQuerySet.as_manager()
    history_of = "commitment__partnership"

    class Meta:
        ordering = ["commitment", "due_on", "pk"]

    def __str__(self) -> str:
        return self.title

    def standing_on(self, on: date | None = None) -> Standing:
        rows: Any = type(self).objects.filter(pk=self.pk).with_standing(on)
        return Standing(rows.values_list("standing", flat=True).get())

    def due_now(self) -> date:
        """The due date that holds now."""
        last = self.due_dates.last()
        return last.due_on if last else self.due_on

    def check_due(self, due_on: date) -> None:
        """A part falls due while its promise and the partnership last."""
        self.commitment.partnership.require_within(due_on)
        first, last = self.commitment.committed_on, self.commitment.due_now()
        if due_on < first or (last and due_on > last):
            until = in_words(last, "its end")
            text = f"A day within the commitment: from {in_words(first)} to {until}."
            raise ValidationError({"due_on": text}, code="outside_commitment")

    @transaction.atomic
    def postpone(self, due_on: date, *, by: User, reason: str) -> "DeliverableDate":
        """State a later date, within that of the commitment; the one promised at first stays."""
        self.commitment.membership.require_manager(by)
        require_reason(reason)
        self.commitment.partnership.hold()
        self.commitment.require_kept()
        check_day(due_on)
        if self.standing_on() == Standing.FULFILLED:
            raise DomainError("delivered", "This was delivered and confirmed already.")
        if due_on <= (held := self.due_now()):
            raise ValidationError({"due_on": f"A day after {held}, which holds now."})
        self.check_due(due_on)
        self.change()
        Event.log(self, "postponed", by=by, reason=reason)
        return self.due_dates.create(due_on=due_on, reason=reason, held_from=timezone.now())


class DeliverableDate(models.Model):
    """A due date of a deliverable after the first one, from the moment on at which it held."""

    deliverable = models.ForeignKey(Deliverable, models.CASCADE, related_name="due_dates")
    due_on = models.DateField(validators=[check_day])
    held_from = models.DateTimeField()
    reason = models.CharField(max_length=500)

    class Meta:
        ordering = ["deliverable", "held_from", "pk"]

    def __str__(self) -> str:
        return f"{self.deliverable}: {self.due_on}"
