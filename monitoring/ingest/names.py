"""What the names in rows mean: units, periods, indicators and categories of one framework."""

import unicodedata
from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple

from monitoring.models import Category, Indicator, ReportingUnit
from monitoring.models.frameworks import Framework


class Problem(NamedTuple):
    """Why a name cannot be taken: the field it stands in, a code and what was expected."""

    field: str
    code: str
    reason: str


Found = int | None | Problem


def fold(text: str) -> str:
    """Names are the same in any case, width and spacing."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


class Index:
    """Names of one kind, and whose they are; `#12` is always the record of that number."""

    def __init__(self, field: str, named: Iterable[tuple[int, Iterable[str]]]) -> None:
        self.field = field
        self.keys: dict[str, set[int]] = {}
        for pk, names in named:
            for name in {f"#{pk}", str(pk), *map(fold, names)} - {""}:
                self.keys.setdefault(name, set()).add(pk)

    def candidates(self, text: str) -> set[int]:
        return self.keys.get(text) or self.keys.get(fold(text)) or set()

    def one(self, found: set[int], unknown: str) -> int | Problem:
        if len(found) == 1:
            return next(iter(found))
        if not found:
            return Problem(self.field, f"unknown_{self.field}", unknown)
        return self.ambiguous(found)

    def ambiguous(self, found: set[int]) -> Problem:
        numbers = ", ".join(f"#{pk}" for pk in sorted(found)[:5])
        reason = f"This can mean {len(found)} of them: write the number, one of {numbers}."
        return Problem(self.field, f"ambiguous_{self.field}", reason)


class Names:
    """The names of a framework's records; each kind is read once, when a row first needs it."""

    def __init__(self, framework: Framework) -> None:
        self.framework = framework
        self._categories_of: dict[tuple[int, str], Found] = {}
        self._units: dict[tuple[str, str, str], int | Problem] = {}

    @cached_property
    def _indicators(self) -> list[tuple[int, str, str, str, str | None]]:
        rows = Indicator.objects.filter(result__framework=self.framework)
        return list(rows.order_by().values_list("pk", "code", "title", "measure", "currency"))

    @cached_property
    def measures(self) -> dict[int, str]:
        return {pk: measure for pk, _, _, measure, _ in self._indicators}

    @cached_property
    def currencies(self) -> dict[int, str | None]:
        return {pk: currency for pk, *_, currency in self._indicators}

    @cached_property
    def indicators(self) -> Index:
        rows = self._indicators
        return Index("indicator", ((pk, (c, t, f"{c} {t}")) for pk, c, t, *_ in rows))

    @cached_property
    def _dimensions_of(self) -> dict[int, set[int]]:
        used: dict[int, set[int]] = {}
        pairs = Indicator.dimensions.through.objects.filter(
            indicator__result__framework=self.framework
        )
        for indicator, dimension in pairs.values_list("indicator_id", "dimension_id"):
            used.setdefault(indicator, set()).add(dimension)
        return used

    @cached_property
    def _categories(self) -> list[tuple[int, int, str, str, str, str]]:
        dimensions = {d for used in self._dimensions_of.values() for d in used}
        rows = Category.objects.filter(dimension__in=dimensions).order_by()
        return list(
            rows.values_list(
                "pk", "dimension_id", "code", "label", "dimension__code", "dimension__label"
            )
        )

    @cached_property
    def _dimension_of(self) -> dict[int, int]:
        return {pk: dimension for pk, dimension, *_ in self._categories}

    @cached_property
    def categories(self) -> Index:
        return Index(
            "category",
            (
                (pk, (code, label, *(f"{d}={c}" for d in (dim, says) for c in (code, label))))
                for pk, _, code, label, dim, says in self._categories
            ),
        )

    @cached_property
    def periods(self) -> Index:
        rows = self.framework.periods.order_by()
        return Index(
            "period",
            (
                (pk, (label, f"{first}/{last}"))
                for pk, label, first, last in rows.values_list(
                    "pk", "label", "starts_on", "ends_on"
                )
            ),
        )

    @cached_property
    def _unit_rows(self) -> dict[int, ReportingUnit]:
        rows = ReportingUnit.objects.filter(membership__partnership=self.framework.partnership_id)
        chosen = rows.select_related("membership__partner", "country").order_by()
        return {unit.pk: unit for unit in chosen}

    @cached_property
    def units(self) -> Index:
        return Index(
            "unit",
            (
                (pk, () if unit.merged_into_id else (str(unit), *_called(unit)))
                for pk, unit in self._unit_rows.items()
            ),
        )

    def indicator(self, text: str) -> int | Problem:
        index = self.indicators
        unknown = "Expected the code, title or number of an indicator of this framework."
        return index.one(index.candidates(text), unknown)

    def period(self, text: str) -> int | Problem:
        index = self.periods
        unknown = "Expected the label or number of a period of this framework."
        return index.one(index.candidates(text), unknown)

    def category(self, text: str, indicator: int) -> Found:
        """A category of the indicator's dimensions; "total" is none of them."""
        key = (indicator, text)
        if key not in self._categories_of:
            self._categories_of[key] = self._category(text, indicator)
        return self._categories_of[key]

    def _category(self, text: str, indicator: int) -> Found:
        used = self._dimensions_of.get(indicator, set())
        found = {pk for pk in self.categories.candidates(text) if self._dimension_of[pk] in used}
        if not found and fold(text) == "total":
            return None
        if len(found) > 1:
            reason = "Several dimensions have it: write the dimension too, such as SEX=F."
            return Problem("category", "ambiguous_category", reason)
        return self.categories.one(found, "Not a category of this indicator's dimensions.")

    def unit(self, text: str, country: str = "", place: str = "") -> int | Problem:
        """A reporting unit by number, or by its member's name with country and place."""
        key = (text, country, place)
        if key not in self._units:
            self._units[key] = self._unit(*key)
        return self._units[key]

    def _unit(self, text: str, country: str, place: str) -> int | Problem:
        found = self.units.candidates(text) if text else set(self._unit_rows)
        if not found:
            return self.units.one(found, "Expected the name or number of a reporting unit.")
        where = {pk for pk in found if self._is_in(self._unit_rows[pk], country, place)}
        if not where:
            reason = "The member has no reporting unit in this country and place."
            return Problem("place" if place else "country", "unknown_place", reason)
        if len(where) > 1 and not (country or place):
            where = {pk for pk in where if not _has_place(self._unit_rows[pk])} or where
        return self.units.one(where, "") if text else self._only(where)

    def _only(self, where: set[int]) -> int | Problem:
        named = self.units.one(where, "")
        reason = "Expected whose value it is: the name or number of a reporting unit."
        return named if isinstance(named, int) else Problem("unit", "unit_expected", reason)

    def _is_in(self, unit: ReportingUnit, country: str, place: str) -> bool:
        of_country = unit.country
        names = (of_country.alpha2, of_country.alpha3, of_country.name) if of_country else ()
        fits_country = not country or fold(country) in map(fold, names)
        return fits_country and (not place or fold(place) == fold(unit.place))


def _called(unit: ReportingUnit) -> Iterable[Any]:
    partner = unit.membership.partner
    return (partner.name, partner.acronym)


def _has_place(unit: ReportingUnit) -> bool:
    return bool(unit.place or unit.country_id)


def categories_of(indicator: Indicator) -> list[Category]:
    return [c for dimension in indicator.dimensions.all() for c in dimension.categories.all()]
