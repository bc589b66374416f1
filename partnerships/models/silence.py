"""Partnerships that have not reported for two years: warned, then inactive."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import DateTimeField, F, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.dispatch import Signal
from django.utils import timezone

from partnerships.models.partnership import Partnership
from registry.errors import DomainError
from registry.models import Event

# Asked with `partnership_ids`: an app above answers with the moment of each one's last report,
# by its key; one that never reported is left out.
last_reports_asked = Signal()

YEARS = 2
WARNED_BEFORE = (90, 30)  # days; nobody becomes inactive without the last of them
AT_A_TIME = 500
ACTIVE, INACTIVE = Partnership.Status.ACTIVE.value, Partnership.Status.INACTIVE.value


class Step(NamedTuple):
    """What is due for one partnership: a warning, or a move."""

    partnership_id: int
    verb: str
    falls_due: date
    since: datetime


def steps_due(on: date, rows: "QuerySet[Any] | None" = None) -> Iterator[Step]:
    """What is to be done on a day; nothing is written. Four queries for 500 partnerships."""
    chosen = Partnership.objects.all() if rows is None else rows
    ending = on + timedelta(days=max(WARNED_BEFORE) + 1)
    silent = chosen.filter(status__in=[ACTIVE, INACTIVE]).annotate(since=_SINCE).order_by("pk")
    old = silent.filter(since__lt=_years_before(ending))
    read = old.values_list("pk", "status", "since").iterator(AT_A_TIME)
    while batch := list(islice(read, AT_A_TIME)):
        reported = _last_reports([pk for pk, _, _ in batch])
        told = _told([pk for pk, _, _ in batch])
        for pk, status, since in batch:
            last = max(since, reported.get(pk, since))
            falls_due = _years_after(timezone.localdate(last))
            verb = _verb(status, on, falls_due, told.get(pk, {}), last)
            if verb:
                yield Step(pk, verb, falls_due, last)


def take_steps(on: date) -> dict[str, int]:
    """Warn and move whatever is due on the day, and say how often. Run twice or by two workers
    at once, each warning and each move happens once."""
    taken: dict[str, int] = {}
    for step in list(steps_due(on)):
        if _take(step, on):
            taken[step.verb] = taken.get(step.verb, 0) + 1
    return taken


@transaction.atomic
def _take(step: Step, on: date) -> bool:
    """Do it if it is still due once the partnership is held."""
    held = Partnership.objects.filter(pk=step.partnership_id)
    if not held.select_for_update(no_key=True).values_list("pk").first():
        return False
    due = next(steps_due(on, held), None)
    if due is None or due.verb != step.verb:
        return False
    partnership = held.get()
    if due.verb in (ACTIVE, INACTIVE):
        return _move(partnership, due)
    Event.log(partnership, due.verb, by=None, facts=_facts(due))
    return True


def _move(partnership: Partnership, due: Step) -> bool:
    resumed = {"resumed_at": timezone.now()} if due.verb == ACTIVE else {}
    reason = "Data has come in again." if due.verb == ACTIVE else "No report for two years."
    try:
        Event.move(partnership, due.verb, by=None, reason=reason, facts=_facts(due), **resumed)
    except DomainError:
        return False
    return True


def _facts(due: Step) -> dict[str, str]:
    return {"last_report": due.since.isoformat(), "inactive_on": due.falls_due.isoformat()}


def _verb(
    status: str, on: date, falls_due: date, told: dict[str, datetime], last: datetime
) -> str | None:
    """The one thing that is due; of two warnings that were missed, the nearer one."""
    if status == INACTIVE:
        # By its lead it goes on with `activate`; by itself once it has reported since.
        return ACTIVE if last > told.get(_kind(INACTIVE), last) else None
    given = {kind: at for kind, at in told.items() if at > last}
    nearest = min(WARNED_BEFORE)
    warned = given.get(_kind(warning(nearest)))
    if warned and on >= max(falls_due, timezone.localdate(warned) + timedelta(days=nearest)):
        return INACTIVE
    left = (falls_due - on).days
    for days in sorted(WARNED_BEFORE):
        if left <= days:
            return None if _kind(warning(days)) in given else warning(days)
    return None


def warning(days: int) -> str:
    return f"inactive_in_{days}_days"


def _kind(verb: str) -> str:
    return f"partnership.{verb}"


def _last_reports(keys: list[int]) -> dict[int, datetime]:
    answers: list[Any] = last_reports_asked.send(sender=Partnership, partnership_ids=keys)
    latest: dict[int, datetime] = {}
    for _, answer in answers:
        for pk, at in answer.items():
            latest[pk] = max(at, latest.get(pk, at))
    return latest


def _told(keys: Iterable[int]) -> dict[int, dict[str, datetime]]:
    """When each partnership was last warned, and when it became inactive."""
    kinds = [_kind(verb) for verb in (*map(warning, WARNED_BEFORE), INACTIVE)]
    events = Event.objects.filter(
        subject_type=Partnership._meta.label_lower, subject_id__in=list(keys), kind__in=kinds
    )
    told: dict[int, dict[str, datetime]] = {}
    for pk, kind, at in events.order_by("at", "pk").values_list("subject_id", "kind", "at"):
        told.setdefault(pk, {})[kind] = at
    return told


# The two years begin when it began or last went on, or with a later report.
_SINCE = Greatest(
    Coalesce("activated_at", "registered_at", "created_at"),
    F("resumed_at"),
    output_field=DateTimeField(),
)


def _years_after(day: date) -> date:
    return _in_year(day, day.year + YEARS)


def _years_before(day: date) -> datetime:
    back = _in_year(day, day.year - YEARS)
    return timezone.make_aware(datetime.combine(back + timedelta(days=1), datetime.min.time()))


def _in_year(day: date, year: int) -> date:
    """The same day of another year; of the 29th of February, the 28th."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)
