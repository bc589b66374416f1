"""Whom monitoring's events are told: rows of the table in registry/telling.py."""

from collections.abc import Iterable

from django.db.models import Q

from monitoring.models import Report, Submission
from partnerships.telling import LEAD, members_managers
from registry.models import Event, User
from registry.models.notices import How, NoticeGroup, add_group
from registry.telling import tells


def _sender(event: Event) -> Iterable[User]:
    sent = Submission.objects.filter(pk=event.subject_id)
    people = Q(pk__in=sent.values("submitted_by_id")) | Q(pk__in=sent.values("in_charge_id"))
    return User.objects.filter(people, is_active=True)


def _lead_of_submission(event: Event) -> Iterable[User]:
    sent = Submission.objects.filter(pk=event.subject_id)
    return members_managers(sent.values_list("period__framework__partnership_id", flat=True), LEAD)


def _members_of_report(event: Event) -> Iterable[User]:
    report = Report.objects.filter(pk=event.subject_id)
    return members_managers(report.values_list("partnership_id", flat=True))


def register() -> None:
    """Called once, when the app is ready."""
    group = NoticeGroup("Data, reviews and reports", default=How.DAILY)
    names = ("submission", "observation", "evidence", "period", "framework", "report", "reportrun")
    add_group("monitoring", group, *names)
    status = Submission.Status
    tells(f"submission.{status.SUBMITTED}", "Waits for review: {}", _lead_of_submission)
    tells(f"submission.{status.RETURNED}", "Returned to be corrected: {}", _sender)
    tells(f"submission.{status.APPROVED}", "Approved: {}", _sender)
    tells("report.published", "Published: {}", _members_of_report)
    tells("report.withdrawn", "Withdrawn: {}", _members_of_report)
