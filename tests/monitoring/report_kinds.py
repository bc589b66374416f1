"""A small stored report of every kind that has a writer, computed as a run computes it."""

from datetime import UTC, date, datetime
from decimal import Decimal

from monitoring.models import ReportRun
from monitoring.models.report_subjects import OF_KIND
from monitoring.reports.kinds import build
from monitoring.reports.snapshot import digest
from tests import factories as f

CUTOFF = datetime(2024, 6, 1, tzinfo=UTC)
TITLE = "Wells for all: آبار للجميع 井水工程"


def small_world():
    """A partnership with two members, one quarter's data, and promises; by subject's name."""
    country = f.CountryFactory(alpha2="KE")
    target = f.TargetFactory(goal=f.GoalFactory(number=6))
    partnership = f.PartnershipFactory(active=True, title=TITLE, primary_goal=target.goal)
    f.PartnershipCountryFactory(partnership=partnership, country=country)
    f.MembershipFactory(partnership=partnership)
    lead = partnership.memberships.get(roles=["lead"])
    framework = f.FrameworkFactory(partnership=partnership, agreed=True)
    wells = f.IndicatorFactory(
        result__framework=framework, title="=cmd|' /C calc'!A0", cumulative=True
    )
    f.PeriodTargetFactory(indicator=wells, value=Decimal(100))
    f.IndicatorFactory(
        result__framework=framework, title="<script>alert(1)</script> مضخات", cumulative=True
    )
    unit = f.ReportingUnitFactory(membership=lead, since_on="2024-01-01")
    period = f.PeriodFactory(framework=framework)
    f.SubmissionFactory(unit=unit, period=period, values={wells: Decimal(40)}, approved=True)
    f.CommitmentFactory(partnership=partnership, due_on=date(2024, 3, 1))
    return {
        "partnership": partnership,
        "period": period,
        "partner": lead.partner,
        "goal": target.goal,
        "target": target,
        "country": country,
    }


def made_report(kind, world=None, **more):
    """The report of a kind over the quarter of the small world, as its builder makes it."""
    world = world or small_world()
    about = {f"{name}_id": world[name].pk for name in OF_KIND[kind]}
    days = {"starts_on": world["period"].starts_on, "ends_on": world["period"].ends_on}
    if kind not in ("partnership", "country", "partner", "goal", "target"):
        days = {"starts_on": date(2024, 1, 1), "ends_on": date(2024, 12, 31)}
    run = ReportRun(
        kind=kind, **about, **days, reference_on=days["ends_on"], cutoff_at=CUTOFF, revision=1
    )
    content = build(run)
    line = {name: value for name, value in run.line.items() if name not in ("period_id",)}
    shown = {"period": world["period"] if kind == "partnership" else None, **line}
    return f.ReportFactory(
        **shown,
        partnership=world["partnership"] if "partnership" in OF_KIND[kind] else None,
        content=content,
        sha256=digest(content),
        reference_on=run.reference_on,
        cutoff_at=CUTOFF,
        **{"published": True, **more},
    )
