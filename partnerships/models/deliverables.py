"""The parts of which a promise consists."""

from typing import Any, Self

from django.db import models

from partnerships.models.commitments import Commitment
from registry.models import Record, check_day


class DeliverableQuerySet(models.QuerySet["Deliverable"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(commitment__in=Commitment.objects.visible_to(user).values("pk"))

    def editable_by(self, user: Any) -> Self:
        return self.filter(commitment__in=Commitment.objects.editable_by(user).values("pk"))


class Deliverable(Record):
    """One thing that a commitment will bring, with its day."""

    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="deliverables")
    title = models.CharField(max_length=300)
    due_on = models.DateField(validators=[check_day])

    objects = DeliverableQuerySet.as_manager()
    history_of = "commitment__partnership"

    class Meta:
        ordering = ["commitment", "due_on", "pk"]

    def __str__(self) -> str:
        return self.title
