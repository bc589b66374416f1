"""The life of a report: reply, review, publication, and what ends it.

Only a report whose status is in PUBLIC is shown to everybody. An embargo, and a decision to publish
that waits for its end, leave the status alone: so there is one rule for pages, API, files and
lights.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from monitoring.models.publication_rules import REPLIED, REPLY_DAYS, PublicationRule
from monitoring.models.report_succession import newer_than, take_over_from
from registry.errors import DomainError, NotAllowed
from registry.models import Event, MovingRecord, User, require_reason

if TYPE_CHECKING:
    from monitoring.models.reports import Report

# What a kind of report needs before it may be published: raises DomainError.
BEFORE_PUBLISHING: dict[str, Callable[["Report"], None]] = {}
LONGEST_EMBARGO = timedelta(days=366)


class ReportStatus(models.TextChoices):
    DRAFT = "draft"
    IN_REPLY = "in_reply", "In right of reply"
    IN_REVIEW = "in_review", "In review"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class ReportLife(MovingRecord):
    """The states of a report, with the moments that they depend on."""

    Status = ReportStatus
    PUBLIC = (ReportStatus.PUBLISHED, ReportStatus.SUPERSEDED)
    WAITING = (ReportStatus.DRAFT, ReportStatus.IN_REPLY, ReportStatus.IN_REVIEW)
    MOVES: ClassVar[dict[str, list[str]]] = {
        ReportStatus.DRAFT: [
            ReportStatus.IN_REPLY,
            ReportStatus.IN_REVIEW,
            ReportStatus.WITHDRAWN,
        ],
        ReportStatus.IN_REPLY: [ReportStatus.IN_REVIEW, ReportStatus.WITHDRAWN],
        ReportStatus.IN_REVIEW: [ReportStatus.PUBLISHED, ReportStatus.WITHDRAWN],
        ReportStatus.PUBLISHED: [ReportStatus.SUPERSEDED, ReportStatus.WITHDRAWN],
        ReportStatus.SUPERSEDED: [ReportStatus.WITHDRAWN],
        ReportStatus.WITHDRAWN: [],
    }

    status = models.CharField(
        max_length=10, choices=ReportStatus, default=ReportStatus.DRAFT, editable=False
    )
    reply_until = models.DateTimeField(
        null=True, editable=False, help_text="until then the subject's members may reply"
    )
    review_since = models.DateTimeField(null=True, editable=False)
    decided_at = models.DateTimeField(
        null=True, editable=False, help_text="when it was decided to publish it after an embargo"
    )
    embargo_until = models.DateTimeField(
        null=True, editable=False, help_text="it is not public before"
    )
    published_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        kind: Any
        revision: Any
        line: Any
        hold_line: Any

    def begin(self, *, by: User | None) -> None:
        """Store what was computed, and what follows on it, in one transaction with its line held:
        where its kind has a right of reply that begins, and it takes the place of earlier revisions
        that were not public yet. An older revision that comes after a newer one is not needed.

        The first one is written once, with the status that it then has: its content is large.
        """
        later, is_first = newer_than(self), self.revision == 1
        days = self.rule.reply_days if is_first and not later else 0
        if days:
            self.status, self.reply_until = self.Status.IN_REPLY, _in_days(days)
        self.save(force_insert=True)
        Event.log(self, "computed", by=by, became=self.Status.DRAFT)
        if days:
            Event.log(self, self.status, was=self.Status.DRAFT, became=self.status)
        if later:
            reason = f"Revision {later} was computed before it."
            Event.move(self, self.Status.WITHDRAWN, by=None, reason=reason)
        elif not is_first:
            self._follow_earlier()

    def _follow_earlier(self) -> None:
        self._withdraw_earlier(by=None, take_over=True)
        if self.status == self.Status.DRAFT and (days := self.rule.reply_days):
            self.ask_for_reply(days, by=None)

    @transaction.atomic
    def send_for_comment(self, *, by: User) -> None:
        """Begin the right of reply of a draft."""
        admins_only(by)
        if not self.has_right_of_reply:
            raise DomainError("no_right_of_reply", "Nobody replies to reports of this kind.")
        self.ask_for_reply(self.rule.reply_days or REPLY_DAYS, by=by)

    @transaction.atomic
    def to_review(self, *, by: User) -> None:
        """Take up a draft to which nobody replies, or one whose reply period is over."""
        admins_only(by)
        if self.status == self.Status.DRAFT and self.rule.reply_days:
            raise DomainError("reply_comes_first", "Its members have a right of reply first.")
        if self.status == self.Status.IN_REPLY and not self.reply_is_over():
            raise DomainError("reply_period_runs", "The right of reply is not over yet.")
        self.take_to_review(by=by)

    def take_to_review(self, *, by: User | None) -> None:
        Event.move(self, self.Status.IN_REVIEW, by=by, review_since=timezone.now())

    def reply_is_over(self) -> bool:
        return self.reply_until is None or self.reply_until <= timezone.now()

    def takes_replies(self) -> bool:
        return self.status == self.Status.IN_REPLY and not self.reply_is_over()

    @transaction.atomic
    def publish(self, *, by: User) -> None:
        """Publish it; under an embargo that is decided now, and happens when the embargo ends."""
        admins_only(by)
        self.hold_line()
        self.require_publishable()
        if not self.is_under_embargo():
            self.make_public(by=by)
            return
        if self.decided_at:
            raise DomainError("decided_already", "It will be published when the embargo ends.")
        self.change(where={"status": self.Status.IN_REVIEW}, decided_at=timezone.now())
        Event.log(self, "decided", by=by)

    @transaction.atomic
    def publish_as_decided(self, *, by: User | None) -> None:
        """Publish it now that its embargo is over; where it may not be published any more, the
        decision lapses, and it is again among those to publish."""
        try:
            self.require_publishable()
        except DomainError as refused:
            self.change(where={"status": self.Status.IN_REVIEW}, decided_at=None)
            Event.log(self, "decision_lapsed", by=by, reason=refused.detail)
        else:
            self.make_public(by=by)

    def require_publishable(self) -> None:
        """Raise DomainError unless it is in review and has what its kind needs."""
        if self.status != self.Status.IN_REVIEW:
            text = f"Cannot go from {self.status} to published."
            raise DomainError("invalid_transition", text)
        if check := BEFORE_PUBLISHING.get(self.kind):
            check(self)  # type: ignore[arg-type]

    @transaction.atomic
    def make_public(self, *, by: User | None) -> None:
        """From now on everybody reads it; an earlier revision is superseded.

        Revisions published at once go one after the other.
        """
        self.hold_line()
        line = type(self).objects.same_line(self)  # type: ignore[attr-defined]
        locked = line.order_by("pk").select_for_update(no_key=True).defer("content")
        others = [one for one in locked if one.pk != self.pk]
        public = [one for one in others if one.status == self.Status.PUBLISHED]
        if later := next((one for one in public if one.revision > self.revision), None):
            text = f"Revision {later.revision} is published already."
            raise DomainError("later_revision_published", text)
        for report in public:
            Event.move(report, self.Status.SUPERSEDED, by=by)
        if self.is_under_embargo():
            raise DomainError("under_embargo", "It is under embargo.")
        Event.move(self, self.Status.PUBLISHED, by=by, published_at=timezone.now())
        self.files.ask(self, "pdf")  # type: ignore[attr-defined]
        self._withdraw_earlier(by=by)

    def is_under_embargo(self) -> bool:
        return self.embargo_until is not None and self.embargo_until > timezone.now()

    @transaction.atomic
    def embargo(self, *, by: User, until: datetime | None) -> None:
        """Set the moment before which it is not public, or lift it; a decided one is then public
        at once, or its decision lapses."""
        admins_only(by)
        if self.status not in self.WAITING:
            raise DomainError("not_waiting", f"The report is {self.status}.")
        if until is not None and not timezone.now() < until <= timezone.now() + LONGEST_EMBARGO:
            raise ValidationError({"until": "A moment from now on, within a year."})
        self.hold_line()
        self.change(where={"status": self.status}, embargo_until=until)
        facts = {"until": until.isoformat() if until else None}
        Event.log(self, "embargoed" if until else "embargo_lifted", by=by, facts=facts)
        if until is None and self.decided_at:
            self.publish_as_decided(by=by)

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        admins_only(by)
        require_reason(reason)
        Event.move(self, self.Status.WITHDRAWN, by=by, reason=reason)

    @property
    def has_right_of_reply(self) -> bool:
        return self.kind in REPLIED

    @property
    def rule(self) -> PublicationRule:
        return PublicationRule.objects.of(self.kind)

    def ask_for_reply(self, days: int, *, by: User | None) -> None:
        Event.move(self, self.Status.IN_REPLY, by=by, reply_until=_in_days(days))

    def _withdraw_earlier(self, *, by: User | None, take_over: bool = False) -> None:
        """A revision that never was public is not needed once a later one is there."""
        if self.revision == 1:
            return
        line = type(self).objects.same_line(self)  # type: ignore[attr-defined]
        earlier = line.filter(revision__lt=self.revision, status__in=self.WAITING)
        reason = f"Replaced by revision {self.revision} before it was published."
        waiting = list(earlier.defer("content").order_by("pk").select_for_update(no_key=True))
        if take_over:
            take_over_from(waiting, self)
        for report in waiting:
            Event.move(report, self.Status.WITHDRAWN, by=by, reason=reason)


def _in_days(days: int) -> datetime:
    return timezone.now() + timedelta(days=days)


def admins_only(by: User) -> None:
    if not by.is_staff:
        raise NotAllowed("admins_only", "Only a registry admin may do this.")
