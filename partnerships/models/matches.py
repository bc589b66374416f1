"""What fits together in the Solutions Catalogue, and what both sides say to it."""

from datetime import datetime
from typing import Any, Self

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from partnerships.models.catalogue import acted_for, own_partners
from partnerships.models.commitments import Commitment
from partnerships.models.funds import Fund
from partnerships.models.needs import Need
from partnerships.models.partnership import Partnership
from partnerships.models.solutions import Solution
from registry.errors import DomainError, NotAllowed
from registry.models import Event, MovingRecord, Partner, User, require_reason

SIDES = ("solution", "fund", "commitment")


class MatchQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """For both sides' people and admins; what was accepted is public with both sides."""
        accepted = self.filter(
            Q(solution=None) | Q(solution__in=Solution.objects.public().values("pk")),
            Q(fund=None) | Q(fund__in=Fund.objects.public().values("pk")),
            Q(commitment=None)
            | Q(commitment__partnership__in=Partnership.objects.public().values("pk")),
            status=Match.Status.ACCEPTED,
            need__in=Need.objects.public().values("pk"),
        )
        if user.is_anonymous:
            return accepted
        return self if user.is_staff else accepted | self.filter(self.of_sides(user))

    @staticmethod
    def of_sides(user: Any) -> Q:
        """Matches of which the user's partners or partnerships are one side."""
        if user.is_anonymous:
            return Q(pk__in=[])
        if user.is_staff:
            return Q()
        own = own_partners(user).values("pk")
        inside = Partnership.objects.insider(user).values("pk")
        needs = Need.objects.filter(
            Q(partnership__in=inside) | Q(partnership=None, partner__in=own)
        )
        return (
            Q(need__in=needs.values("pk"))
            | Q(solution__owner__in=own)
            | Q(fund__partner__in=own)
            | Q(commitment__membership__partner__in=own)
        )

    def accepted_by(self, at: datetime) -> Self:
        """What the need's owner had accepted by a moment, and the offering side not refused."""
        refused = Q(offer_answer=Match.Answer.REFUSED, offer_answered_at__lte=at)
        return self.filter(status=Match.Status.ACCEPTED, answered_at__lte=at).exclude(refused)

    def of_money(self) -> Self:
        """Those with a fund or a commitment."""
        return self.exclude(fund=None, commitment=None)

    def with_sides(self) -> Self:
        return self.select_related(
            "need__partner",
            "need__partnership",
            "solution__owner",
            "fund__partner",
            "commitment__membership__partner",
            "commitment__partnership",
        )

    def for_display(self) -> Self:
        return self.with_sides().order_by("-score", "pk")

    def end(self, reason: str) -> int:
        """What is only proposed ends; what somebody has answered stays as it was answered."""
        return self.filter(status=Match.Status.PROPOSED).update(
            status=Match.Status.ENDED,
            answer_reason=reason,
            version=F("version") + 1,
            updated_at=timezone.now(),
        )


class Match(MovingRecord):
    """A need and what might meet it: how well they fit and why, and each side's answer."""

    class Status(models.TextChoices):
        """What the need's owner says."""

        PROPOSED = "proposed"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        ENDED = "ended"

    class Answer(models.TextChoices):
        """What the offering side says."""

        NONE = "", "none yet"
        CONFIRMED = "confirmed"
        REFUSED = "refused"

    # Out of `ended` leads only the nightly job, when the two fit (again).
    MOVES = {
        Status.PROPOSED: [Status.ACCEPTED, Status.DECLINED, Status.ENDED],
        Status.ACCEPTED: [],
        Status.DECLINED: [],
        Status.ENDED: [],
    }

    need = models.ForeignKey(Need, models.CASCADE, related_name="matches")
    solution = models.ForeignKey(
        Solution, models.CASCADE, null=True, blank=True, related_name="matches"
    )
    fund = models.ForeignKey(Fund, models.CASCADE, null=True, blank=True, related_name="matches")
    commitment = models.ForeignKey(
        Commitment, models.CASCADE, null=True, blank=True, related_name="matches"
    )
    score = models.DecimalField(max_digits=4, decimal_places=3)
    facts = models.JSONField(default=dict, help_text="why: see docs/models/catalogue.md")
    status = models.CharField(max_length=8, choices=Status, default=Status.PROPOSED, editable=False)
    answer_reason = models.TextField(max_length=2000, blank=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False, help_text="by the need's owner")
    offer_answer = models.CharField(max_length=9, choices=Answer, blank=True, editable=False)
    offer_reason = models.TextField(max_length=2000, blank=True, editable=False)
    offer_answered_at = models.DateTimeField(null=True, editable=False)

    objects = MatchQuerySet.as_manager()
    history_of = "need__partner"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        verbose_name_plural = "matches"
        indexes = [models.Index(fields=["need", "status", "-score"], name="match_best")]
        constraints = [
            models.CheckConstraint(
                condition=Q(solution__isnull=False, fund=None, commitment=None)
                | Q(solution=None, fund__isnull=False, commitment=None)
                | Q(solution=None, fund=None, commitment__isnull=False),
                name="match_one_offer",
            ),
            models.CheckConstraint(condition=Q(score__range=(0, 1)), name="match_score"),
            models.CheckConstraint(
                condition=Q(status__in=["proposed", "ended"]) | Q(answered_at__isnull=False),
                name="match_answered_dated",
            ),
            models.CheckConstraint(
                condition=Q(offer_answer="") | Q(offer_answered_at__isnull=False),
                name="match_offer_answered_dated",
            ),
            *(
                models.UniqueConstraint(
                    fields=["need", side],
                    condition=Q(**{f"{side}__isnull": False}),
                    name=f"match_{side}_once",
                )
                for side in SIDES
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need} ↔ {self.offer}"

    @property
    def side(self) -> str:
        """What is offered: a solution, a fund or a commitment."""
        return next(side for side in SIDES if getattr(self, f"{side}_id"))

    @property
    def offer(self) -> Solution | Fund | Commitment:
        offer: Solution | Fund | Commitment = getattr(self, self.side)
        return offer

    @property
    def offering_partner(self) -> Partner:
        """Who speaks for the offer."""
        if self.solution:
            return self.solution.owner
        return self.fund.partner if self.fund else self.commitment.membership.partner  # type: ignore[union-attr]

    @property
    def explanation(self) -> str:
        """Why they fit, in words made of the stored facts."""
        return explained(self.facts)

    def is_answerable_by(self, user: Any) -> bool:
        return user.is_authenticated and self.need.is_editable_by(user)

    def is_offered_by(self, user: Any) -> bool:
        """Whether the user speaks for the offering side."""
        if user.is_anonymous:
            return False
        return user.is_staff or acted_for(user).filter(pk=self.offering_partner.pk).exists()

    def accept(self, *, by: User, reason: str = "") -> None:
        """The need's owner takes up the offer; the other side hears of it."""
        self._owner_only(by)
        self.need.require_open()
        self._answer(self.Status.ACCEPTED, by=by, reason=reason)

    def decline(self, *, by: User, reason: str) -> None:
        """The need's owner does not; the two are not proposed to each other again."""
        self._owner_only(by)
        require_reason(reason)
        self._answer(self.Status.DECLINED, by=by, reason=reason)

    def confirm(self, *, by: User) -> None:
        """The offering side is ready for it."""
        self._offer(self.Answer.CONFIRMED, by=by)

    def refuse(self, *, by: User, reason: str) -> None:
        """The offering side is not; what was only proposed ends, and is not proposed again."""
        require_reason(reason)
        self._offer(self.Answer.REFUSED, by=by, reason=reason)

    def _owner_only(self, by: User) -> None:
        if not self.is_answerable_by(by):
            raise NotAllowed("need_owner_only", "Only the need's owner answers a match.")

    @transaction.atomic
    def _answer(self, to: str, *, by: User, reason: str) -> None:
        if self.need.partnership:
            self.need.partnership.hold()
        at = timezone.now()
        Event.move(self, to, by=by, reason=reason, answered_at=at, answer_reason=reason)

    @transaction.atomic
    def _offer(self, answer: str, *, by: User, reason: str = "") -> None:
        if not self.is_offered_by(by):
            raise NotAllowed("offering_side_only", "Only the offering side may do this.")
        if self.status not in (self.Status.PROPOSED, self.Status.ACCEPTED):
            raise DomainError("invalid_transition", f"The match is {self.status}.")
        if self.offer_answer:
            raise DomainError("already_answered", f"The offer was {self.offer_answer} already.")
        ends = answer == self.Answer.REFUSED and self.status == self.Status.PROPOSED
        self.change(
            where={"offer_answer": "", "status": self.status},
            status=self.Status.ENDED if ends else self.status,
            offer_answer=answer,
            offer_reason=reason,
            offer_answered_at=timezone.now(),
        )
        Event.log(self, str(answer), by=by, became=answer, reason=reason)


def explained(facts: dict[str, Any]) -> str:
    """The facts of a match in one line."""
    said = []
    if targets := facts.get("targets"):
        said.append(f"same target {', '.join(targets)}")
    elif goals := facts.get("goals"):
        said.append(f"same goal {', '.join(map(str, goals))}")
    match facts.get("place"):
        case "country":
            said.append(f"same country {', '.join(facts['countries'])}")
        case "everywhere":
            said.append("offered in any country")
        case "region":
            said.append(f"same region {', '.join(facts['regions'])}")
    if kind := facts.get("kind"):
        said.append(f"gives {Commitment.Kind(kind).label.lower()}")
    if stage := facts.get("stage"):
        said.append(f"stage {stage}")
    words = ", ".join(f"{stem}…" if len(stem) == 5 else stem for stem in facts.get("words", []))
    said.append(f"text {facts.get('text', 0):.2f}{f' ({words})' if words else ''}")
    return ", ".join(said)
