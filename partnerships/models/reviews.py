"""The secretariat's review of what was submitted: who looks, at what, and what comes of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from partnerships.models.partnership import Partnership
from partnerships.models.sections import Section
from partnerships.models.versions import PartnershipVersion
from registry.errors import DomainError, NotAllowed
from registry.models import Event, Record, User

# A submission that waits longer is marked: the wait is the secretariat's own.
SLOW_AFTER_DAYS = 14


class PartnershipReviewQuerySet(models.QuerySet["PartnershipReview"]):
    def visible_to(self, user: Any) -> Self:
        """The secretariat's own; what it tells the partnership are comments."""
        return self if user.is_staff else self.none()

    def open(self) -> Self:
        return self.filter(decided_at=None)

    def slow(self, now: datetime) -> Self:
        return self.open().filter(submitted_at__lt=now - timedelta(days=SLOW_AFTER_DAYS))

    def chosen(self, *, q: str = "", kind: Any = (), reviewer: str = "", slow: Any = "") -> Self:
        """Those that wait and fit; `reviewer` is an admin's key, or `nobody`."""
        rows = self.open()
        if q:
            rows = rows.filter(partnership__title__icontains=q)
        if kind:
            rows = rows.filter(partnership__kind__in=kind)
        if reviewer == "nobody":
            rows = rows.filter(reviewer=None)
        elif reviewer:
            rows = rows.filter(reviewer__key=reviewer)
        return rows.filter(pk__in=self.slow(timezone.now()).values("pk")) if slow else rows

    def begin(self, submission: PartnershipVersion) -> "PartnershipReview":
        """Open the next round; in the transaction of the submission."""
        former = self.filter(partnership=submission.partnership).order_by("-round").first()
        return self.create(
            partnership=submission.partnership,
            submission=submission,
            round=former.round + 1 if former else 1,
            reviewer=former.reviewer if former else None,
            assigned_at=submission.at if former and former.reviewer else None,
            submitted_at=submission.at,
        )

    def decide(
        self,
        partnership: Partnership,
        outcome: str,
        *,
        by: User,
        reason: str = "",
        sections: Mapping[str, str] | None = None,
    ) -> None:
        """Close the open round of a partnership that is registered, returned or taken back."""
        review = self.open().filter(partnership=partnership).first()
        if review is None:
            return
        if outcome != PartnershipReview.Outcome.TAKEN_BACK:
            review.require_reviewer(by)
        review.change(outcome=outcome, decided_at=timezone.now(), decided_by=by, reason=reason)
        for section, text in (sections or {}).items():
            review.comments.create(
                partnership=partnership, section=section, text=text, by=by, is_reason=True
            )


class PartnershipReview(Record):
    """One look of the secretariat at a submitted partnership, from submission to decision."""

    class Outcome(models.TextChoices):
        REGISTERED = "registered"
        RETURNED = "returned"
        TAKEN_BACK = "taken_back", "taken back"

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="reviews")
    submission = models.ForeignKey(
        PartnershipVersion,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="reviews",
        help_text="what was submitted; none of what was submitted before versions were kept",
    )
    round = models.PositiveSmallIntegerField(default=1, help_text="counts the submissions")
    submitted_at = models.DateTimeField()
    reviewer = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="reviews_of_partnerships",
    )
    assigned_at = models.DateTimeField(null=True, editable=False)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    reason = models.TextField(blank=True, max_length=5000, help_text="why it was returned")
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="decided_reviews_of_partnerships",
    )

    objects = PartnershipReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        verbose_name = "partnership review"
        indexes = [
            models.Index(
                fields=["submitted_at", "id"],
                condition=Q(decided_at=None),
                name="partnership_review_waiting",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "round"], name="partnership_review_round_once"
            ),
            models.UniqueConstraint(
                fields=["partnership"],
                condition=Q(decided_at=None),
                name="partnership_review_one_open",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, outcome="")
                | Q(decided_at__isnull=False) & ~Q(outcome=""),
                name="partnership_review_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(reviewer=None, assigned_at=None)
                | Q(reviewer__isnull=False, assigned_at__isnull=False),
                name="partnership_review_assigned_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partnership}"

    @property
    def days(self) -> int:
        """How long it waits, or waited."""
        return ((self.decided_at or timezone.now()) - self.submitted_at).days

    @property
    def is_slow(self) -> bool:
        return self.days >= SLOW_AFTER_DAYS

    def require_reviewer(self, by: User) -> None:
        """Admins review, but never a partnership of an organisation that they act for."""
        if not by.is_staff:
            raise NotAllowed("admins_only", "Only a registry admin may do this.")
        members = self.partnership.memberships.filter(ended_on=None)
        if by.affiliations.filter(partner__in=members.values("partner_id")).exists():
            raise NotAllowed("own_partnership", "Nobody reviews a partnership of their own.")

    def require_undecided(self) -> None:
        if self.decided_at:
            outcome = self.get_outcome_display().lower()
            raise DomainError("review_decided", f"The partnership was {outcome}.")

    def register(self, *, by: User) -> None:
        """Admit what was read; not what was submitted since."""
        self.require_undecided()
        self.partnership.register(by=by)

    def send_back(self, *, by: User, **reasons: Any) -> None:
        """Return what was read, with at least one reason."""
        self.require_undecided()
        self.partnership.send_back(by=by, **reasons)

    @transaction.atomic
    def assign(self, reviewer: User, *, by: User) -> None:
        """An admin takes it, or is given it."""
        self.require_reviewer(by)
        self.require_undecided()
        if not (reviewer.is_staff and reviewer.is_active) or reviewer.is_service:
            raise ValidationError({"reviewer": "A registry admin reviews."})
        self.require_reviewer(reviewer)
        self.change(where={"decided_at": None}, reviewer=reviewer, assigned_at=timezone.now())
        Event.log(self, "assigned", by=by, facts={"reviewer": str(reviewer.key)})

    @transaction.atomic
    def unassign(self, *, by: User) -> None:
        self.require_reviewer(by)
        self.require_undecided()
        if self.reviewer_id is None:
            raise DomainError("not_assigned", "Nobody has it.")
        self.change(where={"decided_at": None}, reviewer=None, assigned_at=None)
        Event.log(self, "unassigned", by=by)

    @transaction.atomic
    def tick(self, item: str, *, by: User, is_done: bool = True, note: str = "") -> "ReviewCheck":
        """Say of one item of the checklist that it was looked at; the last word counts."""
        self.require_reviewer(by)
        self.require_undecided()
        if item not in self.items():
            raise ValidationError({"item": f"One of: {', '.join(self.items())}."})
        self.change(where={"decided_at": None})
        facts = {"is_done": is_done, "note": note, "by": by, "at": timezone.now()}
        check, _ = self.checks.update_or_create(item=item, defaults=facts)
        Event.log(self, "checked", by=by, facts={"item": item, "is_done": is_done})
        return check

    @transaction.atomic
    def comment(self, section: str, text: str, *, by: User) -> "ReviewComment":
        """Note something on a section; the partnership's editors read it once it is returned."""
        self.require_reviewer(by)
        self.require_undecided()
        if section not in Section:
            raise ValidationError({"section": "A section of the partnership."})
        if not text.strip():
            raise ValidationError({"text": "Say what is noted."})
        made = self.comments.create(partnership=self.partnership, section=section, text=text, by=by)
        Event.log(self, "commented", by=by, facts={"section": section})
        return made

    def items(self) -> list[str]:
        """The checklist for this kind of partnership."""
        needs = self.partnership.kind in Partnership.REVIEWED
        items = [item.value for item in ReviewCheck.Item]
        return items if needs else [i for i in items if i != ReviewCheck.Item.DUE_DILIGENCE]

    def earlier(self) -> PartnershipVersion | None:
        """What was submitted the time before."""
        if self.submission is None:
            return None
        before = self.partnership.versions.filter(
            why=PartnershipVersion.Why.SUBMITTED, number__lt=self.submission.number
        )
        return before.order_by("-number").first()

    def asked(self) -> "PartnershipReview | None":
        """The round before, if it ended in a return: what it asked for."""
        before = self.partnership.reviews.filter(round__lt=self.round).order_by("-round")
        last = before.exclude(outcome=self.Outcome.TAKEN_BACK).first()
        return last if last and last.outcome == self.Outcome.RETURNED else None

    def noted(self) -> models.QuerySet["ReviewComment"]:
        """Its comments as the partnership reads them: reasons first."""
        return self.comments.order_by("-is_reason", "pk")


class ReviewCheck(models.Model):
    """One item of the checklist of a review: looked at or not, by whom."""

    class Item(models.TextChoices):
        IDENTITY = "identity", "The lead is who it says it is"
        COALITION = "coalition", "The coalition is real: members have accepted for themselves"
        SMART = "smart", "The objectives are specific, measured, resourced and dated"
        PLACES = "places", "The places are those where it will work"
        PROMISES = "promises", "Each commitment is the member's own, and it can keep it"
        DUE_DILIGENCE = "due_diligence", "Companies among the members have passed due diligence"
        DUPLICATE = "duplicate", "It is not registered already under another name"
        PRIVACY = "privacy", "No text names people who have not agreed to it"

    review = models.ForeignKey(PartnershipReview, models.CASCADE, related_name="checks")
    item = models.CharField(max_length=13, choices=Item)
    is_done = models.BooleanField(default=False)
    note = models.TextField(blank=True, max_length=2000)
    by = models.ForeignKey(User, models.PROTECT, related_name="review_checks")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["review", "item", "pk"]
        constraints = [models.UniqueConstraint(fields=["review", "item"], name="review_check_once")]

    def __str__(self) -> str:
        return self.get_item_display()


class ReviewCommentQuerySet(models.QuerySet["ReviewComment"]):
    def visible_to(self, user: Any) -> Self:
        """The secretariat's; of a round that was returned, its partnership's editors' too."""
        if user.is_staff:
            return self
        returned = self.filter(review__outcome=PartnershipReview.Outcome.RETURNED)
        return returned.filter(partnership__in=Partnership.objects.editable_by(user).values("pk"))


class ReviewComment(models.Model):
    """What a reviewer notes on one section; a reason is why the partnership was returned."""

    review = models.ForeignKey(PartnershipReview, models.CASCADE, related_name="comments")
    # As its review's, so that the rule of who sees it is one step shorter.
    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="review_comments")
    section = models.CharField(max_length=11, choices=Section)
    text = models.TextField(max_length=2000)
    is_reason = models.BooleanField(default=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="review_comments")
    created_at = models.DateTimeField(default=timezone.now)

    objects = ReviewCommentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_section_display()}: {self.text[:60]}"


def returned_reasons(partnership: Partnership) -> dict[Section, list[str]]:
    """Why a returned partnership came back, section by section, reasons first; for its editors.

    Empty unless it is returned. What was said of the whole stands under `about`.
    """
    if partnership.status != Partnership.Status.RETURNED:
        return {}
    review = partnership.reviews.filter(outcome="returned").order_by("-round").first()
    if review is None:
        return {}
    said: dict[Section, list[str]] = {}
    if review.reason:
        said[Section.ABOUT] = [review.reason]
    for comment in review.noted():
        said.setdefault(Section(comment.section), []).append(comment.text)
    return {section: said[section] for section in Section if section in said}
