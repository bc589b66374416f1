"""What members promise."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, F, Q, When
from django.utils import timezone

from partnerships.models.finance_codes import check_code, labels
from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from partnerships.models.standings import (
    Day,
    Standing,
    facts_of_promise,
    is_fulfilled,
    standing_of_promise,
)
from registry.errors import DomainError, NotAllowed
from registry.models import (
    Currency,
    Event,
    ImportBatch,
    MovedField,
    MovingRecord,
    Partner,
    Target,
    User,
    check_day,
    require_reason,
)


def _whether(condition: Q) -> Case:
    return Case(When(condition, then=True), default=False, output_field=models.BooleanField())


class OfPartnershipQuerySet(models.QuerySet[Any]):
    """Rows that are public with their partnership; before that, its members' own."""

    def visible_to(self, user: Any) -> Self:
        public = Partnership.objects.public().values("pk")
        inside = Partnership.objects.insider(user).values("pk")
        return self.filter(Q(partnership__in=public) | Q(partnership__in=inside))

    def editable_by(self, user: Any) -> Self:
        """The lead partner's managers, and those of the member that promises."""
        if user.is_anonymous:
            return self.none()
        mine = Membership.objects.editable_by(user)
        return self.filter(membership__in=mine.values("pk"))


class CommitmentQuerySet(OfPartnershipQuerySet):
    def due_by(self, on: date) -> Self:
        """Promises whose first due date has come, those withdrawn by agreement left out."""
        return self.filter(due_on__lte=on).exclude(status="withdrawn", receiver_agreed=True)

    def promised_by(self, on: date, known_at: datetime) -> Self:
        """Promises made by a day and known at a moment; those taken back by then in agreement
        with the receiver left out (D4, F1)."""
        let_go = Q(status="withdrawn", receiver_agreed=True, withdrawn_on__lte=on)
        return self.filter(committed_on__lte=on, created_at__lte=known_at).exclude(let_go)

    def kept_on(self, on: date) -> Self:
        """Those not taken back by a day, whoever agreed."""
        return self.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=on))

    def with_confirmed_delivery(self) -> Self:
        """Promises of which at least a part was confirmed by the receiver."""
        return self.filter(deliveries__status="confirmed").distinct()

    def with_standing(self, on: date | None = None, known_at: datetime | None = None) -> Self:
        """Annotate `standing` (by the due date that holds), `standing_at_first` (by the original
        one), `arrived` (the amount that was confirmed) and `held_due_on`, as of a day.

        What was written after `known_at`, normally the day's end, is left out.
        """
        day = Day.of(on, known_at)
        return self.annotate(**facts_of_promise(self.model, day)).annotate(
            standing=standing_of_promise("held_due_on", day),
            standing_at_first=standing_of_promise("due_on", day),
        )

    def with_arrivals(self, on: date, known_at: datetime) -> Self:
        """Annotate what had come of each by a day, as it was known at a moment (`arrived`,
        `has_arrived`, `has_parts`, `lacks_parts`), and no standing: that costs more."""
        return self.annotate(**facts_of_promise(self.model, Day(on, known_at)))

    def with_kept(self, on: date, known_at: datetime) -> Self:
        """Annotate, beside what had arrived, whether each promise was kept by a day (`is_kept`):
        fulfilled, be it late or although it was taken back; and whether by the due date that was
        promised at first (`is_kept_in_time`)."""
        in_time = facts_of_promise(self.model, Day(on, known_at, in_time=True))
        early = {f"early_{name}": fact for name, fact in in_time.items() if name != "held_due_on"}
        with_facts = self.with_arrivals(on, known_at).alias(**early)
        return with_facts.annotate(
            is_kept=_whether(is_fulfilled()), is_kept_in_time=_whether(is_fulfilled("early_"))
        )

    def owed_at(self, memberships: Collection[int], at: datetime) -> Self:
        """Promises that one of the memberships owed at a moment, whatever was handed over since,
        or moved by a merge of partners, or by its end. Seven queries."""
        handovers = self.model._meta.get_field("handovers").related_model._default_manager
        since = handovers.filter(status="accepted", answered_at__gt=at)
        label = self.model._meta.label_lower
        moved: Any = MovedField.objects.since(at).filter(model=label, field="membership_id")
        given = MovedField.objects.held(since, at, "giver_id", memberships)
        near = {
            *Commitment.objects.filter(membership__in=memberships).values_list("pk", flat=True),
            *moved.filter(before__in=list(memberships)).values_list("row_id", flat=True),
            *(one.commitment_id for one in given),
        }
        # What each change took it from; the first change after the moment says whose it was.
        passed = list(since.filter(commitment__in=near))
        MovedField.objects.restore(passed, at, "giver_id")
        changes = [(one.answered_at, one.commitment_id, one.giver_id) for one in passed]
        changes += moved.filter(row_id__in=near).values_list("at", "row_id", "before")
        owners = dict(Commitment.objects.filter(pk__in=near).values_list("pk", "membership_id"))
        owners |= {pk: owner for _, pk, owner in sorted(changes, reverse=True)}
        return self.filter(pk__in=[pk for pk, owner in owners.items() if owner in memberships])

    def unkept(self) -> Self:
        """Promises that stand and of which nothing has been confirmed."""
        kept = Commitment.objects.with_confirmed_delivery()
        return self.filter(status="open").exclude(pk__in=kept.values("pk"))


class Commitment(MovingRecord):
    """A promise by one member: what, how much, by when."""

    class Kind(models.TextChoices):
        FINANCE = "finance"
        TECHNOLOGY = "technology"
        EXPERTISE = "expertise"
        CAPACITY = "capacity", "capacity building"
        DATA = "data"
        IN_KIND = "in_kind", "in kind"
        POLICY = "policy", "policy change"

    class Status(models.TextChoices):
        OPEN = "open"
        WITHDRAWN = "withdrawn"

    class Stage(models.TextChoices):
        PLEDGE = "pledge", "pledge: announced, not binding yet"
        COMMITMENT = "commitment", "commitment: binding"

    MOVES = {Status.OPEN: [Status.WITHDRAWN], Status.WITHDRAWN: []}
    # What a correction may touch after registration: no figure reads it.
    WORDING = ("title", "description", "conditions", "finance_type", "flow_type", "targets")

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="commitments")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="commitments")
    receiver = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="expected_commitments"
    )
    title = models.CharField(max_length=300)
    description = models.TextField(blank=True, max_length=5000)
    conditions = models.TextField(blank=True, max_length=5000, help_text="on which it depends")
    kind = models.CharField(max_length=10, choices=Kind)
    stage = models.CharField(
        max_length=10,
        choices=Stage,
        blank=True,
        help_text="of finance; where it is not stated, a commitment",
    )
    finance_type = models.CharField(max_length=4, blank=True, help_text="IATI FinanceType code")
    flow_type = models.CharField(max_length=4, blank=True, help_text="IATI FlowType code")
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN, editable=False)
    amount = models.DecimalField(max_digits=24, decimal_places=4, null=True, blank=True)
    currency = models.ForeignKey(
        Currency, models.PROTECT, null=True, blank=True, related_name="commitments"
    )
    unit = models.CharField(max_length=60, blank=True, help_text="of a quantity that is not money")
    committed_on = models.DateField(help_text="the day of the promise", validators=[check_day])
    due_on = models.DateField(
        null=True,
        blank=True,
        validators=[check_day],
        help_text="as promised at first; a later date is a DueDate",
    )
    targets = models.ManyToManyField(Target, blank=True, related_name="commitments")
    withdrawn_on = models.DateField(null=True, editable=False)
    receiver_agreed = models.BooleanField(default=False, editable=False)
    import_batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, editable=False, related_name="commitments"
    )

    objects = CommitmentQuerySet.as_manager()
    history_of = "partnership"

    SAID_AT = {
        "commitment_due_after_promise": "due_on",
        "commitment_time_bound": "due_on",
        "commitment_amount_has_unit": "amount",
        "commitment_finance_only": "kind",
        "commitment_to_somebody_else": "receiver",
    }

    class Meta:
        ordering = ["-updated_at", "-pk"]
        indexes = [models.Index(fields=["partnership", "due_on"], name="commitment_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(due_on__gte=F("committed_on")),
                name="commitment_due_after_promise",
                violation_error_message="The due date must not come before the promise.",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=False) | Q(import_batch__isnull=False),
                name="commitment_time_bound",
                violation_error_message="A commitment needs a due date.",
            ),
            models.CheckConstraint(
                condition=Q(amount=None)
                | Q(amount__gte=0, currency__isnull=False, unit="")
                | Q(amount__gte=0, currency=None) & ~Q(unit=""),
                name="commitment_amount_has_unit",
                violation_error_message="An amount of 0 or more, with a currency or a unit.",
            ),
            models.CheckConstraint(
                condition=Q(kind="finance") | Q(stage="", finance_type="", flow_type=""),
                name="commitment_finance_only",
                violation_error_message="Stage, finance type and flow type are of finance only.",
            ),
            models.CheckConstraint(
                condition=Q(receiver=None) | ~Q(receiver=F("membership")),
                name="commitment_to_somebody_else",
                violation_error_message="A member cannot be the receiver of its own promise.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        for field in ("membership", "receiver"):
            member = getattr(self, field)
            if member and member.partnership_id != self.partnership_id:
                raise ValidationError({field: "Not a member of this partnership."})
        for name in ("finance_type", "flow_type"):
            check_code(name, getattr(self, name))

    @property
    def finance_label(self) -> str:
        return labels("finance_type").get(self.finance_type, self.finance_type)

    @property
    def flow_label(self) -> str:
        return labels("flow_type").get(self.flow_type, self.flow_type)

    def standing_on(self, on: date | None = None) -> Standing:
        """How the promise stands on a day, by the rule that lists and filters read too."""
        rows = type(self).objects.filter(pk=self.pk).with_standing(on)
        return Standing(rows.values_list("standing", flat=True).get())

    @property
    def standing(self) -> Standing:
        """How it stands today; a list annotates it instead."""
        return self.__dict__.get("standing") or self.standing_on()

    @standing.setter
    def standing(self, annotated: str) -> None:
        self.__dict__["standing"] = Standing(annotated)

    def require_kept(self) -> None:
        """Of a promise that was taken back nothing more is arranged."""
        if self.status != self.Status.OPEN:
            raise DomainError("withdrawn", "The commitment was withdrawn.")

    def due_now(self) -> date | None:
        """The due date that holds now."""
        last = self.due_dates.last()
        return last.due_on if last else self.due_on

    @transaction.atomic
    def postpone(self, due_on: date, *, by: User, reason: str) -> "DueDate":
        """State a later date; the one promised at first stays for the scorecard (D4)."""
        self.membership.require_manager(by)
        require_reason(reason)
        self.partnership.hold()
        self.require_kept()
        if (promised := self.due_now()) and due_on <= promised:
            raise ValidationError({"due_on": f"A day after {promised}, which holds now."})
        self.partnership.require_within(due_on)
        check_day(due_on)
        self.change()
        Event.log(self, "postponed", by=by, reason=reason)
        return self.due_dates.create(due_on=due_on, reason=reason, held_from=timezone.now())

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str, receiver_agreed: bool = False) -> None:
        """The member takes its promise back, and it stays in the measures; or the receiver
        lets it go (`receiver_agreed`), and it does not.
        """
        if not receiver_agreed:
            self._members_only(by)
        elif not self.is_received_by(by):
            raise NotAllowed("receiver_only", "Only the receiver can say that it agreed.")
        require_reason(reason)
        self.partnership.hold()
        Event.move(
            self,
            self.Status.WITHDRAWN,
            by=by,
            reason=reason,
            withdrawn_on=timezone.localdate(),
            receiver_agreed=receiver_agreed,
        )

    def _members_only(self, by: User) -> None:
        """A promise is its member's own: not even the lead moves it."""
        if not (by.is_staff or by.has_role(self.membership.partner_id, "manager")):
            raise NotAllowed("members_only", "Only the member's own managers may do this.")

    def is_received_by(self, user: User) -> bool:
        """Whether the user speaks for the receiver; where none is named, for the lead."""
        if user.is_staff:
            return True
        lead = self.partnership.memberships.accepted().filter(roles__contains=["lead"]).first()
        receiver = self.receiver or lead
        if receiver is None or receiver.pk == self.membership_id:
            return False
        spoken_for = Partner.objects.acted_for_by(user, "manager")
        return spoken_for.filter(pk=receiver.partner_id).exists()


class DueDate(models.Model):
    """A due date agreed after the first one, from the moment on at which it held."""

    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="due_dates")
    due_on = models.DateField(validators=[check_day])
    held_from = models.DateTimeField()
    reason = models.CharField(max_length=500)

    class Meta:
        ordering = ["commitment", "held_from", "pk"]

    def __str__(self) -> str:
        return f"{self.commitment}: {self.due_on}"


class Correction(models.Model):
    """What the wording of a registered commitment was before it was put right."""

    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="corrections")
    before = models.JSONField(help_text="the fields that were corrected, as they stood")
    reason = models.CharField(max_length=500)
    corrected_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["commitment", "corrected_at", "pk"]

    def __str__(self) -> str:
        return f"{self.commitment}: corrected {self.corrected_at:%Y-%m-%d}"
