"""Looks at submitted data from outside the figures: recounts, and assessments of quality."""

from decimal import Decimal
from typing import Any, ClassVar, NamedTuple, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from monitoring.models.indicators import Indicator
from monitoring.models.of_cells import OfCell
from monitoring.models.submissions import Submission
from partnerships.models import Membership, Partnership
from registry.errors import DomainError, NotAllowed, StaleVersion
from registry.models import Event, Record, User, check_day, require_reason


class FollowedQuerySet(models.QuerySet[Any]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)

    def to_follow_up(self) -> Self:
        """With something to do that is not done."""
        return self.standing().filter(due_on__isnull=False, done_on=None)

    def to_follow_up_by(self, partner_ids: Any) -> Self:
        members = Membership.objects.accepted().filter(partner__in=partner_ids)
        return self.to_follow_up().filter(owner__in=members.values("pk")).order_by("due_on", "pk")


class Followed(Record):
    """A look at data that may ask a member to do something by a day."""

    action = models.TextField(blank=True, max_length=2000, help_text="what is to be done")
    owner = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+", help_text="who does it"
    )
    due_on = models.DateField(null=True, blank=True, validators=[check_day])
    done_on = models.DateField(null=True, editable=False)
    done_note = models.TextField(blank=True, max_length=2000, editable=False)
    by = models.ForeignKey(User, models.PROTECT, editable=False, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(action="", owner=None, due_on=None)
                | ~Q(action="") & Q(owner__isnull=False, due_on__isnull=False),
                name="%(class)s_action_whole",
                violation_error_message="An action has a text, an owner and a due date.",
            ),
            models.CheckConstraint(
                condition=Q(done_on=None) | ~Q(action=""), name="%(class)s_done_action"
            ),
        ]

    @property
    def of_partnership(self) -> Partnership:
        raise NotImplementedError

    def clean(self) -> None:
        if self.owner and self.owner.partnership_id != self.of_partnership.pk:
            text = "Not a member of this partnership."
            raise ValidationError({"owner": ValidationError(text, code="other_partnership")})

    def require_standing(self) -> None:
        if self.withdrawn_at:
            raise DomainError("withdrawn", f"It was withdrawn on {self.withdrawn_at:%-d %b %Y}.")

    @transaction.atomic
    def finish(self, *, by: User, note: str) -> None:
        """Say that the action was taken: the owner's people, the lead or an admin."""
        self._owner_or_lead_only(by)
        self.require_standing()
        if not self.action:
            raise DomainError("no_action", "There is nothing to be done.")
        if self.done_on:
            raise DomainError("done_already", f"It was done on {self.done_on:%-d %b %Y}.")
        if not note.strip():
            raise ValidationError({"note": "Say what was done."})
        self._change_once("done_on", done_on=timezone.localdate(), done_note=note.strip())
        Event.log(self, "finished", by=by)

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        """Take back a slip: who made it, or an admin."""
        if not (by.pk == self.by_id or by.is_staff):
            raise NotAllowed("author_only", "Only who recorded it may take it back.")
        require_reason(reason)
        self.require_standing()
        self._change_once("withdrawn_at", withdrawn_at=timezone.now())
        Event.log(self, "withdrawn", by=by, reason=reason)

    def _change_once(self, name: str, **values: Any) -> None:
        try:
            self.change(where={name: None, "withdrawn_at": None}, **values)
        except StaleVersion:
            self.refresh_from_db()
            self.require_standing()
            if self.done_on and name == "done_on":
                text = f"It was done on {self.done_on:%-d %b %Y}."
                raise DomainError("done_already", text) from None
            raise

    def _owner_or_lead_only(self, by: User) -> None:
        owner = self.owner.pk if self.owner else 0
        own = Membership.objects.acted_for_by(by, "manager", "evaluator").filter(pk=owner)
        if not (own.exists() or self.of_partnership.is_editable_by(by)):
            raise NotAllowed("owner_only", "Only who is to do it, or the lead, may say so.")


class Deviation(NamedTuple):
    """Reported less found; and as a share of what was found, where that is not 0."""

    difference: Decimal
    share: Decimal | None


class SpotCheckQuerySet(FollowedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """For members' people and admins."""
        inside = Partnership.objects.insider(user).values("pk")
        return self.filter(submission__period__framework__partnership__in=inside)


class SpotCheck(OfCell, Followed):
    """A value counted again at its source."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="spot_checks")
    checked_on = models.DateField(validators=[check_day])
    checked_by = models.CharField(max_length=300, help_text="the organisation or team, no person")
    # As reported then: the cell may be corrected since.
    reported_value = models.DecimalField(
        max_digits=30, decimal_places=10, null=True, editable=False
    )
    reported_numerator = models.DecimalField(
        max_digits=30, decimal_places=10, null=True, editable=False
    )
    reported_denominator = models.DecimalField(
        max_digits=30, decimal_places=10, null=True, editable=False
    )
    found_value = models.DecimalField(max_digits=30, decimal_places=10, null=True, blank=True)
    found_numerator = models.DecimalField(max_digits=30, decimal_places=10, null=True, blank=True)
    found_denominator = models.DecimalField(max_digits=30, decimal_places=10, null=True, blank=True)
    finding = models.TextField(max_length=5000)

    objects: ClassVar = SpotCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        verbose_name = "spot check"
        constraints = [
            *Followed.Meta.constraints,
            models.CheckConstraint(
                condition=Q(indicator__isnull=False), name="spot_check_of_a_value"
            ),
            models.CheckConstraint(
                condition=Q(found_value=None) | Q(found_numerator=None, found_denominator=None),
                name="spot_check_found_one_kind",
                violation_error_message="A value, or numerator and denominator.",
            ),
            models.CheckConstraint(
                condition=Q(found_numerator=None, found_denominator=None)
                | Q(found_numerator__isnull=False, found_denominator__isnull=False),
                name="spot_check_found_both_parts",
                violation_error_message="Numerator and denominator together.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cell_name}: {self.submission}"

    @property
    def of_partnership(self) -> Partnership:
        found: Partnership = self.submission.period.framework.partnership
        return found

    @property
    def reported(self) -> Decimal | None:
        return _whole(self.reported_value, self.reported_numerator, self.reported_denominator)

    @property
    def found(self) -> Decimal | None:
        """What was counted; nothing, where the source could not be read or has no record."""
        return _whole(self.found_value, self.found_numerator, self.found_denominator)

    @property
    def deviation(self) -> Deviation | None:
        """How far the report was from the source; positive where it said more."""
        if self.reported is None or self.found is None:
            return None
        difference = self.reported - self.found
        if not self.found:
            return Deviation(difference, None if difference else Decimal(0))
        return Deviation(difference, difference / abs(self.found))


def _whole(
    value: Decimal | None, numerator: Decimal | None, denominator: Decimal | None
) -> Decimal | None:
    if value is not None:
        return value
    if numerator is None or not denominator:
        return None
    return numerator / denominator


class AssessmentQuerySet(FollowedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """For members' people and admins."""
        inside = Partnership.objects.insider(user).values("pk")
        return self.filter(partnership__in=inside)


class DataQualityAssessment(Followed):
    """How good an indicator's or a submission's data is, by the five usual standards."""

    class Rating(models.TextChoices):
        MET = "met"
        PARTLY = "partly", "partly met"
        NOT_MET = "not_met", "not met"
        NOT_ASSESSED = "not_assessed", "not assessed"

    STANDARDS: ClassVar[tuple[str, ...]] = (
        "validity",
        "reliability",
        "timeliness",
        "precision",
        "integrity",
    )

    partnership = models.ForeignKey(
        Partnership, models.PROTECT, editable=False, related_name="data_quality_assessments"
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="data_quality_assessments"
    )
    submission = models.ForeignKey(
        Submission, models.PROTECT, null=True, blank=True, related_name="data_quality_assessments"
    )
    assessed_on = models.DateField(validators=[check_day])
    validity = models.CharField(max_length=12, choices=Rating, default=Rating.NOT_ASSESSED)
    validity_findings = models.TextField(blank=True, max_length=2000)
    reliability = models.CharField(max_length=12, choices=Rating, default=Rating.NOT_ASSESSED)
    reliability_findings = models.TextField(blank=True, max_length=2000)
    timeliness = models.CharField(max_length=12, choices=Rating, default=Rating.NOT_ASSESSED)
    timeliness_findings = models.TextField(blank=True, max_length=2000)
    precision = models.CharField(max_length=12, choices=Rating, default=Rating.NOT_ASSESSED)
    precision_findings = models.TextField(blank=True, max_length=2000)
    integrity = models.CharField(max_length=12, choices=Rating, default=Rating.NOT_ASSESSED)
    integrity_findings = models.TextField(blank=True, max_length=2000)

    objects: ClassVar = AssessmentQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        verbose_name = "data quality assessment"
        constraints = [
            *Followed.Meta.constraints,
            models.CheckConstraint(
                condition=Q(indicator__isnull=False, submission=None)
                | Q(indicator=None, submission__isnull=False),
                name="assessment_of_one_thing",
                violation_error_message="Of an indicator, or of a submission.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator or self.submission}"

    @property
    def of_partnership(self) -> Partnership:
        return self.partnership

    def clean(self) -> None:
        """A standard that was not wholly met says why; at least one was looked at."""
        super().clean()
        rated = {name: getattr(self, name) for name in self.STANDARDS}
        if set(rated.values()) == {self.Rating.NOT_ASSESSED}:
            text = "Rate at least one of the five standards."
            raise ValidationError({"validity": ValidationError(text, code="nothing_assessed")})
        short = (self.Rating.PARTLY, self.Rating.NOT_MET)
        silent = [
            f"{name}_findings"
            for name, rating in rated.items()
            if rating in short and not getattr(self, f"{name}_findings").strip()
        ]
        if silent:
            text = "Say what was found wanting."
            raise ValidationError(
                {name: ValidationError(text, code="findings_needed") for name in silent}
            )

    def ratings(self) -> list[tuple[str, str, str]]:
        """Each standard with its rating in words and what was found."""
        return [
            (name, str(self.Rating(getattr(self, name)).label), getattr(self, f"{name}_findings"))
            for name in self.STANDARDS
        ]
