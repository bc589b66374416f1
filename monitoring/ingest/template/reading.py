"""A template that came back: its rows in the long format, found by their keys."""

from collections.abc import Iterator

from monitoring.errors import RowError, Unreadable
from monitoring.ingest.outcome import Scope
from monitoring.ingest.sheets import Row, Sheet
from monitoring.ingest.template.columns import ERRORS, KEY, NAMES
from monitoring.ingest.template.keys import INPUTS, Key, printed
from monitoring.models import Framework, Period, Submission

CHANGED = "Expected the key as it was given: it was changed. Copy the row from a new template."
MISSING = "Expected a row of the template: this one has no key. Type into the rows that are there."
CLEARED = (
    "This cell came with a value and is empty now. An empty cell changes nothing: type a value, or "
    "choose yes under Withdraw for an approved one; a draft's is taken out in its form."
)
UNKNOWN = "Not a column of the template. Put notes into Comment, or remove the column."
OTHER_PERIOD = "Expected the period {here}: the row was made for {there}."
VALUES = ("value", "numerator", "denominator", "text", "withdraws")


def is_template(sheet: Sheet) -> bool:
    return KEY in sheet.columns


def lost_its_keys(sheet: Sheet) -> bool:
    """Whether it was a template before its hidden column was removed."""
    return KEY not in sheet.columns and {"reporting_unit", "measured_in"} <= set(sheet.columns)


def require_keys(sheet: Sheet) -> None:
    if lost_its_keys(sheet):
        text = (
            "The hidden column “Row key” of the template is missing. Type the values into a new "
            "template, and leave its hidden column where it is."
        )
        raise Unreadable("template_without_keys", text)


def framework_of(scope: Scope) -> Framework:
    return scope.period.framework if isinstance(scope, Submission) else scope.framework


class Template:
    """The rows that say something new, and what is wrong with the others."""

    def __init__(self, sheet: Sheet, scope: Scope) -> None:
        self.sheet = sheet
        self.period: Period | None = scope.period
        self.framework = framework_of(scope)
        self.problems = list(sheet.problems)
        names = {key: NAMES.get(key, "") for key in sheet.columns}
        self.inputs = {name: key for key, name in names.items() if name in INPUTS}
        self.unknown = [k for k, name in names.items() if not name and k != ERRORS.casefold()]
        self.periods = dict(self.framework.periods.values_list("pk", "label"))

    def rows(self) -> Iterator[Row]:
        self._report_unknown()
        for number, row in self.sheet.rows:
            inputs = {name: row.get(key) for name, key in self.inputs.items()}
            text = row.get(KEY)
            if not text:
                if any(inputs.values()):
                    self._report(number, KEY, "template_key_missing", MISSING)
                continue
            if key := self._key(number, text):
                yield from self._row(number, key, inputs)

    def _row(self, number: int, key: Key, inputs: dict[str, str | None]) -> Iterator[Row]:
        if printed(inputs) == key.printed:
            return
        if key.source != "n" and not any(inputs.get(name) for name in VALUES):
            self._report(number, "value", "value_cleared", CLEARED)
            return
        category = f"#{key.category}" if key.category else None
        of_cell = {"unit": f"#{key.unit}", "period": f"#{key.period}", "category": category}
        yield number, of_cell | {"indicator": f"#{key.indicator}"} | inputs

    def _key(self, number: int, text: str) -> Key | None:
        key = Key.read(text)
        if key is None:
            self._report(number, KEY, "template_key_changed", CHANGED, text[:80])
            return None
        if key.framework != self.framework.pk:
            raise self._of_another_framework(key)
        if key.period not in self.periods or self.period and key.period != self.period.pk:
            there = self.periods.get(key.period, "another one")
            reason = OTHER_PERIOD.format(here=self.period or "of this framework", there=there)
            self._report(number, "period", "template_of_another_period", reason, there)
            return None
        return key

    def _of_another_framework(self, key: Key) -> Unreadable:
        made_for = Framework.objects.filter(pk=key.framework).first()
        here = self.framework
        if made_for and made_for.partnership_id == here.partnership_id:
            text = (
                f"The template was made for edition {made_for.edition} of the framework; this is "
                f"edition {here.edition}. Fill in a new template."
            )
            return Unreadable("template_of_another_edition", text)
        text = "The template was made for the framework of another partnership."
        return Unreadable("template_of_another_framework", text)

    def _report_unknown(self) -> None:
        """Columns that somebody added and filled in: what stands there would be lost."""
        for key in self.unknown:
            if found := next((row[key] for _, row in self.sheet.rows if row.get(key)), None):
                head = self.sheet.header_row
                self._report(head, key, "unknown_column", UNKNOWN, found)

    def _report(self, number: int, key: str, code: str, reason: str, found: str = "") -> None:
        self.problems.append(RowError(number, key, code, reason, found[:200]))
