"""Countries that name a focal point, list priorities and answer the entries of their reports."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from monitoring.demo.history import History
from monitoring.demo.people import People
from monitoring.demo.promises import Entered
from monitoring.demo.reading import moment, topic
from monitoring.models import ContributionStatement, Report, ReportKind, ReportRun
from monitoring.reports.kinds import build
from monitoring.reports.snapshot import digest
from registry.models import Country, FocalPoint, NationalPriority, Target

YEAR = 2025
CUTOFF = moment(date(2026, 3, 31), hour=18)
PUBLISHED = moment(date(2026, 4, 16))


def speak_for_countries(entered: Sequence[Entered]) -> None:
    """Before reports are computed: their scorecards say which Governments have seen the work."""
    people, history = entered[0].people, entered[0].history
    by_name = {one.spec["name"]: one for one in entered}
    for alpha2, told in topic("countries").items():
        point = _focal_point(alpha2, told, people, history)
        for position, one in enumerate(told["priorities"], start=1):
            _priority(point, one, position, people, history, told["focal_point"])
        for one in told.get("statements", []):
            _statement(point, by_name[one["partnership"]], one, told["focal_point"])


def report_on_countries(people: People, history: History) -> int:
    """The country reports of a full year, by the same engine as every other, published."""
    countries = Country.objects.filter(alpha2__in=topic("countries")).order_by("alpha2")
    for country in countries:
        _report(country, people, history)
    return len(countries)


def _focal_point(alpha2: str, told: Any, people: People, history: History) -> FocalPoint:
    at = moment(told["named_on"])
    country = Country.objects.get(alpha2=alpha2)
    point = FocalPoint.objects.create(
        country=country,
        partner=people.partners[told["focal_point"]],
        named_on=told["named_on"],
        created_at=at,
        updated_at=at,
    )
    history.tell(point, "named", at, by=people.admin)
    return point


def _priority(
    point: FocalPoint, told: Any, position: int, people: People, history: History, speaker: str
) -> None:
    at = moment(told["since_on"])
    priority = NationalPriority.objects.create(
        country=point.country,
        title=told["title"],
        text=told["text"],
        position=position,
        since_on=told["since_on"],
        created_at=at,
        updated_at=at,
    )
    priority.targets.set(Target.objects.filter(code__in=told["targets"]))
    history.tell(priority, "listed", at, by=people.managers[speaker])


def _statement(point: FocalPoint, about: Entered, told: Any, speaker: str) -> None:
    said_at: datetime = moment(told["said_on"])
    by = about.people.managers[speaker]
    fields = {
        name: told[name]
        for name in ("year", "kind", "text", "review", "review_year", "reference")
        if name in told
    }
    statement = ContributionStatement(
        country=point.country,
        partnership=about.partnership,
        focal_point=point,
        by=by,
        said_at=said_at,
        **fields,
    )
    statement.check_values()
    statement.save()
    about.history.tell(statement, statement.kind, said_at, by=by)


def _report(country: Country, people: People, history: History) -> None:
    run = ReportRun(
        kind=ReportKind.COUNTRY,
        country=country,
        starts_on=date(YEAR, 1, 1),
        ends_on=date(YEAR, 12, 31),
        reference_on=date(YEAR, 12, 31),
        cutoff_at=CUTOFF,
        status=ReportRun.Status.READY,
        queued_at=CUTOFF,
        started_at=CUTOFF,
        finished_at=CUTOFF,
        attempts=1,
        fence=1,
    )
    content = build(run)
    run.report = Report.objects.create(
        **run.line,
        reference_on=run.reference_on,
        cutoff_at=CUTOFF,
        content=content,
        sha256=digest(content),
        status=Report.Status.PUBLISHED,
        review_since=CUTOFF,
        published_at=PUBLISHED,
        created_at=CUTOFF,
        updated_at=PUBLISHED,
    )
    run.save()
    history.tell(run.report, "computed", CUTOFF, became="draft")
    history.moved(run.report, "draft", "in_review", CUTOFF, by=people.admin)
    history.moved(run.report, "in_review", "published", PUBLISHED, by=people.admin)
