"""Loads the demonstration into an empty database, all of it or nothing."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from monitoring.demo.annual import write_annual_reports
from monitoring.demo.countries import report_on_countries, speak_for_countries
from monitoring.demo.data_review import review_data
from monitoring.demo.editions import begin_editions, remind_of_last_quarter
from monitoring.demo.history import History
from monitoring.demo.measures import Agreed, Surveyor
from monitoring.demo.overviews import publish_overviews
from monitoring.demo.people import load_people, load_rates
from monitoring.demo.promises import Registrar
from monitoring.demo.published import publish
from monitoring.demo.reading import TODAY, moment, partnerships
from monitoring.demo.reporting import Newsroom, Sent
from monitoring.demo.reviews import review_companies
from monitoring.demo.steps import STEPS
from monitoring.demo.storing import store
from monitoring.models import (
    Indicator,
    Observation,
    Period,
    PeriodTarget,
    ReportingUnit,
    Submission,
)
from partnerships.models import Membership, Partnership
from registry.errors import DomainError
from registry.models import Event, Goal, Partner
from registry.telling import tell_quietly

LATELY = timedelta(days=60)  # what people find among their notices
CLOSES_AFTER = timedelta(days=120)
# Of the third quarter, due on 30 October.
REMINDED_ON = [date(2026, 10, 16), date(2026, 10, 27), date(2026, 10, 30), date(2026, 11, 6)]


def is_empty() -> bool:
    return not (Partnership.objects.exists() or Partner.objects.exists())


@transaction.atomic
def seed() -> dict[str, int]:
    """Load everything and say how much; refuses a database that has anybody's work in it."""
    if not is_empty():
        raise DomainError("not_empty", "The database holds partners or partnerships already.")
    if not Goal.objects.exists():
        raise DomainError("no_vocabularies", "Run load_vocabularies first.")
    history = History()
    people = load_people()
    review_companies(people)
    load_rates()
    entered = Registrar(people, history).enter(partnerships())
    for step in STEPS:
        step(entered)
    speak_for_countries(entered)
    surveyor = Surveyor()
    agreed = [framework for one in entered for framework in surveyor.measure(one)]
    sent = [s for framework in agreed for s in Newsroom(framework, surveyor.categories).write()]
    store(sent)
    _close(agreed, sent)
    begin_editions(entered, agreed)
    remind_of_last_quarter(agreed, REMINDED_ON)
    history.store()  # reports read from the events what had been sent when
    review_data(agreed, sent, people)
    _count_rows()
    reports = sum(publish(framework, people.admin) for framework in agreed)
    history.store()
    reports += write_annual_reports(entered)
    reports += publish_overviews(people, history)
    reports += report_on_countries(people, history)
    history.store()
    tell_quietly(moment(TODAY) - LATELY)
    return {
        "partners": len(people.partners),
        "partnerships": len(entered),
        "submissions": len(sent),
        "observations": sum(len(item.observations) for item in sent),
        "reports": reports,
    }


def _count_rows() -> None:
    """Tell the planner how much came in: without it, computing the reports takes twice as long."""
    read = (Event, Membership, ReportingUnit, Period, Indicator, PeriodTarget, Submission)
    tables = ", ".join(model._meta.db_table for model in (*read, Observation))
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")


def _close(agreed: Iterable[Agreed], sent: Iterable[Sent]) -> None:
    """Close the periods that are long over, once everything sent for them was decided."""
    undecided, decided = set(), defaultdict(list)
    for item in sent:
        if item.submission.approved_at is None:
            undecided.add(item.submission.period_id)
        decided[item.submission.period_id].append(item.submission.updated_at)
    closed = []
    for framework in agreed:
        for period in framework.periods:
            at = _closing(period, decided[period.pk])
            if at < moment(TODAY) and period.pk not in undecided:
                period.status, period.closed_at = Period.Status.CLOSED, at
                period.updated_at = at
                closed.append(period)
                by = framework.entered.manager
                framework.entered.history.moved(period, "open", "closed", at, by=by)
    Period.objects.bulk_update(closed, ["status", "closed_at", "updated_at"])


def _closing(period: Period, decided: list[datetime]) -> datetime:
    return max([moment(period.due_on) + CLOSES_AFTER, *(at + timedelta(days=7) for at in decided)])
