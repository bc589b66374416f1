"""Documents that members agree to."""

import hashlib
from datetime import datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.dispatch import Signal
from django.utils import timezone

from partnerships.models.assent import assent_of
from partnerships.models.checklists import Entry, checklist
from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from partnerships.models.quorums import Quorum
from registry.errors import DomainError
from registry.models import Event, MovingRecord, User, require_reason

# Sent inside the transaction in which an agreement became binding; monitoring listens.
agreement_bound = Signal()


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: Any) -> Self:
        """What binds or has bound, with its partnership; the others for insiders."""
        seen = Partnership.objects.visible_to(user).values("pk")
        inside = Partnership.objects.insider(user).values("pk")
        settled = Q(status__in=Agreement.SETTLED, bound_at__isnull=False)
        return self.filter(settled & Q(partnership__in=seen) | Q(partnership__in=inside))

    def editable_by(self, user: Any) -> Self:
        return self.filter(partnership__in=Partnership.objects.editable_by(user).values("pk"))

    def waiting(self) -> Self:
        """Proposals that somebody has endorsed: silence, or that a member left, may complete
        them without anybody's word."""
        some = Endorsement.objects.filter(agreement=OuterRef("pk"))
        return self.filter(Exists(some), status=Agreement.Status.PROPOSED)

    def binding(self, kind: str) -> Self:
        return self.filter(kind=kind, status=Agreement.Status.BINDING)

    def binding_at(self, at: datetime) -> Self:
        """What bound at a moment."""
        still = Q(superseded_at=None) | Q(superseded_at__gt=at)
        return self.filter(still, bound_at__lte=at)

    def not_withdrawn_at(self, at: datetime) -> Self:
        """Proposed by a moment, and not taken back by then, whatever became of it later."""
        taken_back = Event.objects.filter(
            subject_type=Agreement._meta.label_lower,
            subject_id=OuterRef("pk"),
            became=Agreement.Status.WITHDRAWN,
            at__lte=at,
        )
        return self.filter(~Exists(taken_back), proposed_at__lte=at)


class Agreement(MovingRecord):
    """A version of a document that binds once all members, or the quorum, have endorsed it."""

    class Kind(models.TextChoices):
        PARTNERSHIP = "partnership", "partnership agreement"
        ENGAGEMENT = "engagement", "engagement principles"
        FRAMEWORK = "framework", "M&E framework"
        LEDGER = "ledger", "ledger of risks and benefits"

    class Status(models.TextChoices):
        DRAFT = "draft"
        PROPOSED = "proposed"
        BINDING = "binding"
        SUPERSEDED = "superseded"
        WITHDRAWN = "withdrawn"

    SETTLED = (Status.BINDING, Status.SUPERSEDED)
    # Written clause by clause; the text of the others is made from what they are about.
    OF_CLAUSES = (Kind.PARTNERSHIP, Kind.ENGAGEMENT)
    MOVES = {
        Status.DRAFT: [Status.PROPOSED, Status.WITHDRAWN],
        Status.PROPOSED: [Status.BINDING, Status.SUPERSEDED, Status.WITHDRAWN],
        Status.BINDING: [Status.SUPERSEDED],
        Status.SUPERSEDED: [],
        Status.WITHDRAWN: [],
    }

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="agreements")
    kind = models.CharField(max_length=11, choices=Kind)
    edition = models.PositiveSmallIntegerField(default=1, help_text="counts up; old ones stay")
    title = models.CharField(max_length=300)
    preamble = models.TextField(blank=True, max_length=10_000)
    text = models.TextField(
        blank=True, max_length=200_000, help_text="the whole document, once it was proposed"
    )
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    quorum = models.CharField(
        max_length=14,
        choices=Quorum,
        default=Quorum.ALL,
        help_text="of this document and, while a partnership agreement binds, of all others",
    )
    silence_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(14), MaxValueValidator(366)],
        help_text="days without objection after which a member counts as having consented to"
        " later documents; empty: silence is no consent",
    )
    amendments_need_endorsement = models.BooleanField(
        default=False, help_text="changes of what is registered need the members' endorsement"
    )
    rule_from = models.ForeignKey(
        "self",
        models.RESTRICT,
        null=True,
        editable=False,
        related_name="rules",
        help_text="the agreement whose quorum decides; set when proposed",
    )
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
                condition=Q(status__in=["draft", "withdrawn"]) | ~Q(sha256=""),
                name="agreement_proposed_hashed",
            ),
            models.CheckConstraint(
                condition=Q(kind="partnership")
                | Q(quorum="all", silence_days=None, amendments_need_endorsement=False),
                name="agreement_rules_of_partnership",
                violation_error_message="Only a partnership agreement states how is decided.",
            ),
            models.CheckConstraint(
                condition=Q(silence_days=None) | Q(silence_days__range=(14, 366)),
                name="agreement_silence_days",
                violation_error_message="From 14 to 366 days.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.edition})"

    def checklist(self) -> list[Entry]:
        return checklist(self.kind, self.partnership)

    def missing(self) -> list[Entry]:
        """The ingredients that no clause is about yet; the required ones refuse a proposal."""
        present = {clause.kind for clause in self.clauses.all()}
        return [entry for entry in self.checklist() if entry.kind not in present]

    def require_draft(self) -> None:
        if self.status != self.Status.DRAFT:
            raise DomainError("not_a_draft", f"The agreement is {self.status}.")

    def whole_text(self) -> str:
        """The document as members read it, and what its hash is of: for one of clauses made of
        them, in their order; no dates, numbers of rows or states, so the same words give it again.
        """
        if self.sha256 or self.kind not in self.OF_CLAUSES:
            return self.text
        parts = [f"{self.title}\nEdition {self.edition}", self.preamble.strip()]
        parts += [f"{c.number}. {c.heading}\n{c.text.strip()}" for c in self.clauses.all()]
        return "\n\n".join(filter(None, [*parts, self.rules_said()])).replace("\r\n", "\n") + "\n"

    def rules_said(self) -> str:
        """How is decided, in words; empty for documents that follow the partnership agreement."""
        if self.kind != self.Kind.PARTNERSHIP:
            return ""
        said = f"Documents bind when {self.get_quorum_display()} have endorsed them."
        if self.silence_days:
            said += (
                " While this agreement binds, a member that neither endorses nor objects within"
                f" {self.silence_days} days counts as having consented to a later document."
            )
        if self.amendments_need_endorsement:
            said += " Changes of what is registered need the members' endorsement in the same way."
        return said

    @transaction.atomic
    def propose(self, *, by: User) -> None:
        """Freeze the text and ask every accepted member to endorse it."""
        self.partnership.require_editor(by)
        self.partnership.hold()
        # Clauses are written under this lock too: what is read here is what is frozen.
        Agreement.objects.select_for_update(no_key=True).get(pk=self.pk)
        self._require_ingredients()
        text = self.whole_text()
        if len(text) > 200_000:
            raise ValidationError({"clauses": "The document is longer than 200,000 characters."})
        Event.move(
            self,
            self.Status.PROPOSED,
            by=by,
            text=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            rule_from=self._rule(),
            proposed_at=timezone.now(),
        )

    def _require_ingredients(self) -> None:
        if self.status != self.Status.DRAFT or self.kind not in self.OF_CLAUSES:
            return
        lacking = [entry for entry in self.missing() if entry.required]
        if lacking:
            named = ", ".join(f"{entry.label} ({entry.kind.value})" for entry in lacking)
            raise ValidationError({"clauses": f"Clauses that are still missing: {named}."})

    def _rule(self) -> "Agreement | None":
        """The binding partnership agreement decides; before there is one, the first decides
        about itself. Everything else needs all."""
        binding = self.partnership.agreements.binding(self.Kind.PARTNERSHIP).first()
        return binding or (self if self.kind == self.Kind.PARTNERSHIP else None)

    def withdraw(self, *, by: User, reason: str) -> None:
        """Take back a draft or a proposal; what was said to it stays recorded."""
        self.partnership.require_editor(by)
        require_reason(reason)
        if self.kind == self.Kind.FRAMEWORK:
            text = "A framework's document is replaced by proposing the framework's next edition."
            raise DomainError("framework_document", text)
        Event.move(self, self.Status.WITHDRAWN, by=by, reason=reason)

    @transaction.atomic
    def endorse(self, membership: Membership, *, by: User, sha256: str = "") -> "Endorsement":
        """Say yes for one member; the one that completes the quorum makes it binding. Saying it
        twice is once; what the member objected to before is settled by it."""
        self.partnership.hold()
        locked = Agreement.objects.select_for_update().get(pk=self.pk)
        locked.check_speaker(membership, by, sha256)
        endorsement, new = self.endorsements.get_or_create(
            membership=membership, defaults={"user": by, "sha256": locked.sha256}
        )
        if new:
            self.objections.filter(membership=membership, settled_at=None).update(
                settled_at=timezone.now()
            )
            Event.log(self, "endorsed", by=by, reason=str(membership.partner))
        locked.bind_if_endorsed(by=by)
        self.refresh_from_db()
        return endorsement

    def check_speaker(self, membership: Membership, by: User, sha256: str = "") -> None:
        """Only an accepted member's own managers speak for it, on the text as it is proposed."""
        membership.require_manager(by)
        if membership.status != Membership.Status.ACCEPTED:
            raise DomainError("not_accepted", "Only accepted members endorse.")
        if membership.partnership_id != self.partnership_id:
            raise DomainError("not_a_member", "Not a member of this partnership.")
        if self.status not in (self.Status.PROPOSED, self.Status.BINDING):
            raise DomainError("not_proposed", f"The agreement is {self.status}.")
        if sha256 and sha256 != self.sha256:
            raise DomainError("outdated_text", "The text read is not the text proposed.")

    def is_endorsed_by_all(self) -> bool:
        members = self.partnership.memberships.accepted()
        return not members.exclude(endorsements__agreement=self).exists()

    def bind_if_endorsed(self, *, by: User | None) -> bool:
        """Put a proposal in force if the quorum is there; for a row locked by the caller."""
        if self.status != self.Status.PROPOSED or not assent_of(self).is_enough:
            return False
        self._bind(by=by)
        return True

    def _bind(self, *, by: User | None) -> None:
        """Put this edition in force; the former one, and older proposals, are superseded."""
        now = timezone.now()
        overtaken = Q(status=self.Status.PROPOSED, edition__lt=self.edition)
        former = Agreement.objects.filter(partnership=self.partnership, kind=self.kind)
        for agreement in former.filter(overtaken | Q(status=self.Status.BINDING)):
            Event.move(agreement, self.Status.SUPERSEDED, by=by, superseded_at=now)
        Event.move(self, self.Status.BINDING, by=by, bound_at=now)
        agreement_bound.send(Agreement, agreement=self, by=by)


class OfAgreementQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(agreement__in=Agreement.objects.visible_to(user).values("pk"))


class Endorsement(models.Model):
    """One member's yes to one version of a document, with the hash of what was read."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="endorsements")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="endorsements")
    user = models.ForeignKey(User, models.PROTECT, related_name="endorsements")
    sha256 = models.CharField(max_length=64)
    endorsed_at = models.DateTimeField(default=timezone.now)

    objects = OfAgreementQuerySet.as_manager()
    history_of = "agreement__partnership"

    class Meta:
        ordering = ["-endorsed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "membership"], name="endorsement_once")
        ]

    def __str__(self) -> str:
        return f"{self.membership.partner}: {self.agreement}"
