"""Partnerships with published reports whose figures a test writes down itself."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from monitoring.models import PublicationRule, Report, ReportRun
from monitoring.reports.kinds import build
from registry.models import Event
from tests.factories import (
    FrameworkFactory,
    PartnershipFactory,
    PeriodFactory,
    PublicationRuleFactory,
    ReportFactory,
)

Q1 = (date(2025, 1, 1), date(2025, 3, 31))
Q2 = (date(2025, 4, 1), date(2025, 6, 30))
OLD = (date(2023, 1, 1), date(2023, 3, 31))
CUTOFF = datetime(2025, 9, 1, tzinfo=UTC)


def content(
    *, measures=(), score=None, high=None, due=0, reported=0, oldest=None, indicators=(), **more
):
    """A partnership report's content: measures are {code: value, None or "n/a"}; `score` is the
    whole one and both ends of the range, unless `high` is that and the upper end."""
    ends = {"low": score, "high": high or score, "total": high or score}
    said = [_measure(code, value) for code, value in dict(measures).items()]
    return {
        "completeness": {"due": due, "reported": reported},
        "lights": {"timeliness": {"inputs": {"oldest_missing_due_on": oldest}}},
        "scorecard": {"measures": said, **ends},
        "indicators": list(indicators),
        **more,
    }


def _measure(code, value):
    numerator = denominator = None
    if isinstance(value, tuple):
        numerator, denominator = value
        value = str(Decimal(numerator) / Decimal(denominator))
    state = {None: "no_data", "n/a": "not_applicable"}.get(value, "measured")
    return {
        "code": code,
        "state": state,
        "value": value if state == "measured" else None,
        "numerator": numerator and str(numerator),
        "denominator": denominator and str(denominator),
    }


def indicator(row, value, *, year=None, progress=None, light="on_track", reason="", **more):
    """What a content says of an indicator; `year` is as the value where it is not given."""
    year = value if year is None else year
    parts = {"low": None, "high": None, "numerator": None, "denominator": None, **more}
    return {
        "id": row.pk,
        "level": "output",
        "year": {"value": year, "reason": reason, **parts},
        "to_date": {"value": value, "reason": reason, "units_contributing": 1, **parts},
        "progress": {"value": progress},
        "light": {"colour": light},
    }


def partnership(**fields):
    fields.setdefault("active", True)
    made = PartnershipFactory(**fields)
    FrameworkFactory(partnership=made, agreed=True)
    return made


def report(made, days=Q2, *, published=None, lights=("up_to_date", "on_track"), **said):
    """A published report on some days; `published` is the moment, 60 days after them if none."""
    starts_on, ends_on = days
    framework = made.frameworks.get()
    period = framework.periods.filter(ends_on=ends_on).first()
    period = period or PeriodFactory(framework=framework, starts_on=starts_on, ends_on=ends_on)
    return ReportFactory(
        period=period,
        status="published",
        published_at=published or datetime.combine(ends_on + timedelta(days=60), time(), UTC),
        content=content(**said),
        timeliness=lights[0],
        achievement=lights[1],
        revision=period.reports.count() + 1,
    )


def end(one, became, at):
    """Superseded or withdrawn at a moment, as the event of it says."""
    one.change(status=became)
    Event.objects.create(
        kind=f"report.{became}",
        subject_type="monitoring.report",
        subject_id=one.pk,
        was="published",
        became=became,
        at=at,
    )


def run(kind, days=Q2, cutoff_at=CUTOFF, **subject):
    return ReportRun(
        kind=kind,
        **subject,
        starts_on=days[0],
        ends_on=days[1],
        reference_on=days[1],
        cutoff_at=cutoff_at,
    )


def built(kind, days=Q2, cutoff_at=CUTOFF, **subject):
    return build(run(kind, days, cutoff_at, **subject))


def stored(report):
    """The report as the database has it now."""
    return Report.objects.get(pk=report.pk)


def rule(kind="partnership", **values):
    """The kind's rule of publication, with these values as if an admin had set them."""
    found = PublicationRuleFactory(kind=kind)
    PublicationRule.objects.filter(pk=found.pk).update(**values)
