"""A partnership that has reported for years, and many more like it, made by a few statements."""

from datetime import date
from typing import Any

from bench.rollups import execute

FIRST, STEP = 100_000_000, 100_000  # keys of copies begin here; so many keys for each of them

# Drafts for every unit and period, their values, then all of them approved: what people and the
# product do one after the other, with the same triggers and constraints.
DRAFTS = """
INSERT INTO monitoring_submission (version, created_at, updated_at, status, revision, unit_id,
  period_id, comment{more})
SELECT 1, now(), now(), 'draft', 1, u.id, p.id, ''{values}
FROM monitoring_reportingunit u JOIN partnerships_membership m ON m.id = u.membership_id
JOIN monitoring_framework f ON f.partnership_id = m.partnership_id
JOIN monitoring_period p ON p.framework_id = f.id WHERE f.id = %s
"""
VALUES = """
INSERT INTO monitoring_observation (submission_id, indicator_id, period_id, unit_id, value{more})
SELECT s.id, i.id, s.period_id, s.unit_id, 10 + (s.id + i.id) %% 7{values}
FROM monitoring_submission s JOIN monitoring_period p ON p.id = s.period_id
JOIN monitoring_result r ON r.framework_id = p.framework_id
JOIN monitoring_indicator i ON i.result_id = r.id WHERE p.framework_id = %s
"""
APPROVED = """
UPDATE monitoring_submission s SET status = 'approved', submitted_at = p.ends_on + 5,
  approved_at = p.ends_on + 8, submitted_by_id = %s, approved_by_id = %s
FROM monitoring_period p WHERE p.id = s.period_id AND p.framework_id = %s
"""
COUNTING = """
UPDATE monitoring_observation o SET counts_from = s.approved_at
FROM monitoring_submission s, monitoring_period p
WHERE s.id = o.submission_id AND p.id = s.period_id AND p.framework_id = %s
"""

# The tables of a partnership, each with what leads to the partnership's rows, and the columns
# that point to rows of other tables here.
OF = {
    "partnerships_partnership": ("t.id = {p}", {}),
    "partnerships_partnershipversion": ("t.partnership_id = {p}", {"partnership_id"}),
    "partnerships_membership": ("t.partnership_id = {p}", {"partnership_id"}),
    "monitoring_framework": ("t.partnership_id = {p}", {"partnership_id"}),
    "monitoring_result": ("t.framework_id = {f}", {"framework_id"}),
    "monitoring_indicator": (
        "t.result_id IN (SELECT id FROM monitoring_result WHERE framework_id = {f})",
        {"result_id"},
    ),
    "monitoring_periodtarget": (
        "t.indicator_id IN (SELECT i.id FROM monitoring_indicator i JOIN monitoring_result r"
        + " ON r.id = i.result_id WHERE r.framework_id = {f})",
        {"indicator_id"},
    ),
    "monitoring_period": ("t.framework_id = {f}", {"framework_id"}),
    "monitoring_reportingunit": (
        "t.membership_id IN (SELECT id FROM partnerships_membership WHERE partnership_id = {p})",
        {"membership_id"},
    ),
    "monitoring_submission": (
        "t.period_id IN (SELECT id FROM monitoring_period WHERE framework_id = {f})",
        {"period_id", "unit_id"},
    ),
    "monitoring_observation": (
        "t.period_id IN (SELECT id FROM monitoring_period WHERE framework_id = {f})",
        {"submission_id", "indicator_id", "period_id", "unit_id"},
    ),
}
OWN = {
    "reference": "'P-' || 3000 + g / 50000 || '-' || lpad((g % 50000)::text, 5, '0')",
    "series": "gen_random_uuid()",
    "agreement_id": "NULL",
}


def reported_partnership(indicators: int, periods: int, members: int) -> Any:
    """Its framework: so many indicators, quarters from 2023 on, and members with a unit each."""
    from partnerships.models import PartnershipVersion
    from tests import factories as make

    partnership = make.PartnershipFactory(active=True, starts_on=date(2023, 1, 1))
    PartnershipVersion.objects.take(partnership, "registered", by=None)
    memberships = [partnership.memberships.get()]
    memberships += make.MembershipFactory.create_batch(members - 1, partnership=partnership)
    framework = make.FrameworkFactory(
        partnership=partnership, agreed=True, starts_on=date(2023, 1, 1), ends_on=date(2026, 12, 31)
    )
    kinds: list[dict[str, Any]] = [
        {},
        {"cumulative": True, "baseline_value": 0},
        {"point_in_time": True, "baseline_value": 0},
    ]
    result = make.ResultFactory(framework=framework)
    for number in range(indicators):
        indicator = make.IndicatorFactory(result=result, **kinds[number % 3])
        make.PeriodTargetFactory(
            indicator=indicator,
            starts_on=framework.starts_on,
            ends_on=framework.ends_on,
            value=5000,
        )
    for _ in range(periods):
        make.PeriodFactory(framework=framework)
    for membership in memberships:
        make.ReportingUnitFactory(membership=membership, since_on=date(2022, 12, 1))
    people = [make.UserFactory().pk, make.UserFactory().pk]
    execute(_filled("monitoring_submission", DRAFTS), [framework.pk])
    execute(_filled("monitoring_observation", VALUES), [framework.pk])
    execute(APPROVED, [*people, framework.pk])
    execute(COUNTING, [framework.pk])
    return framework


def _filled(table: str, statement: str) -> str:
    """With the columns that must not be empty and that the database does not fill itself."""
    columns = execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
        " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'"
        " AND is_generated = 'NEVER'",
        [table],
    )
    named = statement.split("(", 1)[1].split("{more}")[0]
    lacking = [(n, t) for n, t in columns if n not in named.replace(",", " ").split()]
    empty = {"boolean": "false", "text": "''", "character varying": "''", "ARRAY": "'{}'"}
    special = {"verification": "'self_reported'"}
    values = [special.get(n, empty.get(t, "1")) for n, t in lacking]
    return statement.format(
        more="".join(f", {n}" for n, _ in lacking), values="".join(f", {v}" for v in values)
    )


def copies_of(framework: Any, number: int) -> None:
    """So many partnerships with all its rows; triggers off, as in a dump that is restored."""
    keys = {"p": str(framework.partnership_id), "f": str(framework.pk)}
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in OF:
        execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for table, (where, points) in OF.items():
        _copied(table, where.format(**keys), points, number)
    for table in OF:
        execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    execute("ANALYZE")


def _copied(table: str, where: str, points: set[str], number: int) -> None:
    """A copy's key is the original's, moved by the copy's number."""
    moved = f"{FIRST} + g * {STEP} + t.{{}} %% {STEP}".replace("%%", "%")
    columns = execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = %s AND is_generated = 'NEVER'",
        [table],
    )
    names = [name for (name,) in columns]
    made = [
        moved.format(name) if name == "id" or name in points else OWN.get(name, f't."{name}"')
        for name in names
    ]
    quoted = ", ".join(f'"{name}"' for name in names)
    # As they come in: quarter by quarter, partnership after partnership.
    order = "t.period_id, g, t.id" if "period_id" in names else "g, t.id"
    execute(
        f"INSERT INTO {table} ({quoted}) SELECT {', '.join(made)}"
        f" FROM {table} t, generate_series(1, {number}) g WHERE {where} ORDER BY {order}"
    )
