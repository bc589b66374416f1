"""Results and indicators of an activity, read into rows that are not stored yet."""

from typing import Any, NamedTuple
from uuid import UUID

from monitoring.exchange.accounts import Accounts
from monitoring.exchange.iati_cells import CellReader, Span, Value, keep_comment
from monitoring.exchange.iati_codes import (
    MEASURES,
    NOMINAL,
    OWN_VOCABULARY,
    RESULT_LEVELS,
    SDG_INDICATORS,
)
from monitoring.exchange.iati_values import (
    LeftOut,
    child_words,
    code_of,
    fitting,
    read_day,
    read_number,
    words,
)
from monitoring.models import Framework, Indicator, Result
from registry.models import GlobalIndicator

TITLE_LENGTH = 2000
TEXT_LENGTH = 20_000
CODE_LENGTH = 60


class ReadIndicator(NamedTuple):
    row: Indicator
    spans: set[Span]
    values: list[Value]


class ResultsReader:
    """Reads the results of one activity for one framework."""

    def __init__(
        self,
        framework: Framework,
        accounts: Accounts,
        cells: CellReader,
        series: dict[tuple[str, ...], UUID],
    ) -> None:
        self.framework = framework
        self.accounts = accounts
        self.cells = cells
        self.series = series
        listed = GlobalIndicator.objects.all()
        self.library = {row.code.upper(): row for row in listed}
        self.results: list[Result] = []
        self.indicators: list[ReadIndicator] = []

    def read(self, activity: Any) -> None:
        for element in activity.iterchildren("result"):
            result = self._result(element)
            self.results.append(result)
            for child in element.iterchildren("indicator"):
                try:
                    self.indicators.append(self._indicator(child, result))
                except LeftOut as left:
                    self.accounts.leave_out(child, left.code, left.reason)

    def _result(self, element: Any) -> Result:
        self.accounts.store(element)
        code = code_of(element, "type")
        if code not in RESULT_LEVELS:
            reason = f"There is no result type {code or '(none)'}; stored as other."
            self.accounts.doubt(element, "unknown_code", reason)
        return Result(
            framework=self.framework,
            level=RESULT_LEVELS.get(code, Result.Level.OTHER),
            title=self._title(element, "Result"),
            description=self._text(element, child_words(element, "description")),
        )

    def _title(self, element: Any, fallback: str) -> str:
        title = " / ".join(words(element.find("title")).split("\n\n"))
        if not title:
            self.accounts.doubt(element, "no_title", "It has no title.")
        return self._text(element, title or f"{fallback} without a title", TITLE_LENGTH)

    def _text(self, element: Any, text: str, limit: int = TEXT_LENGTH) -> str:
        if len(text) > limit:
            reason = f"Its text has {len(text)} characters; {limit} are kept."
            self.accounts.doubt(element, "shortened", reason)
        return text[:limit]

    def _indicator(self, element: Any, result: Result) -> ReadIndicator:
        code = code_of(element, "measure")
        if code not in MEASURES:
            raise LeftOut("unknown_code", f"There is no measure {code or '(none)'}.")
        if code == NOMINAL:
            reason = "A nominal scale, kept as a rating: a mean of it says nothing."
            self.accounts.doubt(element, "nominal_scale", reason)
        measure, combine = MEASURES[code]
        falling = element.get("ascending", "1").strip().lower() in ("0", "false")
        row = Indicator(
            result=result,
            title=self._title(element, "Indicator"),
            definition=self._text(element, child_words(element, "description")),
            measure=measure,
            combine=combine,
            accumulation=Indicator.Accumulation.AS_PUBLISHED,
            direction=Indicator.Direction.DECREASE if falling else Indicator.Direction.INCREASE,
        )
        self.accounts.store(element)
        self._refer(element, row)
        self._baseline(element, row)
        row.series = self.series.get(identity(row), row.series)
        spans, values = self.cells.read(element, measure)
        return ReadIndicator(row, spans, values)

    def _refer(self, element: Any, row: Indicator) -> None:
        """The first own code, and the first SDG indicator, to which it is said to contribute."""
        for reference in element.iterchildren("reference"):
            try:
                self._take_reference(reference, row)
            except LeftOut as left:
                self.accounts.leave_out(reference, left.code, left.reason)
            else:
                self.accounts.store(reference)

    def _take_reference(self, reference: Any, row: Indicator) -> None:
        vocabulary, code = reference.get("vocabulary"), (reference.get("code") or "").strip()
        if vocabulary == SDG_INDICATORS and not row.global_indicator:
            if code.upper() not in self.library:
                raise LeftOut("unknown_code", f"There is no SDG indicator {code or '(none)'}.")
            row.global_indicator = self.library[code.upper()]
            row.library_link = Indicator.LibraryLink.CONTRIBUTES
        elif vocabulary == OWN_VOCABULARY and code and len(code) <= CODE_LENGTH and not row.code:
            row.code = code
        else:
            raise LeftOut("not_kept_yet", "One own code and one SDG indicator are kept.")

    def _baseline(self, element: Any, row: Indicator) -> None:
        """The first baseline of the whole; those of parts are not kept yet."""
        has_one = False
        for baseline in element.iterchildren("baseline"):
            try:
                self._check_baseline(baseline, has_one)
                self._take_baseline(baseline, row)
            except LeftOut as left:
                self.accounts.leave_out(baseline, left.code, left.reason)
                continue
            has_one = True
            self.accounts.store(baseline)
            for comment in baseline.iterchildren("comment"):
                keep_comment(comment, self.accounts)

    def _check_baseline(self, baseline: Any, has_one: bool) -> None:
        if baseline.find("dimension") is not None or baseline.find("location") is not None:
            raise LeftOut("baseline_of_a_part", "Baselines of parts are not kept yet.")
        if has_one:
            raise LeftOut("several_values", "The indicator has a baseline already.")

    def _take_baseline(self, baseline: Any, row: Indicator) -> None:
        comment = self._text(baseline, child_words(baseline, "comment"), TITLE_LENGTH)
        if row.measure == Indicator.Measure.NARRATIVE:
            if (baseline.get("value") or "").strip() or not comment:
                raise LeftOut("value_on_qualitative", "A baseline told in words needs just words.")
        else:
            is_percent = row.measure == Indicator.Measure.PERCENT
            reading = read_number(baseline.get("value"), is_percent=is_percent)
            if reading.doubt:
                self.accounts.doubt(baseline, "number_read", reading.doubt)
            row.baseline_value = fitting(reading.value, 30, 10)
        row.baseline_source = comment
        self._date_baseline(baseline, row)

    def _date_baseline(self, baseline: Any, row: Indicator) -> None:
        year = (baseline.get("year") or "").strip()
        try:
            if baseline.get("iso-date"):
                row.baseline_on = read_day(baseline.get("iso-date"))
            if year:
                row.baseline_year = read_day(f"{year}-12-31").year
        except LeftOut as left:
            self.accounts.doubt(baseline, left.code, left.reason)


def identity(row: Indicator) -> tuple[str, ...]:
    """What makes an indicator of the next edition the same one, and its series go on."""
    return row.result.title, row.code, row.title, row.definition, row.measure, row.direction
