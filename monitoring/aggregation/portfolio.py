"""Figures over many partnerships, by library indicator: RULES 7, 8 and 12.

Only what measures the same is added: indicators whose link to the library is `identical`, of one
measure, unit, currency, accumulation and combine rule. What is left out is named with its reason.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from monitoring.aggregation.cells import Combined, combined
from monitoring.aggregation.editions import held_on
from monitoring.aggregation.figures import NO_ACTUAL, Figure, quotient
from monitoring.aggregation.fragments import CELL, NARROWEST, NOW, UNIT_VALUE, VIEW
from monitoring.models import Indicator
from partnerships.models import Partnership

Combine, Accumulation = Indicator.Combine, Indicator.Accumulation

_NARROWEST = NARROWEST.format(
    holds="c.until_at IS NULL",
    partnership="ind.partnership_id",
    series="i.series",
    by_place="i.by_place",
    country="u.country_id",
    places="r.place = '' OR lower(r.place) = lower(u.place)",
)
_SQL = f"""
WITH {VIEW.format(which="id = ANY(%(frameworks)s)", until="p.ends_on <= %(last)s")},
{CELL.format(counts=NOW, wanted="o.category_id IS NULL AND ind.id = ANY(%(indicators)s)")},
{UNIT_VALUE}, taken AS (
  -- A flow: what happened in the year. The rest: as of the last period, of a state in the year.
  SELECT indicator_id, unit_id, starts_on, ends_on, value, numerator, denominator,
         is_provisional, value AS most, true AS reported, ends_on AS value_on
  FROM cell WHERE accumulation = 'flow' AND ends_on >= %(first)s
  UNION ALL
  SELECT v.indicator_id, v.unit_id, %(first)s, %(last)s, v.value, v.numerator, v.denominator,
         v.is_provisional, NULL, v.reported, v.value_on
  FROM unit_value v
  JOIN per ON per.framework_id = v.framework_id AND per.n = v.n AND per.n = per.last_n
  JOIN ind ON ind.id = v.indicator_id
  WHERE ind.accumulation = 'cumulative'
     OR ind.accumulation = 'point_in_time' AND per.ends_on >= %(first)s
), shared AS (
  -- The narrowest shared result that a unit's figure, of a flow each period's, falls under.
  SELECT t.*, u.country_id, COALESCE(c.share, 1) AS share, c.shared_result_id
  FROM taken t
  JOIN monitoring_indicator i ON i.id = t.indicator_id
  JOIN monitoring_reportingunit u ON u.id = t.unit_id
  JOIN ind ON ind.id = t.indicator_id
  LEFT JOIN LATERAL ({_NARROWEST}) c ON true
  WHERE NOT i.by_place OR %(country)s IS NULL OR u.country_id = %(country)s
), of_unit AS (
  SELECT indicator_id, sum(value) AS value, sum(numerator) AS numerator,
         sum(denominator) AS denominator, bool_or(is_provisional) AS is_provisional,
         max(most) AS most, bool_and(reported) AS reported, max(value_on) AS value_on,
         sum(share * value) AS own_value, sum(share * numerator) AS own_numerator,
         sum(share * denominator) AS own_denominator
  FROM shared GROUP BY indicator_id, unit_id
), under AS (
  SELECT indicator_id,
         array_agg(DISTINCT shared_result_id) FILTER (WHERE shared_result_id IS NOT NULL)
           AS results,
         array_agg(DISTINCT country_id) FILTER (WHERE shared_result_id IS NULL) AS countries,
         count(*) FILTER (WHERE shared_result_id IS NULL) AS unshared
  FROM shared GROUP BY indicator_id
)
SELECT indicator_id, sum(value), min(value), max(value), sum(numerator), sum(denominator),
       count(*)::int, (count(*) FILTER (WHERE reported))::int, bool_or(is_provisional),
       min(value_on) FILTER (WHERE NOT reported), sum(most), max(most),
       sum(own_value), sum(own_numerator), sum(own_denominator), results, countries, unshared
FROM of_unit JOIN under USING (indicator_id)
GROUP BY indicator_id, results, countries, unshared
"""


class LeftOut(NamedTuple):
    """An indicator that is not added, and why."""

    indicator: Indicator
    reason: str


@dataclass(frozen=True)
class Part:
    """One partnership's figure within a line, with what its shares leave of it."""

    indicator: Indicator
    figure: Figure
    counted: Figure
    shared_results: list[int]


@dataclass(frozen=True)
class Line:
    """A library indicator's figure over partnerships that measure it in the same way."""

    indicator: Indicator  # any of the line: they have measure, unit and rules in common
    figure: Figure
    parts: list[Part]
    may_count_twice: bool


@dataclass
class LibraryFigures:
    """What the registry can say of one indicator of a library."""

    code: str
    label: str
    lines: list[Line] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


class _Scaled(NamedTuple):
    """An indicator's units combined, as they are and by the shares."""

    units: Combined
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    shared_results: list[int] | None
    countries: list[int | None] | None
    unshared: int


def portfolio(
    indicators: Iterable[Indicator], *, year: int, country: int | None = None
) -> list[LibraryFigures]:
    """The year's figures of these indicators by their library; a fixed number of queries.

    With a country (its key), figures reported by place are those of its units, and others only
    of partnerships that work nowhere else.
    """
    listed = list(indicators)
    places = _countries_of({one.framework.partnership_id for one in listed})
    added, left_out = _sorted_out(listed, places, country)
    scaled = _scaled(added, year, country)
    found: dict[tuple[int | None, int | None], LibraryFigures] = {}
    for one in listed:
        found.setdefault(_library(one), _named(one))
    for lines in _alike(added).values():
        made = _line(lines, scaled, places)
        if made:
            found[_library(lines[0])].lines.append(made)
    for indicator, reason in left_out:
        found[_library(indicator)].left_out.append(LeftOut(indicator, reason))
    for one in added:
        if one.pk not in scaled:
            found[_library(one)].left_out.append(LeftOut(one, "no_actual"))
    return sorted(found.values(), key=lambda figures: figures.code)


def indicators_of(partnerships: Any, *, year: int, **library: Any) -> list[Indicator]:
    """Indicators with a library of the editions that held at the end of a year; of the present
    one, today (RULES 10: after a break figures stay under the edition they were reported for)."""
    _, last = years_of(date(year, 12, 31))
    held = held_on(partnerships, last).values("pk")
    linked = Q(global_indicator__isnull=False) | Q(disclosure__isnull=False)
    rows = Indicator.objects.filter(linked, result__framework__in=held, **library)
    named = rows.exclude(measure=Indicator.Measure.NARRATIVE).select_related(
        "result__framework__partnership", "currency", "global_indicator", "disclosure__standard"
    )
    return list(named.order_by("pk"))


def years_of(day: date) -> tuple[date, date]:
    """The calendar year of a day, as far as it has gone."""
    return date(day.year, 1, 1), min(date(day.year, 12, 31), timezone.localdate())


def _sorted_out(
    listed: Sequence[Indicator], places: dict[int, set[int]], country: int | None
) -> tuple[list[Indicator], list[LeftOut]]:
    added, left_out = [], []
    for one in listed:
        reason = _reason_to_leave_out(one, places[one.framework.partnership_id], country)
        if reason:
            left_out.append(LeftOut(one, reason))
        else:
            added.append(one)
    return added, left_out


def _reason_to_leave_out(one: Indicator, places: set[int], country: int | None) -> str:
    if one.library_link != Indicator.LibraryLink.IDENTICAL:
        return "not_identical"
    if one.accumulation == Accumulation.AS_PUBLISHED:
        return "accumulation_unknown"
    if country is not None and not one.by_place and places != {country}:
        return "several_countries"
    return ""


def _scaled(added: Sequence[Indicator], year: int, country: int | None) -> dict[int, _Scaled]:
    if not added:
        return {}
    first, last = years_of(date(year, 1, 1))
    params: dict[str, Any] = {
        "frameworks": sorted({one.result.framework_id for one in added}),
        "indicators": [one.pk for one in added],
        "first": first,
        "last": last,
        "country": country,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL, params)
        rows = cursor.fetchall()
    return {pk: _Scaled(Combined(*parts[:11]), *parts[11:]) for pk, *parts in rows}


def _line(
    alike: Sequence[Indicator], scaled: dict[int, _Scaled], places: dict[int, set[int]]
) -> Line | None:
    with_data = [(one, scaled[one.pk]) for one in alike if one.pk in scaled]
    if not with_data:
        return None
    parts = [
        Part(one, combined(one, found.units), _counted(one, found), found.shared_results or [])
        for one, found in with_data
    ]
    total = _combined_parts([found for _, found in with_data])
    figure = _over_partnerships(alike[0], total, parts)
    return Line(alike[0], figure, parts, _may_count_twice(with_data, places))


def _counted(indicator: Indicator, found: _Scaled) -> Figure:
    """Its figure by its shares: sums and ratios scale, means and extremes do not (RULES 12)."""
    figure = combined(indicator, found.units)
    if figure.low is not None and figure.high and found.value is not None:
        scale = quotient(found.value, figure.high)
        return Figure(low=figure.low * scale, high=found.value, reason=figure.reason)
    return combined(indicator, _by_shares(indicator, found))


def _by_shares(indicator: Indicator, found: _Scaled) -> Combined:
    if indicator.combine == Combine.RATIO:
        return found.units._replace(numerator=found.numerator, denominator=found.denominator)
    return found.units._replace(total=found.value) if _adds(indicator) else found.units


def _adds(indicator: Indicator) -> bool:
    return indicator.combine == Combine.SUM


def _combined_parts(found: Sequence[_Scaled]) -> _Scaled:
    """All units of all partnerships at once, not a mean of means (RULES 7)."""
    units = [one.units for one in found]
    return _Scaled(
        Combined(
            total=_sum(one.total for one in units),
            least=min((one.least for one in units if one.least is not None), default=None),
            most=max((one.most for one in units if one.most is not None), default=None),
            numerator=_sum(one.numerator for one in units),
            denominator=_sum(one.denominator for one in units),
            contributing=sum(one.contributing for one in units),
            reported=sum(one.reported for one in units),
            is_provisional=any(one.is_provisional for one in units),
            carried_from=min((d for one in units if (d := one.carried_from)), default=None),
            largest_sum=None,
            largest=None,
        ),
        _sum(one.value for one in found),
        _sum(one.numerator for one in found),
        _sum(one.denominator for one in found),
        None,
        None,
        0,
    )


def _over_partnerships(indicator: Indicator, total: _Scaled, parts: Sequence[Part]) -> Figure:
    """Unique persons of several partnerships are a range, from the largest to the sum."""
    unique = indicator.counts_people == Indicator.CountsPeople.UNIQUE
    if not (unique and _adds(indicator)):
        return combined(indicator, _by_shares(indicator, total))
    if len(parts) == 1:
        return parts[0].counted
    low = max((one.counted.floor for one in parts if one.counted.floor is not None), default=None)
    if low is None or total.value is None:
        return NO_ACTUAL
    return Figure(
        low=low,
        high=total.value,
        reason="people_overlap",
        units_contributing=total.units.contributing,
        units_reported=total.units.reported,
        is_provisional=total.units.is_provisional,
    )


def _may_count_twice(
    with_data: Sequence[tuple[Indicator, _Scaled]], places: dict[int, set[int]]
) -> bool:
    """Whether two partnerships report it in the same place outside a shared result (RULES 12).

    Who states no country works anywhere.
    """
    where: Counter[int] = Counter()
    unshared = anywhere = 0
    for one, found in with_data:
        if not found.unshared:
            continue
        unshared += 1
        of_units = {country for country in found.countries or [] if country is not None}
        own = of_units if one.by_place else places[one.framework.partnership_id]
        anywhere += not own
        where.update(own)
    return unshared > 1 and (anywhere > 0 or max(where.values(), default=0) > 1)


def _alike(added: Sequence[Indicator]) -> dict[tuple[Any, ...], list[Indicator]]:
    """Indicators that may be added to one another."""
    groups: dict[tuple[Any, ...], list[Indicator]] = defaultdict(list)
    for one in added:
        how = (one.measure, one.accumulation, one.combine, one.unit.strip())
        scale = (one.currency_id, one.rating_min, one.rating_max, one.counts_people)
        groups[(_library(one), *how, *scale)].append(one)
    return groups


def _countries_of(partnerships: set[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {pk: set() for pk in partnerships}
    places = Partnership.objects.filter(pk__in=partnerships, places__isnull=False).order_by()
    for pk, country in places.values_list("pk", "places__country_id"):
        found[pk].add(country)
    return found


def _library(one: Indicator) -> tuple[int | None, int | None]:
    return one.global_indicator_id, one.disclosure_id


def _named(one: Indicator) -> LibraryFigures:
    if one.global_indicator:
        return LibraryFigures(one.global_indicator.code, one.global_indicator.label)
    assert one.disclosure is not None
    return LibraryFigures(
        f"{one.disclosure.standard.code} {one.disclosure.code}", one.disclosure.label
    )


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    given = [value for value in values if value is not None]
    return sum(given, Decimal(0)) if given else None
