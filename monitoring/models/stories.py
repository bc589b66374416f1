"""What people tell of a change: most-significant-change stories."""

from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from monitoring.models.frameworks import Framework, Result
from monitoring.models.indicators import Indicator
from monitoring.models.submissions import Submission
from partnerships.models import Membership, Partnership
from registry.errors import DomainError, NotAllowed
from registry.models import Event, Record, User, require_reason


class StoryQuerySet(models.QuerySet["Story"]):
    def visible_to(self, user: Any) -> Self:
        """Approved stories whose teller agreed to publication; insiders see the others too."""
        inside = Partnership.objects.insider(user).values("pk")
        return self.filter(
            self._public(user) | Q(submission__period__framework__partnership__in=inside)
        )

    def editable_by(self, user: Any) -> Self:
        return self.filter(submission__in=Submission.objects.editable_by(user).values("pk"))

    def published(self, user: Any) -> Self:
        """What anybody may read, wherever the reader stands."""
        return self.filter(self._public(user))

    def of_partnership(self, partnership: Partnership) -> Self:
        return self.filter(submission__period__framework__partnership=partnership)

    def with_names(self) -> Self:
        return self.select_related(
            "submission__unit__membership__partner",
            "submission__unit__country",
            "submission__period",
            "indicator",
            "result",
        )

    def _public(self, user: Any) -> Q:
        seen = Framework.objects.visible_to(user).filter(status__in=Framework.SETTLED).values("pk")
        return Q(
            consent=True,
            submission__approved_at__isnull=False,
            submission__withdrawn_at=None,
            submission__period__framework__in=seen,
        )


class Story(Record):
    """What somebody tells of the change that mattered most to them, and why it did."""

    # What was told stands as it was approved; who told it can be erased at any time.
    TOLD: ClassVar[tuple[str, ...]] = (
        "indicator",
        "result",
        "title",
        "changed",
        "for_whom",
        "place",
        "significance",
        "told_by",
        "described_as",
        "consent",
        "consent_to_name",
        "consent_how",
    )

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="stories")
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="stories"
    )
    result = models.ForeignKey(
        Result, models.PROTECT, null=True, blank=True, related_name="stories"
    )
    title = models.CharField(max_length=200)
    changed = models.TextField("what changed", max_length=10_000)
    for_whom = models.CharField("for whom", max_length=300)
    place = models.CharField("where", max_length=200, blank=True)
    significance = models.TextField("why it matters most", max_length=5000)
    told_by = models.CharField(
        "who told it", max_length=200, blank=True, help_text="a name: members only"
    )
    described_as = models.CharField(
        "described as",
        max_length=200,
        blank=True,
        help_text="what may be read by everybody in place of a name, such as: a fish trader",
    )
    consent = models.BooleanField("the teller agreed that the story is published", default=False)
    consent_to_name = models.BooleanField("the teller agreed to be named", default=False)
    consent_how = models.CharField(
        "how consent was given", max_length=300, blank=True, help_text="such as: signed form, 3 May"
    )
    consent_withdrawn_at = models.DateTimeField(null=True, editable=False)
    selected_by = models.CharField("chosen by", max_length=300, blank=True, editable=False)
    selection_reason = models.TextField(
        "why it was chosen", max_length=5000, blank=True, editable=False
    )
    selected_at = models.DateTimeField(null=True, editable=False)

    objects = StoryQuerySet.as_manager()
    history_of = "submission__period__framework__partnership"
    SAID_AT: ClassVar[dict[str, str]] = {
        "story_name_needs_consent": "consent_to_name",
        "story_consent_told": "consent_how",
    }

    class Meta:
        ordering = ["-updated_at", "-pk"]
        verbose_name_plural = "stories"
        constraints = [
            models.CheckConstraint(
                condition=Q(consent=True) | Q(consent_to_name=False),
                name="story_name_needs_consent",
                violation_error_message="Who agreed to be named has agreed to publication.",
            ),
            models.CheckConstraint(
                condition=Q(consent=False) | ~Q(consent_how=""),
                name="story_consent_told",
                violation_error_message="Say how consent was given, such as: signed form, 3 May.",
            ),
            models.CheckConstraint(
                condition=Q(selected_at=None, selected_by="", selection_reason="")
                | Q(selected_at__isnull=False) & ~Q(selected_by="") & ~Q(selection_reason=""),
                name="story_selection_whole",
                violation_error_message="Say who chose it, and why.",
            ),
            models.CheckConstraint(
                condition=Q(indicator=None) | Q(result=None),
                name="story_about_one",
                violation_error_message="A story is about one indicator or one result.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def teller(self) -> str:
        """Who may be said to have told it: the name only where the teller agreed to it."""
        return self.told_by if self.consent_to_name and self.told_by else self.described_as

    def clean(self) -> None:
        framework = self.submission.period.framework_id
        if self.indicator and self.indicator.result.framework_id != framework:
            raise ValidationError({"indicator": "Not an indicator of this period's framework."})
        if self.result and self.result.framework_id != framework:
            raise ValidationError({"result": "Not a result of this period's framework."})
        if self.consent_to_name and not self.told_by:
            raise ValidationError({"told_by": "Who agreed to be named has a name."})

    def may_be_selected_by(self, user: Any) -> bool:
        """Managers of the lead and of accepted members, and admins, choose among stories."""
        partnership = self.submission.period.framework.partnership
        joined = Membership.objects.accepted().filter(partnership=partnership)
        return bool(
            partnership.is_editable_by(user) or joined.acted_for_by(user, "manager").exists()
        )

    def select(self, *, by: User, chosen_by: str, reason: str) -> None:
        """Record that it was chosen as the most significant one: by whom, and why."""
        if not self.may_be_selected_by(by):
            raise NotAllowed("members_only", "Only managers of its members may do this.")
        if self.submission.approved_at is None or self.submission.withdrawn_at:
            raise DomainError("not_approved", "Stories are chosen from approved data.")
        said: dict[str, Any] = {
            "selected_by": chosen_by.strip(),
            "selection_reason": reason.strip(),
        }
        names = {"selected_by": "chosen_by", "selection_reason": "reason"}
        if lacking := [names[name] for name, text in said.items() if not text]:
            raise ValidationError(dict.fromkeys(lacking, "Say who chose it, and why."))
        self.change(**said, selected_at=timezone.now())
        Event.log(self, "selected", by=by)

    def withdraw_consent(self, *, by: User, reason: str) -> None:
        """Whoever told it changed their mind: it is public no longer, and the name is erased."""
        own = Submission.objects.editable_by(by).filter(pk=self.submission_id).exists()
        if not (own or self.submission.period.framework.partnership.is_editable_by(by)):
            raise NotAllowed("unit_only", "Only its own people or the lead may do this.")
        require_reason(reason)
        if not self.consent:
            raise DomainError("no_consent", "There is no consent to withdraw.")
        self.change(
            consent=False,
            consent_to_name=False,
            told_by="",
            consent_withdrawn_at=timezone.now(),
        )
        Event.log(self, "consent_withdrawn", by=by, reason=reason)
