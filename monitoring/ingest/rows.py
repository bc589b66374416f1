"""Check rows of values for one submission, all of them, before any is saved."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, localcontext
from typing import Any

from monitoring.errors import RowError, RowErrors
from monitoring.models import Category, Indicator, Observation, Submission

Row = Mapping[str, Any]
FIELDS = {
    "indicator",
    "category",
    "value",
    "numerator",
    "denominator",
    "text",
    "comment",
    "currency",
    "is_provisional",
    "withdraws",
}
PARTS = ("value", "numerator", "denominator")
REMARKS = ("text", "comment", "is_provisional")
CHANGEABLE = (*PARTS, *REMARKS, "withdraws")
Measure = Indicator.Measure
# What Python takes for a number as well is left out: 1_000, NaN, digits of other scripts.
NUMBER = re.compile(r"[+-]?([0-9]{1,60}(\.[0-9]{0,60})?|\.[0-9]{1,60})([eE][+-]?[0-9]{1,2})?")


class RowChecker:
    """What rows of one submission may say: its framework's indicators and their categories."""

    def __init__(self, submission: Submission, *, may_replace: bool = False) -> None:
        self.submission = submission
        framework = submission.period.framework_id
        indicators = Indicator.objects.filter(result__framework=framework)
        self.indicators = {i.pk: i for i in indicators.prefetch_related("dimensions__categories")}
        self.counting = set(
            Observation.objects.counting()
            .filter(unit=submission.unit_id, period=submission.period_id)
            .values_list("indicator_id", "category_id")
        )
        cells = submission.observations.values_list("indicator_id", "category_id")
        self.taken = set() if may_replace else set(cells)

    def observations(self, rows: Sequence[Row]) -> list[Observation]:
        """The rows as unsaved observations; raises RowErrors that name every bad row."""
        errors: list[RowError] = []
        made: dict[tuple[int, int | None], Observation] = {}
        for number, row in enumerate(rows, start=1):
            found = list(self._problems(row))
            errors += [RowError(number, *problem) for problem in found]
            if found:
                continue
            observation = self._observation(row)
            cell = (observation.indicator_id, observation.category_id)
            if cell in made:
                text = "Another row has a value for the same cell."
                errors.append(RowError(number, "indicator", "cell_repeated", text))
            elif cell in self.taken:
                text = "The submission has a value for this cell already."
                errors.append(RowError(number, "indicator", "cell_taken", text))
            made[cell] = observation
        if errors:
            raise RowErrors(errors)
        return list(made.values())

    def _problems(self, row: Row) -> Iterator[tuple[str, str, str]]:
        if not isinstance(row, Mapping):
            yield "row", "not_an_object", "Expected an object with indicator and value."
            return
        for field in sorted(set(row) - FIELDS):
            yield str(field), "unknown_field", f"Known fields: {', '.join(sorted(FIELDS))}."
        indicator = self._indicator(row)
        if indicator is None:
            yield "indicator", "unknown_indicator", "Not an indicator of this period's framework."
            return
        yield from self._place_problems(indicator)
        unknown = list(self._category_problems(row, indicator))
        yield from unknown or self._value_problems(row, indicator)
        yield from self._plain_problems(row)

    def _indicator(self, row: Row) -> Indicator | None:
        key = row.get("indicator")
        return self.indicators.get(key) if type(key) is int else None

    def _place_problems(self, indicator: Indicator) -> Iterator[tuple[str, str, str]]:
        unit = self.submission.unit
        has_place = bool(unit.place or unit.country_id)
        if indicator.by_place and not has_place:
            yield "indicator", "place_missing", "This indicator is reported by place."
        if has_place and not indicator.by_place:
            yield "indicator", "place_refused", "This indicator is not reported by place."

    def _category_problems(self, row: Row, indicator: Indicator) -> Iterator[tuple[str, str, str]]:
        key = row.get("category")
        if key is None:
            return
        if type(key) is not int or key not in {c.pk for c in categories_of(indicator)}:
            yield "category", "unknown_category", "Not a category of this indicator's dimensions."

    def _value_problems(self, row: Row, indicator: Indicator) -> Iterator[tuple[str, str, str]]:
        given = {part for part in PARTS if row.get(part) is not None}
        if row.get("withdraws"):
            yield from self._withdrawal_problems(row, given)
            return
        for part in sorted(given):
            if problem := number_problem(row[part]):
                yield part, "not_a_number", problem
                return
        if indicator.measure == Measure.RATIO:
            yield from _ratio_problems(row, given)
        elif indicator.measure == Measure.NARRATIVE:
            if given or not str(row.get("text") or "").strip():
                yield "text", "text_expected", "This indicator takes a text, not a number."
        elif given != {"value"}:
            yield "value", "value_expected", "Expected one number in `value`."
        else:
            yield from _scale_problems(Decimal(str(row["value"])), indicator)

    def _withdrawal_problems(self, row: Row, given: set[str]) -> Iterator[tuple[str, str, str]]:
        if given:
            yield "withdraws", "withdrawal_with_value", "A withdrawal carries no value."
        if (row["indicator"], row.get("category")) not in self.counting:
            yield "withdraws", "nothing_to_withdraw", "No value counts for this cell."

    def _plain_problems(self, row: Row) -> Iterator[tuple[str, str, str]]:
        for field in ("text", "comment"):
            text = row.get(field)
            if text is not None and not is_text(text):
                yield field, "not_a_text", "Expected a text of at most 20,000 characters."
        for field in ("is_provisional", "withdraws"):
            if not isinstance(row.get(field, False), bool):
                yield field, "not_a_boolean", "Expected true or false."
        indicator = self._indicator(row)
        stated = row.get("currency")
        if indicator and stated not in (None, "", indicator.currency_id):
            yield (
                "currency",
                "wrong_currency",
                f"Expected {indicator.currency_id or 'no currency'}.",
            )

    def _observation(self, row: Row) -> Observation:
        parts = {p: Decimal(str(row[p])) if row.get(p) is not None else None for p in PARTS}
        return Observation(
            submission=self.submission,
            period_id=self.submission.period_id,
            unit_id=self.submission.unit_id,
            indicator_id=row["indicator"],
            category_id=row.get("category"),
            text=row.get("text") or "",
            comment=row.get("comment") or "",
            is_provisional=row.get("is_provisional", False),
            withdraws=row.get("withdraws", False),
            **parts,
        )


def laid_over(
    submission: Submission, rows: Sequence[Row], checked: list[Observation]
) -> list[Observation]:
    """What the rows say, in the submission's own values where it has one for the cell."""
    stored = {(o.indicator_id, o.category_id): o for o in submission.observations.all()}
    pairs = zip(rows, checked, strict=True)
    return [
        _changed(old, row, new) if (old := stored.get((new.indicator_id, new.category_id))) else new
        for row, new in pairs
    ]


def _changed(stored: Observation, row: Row, checked: Observation) -> Observation:
    """The stored value changed to what a row states; a remark or mark it leaves out stays."""
    kept = {name for name in REMARKS if name not in row}
    if checked.withdraws:
        kept.discard("text")
    for name in set(CHANGEABLE) - kept:
        setattr(stored, name, getattr(checked, name))
    return stored


def categories_of(indicator: Indicator) -> list[Category]:
    return [c for dimension in indicator.dimensions.all() for c in dimension.categories.all()]


def is_text(given: Any) -> bool:
    """Whether PostgreSQL can store it: no NUL, no lone surrogate, not endless."""
    if not isinstance(given, str) or len(given) > 20_000 or "\x00" in given:
        return False
    return not any("\ud800" <= character <= "\udfff" for character in given)


def number_problem(given: Any) -> str:
    """What keeps a value from being an exact number of 20 digits and 10 decimals, or ""."""
    if isinstance(given, bool) or not isinstance(given, int | float | str | Decimal):
        return f"Expected a number, found {given!r:.60}."
    if isinstance(given, int) and abs(given) >= 10**20:
        return "At most 20 digits before the point and 10 after it."
    if not NUMBER.fullmatch(str(given).strip()):
        return f"Expected a number, found {given!r:.60}."
    with localcontext(prec=200):
        number = Decimal(str(given)).normalize()
    exponent = int(number.as_tuple().exponent)
    if number.adjusted() >= 20 or exponent < -10:
        return "At most 20 digits before the point and 10 after it."
    return ""


def _ratio_problems(row: Row, given: set[str]) -> Iterator[tuple[str, str, str]]:
    if "value" in given:
        text = "A ratio needs numerator and denominator: a bare percentage cannot be added up."
        yield "value", "ratio_parts_expected", text
    elif given != {"numerator", "denominator"}:
        missing = "numerator" if "numerator" not in given else "denominator"
        yield missing, "ratio_parts_expected", "A ratio needs numerator and denominator."
    elif Decimal(str(row["denominator"])) < 0:
        yield "denominator", "negative", "A denominator is 0 or more."
    elif Decimal(str(row["denominator"])) == 0 and Decimal(str(row["numerator"])) != 0:
        yield "denominator", "zero_denominator", "Of 0 there can only be 0."


def _scale_problems(value: Decimal, indicator: Indicator) -> Iterator[tuple[str, str, str]]:
    if indicator.measure == Measure.YES_NO and value not in (0, 1):
        yield "value", "not_yes_or_no", "Expected 1 for yes or 0 for no."
    if indicator.counts_people != Indicator.CountsPeople.NO and value < 0:
        yield "value", "negative", "A number of people is 0 or more."
    if indicator.measure == Measure.RATING:
        low = 1 if indicator.rating_min is None else indicator.rating_min
        high = 5 if indicator.rating_max is None else indicator.rating_max
        if not low <= value <= high:
            yield "value", "off_scale", f"Expected a rating from {low} to {high}."
