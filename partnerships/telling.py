"""Whom partnerships' events are told: rows of the table in registry/telling.py."""

from collections.abc import Iterable

from django.apps import apps
from django.db.models import Q

from partnerships.models import (
    Agreement,
    Amendment,
    Commitment,
    Complaint,
    Delivery,
    Feedback,
    Match,
    Membership,
    Need,
    Partnership,
    Solution,
    TenPrinciplesCommitment,
)
from partnerships.models.silence import WARNED_BEFORE, warning
from registry.models import Event, User
from registry.models.notices import How, NoticeGroup, add_group
from registry.telling import admins, managers_of, tells

LEAD = Q(roles__contains=["lead"])


def members_managers(partnership_ids: Iterable[int], wanted: Q | None = None) -> Iterable[User]:
    """Managers of the partners that are members now."""
    members = Membership.objects.accepted().filter(wanted or Q(), partnership__in=partnership_ids)
    return managers_of(members.values_list("partner_id", flat=True))


def _lead(event: Event) -> Iterable[User]:
    return members_managers([event.subject_id], LEAD)


def _members(event: Event) -> Iterable[User]:
    return members_managers([event.subject_id])


def _admins(event: Event) -> Iterable[User]:
    return admins()


def _invited(event: Event) -> Iterable[User]:
    own = Membership.objects.filter(pk=event.subject_id)
    return managers_of(own.values_list("partner_id", flat=True))


def _lead_of_membership(event: Event) -> Iterable[User]:
    own = Membership.objects.filter(pk=event.subject_id)
    return members_managers(own.values_list("partnership_id", flat=True), LEAD)


def _members_of_agreement(event: Event) -> Iterable[User]:
    own = Agreement.objects.filter(pk=event.subject_id)
    return members_managers(own.values_list("partnership_id", flat=True))


def _lead_of_agreement(event: Event) -> Iterable[User]:
    own = Agreement.objects.filter(pk=event.subject_id)
    return members_managers(own.values_list("partnership_id", flat=True), LEAD)


def _lead_of_commitment(event: Event) -> Iterable[User]:
    own = Commitment.objects.filter(pk=event.subject_id)
    return members_managers(own.values_list("partnership_id", flat=True), LEAD)


def _reviewer(event: Event) -> Iterable[User]:
    return User.objects.filter(reviews_of_partnerships=event.subject_id)


def _receiver_of_delivery(event: Event) -> Iterable[User]:
    """Where no receiver is named, the lead answers."""
    own = Delivery.objects.filter(pk=event.subject_id, commitment__isnull=False)
    named = own.filter(commitment__receiver__isnull=False)
    if named.exists():
        return managers_of(named.values_list("commitment__receiver__partner_id", flat=True))
    return members_managers(own.values_list("partnership_id", flat=True), LEAD)


def _giver_of_delivery(event: Event) -> Iterable[User]:
    own = Delivery.objects.filter(pk=event.subject_id, commitment__isnull=False)
    return managers_of(own.values_list("commitment__membership__partner_id", flat=True))


def _partner_of_facts(event: Event) -> Iterable[User]:
    return managers_of([event.facts["partner"]])


def _owner_of_solution(event: Event) -> Iterable[User]:
    own = Solution.objects.filter(pk=event.subject_id)
    return managers_of(own.values_list("owner_id", flat=True))


def _owner_of_need(event: Event) -> Iterable[User]:
    return managers_of(
        Need.objects.filter(pk=event.subject_id).values_list("partner_id", flat=True)
    )


def _needing_side(event: Event) -> Iterable[User]:
    own = Match.objects.filter(pk=event.subject_id)
    return managers_of(own.values_list("need__partner_id", flat=True))


def _offering_side(event: Event) -> Iterable[User]:
    found = Match.objects.with_sides().filter(pk=event.subject_id)
    return managers_of([match.offering_partner.pk for match in found])


def _catalogue() -> None:
    group = NoticeGroup("The Solutions Catalogue", How.DAILY)
    add_group("catalogue", group, "solution", "need", "fund", "match")
    tells("solution.proposed", "Waits for screening: {}", _admins)
    tells("solution.returned", "Sent back to be completed: {}", _owner_of_solution)
    tells("solution.screened", "Screened, now in the Solutions Catalogue: {}", _owner_of_solution)
    tells("need.expired", "Past the day by which it was needed: {}", _owner_of_need)
    tells("match.found", "New matches in the Solutions Catalogue, the best: {}", _partner_of_facts)
    tells("match.accepted", "Accepted by who needs it: {}", _offering_side)
    tells("match.declined", "Declined by who needs it: {}", _offering_side)
    tells("match.confirmed", "The offering side is ready: {}", _needing_side)
    tells("match.refused", "The offering side refuses: {}", _needing_side)


def _members_of_record(event: Event) -> Iterable[User]:
    """Of the partnership that a record belongs to."""
    model = apps.get_model(event.subject_type)
    own = model._default_manager.filter(pk=event.subject_id)
    return members_managers(own.values_list("partnership_id", flat=True))


def _lead_of_statement(event: Event) -> Iterable[User]:
    own = TenPrinciplesCommitment.objects.filter(pk=event.subject_id)
    return members_managers(own.values_list("membership__partnership_id", flat=True), LEAD)


def _lead_and_admins(event: Event) -> Iterable[User]:
    return {*_lead_of_statement(event), *admins()}


def _of_amendment(event: Event) -> list[int]:
    return list(Amendment.objects.filter(pk=event.subject_id).values_list("partnership", flat=True))


def _members_of_amendment(event: Event) -> Iterable[User]:
    return members_managers(_of_amendment(event))


def _members_and_admins(event: Event) -> Iterable[User]:
    return {*members_managers(_of_amendment(event)), *admins()}


def _lead_of_amendment(event: Event) -> Iterable[User]:
    return members_managers(_of_amendment(event), LEAD)


def _lead_of_feedback(event: Event) -> Iterable[User]:
    own = Feedback.objects.filter(pk=event.subject_id)
    return members_managers(own.values_list("partnership_id", flat=True), LEAD)


def _sender_of_feedback(event: Event) -> Iterable[User]:
    return User.objects.filter(feedback=event.subject_id, is_active=True)


def _handlers(event: Event) -> Iterable[User]:
    """Admins whom the complaint does not concern."""
    own = Complaint.objects.filter(pk=event.subject_id)
    return [admin for admin in admins() if own.visible_to(admin).exists()]


def _handler(event: Event) -> Iterable[User]:
    return User.objects.filter(complaints=event.subject_id, is_active=True)


def register() -> None:
    """Called once, when the app is ready."""
    group = NoticeGroup("Partnerships and their agreements")
    names = ("partnership", "membership", "agreement", "commitment", "delivery")
    add_group("partnerships", group, *names, "partnershipreview", "amendment")
    add_group("partnerships", group, "deliverable", "budgetline", "expenditure")
    add_group("partnerships", group, "feedback", "complaint", "lesson")
    add_group("partnerships", group, *names)
    keeping = ("marker", "beneficiarygroup", "tenprinciplescommitment", "affectedgroup")
    add_group("partnerships", group, *keeping, "consultation", "technologyassessment")
    add_group("partnerships", group, "capacityassessment")
    status = Partnership.Status
    tells(f"partnership.{status.SUBMITTED}", "Waits for registration: {}", _admins)
    tells(f"partnership.{status.DRAFT}", "Taken back before registration: {}", _admins)
    tells(f"partnership.{status.RETURNED}", "Returned to be completed: {}", _lead)
    tells(f"partnership.{status.REGISTERED}", "Registered: {}", _members)
    tells(f"partnership.{status.ACTIVE}", "Active from now on: {}", _members)
    tells(f"partnership.{status.SUSPENDED}", "Suspended: {}", _members)
    tells(f"partnership.{status.TERMINATED}", "Terminated: {}", _members)
    tells(f"partnership.{status.COMPLETED}", "Completed: {}", _members)
    tells("amendment.submitted", "Waits for approval: {}", _members_and_admins)
    tells("amendment.endorsed", "A member endorsed: {}", _lead_of_amendment)
    tells("amendment.returned", "Returned to be changed: {}", _lead_of_amendment)
    tells("amendment.withdrawn", "Withdrawn: {}", _members_of_amendment)
    tells("amendment.approved", "Approved, and in force: {}", _members_of_amendment)
    tells("partnershipreview.assigned", "Yours to review: {}", _reviewer)
    for days in WARNED_BEFORE:
        text = f"Without a report it is inactive in {days} days: {{}}"
        tells(f"partnership.{warning(days)}", text, _lead)
    tells(
        f"partnership.{status.INACTIVE}", "Inactive after two years without a report: {}", _members
    )
    tells("membership.invited", "Invitation to a partnership: {}", _invited)
    tells("membership.accepted", "Joined: {}", _lead_of_membership)
    tells("membership.declined", "Declined the invitation: {}", _lead_of_membership)
    tells("membership.left", "Left: {}", _lead_of_membership)
    tells("agreement.proposed", "To be endorsed: {}", _members_of_agreement)
    tells("agreement.binding", "In force: {}", _members_of_agreement)
    tells("agreement.withdrawn", "Taken back: {}", _members_of_agreement)
    tells("agreement.objected", "A member objects: {}", _lead_of_agreement)
    tells("marker.assessed", "A principle was assessed: {}", _members_of_record)
    tells("marker.withdrawn", "An assessment was withdrawn: {}", _members_of_record)
    tells("consultation.recorded", "A consultation was recorded: {}", _members_of_record)
    tells("consultation.corrected", "A consultation was corrected: {}", _members_of_record)
    tells("technologyassessment.recorded", "Technology assessed: {}", _members_of_record)
    tells("capacityassessment.recorded", "A local institution was assessed: {}", _members_of_record)
    tells("tenprinciplescommitment.stated", "Stated: {}", _lead_of_statement)
    tells("tenprinciplescommitment.withdrawn", "Withdrawn: {}", _lead_and_admins)
    tells("commitment.postponed", "A commitment falls due later: {}", _lead_of_commitment)
    tells("commitment.withdrawn", "A commitment was withdrawn: {}", _lead_of_commitment)
    tells("delivery.recorded", "A delivery waits for your word: {}", _receiver_of_delivery)
    tells("delivery.confirmed", "Your delivery was confirmed: {}", _giver_of_delivery)
    tells("delivery.disputed", "Your delivery is disputed: {}", _giver_of_delivery)
    tells("feedback.received", "To be moderated: {}", _admins)
    tells("feedback.passed", "To be answered within 30 days: {}", _lead_of_feedback)
    tells("feedback.overdue", "Unanswered for more than 30 days: {}", _lead_of_feedback)
    tells("feedback.answered", "Answered: {}", _sender_of_feedback)
    tells("feedback.refused", "Not passed on: {}", _sender_of_feedback)
    tells("complaint.received", "A complaint was received: {}", _handlers)
    tells("complaint.reviewed", "Yours to review: {}", _handler)
    tells("complaint.assigned", "Yours to review: {}", _handler)
    _catalogue()
