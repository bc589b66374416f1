"""Who belongs to a partnership, from when to when."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from partnerships.models.partnership import Partnership
from registry.errors import DomainError, NotAllowed
from registry.models import (
    Affiliation,
    DueDiligence,
    Event,
    ImportBatch,
    MovingRecord,
    Partner,
    Sector,
    User,
)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def of_people(self, user: Any, *roles: str) -> Self:
        """Memberships of the partners at which the user holds one of the roles (any, if none is
        named). An evaluator with assignments holds the role in those partnerships only."""
        held = Affiliation.objects.filter(user_id=user.pk, partner_id=OuterRef("partner_id"))
        if roles:
            held = held.filter(role__in=roles)
        # A relation to above in this app, read only: assignments name memberships' partnerships.
        given = Affiliation.assignments.rel.related_model._default_manager
        mine = given.filter(affiliation=OuterRef("pk"))
        here = mine.filter(partnership=OuterRef(OuterRef("partnership_id")))
        return self.filter(Exists(held.filter(~Exists(mine) | Exists(here))))

    def acted_for_by(self, user: Any, *roles: str) -> Self:
        """Those in whose name the user acts: of verified partners only."""
        verified = self.filter(partner__status=Partner.Status.VERIFIED)
        return verified.of_people(user, *roles)

    def accepted(self) -> Self:
        """Members now."""
        return self.filter(status=Membership.Status.ACCEPTED, ended_on=None)

    def leading(self) -> Self:
        """Those that lead now."""
        return self.accepted().filter(roles__contains=["lead"])

    def accepted_on(self, on: date) -> Self:
        """Members on a day: from the day of acceptance to the last day, both included."""
        return self.filter(
            Q(ended_on=None) | Q(ended_on__gte=on), accepted_on__isnull=False, accepted_on__lte=on
        )

    def visible_to(self, user: Any) -> Self:
        """Accepted members of public partnerships; insiders also see invitations, and
        everybody those that the own role reaches."""
        seen = Partnership.objects.public().values("pk")
        public = Q(partnership__in=seen, accepted_on__isnull=False)
        if user.is_anonymous:
            return self.filter(public)
        if user.is_staff:
            return self
        inside = Partnership.objects.insider(user).values("pk")
        own = Membership.objects.of_people(user).values("pk")
        return self.filter(public | Q(partnership__in=inside) | Q(pk__in=own))

    def editable_by(self, user: Any) -> Self:
        """Memberships of the partnerships the user edits, and of the partners it manages."""
        if user.is_anonymous:
            return self.none()
        if user.is_staff:
            return self
        led = Partnership.objects.editable_by(user).values("pk")
        own = Partner.objects.acted_for_by(user, "manager").values("pk")
        return self.filter(Q(partnership__in=led) | Q(partner__in=own))


class Membership(MovingRecord):
    """A partner in a partnership, with its roles and dates."""

    class Role(models.TextChoices):
        LEAD = "lead"
        IMPLEMENTING = "implementing"
        FUNDING = "funding"
        TECHNICAL = "technical"
        ACCOUNTABLE = "accountable"
        EXTENDING = "extending"
        ADVISORY = "advisory"
        BENEFICIARY = "beneficiary"

    class Status(models.TextChoices):
        INVITED = "invited"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        LEFT = "left"

    MOVES = {
        Status.INVITED: [Status.ACCEPTED, Status.DECLINED],
        Status.ACCEPTED: [Status.LEFT],
        Status.DECLINED: [Status.INVITED],
        Status.LEFT: [],
    }

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="memberships")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=12, choices=Role))
    status = models.CharField(max_length=8, choices=Status, default=Status.INVITED, editable=False)
    invited_on = models.DateField(default=timezone.localdate, editable=False)
    accepted_on = models.DateField(null=True, editable=False)
    ended_on = models.DateField(null=True, editable=False, help_text="the last day as a member")
    import_batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, editable=False, related_name="memberships"
    )

    objects = MembershipQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        indexes = [
            models.Index(fields=["partnership"], include=["partner"], name="membership_partners")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "partner"],
                condition=Q(ended_on=None),
                name="membership_once",
                violation_error_message="This partner is a member, or invited, already.",
            ),
            models.UniqueConstraint(
                fields=["partnership"],
                condition=Q(roles__contains=["lead"], ended_on=None),
                name="membership_one_lead",
                violation_error_message="The partnership has a lead already.",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("accepted_on")),
                name="membership_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["invited", "declined"]) | Q(accepted_on__isnull=False),
                name="membership_accepted_dated",
            ),
            models.CheckConstraint(
                condition=Q(status="left", ended_on__isnull=False)
                | ~Q(status="left") & Q(ended_on=None),
                name="membership_left_dated",
            ),
            models.CheckConstraint(
                condition=~Q(roles=[]),
                name="membership_has_role",
                violation_error_message="A member has at least one of the roles.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} in {self.partnership}"

    def clean(self) -> None:
        if len(set(self.roles)) < len(self.roles):
            raise ValidationError({"roles": "Name each role once."})

    def require_manager(self, by: User) -> None:
        """Only a verified member's own managers bind it, or an admin."""
        self.own_managers_only(by)
        if self.partner.status == Partner.Status.MERGED:
            text = "This partner was merged into another one, which acts for it."
            raise DomainError("partner_merged", text, into=self.partner.merged_into_id)
        verified = Partner.objects.filter(pk=self.partner_id, status=Partner.Status.VERIFIED)
        if not (by.is_staff or verified.exists()):
            raise NotAllowed("partner_not_verified", "Only a verified partner is acted for.")

    @transaction.atomic
    def accept(self, *, by: User) -> None:
        """Join from today on; only the invited partner's own managers can say yes, or an admin.

        Joining and leaving are never backdated: reports of earlier dates stay as they are.
        """
        self.require_manager(by)
        self.partnership.require_open()
        # The kind of the partnership does not change meanwhile.
        self.partnership.hold()
        self.partnership.refresh_from_db(fields=["kind"])
        self.require_due_diligence()
        self._move(self.Status.ACCEPTED, by=by, accepted_on=timezone.localdate())

    def require_due_diligence(self, kind: str = "") -> None:
        """A company joins a PPP or UN-business partnership on a review that is valid today.

        The review is locked: a decision against it comes before, or after.
        """
        kind = kind or self.partnership.kind
        if kind not in Partnership.REVIEWED or self.partner.sector != Sector.PRIVATE:
            return
        valid = DueDiligence.objects.valid(timezone.localdate()).filter(partner=self.partner_id)
        if valid.select_for_update(no_key=True).first() is None:
            text = f"{self.partner} needs a due diligence review that is valid today."
            raise DomainError("due_diligence_required", text, partner=self.partner_id)

    def now(self) -> "Membership":
        """The same partner's present membership, where this one ended."""
        present = Membership.objects.accepted().filter(
            partnership=self.partnership_id, partner=self.partner_id
        )
        return present.first() or self

    def decline(self, *, by: User, reason: str = "") -> None:
        self.own_managers_only(by)
        self._move(self.Status.DECLINED, by=by, reason=reason)

    def invite_again(self, roles: list[str], *, by: User) -> None:
        """Ask a partner once more that has declined."""
        self.roles = roles
        self.check_values()
        self._move(self.Status.INVITED, by=by, roles=roles, invited_on=timezone.localdate())

    @transaction.atomic
    def leave(self, *, by: User, reason: str = "", staying: Iterable[int] = ()) -> None:
        """End the membership; its flows and running totals stay (RULES 11).

        Nobody leaves promises behind in silence: `staying` names the open ones that the member
        goes on owing. The others were handed over, or withdrawn, before.
        """
        self.own_managers_only(by)
        self.partnership.hold()
        self.refresh_from_db(fields=["roles"])
        if Membership.Role.LEAD in self.roles:
            raise NotAllowed("lead_stays", "Hand the lead over before leaving.")
        open_ones = set(self.open_commitments().values_list("pk", flat=True))
        if unsaid := open_ones - set(staying):
            text = (
                "Say what becomes of each open commitment: handed over, withdrawn, or still owed."
            )
            raise DomainError("open_commitments", text, commitments=sorted(unsaid))
        facts = {"still_owed": sorted(open_ones)} if open_ones else {}
        today = timezone.localdate()
        self._move(self.Status.LEFT, by=by, reason=reason, facts=facts, ended_on=today)

    def open_commitments(self) -> models.QuerySet[Any]:
        commitments: Any = Membership.commitments.rel.related_model._default_manager
        found: models.QuerySet[Any] = commitments.filter(membership=self.pk, status="open")
        return found

    def change_roles(
        self, roles: list[str], *, by: User, facts: dict[str, Any], reason: str = ""
    ) -> None:
        """Write other roles; what they were, and are, stays on record."""
        was = list(self.roles)
        self.amend(roles=roles)
        stated = {"was": was, "became": roles, **facts}
        Event.log(self, "roles_changed", by=by, reason=reason, facts=stated)

    def own_managers_only(self, by: User) -> None:
        if not (by.is_staff or by.has_role(self.partner_id, "manager")):
            raise NotAllowed("members_only", "Only the member's own managers may do this.")

    def _move(self, to: str, *, by: User, reason: str = "", **values: Any) -> None:
        Event.move(self, to, by=by, reason=reason, **values)
