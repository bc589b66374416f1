"""Frameworks with results, indicators, targets, units and periods, and how they were agreed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from monitoring.demo.agreeing import Agreeing
from monitoring.demo.promises import Entered
from monitoring.demo.reading import TODAY, Spec, key, moment
from monitoring.demo.values import ADDED_UP, GROWING, Course
from monitoring.models import (
    Category,
    DataLevel,
    Dimension,
    Framework,
    Indicator,
    Period,
    PeriodTarget,
    ReportingUnit,
    Result,
)
from registry.models import Country, GlobalIndicator

NUMBER = {"measure": "number", "accumulation": "flow", "combine": "sum"}
STATE = {**NUMBER, "accumulation": "point_in_time"}
APART = {"counts_people": "unique", "units_overlap": False}
KINDS: dict[str, Spec] = {
    "flow": NUMBER,
    "contacts": {**NUMBER, "counts_people": "contacts"},
    "unique": {**NUMBER, "counts_people": "unique"},
    "new_people": {**NUMBER, **APART, "counts_new_people": True},
    "running": {**NUMBER, "accumulation": "cumulative"},
    "money": {**NUMBER, "measure": "currency"},
    "money_running": {**NUMBER, "measure": "currency", "accumulation": "cumulative"},
    "state": STATE,
    "state_mean": {**STATE, "combine": "mean"},
    "state_min": {**STATE, "combine": "min"},
    "state_max": {**STATE, "combine": "max"},
    "maintain": {**STATE, "combine": "mean", "direction": "maintain_up"},
    "maintain_down": {**STATE, "combine": "mean", "direction": "maintain_down"},
    "ratio": {**STATE, "measure": "ratio", "combine": "ratio"},
    "percent": {**STATE, "measure": "percent", "combine": "none"},
    "rating": {
        **STATE,
        "measure": "rating",
        "combine": "mean",
        "rating_min": Decimal(1),
        "rating_max": Decimal(5),
    },
    "yes_no": {**STATE, "measure": "yes_no", "combine": "min"},
    "narrative": {**NUMBER, "measure": "narrative", "combine": "none"},
}
METHODS = {
    "number": "Counted from registers at the end of each period; a second person adds up again.",
    "currency": "Sum of booked payments; the bank statement is kept with the register.",
    "ratio": "Both parts counted in the same survey or register, never estimated apart.",
    "percent": "Estimate of the office named as source.",
    "rating": "Each respondent marks alone; the mean is taken over all marks.",
    "yes_no": "Answered by the member named, with the document that shows it.",
    "narrative": "Written down at the quarterly meeting and read back to those present.",
}


@dataclass
class Measured:
    """An indicator with the course that its values take."""

    indicator: Indicator
    row: Spec
    course: Course


@dataclass
class Agreed:
    """A framework with what reporting needs of it."""

    entered: Entered
    spec: Spec
    framework: Framework
    spans: list[tuple[date, date]]
    measured: list[Measured] = field(default_factory=list)
    units: list[ReportingUnit] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)

    def reporters(self, item: Measured) -> list[int]:
        """Which units report an indicator: those named, or all that fit its place."""
        by_place = item.indicator.by_place
        fitting = [
            number
            for number, unit in enumerate(self.units)
            if bool(unit.place or unit.country_id) == by_place
        ]
        return item.row.get("of", fitting)


class Surveyor:
    """Enters the frameworks of partnerships."""

    def __init__(self) -> None:
        self.countries = dict(Country.objects.values_list("alpha2", "pk"))
        self.library = dict(GlobalIndicator.objects.values_list("code", "pk"))
        shared = Dimension.objects.filter(framework=None)
        self.dimensions = {dimension.code: dimension for dimension in shared}
        self.categories = {
            (category.dimension.code, category.code): category
            for category in Category.objects.filter(dimension__in=shared).select_related(
                "dimension"
            )
        }

    def measure(self, entered: Entered) -> list[Agreed]:
        return [
            self._framework(entered, spec, edition)
            for edition, spec in enumerate(entered.spec.get("frameworks", []), start=1)
        ]

    def _framework(self, entered: Entered, spec: Spec, edition: int) -> Agreed:
        proposed = spec.get("proposed_on") or spec["agreed_on"] - timedelta(days=14)
        framework = Framework.objects.create(
            partnership=entered.partnership,
            edition=edition,
            title=spec["title"],
            cadence=spec.get("cadence", "quarterly"),
            starts_on=spec["starts_on"],
            ends_on=spec["ends_on"],
            grace_days=spec.get("grace_days", 30),
            time_zone=spec.get("time_zone", "UTC"),
            theory_of_change=spec.get("theory_of_change", ""),
            assumptions=spec.get("assumptions", ""),
            levels=spec.get("levels") or self._levels(entered, spec),
            created_at=moment(proposed, days=-20),
            updated_at=moment(spec.get("superseded_on") or spec.get("agreed_on") or proposed),
        )
        entered.history.tell(
            framework, "drafted", framework.created_at, by=entered.manager, became="draft"
        )
        agreed = Agreed(entered, spec, framework, list(framework.spans()))
        agreed.units = self._units(agreed)
        for row in spec["results"]:
            self._result(agreed, row)
        Agreeing(entered, spec, framework, proposed).settle()
        agreed.periods = _periods(agreed)
        return agreed

    def _levels(self, entered: Entered, spec: Spec) -> list[str]:
        """Those at which the units are, and the partnership's own: some of these report nothing."""
        named = {_level_of(entered, row) for row in spec["units"]} | {entered.partnership.level}
        return [level for level in DataLevel.values if level in named]

    def _units(self, agreed: Agreed) -> list[ReportingUnit]:
        """Units are the members' own: a second edition of a framework takes them over."""
        rows = agreed.spec["units"]
        units = [self._unit(agreed, row) for row in rows]
        for unit, row in zip(units, rows, strict=True):
            if "successor" in row:
                _hand_over(unit, units[row["successor"]])
        return units

    def _unit(self, agreed: Agreed, row: Spec) -> ReportingUnit:
        first = row.get("from")
        where = {"country_id": self.countries[row["country"]]} if "country" in row else {}
        unit, _ = ReportingUnit.objects.get_or_create(
            membership=agreed.entered.members[row["of"]],
            country__isnull=not where,
            place=row.get("place", ""),
            defaults={
                "since_on": _first_day(agreed, first) if first else agreed.spec["starts_on"],
                "level": _level_of(agreed.entered, row),
            },
            **where,
        )
        return unit

    def _result(self, agreed: Agreed, row: Spec) -> None:
        created = agreed.framework.created_at
        result = Result.objects.create(
            framework=agreed.framework,
            series=key(agreed.framework.partnership.title, row["level"], row["title"]),
            level=row["level"],
            title=row["title"],
            assumptions=row.get("assumptions", ""),
            created_at=created,
            updated_at=created,
        )
        for indicator_row in row["indicators"]:
            self._indicator(agreed, result, indicator_row)

    def _indicator(self, agreed: Agreed, result: Result, row: Spec) -> None:
        months = Framework.MONTHS[Framework.Cadence(agreed.framework.cadence)]
        course = Course(row, len(agreed.measured), len(agreed.spans), 12 // months)
        indicator = Indicator(
            result=result,
            series=key(agreed.framework.partnership.title, row["code"]),
            code=row["code"],
            title=row["title"],
            created_at=result.created_at,
            updated_at=result.created_at,
            **self._meaning(row),
            **_baseline(row, agreed.framework.starts_on - timedelta(days=1)),
            **({} if row.get("bare") else self._sheet(agreed, row)),
        )
        indicator.continues = indicator.former()
        item = Measured(indicator, row, course)
        members = {agreed.units[number].membership for number in agreed.reporters(item)}
        indicator.responsible = members.pop() if "of" in row and len(members) == 1 else None
        indicator.save()
        indicator.dimensions.set([self.dimensions[code] for code in row.get("split", {})])
        PeriodTarget.objects.bulk_create(self._targets(agreed, item))
        agreed.measured.append(item)

    def _meaning(self, row: Spec) -> Spec:
        meaning = {
            **KINDS[row["kind"]],
            "unit": row.get("unit", ""),
            "currency_id": row.get("currency"),
            "by_place": row.get("place", False),
            "tolerance": row.get("tolerance"),
        }
        if row.get("falling"):
            meaning["direction"] = "decrease"
        if "counts" in row:
            meaning |= {"counts_people": row["counts"], "units_overlap": False}
        return meaning

    def _sheet(self, agreed: Agreed, row: Spec) -> Spec:
        """What a complete metadata sheet says."""
        code, _, link = row.get("library", ":none").partition(":")
        cadence = agreed.framework.get_cadence_display()
        return {
            "definition": row["definition"],
            "method": METHODS[KINDS[row["kind"]]["measure"]],
            "source": f"Registers of the members of {agreed.framework.partnership.title}"[:300],
            "frequency": f"{cadence}, with the member's own report",
            "means_of_verification": "Signed register or photograph; one entry in ten is visited.",
            "global_indicator_id": self.library[code] if code else None,
            "library_link": link,
        }

    def _targets(self, agreed: Agreed, item: Measured) -> Iterator[PeriodTarget]:
        """A flow has one for each year, the others one for each period."""
        row, course, spans = item.row, item.course, agreed.spans
        if not row.get("targets", True):
            return
        if "by" in row:
            first, last = spans[_number(agreed, row["by"])]
            yield _target(item, first, last, Decimal(1))
        elif row["kind"] in ADDED_UP:
            yield from self._yearly(item, spans)
        else:
            for k, (first, last) in enumerate(spans):
                value = course.target(k)
                if value is not None:
                    yield _target(item, first, last, value)

    def _yearly(self, item: Measured, spans: list[tuple[date, date]]) -> Iterator[PeriodTarget]:
        per_year = item.course.per_year
        for year, value in enumerate(item.row["plan"]):
            of_year = spans[year * per_year : (year + 1) * per_year]
            first, last = of_year[0][0], of_year[-1][1]
            yield _target(item, first, last, Decimal(value))
            for code, share in item.row.get("split_targets", {}).items():
                part = _target(item, first, last, Decimal(round(value * share)))
                part.category = self.categories["SEX", code]
                yield part


def _level_of(entered: Entered, row: Spec) -> str:
    """Of a place a community or a province, as the partnership has it; of a country national."""
    level = entered.partnership.level
    if row.get("place"):
        return level if level == DataLevel.COMMUNITY else DataLevel.SUBNATIONAL
    return DataLevel.NATIONAL if "country" in row else level


def _hand_over(unit: ReportingUnit, to: ReportingUnit) -> None:
    """From the day after the member's last one."""
    left_on = unit.membership.ended_on
    if unit.successor is None and left_on:
        unit.successor, unit.successor_since = to, left_on + timedelta(days=1)
        unit.handed_over_at = moment(left_on, hour=15)
        unit.save(update_fields=["successor", "successor_since", "handed_over_at"])


def _baseline(row: Spec, on: date) -> Spec:
    if row["kind"] not in GROWING and not {"base", "base_parts", "by"} & set(row):
        return {}
    if "base_parts" in row:
        numerator, denominator = row["base_parts"]
        return {
            "baseline_numerator": numerator,
            "baseline_denominator": denominator,
            "baseline_on": on,
        }
    return {"baseline_value": Decimal(str(row.get("base", 0))), "baseline_on": on}


def _target(item: Measured, first: date, last: date, value: Decimal) -> PeriodTarget:
    created = item.indicator.created_at
    return PeriodTarget(
        indicator=item.indicator,
        starts_on=first,
        ends_on=last,
        value=value,
        created_at=created,
        updated_at=created,
    )


def _periods(agreed: Agreed) -> list[Period]:
    """Those that had begun, while the framework was in force."""
    framework = agreed.framework
    if not framework.agreed_at:
        return []
    end = agreed.spec.get("superseded_on", TODAY)
    begun = [span for span in agreed.spans if span[0] <= end]
    periods = [Period.of_span(framework, first, last) for first, last in begun]
    for period in periods:
        period.created_at = period.updated_at = moment(period.starts_on, hour=0, minute=10)
    return Period.objects.bulk_create(periods)


def _number(agreed: Agreed, label: str) -> int:
    labels = [Period.of_span(agreed.framework, *span).label for span in agreed.spans]
    return labels.index(label)


def _first_day(agreed: Agreed, label: str) -> date:
    return agreed.spans[_number(agreed, label)][0]
