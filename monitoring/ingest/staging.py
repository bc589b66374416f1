"""Rows as they came, read cell by cell: what each says by itself, and what cannot be read.

Nothing here asks whether a value fits its indicator; that is decided for all rows at once, in
the database (checking.py).
"""

import io
from collections.abc import Callable, Mapping
from heapq import nsmallest
from typing import Any

from monitoring.errors import RowError
from monitoring.ingest.columns import COLUMNS, ESTIMATE, LONGEST, PARTS, REMARKS, TEXTS
from monitoring.ingest.names import Names, Problem
from monitoring.ingest.numbers import PLAIN, exact
from monitoring.ingest.outcome import Scope
from monitoring.models import Submission

STAGED = {
    "row_no": "integer",
    "unit_id": "bigint",
    "period_id": "bigint",
    "indicator_id": "bigint",
    "category_id": "bigint",
    "is_named": "boolean",  # everything that names the cell was understood
    "is_read": "boolean",  # every part of the value was
    "is_estimate_read": "boolean",
    "is_percent": "boolean",  # it was written with a percent sign
    "value": "numeric",
    "numerator": "numeric",
    "denominator": "numeric",
    "sample_size": "numeric",
    "interval_low": "numeric",
    "interval_high": "numeric",
    "text": "text",
    "comment": "text",
    "variance_reason": "text",
    "method": "text",
    "is_provisional": "boolean",
    "withdraws": "boolean",
    "cleared": "text[]",  # numbers of an estimate that are taken away
}
KNOWN = frozenset(COLUMNS)
NUMBERS = (*PARTS, *ESTIMATE)
BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
YES_NO = {"yes": "1", "true": "1", "no": "0", "false": "0"}
ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
MOST_UNKNOWN = 10  # fields of a row that are named
Row = Mapping[str, Any]


class Stage:
    """The rows as COPY takes them, with the errors found on the way.

    In files an empty cell states nothing; in `typed` rows (of programs and forms) an empty
    remark, or null, takes the remark away.
    """

    def __init__(self, scope: Scope, names: Names, *, typed: bool = False) -> None:
        self.names, self.typed = names, typed
        self.is_one = isinstance(scope, Submission)
        self.unit = scope.unit_id if isinstance(scope, Submission) else None
        self.period = scope.period_id if isinstance(scope, Submission) else None
        if not isinstance(scope, Submission) and scope.period:
            self.period = scope.period.pk
        self.errors: list[RowError] = []
        self.rows = 0
        self.lines = io.StringIO()
        self.respelled: dict[tuple[int, str], str] = {}
        self.said: dict[tuple[str, int], str] = {}

    def add(self, number: int, row: Row) -> None:
        self.rows += 1
        if not isinstance(row, Mapping):
            text = "Expected an object with indicator and value."
            self._refuse(number, Problem("row", "not_an_object", text), row)
            return
        if not row.keys() <= KNOWN:
            self._refuse_unknown(number, row)
        given, cleared = self._typed(row) if self.typed else (_filled(row), [])
        cell = self._cell(number, given)
        values = [
            number,
            *cell,
            *self._numbers(number, given, cell[2]),
            *self._texts(number, given),
            self._mark(number, given, "is_provisional"),
            self._mark(number, given, "withdraws") or False,
            "{" + ",".join(cleared) + "}" if cleared else None,
        ]
        self.lines.write(_line(values))

    def _typed(self, row: Row) -> tuple[dict[str, Any], list[str]]:
        """What a program states, and which remarks it takes away."""
        given: dict[str, Any] = {}
        cleared: list[str] = []
        for name, value in row.items():
            if value is not None and not (isinstance(value, str) and not value.strip()):
                given[name] = value
            elif name in ESTIMATE:
                cleared.append(name)
            elif name in REMARKS:
                given[name] = False if name == "is_provisional" else ""
        return given, cleared

    def _cell(self, number: int, given: dict[str, Any]) -> list[Any]:
        """Unit, period, indicator and category, and whether all of them were understood."""
        known = len(self.errors)
        unit, period = self.unit, self.period
        if not given.keys().isdisjoint(("unit", "country", "place")) or not self.is_one:
            unit = self._unit(number, given)
        if "period" in given or period is None:
            period = self._period(number, given)
        indicator = self._named(number, given, "indicator", self.names.indicator)
        category = None
        if "category" in given and indicator is not None:
            category = self._named(
                number, given, "category", lambda text: self.names.category(text, indicator)
            )
        is_named = len(self.errors) == known
        if "currency" in given and indicator is not None:
            self._check_currency(number, given["currency"], indicator)
        return [unit, period, indicator, category, is_named]

    def _unit(self, number: int, given: dict[str, Any]) -> int | None:
        where = [str(given.get(name, "")) for name in ("country", "place")]
        found = self._named(number, given, "unit", lambda text: self.names.unit(text, *where))
        if found is not None and self.is_one and found != self.unit:
            reason = "The submission is another reporting unit's."
            self._refuse(number, Problem("unit", "other_unit", reason), given.get("unit"))
        return found

    def _period(self, number: int, given: dict[str, Any]) -> int | None:
        if "period" not in given:
            reason = "Expected the label or number of a period."
            self._refuse(number, Problem("period", "period_expected", reason), None)
            return None
        found = self._named(number, given, "period", self.names.period)
        if found is not None and self.is_one and found != self.period:
            reason = "The submission is for another period."
            self._refuse(number, Problem("period", "other_period", reason), given["period"])
        return found

    def _named(
        self, number: int, given: dict[str, Any], field: str, find: Callable[[str], Any]
    ) -> int | None:
        """The record that is named: a number of JSON is its key, a text may be more."""
        said = given.get(field, "")
        if isinstance(said, str):
            found = find(said)
        elif type(said) is int:
            found = find(f"#{said}")
        else:
            found = Problem(field, f"unknown_{field}", "Expected a name or a number.")
        if isinstance(found, Problem):
            self._refuse(number, found, given.get(found.field, ""))
            return None
        if found is not None:
            self.said.setdefault((field, found), str(said))
        return found

    def _check_currency(self, number: int, said: Any, indicator: int) -> None:
        """One that is stated has to be the indicator's."""
        wanted = self.names.currencies.get(indicator)
        if said != wanted and not (isinstance(said, str) and said.upper() == wanted):
            reason = f"Expected {wanted or 'no currency'}."
            self._refuse(number, Problem("currency", "wrong_currency", reason), said)

    def _numbers(self, number: int, given: dict[str, Any], indicator: int | None) -> list[Any]:
        """Whether all were read, whether there is a percent sign, and the six numbers."""
        numbers: list[str | None] = []
        is_read, is_estimate_read, is_percent = True, True, False
        for name in NUMBERS:
            plain = said = given.get(name)
            if said is not None and not (isinstance(said, str) and PLAIN.fullmatch(said)):
                plain = self._respelled(number, name, said, indicator)
                is_read &= plain is not None or name in ESTIMATE
                is_estimate_read &= plain is not None or name in PARTS
                is_percent |= "%" in str(said) and name in PARTS
            numbers.append(plain)
        return [is_read, is_estimate_read, is_percent, *numbers]

    def _respelled(self, number: int, name: str, said: Any, indicator: int | None) -> str | None:
        if isinstance(said, str):
            self.respelled[number, name] = said
            if indicator and self.names.measures[indicator] == "yes_no":
                said = YES_NO.get(said.strip().casefold(), said)
        plain, problem = exact(said)
        if problem:
            self._refuse(number, Problem(name, "not_a_number", problem), said)
        return plain or None

    def _texts(self, number: int, given: dict[str, Any]) -> list[str | None]:
        texts: list[str | None] = []
        for name in TEXTS:
            said = given.get(name)
            if said is not None and not is_text(said, LONGEST[name]):
                reason = f"Expected a text of at most {LONGEST[name]:,} characters."
                self._refuse(number, Problem(name, "not_a_text", reason), said)
                said = None
            texts.append(said)
        return texts

    def _mark(self, number: int, given: dict[str, Any], name: str) -> bool | None:
        said = given.get(name)
        if said is None or isinstance(said, bool):
            return said
        self.respelled[number, name] = shown(said)
        mark = BOOLEANS.get(said.strip().casefold()) if isinstance(said, str) else None
        if mark is None:
            self._refuse(number, Problem(name, "not_a_boolean", "Expected true or false."), said)
        return mark

    def _refuse_unknown(self, number: int, row: Row) -> None:
        unknown = set(row) - KNOWN
        reason = f"Known fields: {', '.join(COLUMNS)}."
        if len(unknown) > MOST_UNKNOWN:
            reason = f"{len(unknown):,} fields are unknown, these among them. {reason}"
        for field in sorted(map(str, nsmallest(MOST_UNKNOWN, unknown, key=str))):
            self._refuse(number, Problem(shown(field), "unknown_field", reason), row.get(field))

    def _refuse(self, number: int, problem: Problem, said: Any) -> None:
        self.errors.append(RowError(number, *problem, found=shown(said)))


def _filled(row: Row) -> dict[str, Any]:
    return {name: text for name, said in row.items() if said and (text := said.strip())}


def _line(values: list[Any]) -> str:
    return "\t".join([_column(value) for value in values]) + "\n"


def _column(value: Any) -> str:
    if value is None:
        return "\\N"
    if value is True or value is False:
        return "t" if value else "f"
    return value.translate(ESCAPED) if isinstance(value, str) else str(value)


def is_text(given: Any, longest: int = 20_000) -> bool:
    """Whether PostgreSQL can store it: no NUL, no lone surrogate, not endless."""
    if not isinstance(given, str) or len(given) > longest or "\x00" in given:
        return False
    return given.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in given)


def shown(said: Any) -> str:
    """What was found, short and printable."""
    if said is None:
        return ""
    text = said if isinstance(said, str) else repr(said)
    short = text[:80].replace("\x00", "\\x00")
    return short.encode("utf-8", "backslashreplace").decode()
