"""Documents that members agree to."""

import hashlib
from typing import Any, Self

from django.db import models, transaction
from django.db.models import Q
from django.dispatch import Signal
from django.utils import timezone

from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from registry.errors import DomainError, NotAllowed
from registry.models import Event, MovingRecord, User

# Sent inside the transaction in which an agreement became binding; monitoring listens.
agreement_bound = Signal()


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: Any) -> Self:
        """Binding ones with their partnership; drafts and proposals for insiders."""
        seen = Partnership.objects.visible_to(user).values("pk")
        inside = Partnership.objects.insider(user).values("pk")
        settled = Q(status__in=[Agreement.Status.BINDING, Agreement.Status.SUPERSEDED])
        return self.filter(settled & Q(partnership__in=seen) | Q(partnership__in=inside))

    def editable_by(self, user: Any) -> Self:
        return self.filter(partnership__in=Partnership.objects.editable_by(user).values("pk"))


class Agreement(MovingRecord):
    """A version of a document that binds once every accepted member has endorsed it."""

    class Kind(models.TextChoices):
        PARTNERSHIP = "partnership", "partnership agreement"
        ENGAGEMENT = "engagement", "engagement principles"
        FRAMEWORK = "framework", "M&E framework"

    class Status(models.TextChoices):
        DRAFT = "draft"
        PROPOSED = "proposed"
        BINDING = "binding"
        SUPERSEDED = "superseded"

    MOVES = {
        Status.DRAFT: [Status.PROPOSED],
        Status.PROPOSED: [Status.BINDING, Status.SUPERSEDED],
        Status.BINDING: [Status.SUPERSEDED],
        Status.SUPERSEDED: [],
    }

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="agreements")
    kind = models.CharField(max_length=11, choices=Kind)
    edition = models.PositiveSmallIntegerField(default=1, help_text="counts up; old ones stay")
    title = models.CharField(max_length=300)
    text = models.TextField(max_length=200_000)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    proposed_at = models.DateTimeField(null=True, editable=False)
    bound_at = models.DateTimeField(null=True, editable=False)
    superseded_at = models.DateTimeField(null=True, editable=False)

    objects = AgreementQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "kind", "edition"], name="agreement_edition_once"
            ),
            models.UniqueConstraint(
                fields=["partnership", "kind"],
                condition=Q(status="binding"),
                name="agreement_one_binding",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | ~Q(sha256=""), name="agreement_proposed_hashed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.edition})"

    def propose(self, *, by: User) -> None:
        """Freeze the text and ask every accepted member to endorse it."""
        if not self.partnership.is_editable_by(by):
            raise NotAllowed("lead_only", "Only the lead partner's managers may do this.")
        digest = hashlib.sha256(self.text.encode()).hexdigest()
        Event.move(self, self.Status.PROPOSED, by=by, sha256=digest, proposed_at=timezone.now())

    @transaction.atomic
    def endorse(self, membership: Membership, *, by: User, sha256: str = "") -> "Endorsement":
        """Say yes for one member; the last one makes it binding. Saying it twice is once."""
        self.partnership.hold()
        locked = Agreement.objects.select_for_update().get(pk=self.pk)
        self._check_endorser(locked, membership, by, sha256)
        endorsement, new = self.endorsements.get_or_create(
            membership=membership, defaults={"user": by, "sha256": locked.sha256}
        )
        if new:
            Event.log(self, "endorsed", by=by, reason=str(membership.partner))
        if locked.status == self.Status.PROPOSED and locked.is_endorsed_by_all():
            locked._bind(by=by)
        self.refresh_from_db()
        return endorsement

    def _check_endorser(
        self, locked: "Agreement", membership: Membership, by: User, sha256: str
    ) -> None:
        membership.require_manager(by)
        if membership.status != Membership.Status.ACCEPTED:
            raise DomainError("not_accepted", "Only accepted members endorse.")
        if membership.partnership_id != locked.partnership_id:
            raise DomainError("not_a_member", "Not a member of this partnership.")
        if locked.status not in (self.Status.PROPOSED, self.Status.BINDING):
            raise DomainError("not_proposed", f"The agreement is {locked.status}.")
        if sha256 and sha256 != locked.sha256:
            raise DomainError("outdated_text", "The text read is not the text proposed.")

    def is_endorsed_by_all(self) -> bool:
        members = self.partnership.memberships.accepted()
        return not members.exclude(endorsements__agreement=self).exists()

    def _bind(self, *, by: User) -> None:
        """Put this edition in force; the former one, and older proposals, are superseded."""
        now = timezone.now()
        overtaken = Q(status=self.Status.PROPOSED, edition__lt=self.edition)
        former = Agreement.objects.filter(partnership=self.partnership, kind=self.kind)
        for agreement in former.filter(overtaken | Q(status=self.Status.BINDING)):
            Event.move(agreement, self.Status.SUPERSEDED, by=by, superseded_at=now)
        Event.move(self, self.Status.BINDING, by=by, bound_at=now)
        agreement_bound.send(Agreement, agreement=self, by=by)


class EndorsementQuerySet(models.QuerySet["Endorsement"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(agreement__in=Agreement.objects.visible_to(user).values("pk"))


class Endorsement(models.Model):
    """One member's yes to one version of a document, with the hash of what was read."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="endorsements")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="endorsements")
    user = models.ForeignKey(User, models.PROTECT, related_name="endorsements")
    sha256 = models.CharField(max_length=64)
    endorsed_at = models.DateTimeField(default=timezone.now)

    objects = EndorsementQuerySet.as_manager()
    history_of = "agreement__partnership"

    class Meta:
        ordering = ["-endorsed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "membership"], name="endorsement_once")
        ]

    def __str__(self) -> str:
        return f"{self.membership.partner}: {self.agreement}"
