"""What waits for partners' managers here."""

from collections.abc import Callable, Collection, Iterator

from django.db.models import Exists, OuterRef
from django.urls import NoReverseMatch, reverse

from partnerships.models.agreements import Agreement, Endorsement
from partnerships.models.amendments import Amendment, AmendmentEndorsement
from partnerships.models.deliveries import Delivery
from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from registry.models import Partner, Task, User

MOST = 50
LEAD = [Membership.Role.LEAD]


def tasks_of(person: User, partner: Partner) -> list[Task]:
    """What waits at one partner: any manager of it may do it."""
    return tasks_at(person, [partner.pk]) if person.has_role(partner.pk, "manager") else []


def tasks_at(person: User, partners: Collection[int]) -> list[Task]:
    """What waits at partners that the person manages: the same queries for any number of them."""
    return [task for source in SOURCES for task in source(person, partners)]


def _invitations(person: User, partners: Collection[int]) -> Iterator[Task]:
    invited = Membership.objects.filter(partner__in=partners, status=Membership.Status.INVITED)
    for one in invited.select_related("partnership"):
        at = page_address(one.partnership, "partnership-members")
        yield Task("membership", f"Invited to {one.partnership}", at, is_own=False)


def _endorsements(person: User, partners: Collection[int]) -> Iterator[Task]:
    """Documents that one of the partners, though perhaps not the others, has yet to endorse."""
    here = OuterRef(OuterRef("pk"))
    done = Endorsement.objects.filter(membership=OuterRef("pk"), agreement=here)
    members = Membership.objects.accepted().filter(partner__in=partners)
    asked = members.filter(~Exists(done), partnership=OuterRef("partnership"))
    proposed = Agreement.objects.filter(Exists(asked), status=Agreement.Status.PROPOSED)
    for one in proposed.select_related("partnership"):
        of_framework = one.kind == Agreement.Kind.FRAMEWORK
        page = "partnership-framework" if of_framework else "partnership-agreements"
        at = page_address(one.partnership, page)
        yield Task("agreement", f"To endorse: {one}", at, is_own=False)


def _amendments(person: User, partners: Collection[int]) -> Iterator[Task]:
    """Amendments that one of the partners has yet to endorse."""
    done = AmendmentEndorsement.objects.filter(
        membership=OuterRef("pk"),
        amendment=OuterRef(OuterRef("pk")),
        sha256=OuterRef(OuterRef("sha256")),
    )
    members = Membership.objects.accepted().filter(partner__in=partners)
    asked = members.filter(~Exists(done), partnership=OuterRef("partnership"))
    waiting = Amendment.objects.filter(
        Exists(asked), status=Amendment.Status.SUBMITTED, needs_endorsement=True
    )
    for one in waiting.select_related("partnership"):
        at = reverse("amendment", args=[one.pk])
        yield Task("amendment", f"To endorse: {one}", at, is_own=False)


def _returned(person: User, partners: Collection[int]) -> Iterator[Task]:
    """Partnerships that the secretariat sent back, at their lead."""
    leads = Membership.objects.accepted().filter(partner__in=partners, roles__contains=LEAD)
    returned = Partnership.objects.filter(status=Partnership.Status.RETURNED)
    for one in returned.filter(pk__in=leads.values("partnership_id")):
        at = page_address(one, "partnership-work")
        yield Task("partnership", f"Returned to be completed: {one}", at, is_own=False)


def _deliveries(person: User, partners: Collection[int]) -> Iterator[Task]:
    """Deliveries that wait for the receiver's word."""
    waiting = Delivery.objects.to_answer_by(partners).select_related("partnership", "commitment")
    for one in waiting.order_by("delivered_on", "pk")[:MOST]:
        at = page_address(one.partnership, "partnership-commitments")
        yield Task("delivery", f"To confirm or dispute: {one}", at, is_own=False)


# Each tells what waits at the partners, in a fixed number of queries. The app above adds its own.
SOURCES: list[Callable[[User, Collection[int]], Iterator[Task]]] = [
    _invitations,
    _endorsements,
    _amendments,
    _returned,
    _deliveries,
]


# The same from the app above, for the workspace only: to who leaves it tells these by signal.
WORKSPACE: list[Callable[[User, Collection[int]], Iterator[Task]]] = []


def page_address(partnership: Partnership, page: str) -> str:
    """The address of the page on which it is done; of the partnership, while there is none."""
    key = partnership.reference or partnership.pk
    try:
        return reverse(page, args=[key])
    except NoReverseMatch:
        return reverse("partnership", args=[key])
