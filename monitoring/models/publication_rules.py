"""How long a kind of report waits before it is public: a rule per kind, kept by admins."""

from datetime import timedelta
from typing import Any, ClassVar, Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from monitoring.models.report_subjects import ReportKind
from registry.errors import NotAllowed
from registry.models import Event, Record, User

# Reports on which those that they are about have a right of reply.
REPLIED = (ReportKind.PARTNERSHIP, ReportKind.ANNUAL, ReportKind.PARTNER)
REPLY_DAYS = 14


class PublicationRuleQuerySet(models.QuerySet["PublicationRule"]):
    def visible_to(self, user: Any) -> Self:
        """How reports come to be published is open to everybody."""
        return self.all()

    def of(self, kind: str) -> "PublicationRule":
        """The rule of a kind; what holds by default where none was stated."""
        return self.filter(kind=kind).first() or PublicationRule(
            kind=kind, reply_days=REPLY_DAYS if kind in REPLIED else 0
        )


class PublicationRule(Record):
    """Days of reply and of review of a kind of report; it is published by itself, or never."""

    kind = models.CharField(max_length=11, choices=ReportKind, unique=True)
    reply_days = models.PositiveSmallIntegerField(
        "days to reply",
        validators=[MaxValueValidator(90)],
        help_text="0: nobody is asked for a reply",
    )
    review_days = models.PositiveSmallIntegerField(
        "days in review",
        null=True,
        blank=True,
        validators=[MaxValueValidator(366)],
        help_text="after so many days it is published by itself; empty: by an admin only",
    )

    objects = PublicationRuleQuerySet.as_manager()
    SAID_AT: ClassVar[dict[str, str]] = {
        "publication_rule_reply": "reply_days",
        "publication_rule_review": "review_days",
    }

    class Meta:
        ordering = ["kind", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reply_days__lte=90) & (Q(kind__in=REPLIED) | Q(reply_days=0)),
                name="publication_rule_reply",
                violation_error_message="Only partnerships and partners reply to their reports,"
                " within 90 days.",
            ),
            models.CheckConstraint(
                condition=Q(review_days=None) | Q(review_days__lte=366),
                name="publication_rule_review",
                violation_error_message="At most 366 days.",
            ),
        ]

    def __str__(self) -> str:
        return f"Publication of each {self.get_kind_display().lower()}"

    @property
    def reviewed_for(self) -> timedelta | None:
        return None if self.review_days is None else timedelta(days=self.review_days)

    def edit(self, *, by: User, **fields: Any) -> Self:
        """Change the days; reports that wait already keep the end of their reply period."""
        if not by.is_staff:
            raise NotAllowed("admins_only", "Only a registry admin may do this.")
        if self.pk is None:
            for name, value in fields.items():
                setattr(self, name, value)
            self.store()
        else:
            self.amend(**fields)
        Event.log(self, "edited", by=by, reason=", ".join(sorted(fields)))
        return self
