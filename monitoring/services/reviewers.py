"""Who is named to decide on a partnership's data."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from monitoring.models import Reviewer
from monitoring.models.reviewers import ROLES
from partnerships.models import Membership, Partnership
from registry.errors import DomainError
from registry.models import Event, User


def person_of_a_member(partnership: Partnership, email: str) -> User:
    """The person who has the address, if they work for a member; no word about anybody else."""
    members = partnership.memberships.accepted().values("partner_id")
    people = User.objects.filter(
        is_active=True, affiliations__partner__in=members, affiliations__role__in=ROLES
    )
    found = people.filter(email__iexact=email.strip()).distinct().first()
    if found is None:
        text = "No manager or evaluator of a member has this address."
        raise ValidationError({"email": ValidationError(text, code="not_of_a_member")})
    return found


@transaction.atomic
def name_reviewer(
    partnership: Partnership,
    *,
    by: User,
    user: User | None = None,
    membership: Membership | None = None,
) -> Reviewer:
    """Name a person, or a member's people, from now on."""
    partnership.require_editor(by)
    partnership.require_open()
    if (user is None) == (membership is None):
        text = "Name a person, or a member."
        raise ValidationError({"user": ValidationError(text, code="person_or_member")})
    partnership.hold()
    reviewer = Reviewer(partnership=partnership, user=user, membership=membership, named_by=by)
    try:
        with transaction.atomic():
            reviewer.store()
    except IntegrityError:
        raise DomainError("named_already", f"{reviewer} is named already.") from None
    Event.log(reviewer, "named", by=by)
    return reviewer
