"""Whom monitoring's events are told: rows of the table in registry/telling.py."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef

from monitoring.models import (
    Framework,
    Reminder,
    ReportingUnit,
    Submission,
    UnitHandover,
)
from partnerships.models import Assignment, Membership
from partnerships.telling import LEAD, members_managers
from registry.models import Affiliation, Event, User
from registry.models.notices import How, NoticeGroup, add_group
from registry.telling import managers_of, tells

REMINDERS = {
    Reminder.Kind.BEFORE_14: "Data will be due: {}",
    Reminder.Kind.BEFORE_3: "Data is due within days: {}",
    Reminder.Kind.DUE: "Data is due: {}",
    Reminder.Kind.AFTER_7: "Data is late: {}",
    Reminder.Kind.AFTER_30: "Data is a month late: {}",
}


def _responsible(event: Event) -> Iterable[User]:
    """Who has the draft, else the unit's managers and evaluators; a month late, the lead too."""
    reminder = Reminder.objects.select_related("unit__membership").get(pk=event.subject_id)
    drafts = Submission.objects.filter(unit__in=_line(reminder), period=reminder.period_id)
    begun = drafts.filter(status__in=["draft", "returned"], in_charge__is_active=True)
    people = set(User.objects.filter(pk__in=begun.values("in_charge_id")))
    people = people or set(_reporters(reminder.unit.membership))
    if reminder.kind == Reminder.Kind.AFTER_30:
        people |= set(members_managers([reminder.unit.membership.partnership_id], LEAD))
    return people


def _line(reminder: Reminder) -> Iterable[ReportingUnit]:
    return ReportingUnit.objects.in_line_with(reminder.unit)


def _reporters(membership: Membership) -> Iterable[User]:
    """Managers, and evaluators whose role reaches this partnership."""
    given = Assignment.objects.filter(affiliation=OuterRef("pk"))
    here = given.filter(partnership=membership.partnership_id)
    held = Affiliation.objects.filter(
        ~Exists(given) | Exists(here),
        partner=membership.partner_id,
        role__in=[Affiliation.Role.MANAGER, Affiliation.Role.EVALUATOR],
    )
    return User.objects.filter(pk__in=held.values("user_id"), is_active=True)


def _sides_of_handover(event: Event) -> Iterable[User]:
    offers = UnitHandover.objects.filter(pk=event.subject_id)
    sides = offers.values_list("giver__partner_id", "taker__partner_id")
    return managers_of({pk for pair in sides for pk in pair})


def _members_of_framework(event: Event) -> Iterable[User]:
    own = Framework.objects.filter(pk=event.subject_id)
    return members_managers(own.values_list("partnership_id", flat=True))


def _owing(event: Event) -> Iterable[User]:
    """Whoever reports for the units that owe data, and the lead's managers."""
    owed = ReportingUnit.objects.filter(pk__in=event.facts.get("units", []))
    people = set(members_managers([event.subject_id], LEAD))
    for unit in owed.select_related("membership"):
        people |= set(_reporters(unit.membership))
    return people


def register() -> None:
    """Called once, when the app is ready."""
    group = NoticeGroup("Data, reviews and reports", default=How.DAILY)
    names = ("submission", "observation", "evidence", "period", "framework", "reportrun")
    add_group("monitoring", group, *names, "reminder", "unithandover", "reportingunit")
    for kind, words in REMINDERS.items():
        tells(f"reminder.{kind}", words, _responsible)
    tells("unithandover.proposed", "A reporting unit is offered: {}", _sides_of_handover)
    tells("unithandover.accepted", "A reporting unit was handed over: {}", _sides_of_handover)
    tells("unithandover.declined", "Declined: {}", _sides_of_handover)
    tells("partnership.reminded", "The secretariat asks for data that is overdue: {}", _owing)
    tells("framework.withdrawn", "Taken back: {}", _members_of_framework)
