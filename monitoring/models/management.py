"""What the management of a partnership answers to an evaluation, and what it then does."""

from datetime import date
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from monitoring.models.evaluation_parts import Recommendation
from monitoring.models.evaluations import Evaluation
from partnerships.models import Membership, Partnership
from registry.errors import DomainError, NotAllowed
from registry.models import Event, MovingRecord, Record, User, check_day, require_reason


class OfRecommendationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        seen = Evaluation.objects.visible_to(user).values("pk")
        return self.filter(recommendation__evaluation__in=seen)

    def of_published(self) -> Self:
        """Of evaluations that stand published."""
        return self.filter(recommendation__evaluation__status=Evaluation.Status.PUBLISHED)


class ManagementResponseQuerySet(OfRecommendationQuerySet):
    def current(self) -> Self:
        """The last word on each recommendation."""
        newer = ManagementResponse.objects.filter(
            recommendation=OuterRef("recommendation_id"), revision__gt=OuterRef("revision")
        )
        return self.filter(~Exists(newer))


class ManagementResponse(Record):
    """What the management says to a recommendation; a later one replaces it, both stay."""

    class Decision(models.TextChoices):
        ACCEPTED = "accepted"
        PARTLY = "partly", "partly accepted"
        REJECTED = "rejected"

    recommendation = models.ForeignKey(Recommendation, models.CASCADE, related_name="responses")
    revision = models.PositiveSmallIntegerField(default=1, editable=False)
    decision = models.CharField(max_length=8, choices=Decision)
    reason = models.TextField(
        max_length=5000,
        blank=True,
        help_text="public; needed where it is rejected, or accepted in part only",
    )
    stated_on = models.DateField(default=timezone.localdate, editable=False)
    by = models.ForeignKey(User, models.PROTECT, editable=False, related_name="+")

    objects: ClassVar = ManagementResponseQuerySet.as_manager()
    history_of = "recommendation__evaluation__partnership"

    class Meta:
        ordering = ["recommendation", "-revision", "-pk"]
        verbose_name = "management response"
        constraints = [
            models.UniqueConstraint(
                fields=["recommendation", "revision"], name="response_revision_once"
            ),
            models.CheckConstraint(
                condition=Q(decision="accepted") | ~Q(reason=""), name="response_reasoned"
            ),
        ]

    def __str__(self) -> str:
        return f"Response to {self.recommendation}"

    def clean(self) -> None:
        if self.decision != self.Decision.ACCEPTED and not self.reason.strip():
            text = "Give the reason why it is not accepted, or in part only."
            raise ValidationError({"reason": ValidationError(text, code="reason_needed")})


class ManagementActionQuerySet(OfRecommendationQuerySet):
    def unfinished(self) -> Self:
        """Neither done nor dropped."""
        return self.filter(status__in=ManagementAction.OPEN)

    def overdue(self, on: date) -> Self:
        return self.unfinished().filter(due_on__lt=on)

    def of_partners(self, partner_ids: Any) -> Self:
        members = Membership.objects.accepted().filter(partner__in=partner_ids)
        return self.filter(owner__in=members.values("pk"))


class ManagementAction(MovingRecord):
    """Something a member (or the secretariat) does by a day, to follow a recommendation."""

    class Status(models.TextChoices):
        NOT_STARTED = "not_started", "not started"
        UNDER_WAY = "under_way", "under way"
        DONE = "done"
        DROPPED = "dropped"

    MOVES: ClassVar[dict[str, list[str]]] = {
        Status.NOT_STARTED: [Status.UNDER_WAY, Status.DONE, Status.DROPPED],
        Status.UNDER_WAY: [Status.DONE, Status.DROPPED],
        Status.DONE: [Status.UNDER_WAY],
        Status.DROPPED: [],
    }
    OPEN = (Status.NOT_STARTED, Status.UNDER_WAY)

    recommendation = models.ForeignKey(Recommendation, models.CASCADE, related_name="actions")
    what = models.TextField("what is done", max_length=2000)
    owner = models.ForeignKey(
        Membership,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="management_actions",
        help_text="the member that does it; empty only where the secretariat does",
    )
    due_on = models.DateField("done by", validators=[check_day])
    status = models.CharField(
        max_length=11, choices=Status, default=Status.NOT_STARTED, editable=False
    )

    objects: ClassVar = ManagementActionQuerySet.as_manager()
    history_of = "recommendation__evaluation__partnership"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        verbose_name = "management action"

    def __str__(self) -> str:
        return self.what if len(self.what) <= 120 else f"{self.what[:119]}…"

    @property
    def evaluation(self) -> Evaluation:
        found: Evaluation = self.recommendation.evaluation
        return found

    @property
    def partnership(self) -> Partnership:
        found: Partnership = self.evaluation.partnership
        return found

    @property
    def partnership_id(self) -> int:
        return self.evaluation.partnership_id

    def is_overdue(self, on: date) -> bool:
        return self.status in self.OPEN and self.due_on < on

    def clean(self) -> None:
        if not self.what.strip():
            raise ValidationError({"what": "Say what is done."})
        self._check_owner()
        published_on = self.evaluation.published_on
        if published_on and self.due_on < published_on:
            text = f"Not before the evaluation was published, {published_on:%-d %b %Y}."
            raise ValidationError({"due_on": ValidationError(text, code="due_before")})

    def _check_owner(self) -> None:
        if self.owner is None:
            if not self.recommendation.is_for_secretariat:
                raise ValidationError({"owner": "Name the member that does it."})
        elif self.owner.partnership_id != self.partnership_id:
            text = "Not a member of this partnership."
            raise ValidationError({"owner": ValidationError(text, code="other_partnership")})

    def require_member(self, owner: Membership | None) -> None:
        """Only who is a member now is given something to do."""
        if owner and not Membership.objects.accepted().filter(pk=owner.pk).exists():
            text = f"{owner.partner} is not a member any more."
            raise ValidationError({"owner": ValidationError(text, code="not_a_member")})

    def is_reported_by(self, user: Any) -> bool:
        """The owner's managers; once it has left, the lead's; and admins."""
        if user.is_staff:
            return True
        if self.owner is None:
            return False
        member = self.owner.now()
        if Membership.objects.accepted().filter(pk=member.pk).exists():
            own = Membership.objects.acted_for_by(user, "manager")
            return own.filter(pk=member.pk).exists()
        return self.partnership.is_editable_by(user)

    @transaction.atomic
    def report(self, status: str, *, by: User, note: str, on: date | None = None) -> None:
        """Say how far it is, on a day that has come; the note is for everybody."""
        if not self.is_reported_by(by):
            raise NotAllowed("owner_only", "Only the managers of the member that does it may.")
        if status == self.Status.DROPPED:
            text = "Dropping an action is a move of its own, with a reason."
            raise ValidationError({"status": ValidationError(text, code="drop_it")})
        if not note.strip():
            raise ValidationError({"note": "Say what was done."})
        self._hold()
        day = self._day(on)
        if status == self.status:
            self._require_open()
            self.change(where={"status": status})
            Event.log(self, "noted", by=by)
        else:
            Event.move(self, status, by=by)
        self._keep(by=by, note=note, on=day)

    @transaction.atomic
    def postpone(self, due_on: date, *, by: User, reason: str) -> None:
        """Let it fall due later; what was due before stays on record."""
        self._plan(by, reason)
        if due_on <= self.due_on:
            text = f"Later than {self.due_on:%-d %b %Y}."
            raise ValidationError({"due_on": ValidationError(text, code="not_later")})
        facts = {"was": self.due_on.isoformat(), "became": due_on.isoformat()}
        self.amend(due_on=due_on)
        Event.log(self, "postponed", by=by, reason=reason, facts=facts)
        self._keep(by=by, note=reason)

    @transaction.atomic
    def reassign(self, owner: Membership, *, by: User, reason: str) -> None:
        """Give it to another member, such as when its owner has left."""
        self._plan(by, reason)
        self.require_member(owner)
        facts = {"was": self.owner_id, "became": owner.pk}
        self.amend(owner=owner)
        Event.log(self, "reassigned", by=by, reason=reason, facts=facts)
        self._keep(by=by, note=reason)

    @transaction.atomic
    def drop(self, *, by: User, reason: str) -> None:
        """Give it up, with a reason that everybody reads."""
        self._responders_only(by)
        require_reason(reason)
        self._hold()
        Event.move(self, self.Status.DROPPED, by=by, reason=reason)
        self._keep(by=by, note=reason)

    def begin_record(self, *, by: User) -> None:
        """The first line of what became of it."""
        self._keep(by=by, note="")

    def _plan(self, by: User, reason: str) -> None:
        self._responders_only(by)
        require_reason(reason)
        self._hold()
        self._require_open()

    def _responders_only(self, by: User) -> None:
        require_responder(self.recommendation, by)

    def _hold(self) -> None:
        self.evaluation.hold()
        self.evaluation.require_published()

    def _require_open(self) -> None:
        if self.status not in self.OPEN:
            raise DomainError("action_ended", f"The action is {self.status}.")

    def _day(self, on: date | None) -> date:
        """The day that a report is of: come already, and not before the one before."""
        today = timezone.localdate()
        if on is None:
            return today
        last = self.follow_ups.order_by("-pk").values_list("noted_on", flat=True).first()
        if on > today:
            raise ValidationError({"on": ValidationError("Not come yet.", code="future")})
        if last and on < last:
            text = f"Not before what was noted last, {last:%-d %b %Y}."
            raise ValidationError({"on": ValidationError(text, code="before_the_last")})
        return on

    def _keep(self, *, by: User, note: str, on: date | None = None) -> None:
        FollowUp.objects.create(
            action=self,
            status=self.status,
            due_on=self.due_on,
            note=checked_note(note),
            noted_on=on or timezone.localdate(),
            at=timezone.now(),
            by=by,
        )


def checked_note(note: str) -> str:
    if len(note) > FollowUp.LONGEST:
        raise ValidationError({"note": f"At most {FollowUp.LONGEST:,} characters."})
    return note.strip()


def addressees_for(evaluation: Evaluation, user: Any) -> set[str]:
    """For whom the user responds: the lead's managers for members, admins for the secretariat."""
    to = Recommendation.Addressee
    may = {to.MEMBER: evaluation.partnership.is_editable_by(user), to.SECRETARIAT: user.is_staff}
    return {str(addressee) for addressee, answers in may.items() if answers}


def answers_for(recommendation: Recommendation, user: Any) -> bool:
    return recommendation.addressed_to in addressees_for(recommendation.evaluation, user)


def require_responder(recommendation: Recommendation, by: User) -> None:
    if not answers_for(recommendation, by):
        text = "Only the lead's managers, or the secretariat where it is asked, may do this."
        raise NotAllowed("responders_only", text)


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def visible_to(self, user: Any) -> Self:
        """With the evaluation that it follows up."""
        seen = Evaluation.objects.visible_to(user).values("pk")
        return self.filter(action__recommendation__evaluation__in=seen)


class FollowUp(models.Model):
    """How an action stood from a day on: its status and due date, and what was said of it."""

    LONGEST = 5000

    action = models.ForeignKey(ManagementAction, models.CASCADE, related_name="follow_ups")
    status = models.CharField(max_length=11, choices=ManagementAction.Status)
    due_on = models.DateField()
    note = models.TextField(max_length=LONGEST, blank=True)
    noted_on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, editable=False, related_name="+")

    objects = FollowUpQuerySet.as_manager()
    history_of = "action__recommendation__evaluation__partnership"

    class Meta:
        ordering = ["action", "pk"]
        verbose_name = "follow-up"

    def __str__(self) -> str:
        return f"{self.noted_on}: {self.status}"
