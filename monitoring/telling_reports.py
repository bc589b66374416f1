"""Whom the life of a report is told: rows of the table in registry/telling.py."""

from collections.abc import Iterable

from monitoring.models import Report
from partnerships.telling import members_managers
from registry.models import Event, FocalPoint, User
from registry.models.notices import How, NoticeGroup, add_group
from registry.telling import admins, managers_of, tells


def subjects_people(event: Event) -> Iterable[User]:
    """Managers of the partnership's members, of the partner that it is about, or of the
    country's focal point."""
    report = Report.objects.filter(pk=event.subject_id)
    members = members_managers(report.values_list("partnership_id", flat=True))
    partners = report.values_list("partner_id", flat=True)
    countries = report.filter(country__isnull=False).values("country")
    points = FocalPoint.objects.standing().filter(country__in=countries)
    speaking = points.values_list("partner_id", flat=True)
    return {*members, *managers_of(partners), *managers_of(speaking)}


def asked_to_reply(event: Event) -> Iterable[User]:
    """Nobody is asked again of a revision that says what the one before said."""
    return () if event.facts.get("from_revision") else subjects_people(event)


def register() -> None:
    """Called once, when the app is ready."""
    group = NoticeGroup("Data, reviews and reports", default=How.DAILY)
    add_group("monitoring", group, "report")
    status = Report.Status
    tells(f"report.{status.IN_REPLY}", "You may reply to a report: {}", asked_to_reply)
    lapsed = "Decide again, the decision to publish has lapsed: {}"
    tells("report.decision_lapsed", lapsed, lambda event: admins())
    tells("report.reply_ending", "The right of reply ends within days: {}", subjects_people)
    tells(f"report.{status.PUBLISHED}", "Published: {}", subjects_people)
    tells(f"report.{status.WITHDRAWN}", "Withdrawn: {}", subjects_people)
