"""Changes of what was registered: proposed, endorsed where asked for, approved as a whole."""

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from partnerships.models.agreements import Agreement
from partnerships.models.differences import Change, difference
from partnerships.models.documents import PARTS, hash_of
from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from partnerships.models.proposals import Proposal, extends_only
from partnerships.models.proposed_members import ProposedMembers
from partnerships.models.sections import Section
from partnerships.models.versions import PartnershipVersion
from registry.errors import DomainError, NotAllowed
from registry.models import Event, MovingRecord, User, require_reason

SCOPE = (Section.ABOUT, Section.TARGETS, Section.OBJECTIVES, Section.PLACES)
AMENDABLE = (
    Partnership.Status.REGISTERED,
    Partnership.Status.ACTIVE,
    Partnership.Status.SUSPENDED,
)


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    def visible_to(self, user: Any) -> Self:
        """Approved ones with their partnership; what is only proposed, its members' people."""
        public = Partnership.objects.public().values("pk")
        inside = Partnership.objects.insider(user).values("pk")
        approved = Q(status=Amendment.Status.APPROVED, partnership__in=public)
        return self.filter(approved | Q(partnership__in=inside))

    def editable_by(self, user: Any) -> Self:
        return self.filter(partnership__in=Partnership.objects.editable_by(user).values("pk"))

    def open(self) -> Self:
        return self.filter(status__in=Amendment.OPEN)


class Amendment(MovingRecord):
    """A change of a registered partnership, with its reason; until approved, nothing changes."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        SUBMITTED = "submitted"
        RETURNED = "returned"
        APPROVED = "approved"
        WITHDRAWN = "withdrawn"

    class Kind(models.TextChoices):
        SCOPE = "scope"
        MEMBERS = "members"
        BUDGET = "budget"
        EXTENSION = "extension", "no-cost extension"

    WRITABLE = (Status.DRAFT, Status.RETURNED)
    OPEN = (*WRITABLE, Status.SUBMITTED)
    MOVES = {
        Status.DRAFT: [Status.SUBMITTED, Status.WITHDRAWN],
        Status.SUBMITTED: [Status.APPROVED, Status.RETURNED, Status.WITHDRAWN],
        Status.RETURNED: [Status.SUBMITTED, Status.WITHDRAWN],
        Status.APPROVED: [],
        Status.WITHDRAWN: [],
    }

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField(
        editable=False, help_text="counts up within the partnership"
    )
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT, editable=False)
    kinds = ArrayField(
        models.CharField(max_length=9, choices=Kind),
        default=list,
        editable=False,
        help_text="derived from what changes",
    )
    reason = models.TextField(max_length=2000, help_text="public once it is approved")
    changes = models.JSONField(help_text="new values by section")
    base = models.JSONField(editable=False, help_text="the same sections as they stood then")
    after = models.JSONField(editable=False, help_text="the same sections as they would be")
    sha256 = models.CharField(max_length=64, editable=False, help_text="of changes and reason")
    needs_endorsement = models.BooleanField(default=False, editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    answer = models.TextField(
        blank=True, max_length=2000, editable=False, help_text="why it was returned"
    )
    result = models.OneToOneField(
        PartnershipVersion,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="amendment",
        help_text="what the partnership says since then",
    )

    objects = AmendmentQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "number"], name="amendment_number_once"),
            models.UniqueConstraint(
                fields=["partnership"],
                condition=Q(status__in=["draft", "submitted", "returned"]),
                name="amendment_one_open",
                violation_error_message="The partnership has an open amendment already.",
            ),
            models.CheckConstraint(
                condition=Q(status="approved", result__isnull=False, decided_at__isnull=False)
                | ~Q(status="approved") & Q(result=None),
                name="amendment_approved_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"Amendment {self.number} of {self.partnership}"

    @property
    def sections(self) -> list[Section]:
        return [section for section in Section if section.value in self.changes]

    @property
    def kinds_in_words(self) -> str:
        return ", ".join(str(self.Kind(kind).label) for kind in self.kinds)

    def propose(self, changes: Any, reason: str) -> dict[str, Any]:
        """Read the changes against what stands now; the values to be written."""
        require_reason(reason)
        proposal = Proposal(self.partnership, changes)
        if not difference(proposal.before, proposal.after):
            raise DomainError("changes_nothing", "This is what was registered: nothing changes.")
        return {
            "reason": reason,
            "changes": proposal.kept,
            "base": proposal.before,
            "after": proposal.after,
            "kinds": kinds_of(proposal),
            "sha256": hash_of({"changes": proposal.kept, "reason": reason}),
            "needs_endorsement": needs_endorsement(proposal),
        }

    def require_amendable(self) -> None:
        if self.partnership.status not in AMENDABLE:
            text = f"A partnership that is {self.partnership.status} is not amended."
            raise DomainError("not_amendable", text)

    def require_unchanged(self) -> None:
        """What it would change still stands as it did when it was written."""
        changed = [
            section
            for section in self.sections
            if PARTS[section](self.partnership) != self.base.get(section.value)
        ]
        if changed:
            names = ", ".join(section.label for section in changed)
            text = f"Changed meanwhile: {names}. Write these sections anew."
            raise DomainError("changed_meanwhile", text, sections=[s.value for s in changed])

    def difference(self) -> dict[Section, list[Change]]:
        """What it changes; approved, what it changed, as everybody may read it."""
        if self.result is None:
            return difference(self.base, self.after)
        return difference(self.base, self.result.document)

    def proposed_difference(self) -> dict[Section, list[Change]]:
        """With whom it invites, which is the members' to know."""
        return difference(self.base, self.after)

    @transaction.atomic
    def submit(self, *, by: User) -> None:
        """Ask the secretariat for approval, and the members where their agreement says so."""
        self.partnership.require_editor(by)
        self.partnership.hold()
        self.partnership.refresh_from_db()
        self.require_amendable()
        self.require_unchanged()
        values = self.propose(self.changes, self.reason)
        Event.move(self, self.Status.SUBMITTED, by=by, submitted_at=timezone.now(), **values)

    @transaction.atomic
    def endorse(
        self, membership: Membership, *, by: User, sha256: str = ""
    ) -> "AmendmentEndorsement":
        """Say yes for one member to the changes that were read. Saying it twice is once."""
        self.partnership.hold()
        locked = Amendment.objects.select_for_update(of=("self",)).get(pk=self.pk)
        membership.require_manager(by)
        if membership.partnership_id != locked.partnership_id:
            raise DomainError("not_a_member", "Not a member of this partnership.")
        if membership.status != Membership.Status.ACCEPTED:
            raise DomainError("not_accepted", "Only accepted members endorse.")
        if locked.status != self.Status.SUBMITTED:
            raise DomainError("not_submitted", f"The amendment is {locked.status}.")
        if sha256 and sha256 != locked.sha256:
            raise DomainError("outdated_text", "What was read is not what is submitted now.")
        endorsement, new = self.endorsements.get_or_create(
            membership=membership, sha256=locked.sha256, defaults={"user": by}
        )
        if new:
            Event.log(self, "endorsed", by=by, reason=str(membership.partner))
        return endorsement

    def waiting_for(self) -> models.QuerySet[Membership]:
        """Members who have not endorsed what is submitted now."""
        said = self.endorsements.filter(sha256=self.sha256).values("membership_id")
        members = self.partnership.memberships.accepted().exclude(pk__in=said)
        return members.select_related("partner").order_by("pk")

    def require_endorsed(self) -> None:
        if self.needs_endorsement and (missing := list(self.waiting_for())):
            names = ", ".join(str(member.partner) for member in missing)
            raise DomainError("endorsements_missing", f"Not endorsed yet by: {names}.")

    def require_approver(self, by: User) -> None:
        """Admins decide, but never on a partnership of an organisation that they act for."""
        if not by.is_staff:
            raise NotAllowed("admins_only", "Only a registry admin may do this.")
        members = self.partnership.memberships.filter(ended_on=None)
        if by.affiliations.filter(partner__in=members.values("partner_id")).exists():
            raise NotAllowed("own_partnership", "Nobody approves a change of their own.")

    def send_back(self, *, by: User, reason: str) -> None:
        self.require_approver(by)
        require_reason(reason)
        now = timezone.now()
        Event.move(self, self.Status.RETURNED, by=by, reason=reason, decided_at=now, answer=reason)

    def withdraw(self, *, by: User, reason: str = "") -> None:
        self.partnership.require_editor(by)
        now = timezone.now()
        Event.move(self, self.Status.WITHDRAWN, by=by, reason=reason, decided_at=now)


class AmendmentEndorsement(models.Model):
    """One member's yes to the changes of an amendment, with the hash of what was read."""

    amendment = models.ForeignKey(Amendment, models.CASCADE, related_name="endorsements")
    membership = models.ForeignKey(
        Membership, models.CASCADE, related_name="amendment_endorsements"
    )
    user = models.ForeignKey(User, models.PROTECT, related_name="amendment_endorsements")
    sha256 = models.CharField(max_length=64)
    endorsed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["amendment", "endorsed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["amendment", "membership", "sha256"], name="amendment_endorsed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.membership.partner}: {self.amendment}"


def kinds_of(proposal: Proposal) -> list[str]:
    """What sort of amendment it is, by what changes."""
    Kind = Amendment.Kind
    changed = set(difference(proposal.before, proposal.after))
    if extends_only(proposal.before, proposal.after):
        kinds = [Kind.EXTENSION]
        changed -= {Section.ABOUT, Section.BUDGET}
    else:
        kinds = []
    if changed & set(SCOPE):
        kinds.append(Kind.SCOPE)
    if Section.MEMBERS in changed:
        kinds.append(Kind.MEMBERS)
    if Section.BUDGET in changed:
        kinds.append(Kind.BUDGET)
    return [kind.value for kind in Kind if kind in kinds]


def needs_endorsement(proposal: Proposal) -> bool:
    """Where the binding agreement asks for it; and nobody becomes the lead without a yes."""
    members = proposal.of(ProposedMembers)
    if members and members.moves_the_lead():
        return True
    binding = Agreement.objects.filter(
        partnership=proposal.was, status=Agreement.Status.BINDING, amendments_need_endorsement=True
    )
    return binding.exists()
