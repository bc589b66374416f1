"""Whose data, and for when."""

from datetime import date, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db import connection, models, transaction
from django.db.models import F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from monitoring.models.frameworks import Framework, OfFrameworkQuerySet
from monitoring.models.indicators import Indicator
from monitoring.models.levels import DataLevel
from partnerships.models import Membership, Partnership
from registry.errors import DomainError, NotAllowed
from registry.models import (
    Country,
    Event,
    MovingRecord,
    User,
    check_day,
    require_reason,
)


class ReportingUnitQuerySet(models.QuerySet["ReportingUnit"]):
    def visible_to(self, user: Any) -> Self:
        seen = Membership.objects.visible_to(user).values("pk")
        return self.filter(membership__in=seen)

    def editable_by(self, user: Any) -> Self:
        return self.filter(
            membership__partnership__in=Partnership.objects.editable_by(user).values("pk")
        )

    def reportable_by(self, user: Any) -> Self:
        """Units whose data the user may send: the member's managers and evaluators (those with
        assignments only in their partnerships)."""
        if user.is_anonymous:
            return self.none()
        if user.is_staff:
            return self
        return self.of_people(user)

    def of_people(self, user: Any) -> Self:
        """Units of the partners for which the user reports, without an admin's reach."""
        reached = Membership.objects.acted_for_by(user, "manager", "evaluator")
        return self.filter(membership__in=reached.values("pk"))

    def standing(self) -> Self:
        """Without those that a merge of partners made one with another unit."""
        return self.filter(merged_into=None)

    def in_line_with(self, unit: "ReportingUnit") -> Self:
        """The unit, and those that are one with it since a merge of partners."""
        head = unit.merged_into_id or unit.pk
        return self.filter(Q(pk=head) | Q(merged_into=head))

    def owing(self, on: date) -> "list[tuple[ReportingUnit, Period]]":
        """Units with an open period that has ended and for which nothing was begun; 4 queries."""
        members = self.standing().filter(membership__status="accepted", membership__ended_on=None)
        units = list(
            members.select_related("membership__partner", "membership__partnership", "country")
        )
        periods = (
            Period.objects.expecting()
            .filter(
                status=Period.Status.OPEN,
                ends_on__lte=on,
                framework__partnership__in={u.membership.partnership_id for u in units},
            )
            .select_related("framework")
        )
        of_unit = Coalesce("unit__merged_into", "unit")
        begun = ReportingUnit.submissions.rel.related_model._default_manager.annotate(line=of_unit)
        begun = begun.filter(line__in=[unit.pk for unit in units])
        asked = Indicator.objects.asked_of_whom({p.framework_id for p in periods})
        have = set(begun.exclude(status="withdrawn").values_list("line", "period_id"))
        return [
            (unit, period)
            for period in sorted(periods, key=lambda p: (p.due_on, p.pk))
            for unit in units
            if period.framework.partnership_id == unit.membership.partnership_id
            and unit.owes(period)
            and unit.asks & asked.get(period.framework_id, set())
            and (unit.pk, period.pk) not in have
        ]


class ReportingUnit(models.Model):
    """A member in a place, or the member itself: whose data a value is."""

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="reporting_units")
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="reporting_units"
    )
    place = models.CharField(max_length=300, blank=True, help_text="empty: the member itself")
    level = models.CharField(
        max_length=11,
        choices=DataLevel,
        blank=True,
        help_text="at which its data is reported; it does not change",
    )
    since_on = models.DateField(
        default=timezone.localdate, help_text="data is due for periods that end from then on"
    )
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="predecessors",
        help_text="the unit to which it was handed over",
    )
    successor_since = models.DateField(
        null=True,
        blank=True,
        editable=False,
        validators=[check_day],
        help_text="from then on its data is the successor's",
    )
    handed_over_at = models.DateTimeField(
        null=True, editable=False, help_text="when that was decided; earlier figures stay"
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="merged_units",
        help_text="the same member's unit in the same place, with which this one counts as one",
    )

    objects = ReportingUnitQuerySet.as_manager()
    history_of = "membership__partnership"

    class Meta:
        ordering = ["membership", "place", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "country", "place"],
                condition=Q(merged_into=None),
                nulls_distinct=False,
                name="reporting_unit_once",
                violation_error_message="The member has a reporting unit for this country "
                "and place already.",
            ),
            models.CheckConstraint(
                condition=Q(successor=None, successor_since=None, handed_over_at=None)
                | Q(successor__isnull=False, successor_since__isnull=False)
                & Q(handed_over_at__isnull=False)
                & ~Q(successor=F("pk")),
                name="reporting_unit_handed_over",
            ),
        ]

    def __str__(self) -> str:
        where = self.place or (self.country.name if self.country else "")
        return f"{self.membership.partner}, {where}" if where else str(self.membership.partner)

    @property
    def asks(self) -> set[tuple[bool, int | None]]:
        """What an indicator says that is asked of this unit: by place or not, of whom."""
        return {(self.has_place, None), (self.has_place, self.membership_id)}

    @property
    def has_place(self) -> bool:
        """Whether it is a member in a place, not the member itself."""
        return bool(self.place or self.country_id)

    def require_member_at(self, period: "Period") -> None:
        """A member that left has no data for periods that end after its last day (RULES 11)."""
        ended_on = self.membership.ended_on
        if ended_on and ended_on < period.ends_on:
            text = f"The member's last day was {ended_on}, before the period's end."
            raise DomainError("not_a_member_then", text)
        if self.is_handed_over(period):
            text = f"Since {self.successor_since} this is {self.successor}'s to report."
            raise DomainError("unit_handed_over", text, unit=self.successor_id)

    def is_handed_over(self, period: "Period") -> bool:
        """Whether the period ends when the unit's data was another unit's already."""
        return self.successor_since is not None and self.successor_since <= period.ends_on

    def require_standing(self) -> None:
        """Since a merge of partners, one of two units takes the data of both."""
        self.refresh_from_db(fields=["merged_into"])
        if self.merged_into_id:
            text = "This unit is one with another since their partners were merged: report there."
            raise DomainError("unit_merged", text, unit=self.merged_into_id)

    def owes(self, period: "Period") -> bool:
        """Data is due for periods that end while the member takes part."""
        first = max(self.since_on, self.membership.accepted_on or date.max)
        return first <= period.ends_on and not self.is_handed_over(period)


class PeriodQuerySet(OfFrameworkQuerySet):
    def expecting(self) -> Self:
        """Periods for which data is due: of editions in force, and those of earlier editions that
        end before the edition in force begins."""
        later = Framework.objects.filter(
            partnership=OuterRef("framework__partnership"), status=Framework.Status.AGREED
        )
        begins = Subquery(later.values("starts_on")[:1])
        earlier = Q(
            framework__status=Framework.Status.SUPERSEDED,
            framework__agreed_at__isnull=False,
            ends_on__lt=F("begins"),
        )
        agreed = Q(framework__status=Framework.Status.AGREED)
        return self.annotate(begins=begins).filter(agreed | earlier)

    def ended_by(self, on: date) -> Self:
        return self.filter(ends_on__lte=on)

    def lent_to(self, framework: Framework) -> Self:
        """Those of earlier editions that its series are joined from: they end before it begins."""
        return self.filter(
            framework__partnership=framework.partnership_id,
            framework__edition__lt=framework.edition,
            framework__status=Framework.Status.SUPERSEDED,
            ends_on__lt=framework.starts_on,
        )

    def last_ended(self, on: date) -> "Period | None":
        return self.ended_by(on).order_by("ends_on", "starts_on", "pk").last()

    def open_for(self, framework: Framework, through: date) -> list["Period"]:
        """Open the periods that have begun by then; opening twice opens none."""
        through = min(through, self._last_day(framework))
        begun = [span for span in framework.spans() if span[0] <= through]
        self.bulk_create(
            [Period.of_span(framework, first, last) for first, last in begun],
            ignore_conflicts=True,
        )
        return list(framework.periods.filter(starts_on__in=[first for first, _ in begun]))

    def _last_day(self, framework: Framework) -> date:
        """An edition that was superseded goes on up to the day before the next one begins."""
        if framework.status == Framework.Status.AGREED:
            return framework.ends_on
        following = framework.following() if framework.agreed_at else None
        if framework.status != Framework.Status.SUPERSEDED or following is None:
            text = "Periods open once the framework is agreed."
            raise DomainError("framework_not_agreed", text)
        return following.starts_on - timedelta(days=1)

    def with_reports(self) -> Self:
        """Periods of which there are reports: of frameworks that registered partnerships agreed."""
        return self.filter(
            framework__status__in=[Framework.Status.AGREED, Framework.Status.SUPERSEDED],
            framework__agreed_at__isnull=False,
            framework__partnership__in=Partnership.objects.public().values("pk"),
        )

    def over(self) -> Self:
        """Those whose last day is over in the framework's time zone."""
        return self.filter(ends_on__lt=_today())

    def reportable(self) -> Self:
        """Periods whose due date is over in the framework's time zone, still without a run; the
        last day of a period has to be over in UTC too (see `require_reportable`)."""
        over = self.filter(due_on__lt=_today(), ends_on__lt=timezone.localdate())
        return over.with_reports().filter(reportruns=None)


def _today() -> Cast:
    """The day that it is in the framework's time zone."""
    today = Func(F("framework__time_zone"), Value(timezone.now()), function="timezone")
    return Cast(today, models.DateField())


class Period(MovingRecord):
    """A span of time for which data is due; closed, it refuses data in the database itself."""

    class Status(models.TextChoices):
        OPEN = "open"
        CLOSED = "closed"

    class Kind(models.TextChoices):
        REGULAR = "regular"
        IRREGULAR = "irregular", "irregular (imported)"

    MOVES = {Status.OPEN: [Status.CLOSED], Status.CLOSED: [Status.OPEN]}

    framework = models.ForeignKey(Framework, models.CASCADE, related_name="periods")
    label = models.CharField(max_length=40)
    starts_on = models.DateField(validators=[check_day])
    ends_on = models.DateField(validators=[check_day])
    due_on = models.DateField()
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.REGULAR, editable=False)
    status = models.CharField(max_length=6, choices=Status, default=Status.OPEN, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = PeriodQuerySet.as_manager()
    history_of = "framework__partnership"

    class Meta:
        ordering = ["framework", "ends_on", "starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "starts_on", "ends_on"], name="period_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="period_ends_after_start",
                violation_error_message="The end must not come before the start.",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("ends_on")), name="period_due_after_end"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @classmethod
    def of_span(cls, framework: Framework, starts_on: date, ends_on: date) -> "Period":
        """The unsaved period for a span of the framework's cadence, with label and due date."""
        letter = {1: "M", 3: "Q", 6: "H"}.get(Framework.MONTHS[framework.cadence])
        number = (ends_on.month - 1) // Framework.MONTHS[framework.cadence] + 1
        return cls(
            framework=framework,
            label=f"{ends_on.year} {letter}{number}" if letter else str(ends_on.year),
            starts_on=starts_on,
            ends_on=ends_on,
            due_on=ends_on + timedelta(days=framework.grace_days),
        )

    def hold(self) -> None:
        """Lock the partnership and the period, before any row in it; refuse if it is closed.

        With one order of locks no two writers block each other.
        """
        self.framework.partnership.hold()
        query = "SELECT status FROM monitoring_period WHERE id = %s FOR UPDATE"
        with connection.cursor() as cursor:
            cursor.execute(query, [self.pk])
            (status,) = cursor.fetchone()
        if status == self.Status.CLOSED:
            raise DomainError("period_closed", f"The period {self} is closed.")

    def require_ended(self) -> None:
        """Refuse while the period's last day is not over in the framework's time zone."""
        if not self.has_ended:
            text = f"The period {self} is not over: its data can be sent after {self.ends_on}."
            raise DomainError("period_not_ended", text)

    def require_reportable(self) -> None:
        """Refuse a report while the last day is not over in the framework's time zone, and in UTC:
        what else happens on it (who is accepted, what is let go) bears the day of UTC."""
        self.require_ended()
        if self.ends_on >= timezone.localdate():
            text = f"The period {self} can be reported on once {self.ends_on} is over in UTC."
            raise DomainError("period_not_ended", text)

    @property
    def has_ended(self) -> bool:
        """Whether its last day is over in the framework's time zone."""
        return self.ends_on < timezone.localdate(timezone=ZoneInfo(self.framework.time_zone))

    def close(self, *, by: User, reason: str = "") -> None:
        """Lock the period against data; waiting submissions have to be decided first."""
        self._lead_only(by)
        with transaction.atomic():
            self.framework.partnership.hold()
            Period.objects.select_for_update().get(pk=self.pk)
            if waiting := self.submissions.filter(status="submitted").count():
                text = f"{waiting} submission(s) wait for a decision."
                raise DomainError("submissions_waiting", text)
            Event.move(self, self.Status.CLOSED, by=by, reason=reason, closed_at=timezone.now())

    def reopen(self, *, by: User, reason: str) -> None:
        self._lead_only(by)
        require_reason(reason)
        Event.move(self, self.Status.OPEN, by=by, reason=reason, closed_at=None)

    def _lead_only(self, by: User) -> None:
        if not self.framework.partnership.is_editable_by(by):
            raise NotAllowed("lead_only", "Only the lead partner's managers may do this.")
