"""What people who leave a partner have begun here, and who sees it through."""

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from monitoring.models.submissions import Submission
from partnerships.models import Membership
from registry.errors import DomainError
from registry.models import Event, Partner, Task, User


def tasks_of(person: User, partner: Partner) -> list[Task]:
    """Submissions the person is in charge of, and those that wait for the partner's review."""
    own = Submission.objects.in_charge_of(person, partner).with_names().order_by("pk")
    led = Membership.objects.accepted().filter(partner=partner, roles__contains=["lead"])
    waiting = Submission.objects.reviewable_by(person).with_names()
    if person.is_staff or not person.has_role(partner.pk, "manager"):
        waiting = waiting.none()
    reviews = waiting.filter(period__framework__partnership__in=led.values("partnership_id"))
    return [
        *(_task("submission", row) for row in own),
        *(_task("review", row, is_own=False) for row in reviews),
    ]


def hand_over_to(to: User, *, person: User, partner: Partner, by: User) -> None:
    """Put somebody else in charge, who must be able to send the data."""
    rows = Submission.objects.in_charge_of(person, partner)
    reached = Membership.objects.of_people(to, "manager", "evaluator").values("pk")
    lacking = rows.exclude(unit__membership__in=reached).exclude(sent_for__in=reached)
    if lacking.exists():
        text = "Only a manager, or an evaluator of these partnerships, can take the data over."
        raise DomainError("cannot_take_over", text)
    for row in rows:
        facts = {"from": str(person.key), "to": str(to.key)}
        Event.log(row, "handed_over", by=by, facts=facts)
    rows.update(in_charge=to, version=F("version") + 1, updated_at=timezone.now())


def _task(kind: str, row: Submission, *, is_own: bool = True) -> Task:
    label = f"{row.unit}, {row.period} ({row.get_status_display().lower()})"
    return Task(kind, label, reverse("submission", args=[row.pk]), is_own)
