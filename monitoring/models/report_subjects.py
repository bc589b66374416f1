"""What a report is about: one subject, by its kind, and the days that it covers."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import F, Q
from django.utils import timezone

from monitoring.models.periods import Period
from partnerships.models import Partnership
from registry.errors import DomainError
from registry.models import FIRST_DAY, LAST_DAY, Country, Goal, Partner, Target

Days = tuple[date, date]

SUBJECTS = ("partnership", "period", "partner", "goal", "target", "country")


class ReportKind(models.TextChoices):
    PARTNERSHIP = "partnership", "Partnership report"
    ANNUAL = "annual", "Annual partnership report"
    PARTNER = "partner", "Partner report"
    GOAL = "goal", "Goal report"
    TARGET = "target", "Target report"
    COUNTRY = "country", "Country report"
    PORTFOLIO = "portfolio", "Portfolio accountability report"
    HLPF = "hlpf", "HLPF summary"


# The fields that a kind of report sets; every other subject stays empty.
OF_KIND: dict[str, tuple[str, ...]] = {
    ReportKind.PARTNERSHIP: ("partnership", "period"),
    ReportKind.ANNUAL: ("partnership",),
    ReportKind.PARTNER: ("partner",),
    ReportKind.GOAL: ("goal",),
    ReportKind.TARGET: ("target",),
    ReportKind.COUNTRY: ("country",),
    ReportKind.PORTFOLIO: (),
    ReportKind.HLPF: (),
}


# Kinds that look at whole calendar years only.
OF_YEARS = (ReportKind.ANNUAL, ReportKind.HLPF)


def _fits() -> Q:
    """Each kind with its own subject and with no other."""
    each = (
        Q(kind=kind, **{f"{name}__isnull": name not in own for name in SUBJECTS})
        for kind, own in OF_KIND.items()
    )
    return reduce(or_, each)


def days_in_words(starts_on: date, ends_on: date) -> str:
    """2026, 2026-Q1 or 2026-01 where the days are just that, else both days."""
    first, last = starts_on, ends_on + timedelta(days=1)
    if first.day == last.day == 1:
        months = (last.year - first.year) * 12 + last.month - first.month
        if months == 12 and first.month == 1:
            return str(first.year)
        if months == 3 and first.month % 3 == 1:
            return f"{first.year}-Q{first.month // 3 + 1}"
        if months == 1:
            return f"{first.year}-{first.month:02}"
    return f"{starts_on} to {ends_on}"


def days_from_words(words: str) -> Days:
    """The first and the last day of 2026, 2026-Q1 or 2026-01; ValidationError for anything else."""
    found = re.fullmatch(r"(\d{4})(?:-Q([1-4])|-(0[1-9]|1[0-2]))?", words.strip(), re.ASCII)
    if not found or not FIRST_DAY.year <= int(found[1]) < LAST_DAY.year:
        raise ValidationError("A year, a quarter or a month: 2026, 2026-Q1 or 2026-01.")
    year, quarter, month = (int(part) if part else 0 for part in found.groups())
    first = month or (3 * quarter - 2 if quarter else 1)
    months = 1 if month else 3 if quarter else 12
    after = date(*_month(year * 12 + first - 1 + months), 1)
    return date(year, first, 1), after - timedelta(days=1)


def last_span(span: str, on: date) -> Days:
    """The last whole quarter or year (`span`) that is over on a day."""
    months = {"quarter": 3, "year": 12}[span]
    count = (on.year * 12 + on.month - 1) // months * months
    first, after = (date(*_month(number), 1) for number in (count - months, count))
    return first, after - timedelta(days=1)


def _month(count: int) -> tuple[int, int]:
    """Year and month by the number of months since year 0."""
    return count // 12, count % 12 + 1


def require_fit(kind: str, days: Days) -> None:
    """Refuse days that are not over, and parts of a year where the kind looks at whole ones.

    Days end with midnight UTC; a partnership's own periods end in its framework's time zone.
    """
    starts_on, ends_on = days
    if kind in OF_YEARS and days != (date(ends_on.year, 1, 1), date(ends_on.year, 12, 31)):
        raise ValidationError({"days": "This kind of report looks at one whole year, as 2026."})
    if ends_on >= timezone.localdate():
        text = f"{days_in_words(starts_on, ends_on)} is not over: it ends on {ends_on}."
        raise DomainError("period_not_ended", text)


def subject_of(kind: str, named: Mapping[str, models.Model | None]) -> models.Model | None:
    """The one subject that the kind asks for, from what was named; ValidationError by field."""
    wanted = set(OF_KIND[kind]) - {"period"}
    given = {name for name, row in named.items() if row is not None and name in SUBJECTS}
    wrong = dict.fromkeys(wanted - given, "Name it: the report is about one.")
    other = given - wanted - {"period"}
    wrong |= dict.fromkeys(other, f"A report of the kind {kind} is not about this.")
    if wrong:
        raise ValidationError(wrong)
    return named[wanted.pop()] if wanted else None


def when_of(kind: str, period: Period | None, days: Days | None) -> Period | Days:
    """The period of a partnership, or the days; one of the two, as the kind has it."""
    if period and kind != ReportKind.PARTNERSHIP:
        raise ValidationError({"period": f"A report of the kind {kind} is asked for by its days."})
    if period and days:
        raise ValidationError({"days": "Name the period or the days, not both."})
    if when := period or days:
        return when
    missing = "period" if kind == ReportKind.PARTNERSHIP else "days"
    raise ValidationError({missing: "Say for which days."})


class OfSubject(models.Model):
    """A kind, its subject, the days from `starts_on` to `ends_on`, and a revision."""

    kind = models.CharField(max_length=11, choices=ReportKind, default=ReportKind.PARTNERSHIP)
    partnership = models.ForeignKey(
        Partnership, models.CASCADE, null=True, blank=True, related_name="%(class)ss"
    )
    period = models.ForeignKey(
        Period, models.CASCADE, null=True, blank=True, related_name="%(class)ss"
    )
    partner = models.ForeignKey(
        Partner, models.CASCADE, null=True, blank=True, related_name="%(class)ss"
    )
    goal = models.ForeignKey(Goal, models.PROTECT, null=True, blank=True, related_name="%(class)ss")
    target = models.ForeignKey(
        Target, models.PROTECT, null=True, blank=True, related_name="%(class)ss"
    )
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="%(class)ss"
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    revision = models.PositiveSmallIntegerField(default=1)
    reference_on = models.DateField()
    cutoff_at = models.DateTimeField()

    class Meta:
        abstract = True

    @staticmethod
    def constraints_of(name: str) -> list[models.BaseConstraint]:
        """One per kind, subject, days and revision; subject and days fit the kind."""
        return [
            models.UniqueConstraint(
                fields=["kind", *SUBJECTS, "starts_on", "ends_on", "revision"],
                name=f"{name}_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=_fits(), name=f"{name}_subject_fits_kind"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name=f"{name}_ends_after_start"
            ),
        ]

    @property
    def subject(self) -> models.Model | None:
        """What it is about; None where that is the whole registry."""
        own = OF_KIND[self.kind]
        return getattr(self, own[0]) if own else None

    @property
    def line(self) -> dict[str, Any]:
        """What all revisions of one report have in common, as a filter."""
        names = [f"{name}_id" for name in SUBJECTS]
        return {name: getattr(self, name) for name in ("kind", *names, "starts_on", "ends_on")}

    def hold_line(self, *, wait: bool = True) -> bool:
        return hold_line(self.line, wait=wait)


def hold_line(line: Mapping[str, Any], *, wait: bool = True) -> bool:
    """Lock a report's partnership and then all its revisions, those to come as well, for the rest
    of the transaction; rows of reports are locked after that. Without `wait` False where somebody
    else holds one of the two.
    """
    partnership = line["partnership_id"]
    if partnership and wait:
        Partnership(pk=partnership).hold()
    elif partnership:
        rows = Partnership.objects.select_for_update(no_key=True, skip_locked=True)
        if not rows.filter(pk=partnership).values_list("pk").first():
            return False
    key = " ".join(str(value) for value in line.values())
    taking = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {taking}(hashtextextended(%s, 6))", [key])
        (taken,) = cursor.fetchone()
    return wait or bool(taken)
