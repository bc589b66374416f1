"""What a framework says differently from another edition, as data; and where series broke."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from django.db import models

from monitoring.models.frameworks import Framework
from monitoring.models.indicators import Indicator
from monitoring.models.targets import PeriodTarget

Kind = Literal["added", "removed", "changed"]
OF_FRAMEWORK = (
    "title",
    "cadence",
    "starts_on",
    "ends_on",
    "grace_days",
    "time_zone",
    "theory_of_change",
    "assumptions",
    "levels",
)
OF_RESULT = ("level", "title", "description", "assumptions", "parent")
OF_INDICATOR = tuple(
    field.name
    for field in Indicator._meta.concrete_fields
    if field.name
    not in ("id", "version", "created_at", "updated_at", "series", "continues", "result")
) + ("dimensions", "category_baselines", "result")
OF_TARGET = ("value", "comment")


class FieldChange(NamedTuple):
    """A field's value before and after, as JSON keeps it."""

    field: str
    was: Any
    became: Any


class RowChange(NamedTuple):
    """A result, indicator or target that came, went or changed."""

    kind: Kind
    label: str
    former: int | None
    later: int | None
    fields: list[FieldChange]
    indicator: int | None = None  # of a target: the later edition's, or of a removed one the former
    breaks_series: bool = False


class Changes(NamedTuple):
    """Everything that differs between two editions."""

    former: Framework
    later: Framework
    framework: list[FieldChange]
    results: list[RowChange]
    indicators: list[RowChange]
    targets: list[RowChange]

    @property
    def is_empty(self) -> bool:
        return not (self.framework or self.results or self.indicators or self.targets)


def former_of(framework: Framework) -> Framework | None:
    """The edition that it is compared with: the last one before that held, else the one that it
    was made from."""
    earlier = Framework.objects.filter(
        partnership=framework.partnership_id, edition__lt=framework.edition
    )
    held = earlier.filter(
        models.Q(agreed_at__isnull=False) | models.Q(status=Framework.Status.IMPORTED)
    )
    made_from = framework.based_on
    of_same = made_from and made_from.partnership_id == framework.partnership_id
    return held.order_by("-edition").first() or (made_from if of_same else None)


def changes_between(former: Framework, later: Framework) -> Changes:
    """Read from the rows of both, which do not change once proposed; twelve queries at any size."""
    old, new = _Content(former), _Content(later)
    pairs = old.pairs_with(new)
    return Changes(
        former,
        later,
        _fields(former, later, OF_FRAMEWORK, _plain),
        list(_rows(old.results, new.results, OF_RESULT)),
        list(_indicators(pairs)),
        list(_targets(old, new, pairs)),
    )


class _Content:
    """What one framework says, read at once."""

    def __init__(self, framework: Framework) -> None:
        rows = framework.results.select_related("parent")
        self.results = {row.series: row for row in rows.order_by("pk")}
        indicators = Indicator.objects.filter(result__framework=framework).order_by("pk")
        self.indicators = list(
            indicators.select_related(
                "result", "currency", "responsible__partner", "global_indicator", "disclosure"
            ).prefetch_related("dimensions", "category_baselines__category__dimension")
        )
        self.targets: dict[int, dict[tuple[Any, ...], PeriodTarget]] = {}
        targets = PeriodTarget.objects.filter(indicator__result__framework=framework)
        for row in targets.select_related("indicator", "category__dimension"):
            of_indicator = self.targets.setdefault(row.indicator_id, {})
            of_indicator[_where(row)] = row

    def pairs_with(self, later: "_Content") -> list[tuple[Indicator | None, Indicator | None]]:
        """Indicators of both editions: one that continues another stands beside it."""
        by_series = {row.series: row for row in self.indicators}
        by_pk = {row.pk: row for row in self.indicators}
        pairs: list[tuple[Indicator | None, Indicator | None]] = []
        left = dict(by_pk)
        for row in later.indicators:
            former = by_series.get(row.series) or by_pk.get(row.continues_id or 0)
            if former:
                left.pop(former.pk, None)
            pairs.append((former, row))
        return pairs + [(row, None) for row in left.values()]


def _where(target: PeriodTarget) -> tuple[Any, ...]:
    category = target.category
    named = (category.dimension.code, category.code) if category else ()
    return (target.starts_on, target.ends_on, *named)


def _rows(old: dict[Any, Any], new: dict[Any, Any], names: Sequence[str]) -> Iterator[RowChange]:
    for key, row in new.items():
        if key not in old:
            yield RowChange("added", str(row), None, row.pk, [])
        elif fields := _fields(old[key], row, names, _plain):
            yield RowChange("changed", str(row), old[key].pk, row.pk, fields)
    for key, row in old.items():
        if key not in new:
            yield RowChange("removed", str(row), row.pk, None, [])


def _indicators(
    pairs: Iterable[tuple[Indicator | None, Indicator | None]],
) -> Iterator[RowChange]:
    for former, later in pairs:
        if former is None and later:
            yield RowChange("added", str(later), None, later.pk, [])
        elif later is None and former:
            yield RowChange("removed", str(former), former.pk, None, [])
        elif former and later:
            breaks = former.series != later.series
            fields = _fields(former, later, OF_INDICATOR, _plain)
            if fields or breaks:
                label = str(later)
                yield RowChange("changed", label, former.pk, later.pk, fields, None, breaks)


def _targets(
    old: _Content, new: _Content, pairs: Iterable[tuple[Indicator | None, Indicator | None]]
) -> Iterator[RowChange]:
    for former, later in pairs:
        was = old.targets.get(former.pk, {}) if former else {}
        now = new.targets.get(later.pk, {}) if later else {}
        of = later or former
        for change in _rows(was, now, OF_TARGET):
            yield change._replace(indicator=of.pk if of else None)


def _fields(
    old: Any, new: Any, names: Sequence[str], read: Callable[[Any, str], Any]
) -> list[FieldChange]:
    pairs = ((name, read(old, name), read(new, name)) for name in names)
    return [FieldChange(name, was, became) for name, was, became in pairs if was != became]


def _plain(row: Any, name: str) -> Any:
    """As JSON keeps it: numbers as exact texts, rows by what they are called."""
    value = getattr(row, name)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if name == "category_baselines":
        return _of_categories(row)
    if isinstance(value, models.Manager):
        return sorted(str(one) for one in value.all())
    return str(value) if isinstance(value, models.Model) else value


def _of_categories(indicator: Any) -> dict[str, str]:
    """Baselines by category; of people in a group they are a breakdown, and not for everybody."""
    if indicator.counts_people != Indicator.CountsPeople.NO:
        return {}
    return {
        f"{row.category.dimension.code}={row.category.code}": f"{row.value.normalize():f}"
        if row.value is not None
        else f"{row.numerator.normalize():f} / {row.denominator.normalize():f}"
        for row in indicator.category_baselines.all()
    }


class SeriesBreak(NamedTuple):
    """A place at which an indicator's values stop being comparable with those before."""

    indicator: Indicator
    former: Indicator
    fields: list[FieldChange]

    @property
    def is_joined(self) -> bool:
        return self.indicator.joins_series


def series_breaks(framework: Framework) -> list[SeriesBreak]:
    """Where this edition's indicators broke with what they continue (RULES 10)."""
    rows = Indicator.objects.filter(
        result__framework=framework, breaks_series=True, continues__isnull=False
    )
    of_former = [f"continues__{name}" for name in ("result__framework", "currency")]
    found = rows.select_related("result", "currency", "responsible__partner", *of_former)
    named = (*Indicator.SERIES_FACTS, *Indicator.ASKED_ABOUT)
    return [
        SeriesBreak(row, row.continues, _fields(row.continues, row, named, _plain))
        for row in found.order_by("pk")
        if row.continues
    ]
