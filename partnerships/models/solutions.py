"""Solutions that have worked somewhere, or might."""

from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from partnerships.models.catalogue import (
    Catalogued,
    CatalogueQuerySet,
    acted_for,
    own_partners,
    stems_of,
    words_of,
)
from partnerships.models.commitments import Commitment
from partnerships.models.partnership import Partnership
from registry.errors import DomainError, NotAllowed
from registry.models import Currency, Event, MovingRecord, Partner, User, require_reason

LOCAL_LEVELS = ("subnational", "community")
LOCAL_KINDS = ("community", "local_government")


def is_local(partner: Partner) -> bool:
    """Whether it works below the level of its country, as `from_local` chooses."""
    return partner.level in LOCAL_LEVELS or partner.kind in LOCAL_KINDS


class SolutionQuerySet(CatalogueQuerySet):
    def public(self) -> Self:
        """Past screening, of a verified partner; what was retired unscreened never."""
        return self.filter(screened_at__isnull=False, owner__status=Partner.Status.VERIFIED)

    def visible_to(self, user: Any) -> Self:
        """Public ones, and those of the user's own partners; admins see all."""
        if user.is_anonymous:
            return self.public()
        if user.is_staff:
            return self
        return self.public() | self.filter(owner__in=own_partners(user).values("pk"))

    def editable_by(self, user: Any) -> Self:
        if user.is_anonymous:
            return self.none()
        return self if user.is_staff else self.filter(owner__in=acted_for(user).values("pk"))

    def to_screen(self) -> Self:
        """What waits for an admin, the longest waiting first; what was sent back does not."""
        waiting = self.filter(status=Solution.Stage.PROPOSED, returned_reason="")
        return waiting.order_by("created_at", "pk")

    def past_screening(self, at: datetime) -> Self:
        """Screened by that moment (H2)."""
        return self.filter(screened_at__lte=at)

    def from_local(self) -> Self:
        """Of organisations that work below the level of their country (H2)."""
        return self.filter(Q(owner__level__in=LOCAL_LEVELS) | Q(owner__kind__in=LOCAL_KINDS))


class Solution(Catalogued, MovingRecord):
    """A way to solve a problem: what it takes, where it worked, where it may be repeated."""

    class Stage(models.TextChoices):
        PROPOSED = "proposed"
        SCREENED = "screened"
        PILOTED = "piloted"
        SCALING = "scaling"
        RETIRED = "retired"

    MOVES = {
        Stage.PROPOSED: [Stage.SCREENED, Stage.RETIRED],
        Stage.SCREENED: [Stage.PILOTED, Stage.RETIRED],
        Stage.PILOTED: [Stage.SCALING, Stage.RETIRED],
        Stage.SCALING: [Stage.RETIRED],
        Stage.RETIRED: [],
    }
    # Stages in which needs are matched with it, and how far along each is, of 1.
    OFFERED = {Stage.SCREENED: "0.5", Stage.PILOTED: "0.8", Stage.SCALING: "1"}

    owner = models.ForeignKey(Partner, models.PROTECT, related_name="solutions")
    partnership = models.ForeignKey(
        Partnership,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="solutions",
        help_text="the partnership that brought it in",
    )
    problem = models.TextField(max_length=4000)
    approach = models.TextField(max_length=4000)
    evidence = models.TextField(max_length=4000, blank=True, help_text="what shows that it works")
    worked_where = models.CharField(
        max_length=300, blank=True, help_text="where it was tried, and when"
    )
    kinds = ArrayField(
        models.CharField(max_length=10, choices=Commitment.Kind),
        size=7,
        help_text="the kinds of support that it gives",
    )
    level = models.CharField(
        max_length=11, choices=Partnership.Level, blank=True, help_text="at which it works"
    )
    cost_low = models.DecimalField(max_digits=24, decimal_places=4, null=True, blank=True)
    cost_high = models.DecimalField(max_digits=24, decimal_places=4, null=True, blank=True)
    currency = models.ForeignKey(
        Currency, models.PROTECT, null=True, blank=True, related_name="solutions"
    )
    cost_note = models.CharField(max_length=200, blank=True, help_text="the cost of what: a pump")
    website = models.URLField(blank=True)
    status = models.CharField(
        "stage", max_length=8, choices=Stage, default=Stage.PROPOSED, editable=False
    )
    screened_at = models.DateTimeField(null=True, editable=False)
    returned_reason = models.TextField(max_length=2000, blank=True, editable=False)
    words = words_of("title", "problem", "approach", "worked_where")
    stems = stems_of("title", "problem", "approach")

    objects = SolutionQuerySet.as_manager()
    history_of = "owner"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        indexes = [
            models.Index(F("updated_at").desc(), F("id").desc(), name="solution_newest"),
            GinIndex(fields=["words"], fastupdate=False, name="solution_words"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(cost_low=None, cost_high=None) | Q(currency__isnull=False),
                name="solution_cost_has_currency",
                violation_error_message="A cost needs its currency.",
            ),
            models.CheckConstraint(
                condition=(Q(cost_low=None) | Q(cost_low__gte=0))
                & (Q(cost_high=None) | Q(cost_high__gte=0))
                & (Q(cost_low=None) | Q(cost_high=None) | Q(cost_high__gte=F("cost_low"))),
                name="solution_cost_range",
                violation_error_message="Costs of 0 or more, the lower one first.",
            ),
            models.CheckConstraint(
                condition=~Q(kinds=[]),
                name="solution_gives_something",
                violation_error_message="Name at least one kind of support.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["proposed", "retired"]) | Q(screened_at__isnull=False),
                name="solution_screened_dated",
            ),
        ]

    @property
    def kinds_in_words(self) -> str:
        words = dict(Commitment.Kind.choices)
        return ", ".join(str(words.get(kind, kind)) for kind in self.kinds)

    def clean(self) -> None:
        if len(set(self.kinds)) < len(self.kinds):
            raise ValidationError({"kinds": "Name each kind once."})
        low, high = self.cost_low, self.cost_high
        if low is not None and high is not None and high < low:
            raise ValidationError({"cost_high": "The higher cost must not be below the lower one."})

    def require_editor(self, by: User) -> None:
        if not self.is_editable_by(by):
            raise NotAllowed("owner_only", "Only the owner's managers may do this.")

    def require_unretired(self) -> None:
        if self.status == self.Stage.RETIRED:
            raise DomainError("retired", "The solution was retired.")

    @transaction.atomic
    def screen(self, *, by: User) -> None:
        """An admin has read it: from now on it is public, and needs are matched with it."""
        self._admins_only(by)
        if self.owner.status != Partner.Status.VERIFIED:
            raise DomainError("partner_not_verified", "Its owner has yet to be verified.")
        if self.partnership:
            self.partnership.hold()
        self._move(self.Stage.SCREENED, by=by, screened_at=timezone.now(), returned_reason="")

    @transaction.atomic
    def send_back(self, *, by: User, reason: str) -> None:
        """An admin asks the owner to complete it first; an edit brings it back to the queue."""
        self._admins_only(by)
        require_reason(reason)
        if self.status != self.Stage.PROPOSED:
            raise DomainError("invalid_transition", f"The solution is {self.status}.")
        self.change(where={"status": self.Stage.PROPOSED}, returned_reason=reason)
        Event.log(self, "returned", by=by, reason=reason)

    def pilot(self, *, by: User) -> None:
        """It has been tried; says where."""
        self.require_editor(by)
        if not self.worked_where:
            raise ValidationError({"worked_where": "Say first where it was tried."})
        self._move(self.Stage.PILOTED, by=by)

    def scale(self, *, by: User) -> None:
        """It is being repeated; says what shows that it works."""
        self.require_editor(by)
        if not self.evidence:
            raise ValidationError({"evidence": "Say first what shows that it works."})
        self._move(self.Stage.SCALING, by=by)

    def retire(self, *, by: User, reason: str) -> None:
        """It is not offered any more; what was accepted stays."""
        self.require_editor(by)
        require_reason(reason)
        self._move(self.Stage.RETIRED, by=by, reason=reason)

    def _admins_only(self, by: User) -> None:
        if not by.is_staff:
            raise NotAllowed("admins_only", "Only a registry admin screens solutions.")

    def _move(self, to: str, *, by: User, reason: str = "", **values: Any) -> None:
        Event.move(self, to, by=by, reason=reason, **values)
