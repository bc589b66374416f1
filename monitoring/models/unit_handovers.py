"""A reporting unit that passes from one member to another, from a day on."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from monitoring.models.periods import ReportingUnit
from partnerships.models.handovers import Handover
from registry.errors import DomainError
from registry.models import check_day


class UnitHandover(Handover):
    """A unit's data, offered by the member that reports it to another one's unit."""

    unit = models.ForeignKey(ReportingUnit, models.CASCADE, related_name="handovers")
    successor = models.ForeignKey(ReportingUnit, models.CASCADE, related_name="handovers_to_it")
    since_on = models.DateField(
        validators=[check_day], help_text="from then on the data is the successor's"
    )

    class Meta(Handover.Meta):
        abstract = False
        constraints = [
            *Handover.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(unit=F("successor")),
                name="unithandover_to_another_unit",
                violation_error_message="Name another unit.",
            ),
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(status="proposed"),
                name="unithandover_one_offer",
                violation_error_message="This unit is offered to a member already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} to {self.successor}"

    def clean(self) -> None:
        super().clean()
        if self.unit.has_place != self.successor.has_place:
            text = "A unit in a place is handed to a unit in a place, a member itself to another."
            raise ValidationError({"successor": text})
        if self.since_on < self.unit.since_on:
            text = f"The unit reports since {self.unit.since_on}."
            raise ValidationError({"since_on": text})
        ended_on = self.giver.ended_on
        if ended_on and self.since_on <= ended_on:
            text = f"The member takes part up to and including {ended_on}."
            raise ValidationError({"since_on": text})

    def require_possible(self) -> None:
        """Refuse what is one's own no more, and a chain that comes back to where it began."""
        units: Any = ReportingUnit.objects.filter(
            membership__partnership=self.partnership_id
        ).in_bulk()
        unit, successor = units[self.unit_id], units[self.successor_id]
        if unit.successor_id:
            text = f"It was handed over to {unit.successor} since {unit.successor_since}."
            raise DomainError("handed_over_already", text, unit=unit.successor_id)
        if unit.merged_into_id or successor.merged_into_id:
            text = "A unit that is one with another since a merge of partners is not handed over."
            raise DomainError("unit_merged", text)
        following = successor
        while following.successor_id:
            following = units[following.successor_id]
            if following.pk == unit.pk:
                text = "The other unit was handed over to this one."
                raise DomainError("handed_in_a_ring", text)
