"""What waits for a partner's managers here."""

from partnerships.models.agreements import Agreement
from partnerships.models.membership import Membership
from registry.models import Partner, Task, User


def tasks_of(person: User, partner: Partner) -> list[Task]:
    """Invitations to answer and documents to endorse: any manager of the partner may."""
    if not person.has_role(partner.pk, "manager"):
        return []
    own = partner.memberships.select_related("partnership")
    invited = own.filter(status=Membership.Status.INVITED)
    joined = own.filter(status=Membership.Status.ACCEPTED, ended_on=None)
    proposed = Agreement.objects.filter(
        status=Agreement.Status.PROPOSED, partnership__memberships__in=joined
    ).exclude(endorsements__membership__in=joined)
    return [
        *(Task("membership", f"Invited to {m.partnership}", is_own=False) for m in invited),
        *(Task("agreement", f"To endorse: {a}", is_own=False) for a in proposed.distinct()),
    ]
