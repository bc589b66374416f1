"""What the grid is about: which units and columns, what is stored, what was reported last."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Q
from django.http import Http404

from monitoring.forms.cells import Cell, cells_of, dimensions_of, shown_value, unit_of
from monitoring.forms.grid import GridForm, Sheet, columns_of
from monitoring.ingest.outcome import Consolidated
from monitoring.models import Indicator, Observation, Period, ReportingUnit, Submission
from monitoring.services.grids import OPEN, current
from partnerships.models import Membership
from registry.models import User

UNITS, COLUMNS = 20, 6


class Asked(NamedTuple):
    """What the address asks for."""

    period: Period
    user: User
    sender: Membership | None
    indicator: Indicator | None
    units_page: int
    columns_page: int

    @property
    def scope(self) -> Consolidated:
        return Consolidated(self.period.framework, self.period, self.sender)


@dataclass(frozen=True)
class Pages:
    """Where a page stands among the others."""

    here: int
    count: int

    @property
    def numbers(self) -> range:
        return range(1, self.count + 1)


class Row(NamedTuple):
    """A unit with its inputs, or what stands where it cannot be typed over."""

    unit: ReportingUnit
    submission: Submission | None
    state: str
    is_open: bool
    cells: list["Shown"]


class Shown(NamedTuple):
    """One cell of a unit: its inputs, or the value that is handed in already."""

    head: str
    fields: list[Any]
    last: str
    stands: str
    is_asked: bool


def asked_for(user: User, period_pk: int, query: Any) -> Asked:
    """Raises Http404 for what the user may not report."""
    period = (
        Period.objects.visible_to(user)
        .select_related("framework__partnership")
        .filter(pk=period_pk)
        .first()
    )
    if period is None:
        raise Http404
    sender = senders(user, period).filter(pk=_number(query.get("for"), 0)).first()
    indicator = None
    if query.get("indicator"):
        of_framework = indicators_of(period)
        indicator = of_framework.filter(pk=_number(query["indicator"], 0)).first()
        if indicator is None:
            raise Http404
    return Asked(
        period,
        user,
        sender,
        indicator,
        _number(query.get("units"), 1),
        _number(query.get("columns"), 1),
    )


def senders(user: User, period: Period) -> Any:
    """Members of the partnership for which the user may report on others' behalf."""
    reached = Membership.objects.acted_for_by(user, "manager", "evaluator").accepted()
    of_partnership = reached.filter(partnership=period.framework.partnership_id)
    return of_partnership.select_related("partner").order_by("pk")


def indicators_of(period: Period) -> Any:
    asked = Indicator.objects.filter(result__framework=period.framework_id)
    return asked.select_related("currency", "result").prefetch_related("dimensions__categories")


def units_of(asked: Asked) -> Any:
    """Units whose data the user sends: for their own members, or for a member for all."""
    partnership = asked.period.framework.partnership_id
    units = ReportingUnit.objects.standing().filter(
        membership__partnership=partnership, membership__status="accepted"
    )
    if asked.sender is None:
        units = units.filter(pk__in=ReportingUnit.objects.reportable_by(asked.user).values("pk"))
    return units.select_related("membership__partner", "country").order_by(
        "membership__partner__name", "place", "pk"
    )


def sheet_of(asked: Asked) -> tuple[Sheet, Pages, Pages]:
    """The part of the grid that the page shows, in a fixed number of queries."""
    every = units_of(asked)
    units_pages = _pages(every.count(), UNITS, asked.units_page)
    first = (units_pages.here - 1) * UNITS
    units = list(every[first : first + UNITS])
    cells = list(cells_of(asked.indicator)) if asked.indicator else _columns(asked, units)
    columns_pages = _pages(len(cells), COLUMNS, asked.columns_page)
    start = (columns_pages.here - 1) * COLUMNS
    columns = cells[start : start + COLUMNS]
    found = current(asked.period.pk, [unit.pk for unit in units])
    return _sheet(asked, units, columns, found), units_pages, columns_pages


def _columns(asked: Asked, units: Sequence[ReportingUnit]) -> list[Cell]:
    """Totals of the indicators that at least one unit of the page is asked for."""
    wanted = {one for unit in units for one in unit.asks}
    cells = columns_of(indicators_of(asked.period))
    return [c for c in cells if (c.indicator.by_place, c.indicator.responsible_id) in wanted]


def _sheet(
    asked: Asked,
    units: Sequence[ReportingUnit],
    columns: Sequence[Cell],
    found: dict[int, Submission],
) -> Sheet:
    keys = [one.pk for one in found.values()]
    editable = Submission.objects.editable_by(asked.user).filter(pk__in=keys, status__in=OPEN)
    open_keys = set(editable.values_list("pk", flat=True))
    is_open = asked.period.status == Period.Status.OPEN
    open_to = {u.pk for u in units if u.pk not in found or found[u.pk].pk in open_keys}
    rows = Observation.objects.filter(
        submission__in=keys, indicator__in={cell.indicator.pk for cell in columns}
    ).select_related("indicator")
    return Sheet(
        units,
        columns,
        found,
        frozenset(open_to if is_open else ()),
        {(o.unit_id, o.indicator_id, o.category_id): o for o in rows},
    )


def rows_of(form: GridForm, asked: Asked) -> list[Row]:
    sheet = form.sheet
    last = last_of_units(asked.period, sheet)
    return [
        Row(
            unit,
            sheet.submissions.get(unit.pk),
            sheet.submissions[unit.pk].status if unit.pk in sheet.submissions else "not_started",
            unit.pk in sheet.open_to,
            [_shown(form, unit, cell, last) for cell in sheet.columns],
        )
        for unit in sheet.units
    ]


def _shown(form: GridForm, unit: ReportingUnit, cell: Cell, last: dict[Any, str]) -> Shown:
    sheet, place = form.sheet, (unit.pk, *cell.key)
    fields = [one for one in sheet.fields_of(unit) if one.cell == cell]
    inputs = [form[one.name] for one in fields if one.name in form.fields]
    stored = sheet.stored.get(place)
    stands = "" if stored is None else "withdrawn" if stored.withdraws else shown_value(stored)
    return Shown(head_of(cell), inputs, last.get(place, ""), stands, bool(fields))


def head_of(cell: Cell) -> str:
    if cell.category:
        return cell.category.label
    unit = unit_of(cell.indicator)
    return f"{cell.indicator.code or cell.indicator.title}{f', {unit}' if unit else ''}"


def last_of_units(period: Period, sheet: Sheet) -> dict[Any, str]:
    """By unit, indicator and category: the last value that counts, before the period."""
    series = {cell.indicator.series: cell.indicator.pk for cell in sheet.columns}
    heads = {unit.pk for unit in sheet.units}
    line = Q(unit__in=heads) | Q(unit__merged_into__in=heads)
    earlier = Observation.objects.counting().filter(
        line, indicator__series__in=series, period__ends_on__lt=period.ends_on
    )
    newest = earlier.order_by("unit_id", "indicator__series", "category_id", "-period__ends_on")
    found = newest.distinct("unit_id", "indicator__series", "category_id")
    return {
        (o.unit.merged_into_id or o.unit_id, series[o.indicator.series], o.category_id): (
            f"{shown_value(o)} ({o.period.label})"
        )
        for o in found.select_related("indicator", "period", "unit")
        if not o.text
    }


def broken_down(indicators: Sequence[Indicator]) -> list[Indicator]:
    """Those that have categories, for the way to the grid of one indicator."""
    return [one for one in indicators if dimensions_of(one)]


def _pages(length: int, size: int, wanted: int) -> Pages:
    count = max(1, -(-length // size))
    return Pages(min(max(wanted, 1), count), count)


def _number(text: str | None, otherwise: int) -> int:
    is_number = bool(text and text.isascii() and text.isdigit() and len(text) < 19)
    return int(text or 0) if is_number else otherwise
