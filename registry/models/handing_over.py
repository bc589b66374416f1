"""What people leave behind when they leave a partner, and who takes it on."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.dispatch import Signal
from django.utils import timezone

from registry.models.partners import Partner
from registry.models.people import User

# Asked with `person` and `partner`: each app above answers with a list of Tasks.
tasks_of_person = Signal()
# Sent with `person`, `partner`, `to` and `by` inside the transaction in which the person leaves.
hand_over = Signal()


@dataclass(frozen=True)
class Task:
    """Something a person has to do for a partner, and where it is done."""

    kind: str
    label: str
    url: str = ""
    is_own: bool = True  # else any of the partner's managers may do it


def tasks_at(partner: Partner, person: User) -> list[Task]:
    """Everything the person has open at the partner, whichever app knows it."""
    answers: list[Any] = tasks_of_person.send(sender=Partner, person=person, partner=partner)
    return [task for _, tasks in answers for task in tasks]


class RoleReason(models.Model):
    """Why a role was given or ended out of the usual way: erasable, so apart from the log."""

    class Kind(models.TextChoices):
        LEFT_OPEN = "left_open", "left without handing over"
        APPOINTED = "appointed", "appointed by the registry"

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="role_reasons")
    user = models.ForeignKey(User, models.CASCADE, related_name="role_reasons")
    kind = models.CharField(max_length=9, choices=Kind)
    reason = models.TextField(max_length=2000)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="stated_role_reasons")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} at {self.partner_id}"

    @classmethod
    def state(cls, partner: Partner, user: User, kind: str, reason: str, *, by: User) -> Any:
        row = cls(partner=partner, user=user, kind=kind, reason=reason.strip(), by=by)
        row.clean_fields()
        row.save()
        return row
