"""What those whom a report is about say to it: their right of reply."""

from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from monitoring.models.report_endorsements import ReportEndorsement
from monitoring.models.report_life import ReportStatus
from monitoring.models.reports import Report
from partnerships.models import Membership
from registry.errors import DomainError, NotAllowed, StaleVersion
from registry.models import Event, Partner, Record, User

LONGEST = 20_000


class ReportReplyQuerySet(models.QuerySet["ReportReply"]):
    def visible_to(self, user: Any) -> Self:
        """With their report: published with it, and its subject's own until then."""
        return self.filter(report__in=Report.objects.visible_to(user).values("pk"))

    def with_names(self) -> Self:
        return self.select_related("membership__partner", "report__partner")


class ReportReply(Record):
    """One member's reply to a report, or its word that it has none; of a partner report, the
    partner's own."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="replies")
    membership = models.ForeignKey(
        Membership,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="report_replies",
        help_text="empty: the partner that the report is about",
    )
    text = models.TextField("reply", blank=True, max_length=LONGEST)
    has_no_comment = models.BooleanField("we have no comment", default=False)
    author = models.ForeignKey(
        User, models.PROTECT, editable=False, related_name="replies_to_reports"
    )
    said_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ReportReplyQuerySet.as_manager()
    history_of = "report__partnership"
    SAID_AT: ClassVar[dict[str, str]] = {"report_reply_says_one": "text"}

    class Meta:
        ordering = ["-said_at", "-pk"]
        verbose_name_plural = "report replies"
        constraints = [
            models.UniqueConstraint(
                fields=["report", "membership"],
                name="report_reply_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(has_no_comment=True, text="") | Q(has_no_comment=False) & ~Q(text=""),
                name="report_reply_says_one",
                violation_error_message="Write a reply, or say that you have no comment.",
            ),
        ]

    def __str__(self) -> str:
        return f"Reply of {self.speaker} to {self.report}"

    @property
    def said_of_earlier(self) -> bool:
        """Whether it was said of an earlier revision, and went on with this one."""
        return self.said_at < self.report.created_at

    @property
    def speaker(self) -> Partner | None:
        return self.membership.partner if self.membership else self.report.partner

    @property
    def speaker_id(self) -> int | None:
        return self.membership.partner_id if self.membership else self.report.partner_id


def speakers_for(report: Report, user: Any) -> list[Membership | None]:
    """For whom a user may reply: memberships, or None for the partner a report is about."""
    if not getattr(user, "is_authenticated", False):
        return []
    if report.partnership_id:
        accepted = Membership.objects.accepted().filter(partnership=report.partnership_id)
        own = accepted.acted_for_by(user, "manager").select_related("partner")
        return list(own.order_by("pk"))
    partner = _partner_of(report)
    return [None] if partner and user.has_role(partner, "manager") else []


def _partner_of(report: Report) -> int | None:
    """Who speaks for the partner that a report is about: since a merge, the survivor."""
    partner = report.partner
    return (partner.merged_into_id or partner.pk) if partner else None


@transaction.atomic
def reply(
    report: Report,
    *,
    by: User,
    text: str = "",
    has_no_comment: bool = False,
    membership: Membership | None = None,
    version: int = 0,
) -> ReportReply:
    """Say or revise what one member replies, as long as the right of reply lasts.

    `version` is that of the reply that was read, 0 where there was none: StaleVersion if somebody
    else wrote meanwhile.
    Once every member has said that it has no comment, the review begins.
    """
    held = Report.objects.select_for_update(no_key=True).defer("content").get(pk=report.pk)
    _require_speaker(held, membership, by)
    if not held.takes_replies():
        raise DomainError("reply_period_over", "The right of reply is over, or has not begun.")
    said = {"text": _clean(text), "has_no_comment": has_no_comment}
    stored = held.replies.filter(membership=membership).select_for_update().first()
    if version != (stored.version if stored else 0):
        raise StaleVersion
    if stored:
        stored.amend(**said, author=by, said_at=timezone.now())
    else:
        stored = ReportReply(report=held, membership=membership, author=by, **said).store()
    Event.log(held, "replied", by=by, reason=str(stored.speaker))
    begin_review_if_silent(held, by=by)
    report.refresh_from_db(fields=["status", "version", "review_since", "updated_at"])
    return stored


def _clean(text: str) -> str:
    """Plain text: one kind of line end, and nothing that a database cannot hold."""
    if "\x00" in text:
        raise ValidationError({"text": "Null characters are not text."})
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _require_speaker(report: Report, membership: Membership | None, by: User) -> None:
    """Managers of an accepted member speak for it; of a partner report, the partner's own."""
    if membership is not None:
        if membership.partnership_id != report.partnership_id:
            raise ValidationError({"membership": "Not a member of this partnership."})
        membership.require_manager(by)
        if membership.status != Membership.Status.ACCEPTED:
            raise DomainError("not_accepted", "Only accepted members reply.")
    elif report.partnership_id:
        raise ValidationError({"membership": "Say which member replies."})
    elif (partner := _partner_of(report)) is None:
        raise DomainError("no_right_of_reply", "Nobody replies to reports of this kind.")
    elif not (by.is_staff or by.has_role(partner, "manager")):
        raise NotAllowed("managers_only", "Only the partner's managers may reply.")


def begin_review_if_silent(report: Report, *, by: User) -> None:
    """Once every member has said that it has no comment, or has endorsed it: for a locked row."""
    if report.status == ReportStatus.IN_REPLY and _nobody_comments(report):
        report.take_to_review(by=by)


def _nobody_comments(report: Report) -> bool:
    said = set(report.replies.filter(has_no_comment=True).values_list("membership_id", flat=True))
    if report.partnership_id is None:
        return None in said
    yes = ReportEndorsement.objects.standing().filter(report=report)
    said |= set(yes.values_list("membership_id", flat=True))
    said -= set(report.replies.exclude(text="").values_list("membership_id", flat=True))
    members = Membership.objects.accepted().filter(partnership=report.partnership_id)
    keys = set(members.values_list("pk", flat=True))
    return bool(keys) and keys <= said


def to_reply_at(partners: Any) -> models.QuerySet[Report]:
    """Reports in their right of reply on which one of the partners has said nothing yet."""
    members = Membership.objects.accepted().filter(partner__in=partners)
    said = ReportReply.objects.filter(report=models.OuterRef("pk"))
    silent = members.filter(partnership=models.OuterRef("partnership")).exclude(
        pk__in=ReportReply.objects.filter(report=models.OuterRef(models.OuterRef("pk")))
        .exclude(membership=None)
        .values("membership_id")
    )
    about_partner = Q(partner__in=partners) & ~models.Exists(said)
    waiting = Report.objects.filter(
        models.Exists(silent) | about_partner,
        status=ReportStatus.IN_REPLY,
        reply_until__gt=timezone.now(),
    )
    return waiting.for_list().order_by("reply_until", "pk")
