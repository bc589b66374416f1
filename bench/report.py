"""One partnership report: 40 indicators, 12 periods, 10 members, against one grouped SQL."""

from datetime import UTC, datetime
from decimal import Decimal

from bench.measure import compare, setup

RAW = """
SELECT o.indicator_id, o.period_id, sum(o.value), count(*)
FROM monitoring_observation o
JOIN monitoring_period p ON p.id = o.period_id
WHERE p.framework_id = %s AND o.category_id IS NULL AND o.counts_until IS NULL
GROUP BY 1, 2
"""


def main() -> None:
    setup()
    from django.db import connection, transaction

    from monitoring.aggregation import partnership_figures
    from monitoring.reports.snapshot import partnership_report

    with transaction.atomic():
        framework = subject()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as autovacuum does in a database that is in use
        period = framework.periods.last()
        cutoff = datetime(2028, 1, 1, tzinfo=UTC)

        def raw() -> list[tuple[object, ...]]:
            with connection.cursor() as cursor:
                cursor.execute(RAW, [framework.pk])
                return cursor.fetchall()

        def figures() -> object:
            return partnership_figures(
                framework.partnership, reference_on=period.ends_on, cutoff_at=cutoff
            )

        def report() -> object:
            return partnership_report(period, reference_on=period.ends_on, cutoff_at=cutoff)

        print(f"{len(raw())} cells of {40 * 12 * 10} observations")
        compare("figures against one grouped SQL", figures, raw)
        compare("report against one grouped SQL", report, raw)
        transaction.set_rollback(True)


def subject():  # type: ignore[no-untyped-def]
    from monitoring.models import Observation, Submission
    from tests import factories as make

    partnership = make.PartnershipFactory(active=True)
    members = [partnership.memberships.get()]
    members += make.MembershipFactory.create_batch(9, partnership=partnership)
    framework = make.FrameworkFactory(partnership=partnership, agreed=True)
    kinds = [
        {},
        {"cumulative": True, "baseline_value": 0},
        {"point_in_time": True, "baseline_value": 0},
    ]
    indicators = [
        make.IndicatorFactory(result__framework=framework, **kinds[n % 3]) for n in range(40)
    ]
    for indicator in indicators:
        make.PeriodTargetFactory(indicator=indicator, ends_on=framework.ends_on, value=5000)
    periods = [make.PeriodFactory(framework=framework) for _ in range(12)]
    units = [make.ReportingUnitFactory(membership=member) for member in members]
    for period in periods:
        for unit in units:
            submission = Submission.objects.create(unit=unit, period=period)
            Observation.objects.bulk_create(
                Observation(
                    submission=submission,
                    indicator=indicator,
                    period=period,
                    unit=unit,
                    value=Decimal(10),
                )
                for indicator in indicators
            )
            make.approve(submission)
    return framework


if __name__ == "__main__":
    main()
