"""What anybody says of a partnership: feedback, complaints, lessons."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from partnerships.models import Complaint, Feedback, Lesson, Membership, Partnership
from partnerships.models.complaints import ACKNOWLEDGED_WITHIN
from partnerships.models.receipts import digest_of, new_code
from registry.acting import acting
from registry.errors import DomainError, NotAllowed
from registry.models import Country, Event, Target, User


@transaction.atomic
def send_feedback(
    partnership: Partnership, *, by: User | None = None, **fields: Any
) -> tuple[Feedback, str]:
    """Take down what anybody says of a registered partnership; also answers the code by which
    the sender finds it again, which nobody else ever learns."""
    if not partnership.is_public():
        raise DomainError("not_registered", "Feedback begins once the partnership is registered.")
    code = new_code()
    feedback = Feedback(
        partnership=partnership, user=by, code_sha256=digest_of(code), **fields
    ).store()
    Event.log(feedback, "received", became=feedback.status)
    return feedback, code


@transaction.atomic
def send_complaint(**fields: Any) -> tuple[Complaint, str]:
    """Take down a complaint; who sent it is known only if the sender says so: the audit log is
    told neither the user nor the request."""
    code = new_code()
    due = timezone.localdate() + ACKNOWLEDGED_WITHIN
    with acting():
        complaint = Complaint(code_sha256=digest_of(code), acknowledge_by=due, **fields).store()
        Event.log(complaint, "received", became=complaint.status)
    return complaint, code


def find_sent(code: str) -> Feedback | Complaint | None:
    """What was sent under a code, for whoever has it."""
    digest = digest_of(code)
    feedback = Feedback.objects.filter(code_sha256=digest).select_related("partnership").first()
    return feedback or Complaint.objects.filter(code_sha256=digest).first()


@transaction.atomic
def write_lesson(
    partnership: Partnership,
    *,
    by: User,
    targets: Iterable[Target] = (),
    countries: Iterable[Country] = (),
    **fields: Any,
) -> Lesson:
    """Begin a lesson; whoever manages one of the accepted members may."""
    joined = Membership.objects.accepted().filter(partnership=partnership)
    if not (partnership.is_editable_by(by) or joined.acted_for_by(by, "manager").exists()):
        raise NotAllowed("members_only", "Only managers of its members may do this.")
    lesson = Lesson(partnership=partnership, **fields).store()
    lesson.targets.set(targets)
    lesson.countries.set(countries)
    Event.log(lesson, "drafted", by=by, became=lesson.status)
    return lesson


@transaction.atomic
def edit_lesson(
    lesson: Lesson,
    *,
    by: User,
    targets: Iterable[Target] | None = None,
    countries: Iterable[Country] | None = None,
    **fields: Any,
) -> Lesson:
    """Change a draft; what is published stands."""
    lesson.require_writer(by)
    if lesson.status != Lesson.Status.DRAFT:
        raise DomainError("not_a_draft", f"The lesson is {lesson.status}.")
    lesson.amend(**fields)
    if targets is not None:
        lesson.targets.set(targets)
    if countries is not None:
        lesson.countries.set(countries)
    Event.log(lesson, "edited", by=by, reason=", ".join(sorted(fields)))
    return lesson
