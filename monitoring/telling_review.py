"""Whom the review of data is told: rows of the table in registry/telling.py."""

from collections.abc import Iterable

from django.db.models import Q

from monitoring.models import DataQualityAssessment, Evidence, Reviewer, SpotCheck, Submission
from partnerships.models import Membership
from partnerships.telling import LEAD, members_managers
from registry.models import Affiliation, Event, User
from registry.models.notices import How, NoticeGroup, add_group
from registry.telling import managers_of, tells

REPORTERS = (Affiliation.Role.MANAGER, Affiliation.Role.EVALUATOR)


def senders_of(submissions: Iterable[int]) -> Iterable[User]:
    """Who handed the data in, and who sees it through."""
    sent = Submission.objects.filter(pk__in=submissions)
    people = Q(pk__in=sent.values("submitted_by_id")) | Q(pk__in=sent.values("in_charge_id"))
    begun = Q(pk__in=sent.filter(submitted_by=None).values("created_by_id"))
    return User.objects.filter(people | begun, is_active=True)


def reviewers_of(event: Event) -> Iterable[User]:
    """Those who are named, people and members' people; else the lead's managers."""
    sent = Submission.objects.filter(pk=event.subject_id)
    keys = sent.values_list("period__framework__partnership_id", flat=True)
    named = Reviewer.objects.current().filter(partnership__in=keys)
    if not named.exists():
        return members_managers(keys, LEAD)
    return people_of(named)


def people_of(named: Iterable[Reviewer]) -> Iterable[User]:
    keys = [one.pk for one in named]
    members = Membership.objects.accepted().filter(data_reviews_named_for__in=keys)
    roles = Affiliation.objects.filter(partner__in=members.values("partner_id"), role__in=REPORTERS)
    in_person = Q(data_reviews_named_for__in=keys)
    return User.objects.filter(in_person | Q(pk__in=roles.values("user_id")), is_active=True)


def _named(event: Event) -> Iterable[User]:
    return people_of(Reviewer.objects.filter(pk=event.subject_id))


def _sender(event: Event) -> Iterable[User]:
    return senders_of([event.subject_id])


def _other_side(event: Event) -> Iterable[User]:
    """Who reviews, of what a sender said; who sends, of what a reviewer said."""
    return reviewers_of(event) if event.facts.get("is_of_sender") else _sender(event)


def _sender_of_evidence(event: Event) -> Iterable[User]:
    pieces = Evidence.objects.filter(pk=event.subject_id)
    added = User.objects.filter(pk__in=pieces.values("added_by_id"), is_active=True)
    return {*senders_of(pieces.values_list("submission_id", flat=True)), *added}


def _of_check(event: Event) -> Iterable[User]:
    """Who sent the value, and the managers of the member that is to do something about it."""
    checks = SpotCheck.objects.filter(pk=event.subject_id)
    owners = managers_of(checks.values_list("owner__partner_id", flat=True))
    return {*senders_of(checks.values_list("submission_id", flat=True)), *owners}


def _of_assessment(event: Event) -> Iterable[User]:
    found = DataQualityAssessment.objects.filter(pk=event.subject_id)
    return managers_of(found.values_list("owner__partner_id", flat=True))


def register() -> None:
    """Called once, when the app is ready."""
    group = NoticeGroup("Data, reviews and reports", default=How.DAILY)
    add_group("monitoring", group, "reviewer", "spotcheck", "dataqualityassessment")
    status = Submission.Status
    tells(f"submission.{status.SUBMITTED}", "Waits for review: {}", reviewers_of)
    tells(f"submission.{status.RETURNED}", "Returned to be corrected: {}", _sender)
    tells(f"submission.{status.APPROVED}", "Approved: {}", _sender)
    tells("submission.commented", "A comment on data: {}", _other_side)
    tells("submission.verified", "Values were verified: {}", _sender)
    tells("evidence.accepted", "Evidence was accepted: {}", _sender_of_evidence)
    tells("evidence.refused", "Evidence was not accepted: {}", _sender_of_evidence)
    tells("spotcheck.recorded", "A value was counted again: {}", _of_check)
    tells("dataqualityassessment.recorded", "Data quality was assessed: {}", _of_assessment)
    tells("reviewer.named", "You decide on data from now on: {}", _named)
