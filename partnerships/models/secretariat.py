"""What of partnerships waits for the secretariat."""

from typing import Any

from django.utils import timezone

from partnerships.models.amendments import Amendment
from partnerships.models.complaints import Complaint
from partnerships.models.feedback import Feedback
from partnerships.models.reviews import PartnershipReview
from partnerships.models.solutions import Solution
from registry.secretariat_waits import Waits


def waits_for(user: Any) -> list[Waits]:
    """Of complaints only those that this admin may see."""
    amendments = Amendment.objects.filter(status=Amendment.Status.SUBMITTED)
    complaints = Complaint.objects.visible_to(user).open()
    late = complaints.filter(
        status=Complaint.Status.RECEIVED, acknowledge_by__lt=timezone.localdate()
    ).count()
    return [
        Waits(
            "Partnerships to review",
            PartnershipReview.objects.open().count(),
            "partnership-reviews",
        ),
        Waits("Amendments to decide", amendments.count(), "partnership-reviews"),
        Waits("Feedback to moderate", Feedback.objects.waiting().count(), "feedback-queue"),
        Waits(
            "Complaints open",
            complaints.count(),
            "complaints",
            f"{late} without a word for 7 days" if late else "",
        ),
        Waits("Solutions to screen", Solution.objects.to_screen().count(), "screening"),
    ]
