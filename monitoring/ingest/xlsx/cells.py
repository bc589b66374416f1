"""The cells of a sheet as text, row by row; what cannot be told for certain is a problem."""

import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from monitoring.errors import Unreadable
from monitoring.ingest.xlsx.archive import damaged
from monitoring.ingest.xlsx.markup import DEEPEST, Attributes, local, parse
from monitoring.ingest.xlsx.parts import Part, Workbook, require_length, unescaped

MOST_ROWS = 100_000
TOO_MANY_ROWS = f"A workbook has at most {MOST_ROWS:,} rows. Send more of them as CSV."
MOST_COLUMNS = 256
MOST_CELLS = 2_500_000  # of all sheets: 25 columns of as many rows as there may be
MOST_MERGES = 5_000
LAST_ROW = 1_048_576
PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
DIGITS = 15  # a spreadsheet computes with no more
KEPT = {"row", "c", "v", "t", "f", "rPh", "mergeCell"}
TEXTS = {"str", "inlineStr", "d"}


class Sheet:
    """Reads one sheet; `rows` holds (number, cells), `problems` (row, column, code, found)."""

    def __init__(self, workbook: Workbook, part: Part) -> None:
        self.workbook = workbook
        self.rows: list[tuple[int, list[str | None]]] = []
        self.problems: list[tuple[int, int, str, str]] = []
        self.merges: list[tuple[int, int, int, int]] = []
        self.row = self.column = self.depth = 0
        self.values: list[str | None] = []
        self.pieces: list[str] = []
        self.length = 0
        self.kind = self.style = ""
        self.inside = ""
        self.has_formula = self.has_value = self.is_reading = False
        parse(workbook.archive.chunks(part.path), self._start, self._end, self._text)

    def _start(self, name: str, attributes: Attributes) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise damaged("a sheet is nested too deeply")
        if name not in KEPT and (name := local(name)) not in KEPT:
            return
        if name == "c":
            self._begin_cell(attributes)
        elif name in ("v", "t"):
            self.inside = "" if self.is_reading else name
            self.has_value = True
        elif name == "row":
            self._begin_row(attributes)
        elif name == "f":
            self.has_formula = True
            self.inside = ""
        elif name == "rPh":
            self.is_reading = True
        else:
            self._merge(attributes.get("ref", ""))

    def _text(self, text: str) -> None:
        if self.inside:
            self.length += len(text)
            require_length(self.length)
            self.pieces.append(text)

    def _end(self, name: str) -> None:
        self.depth -= 1
        if name not in KEPT and (name := local(name)) not in KEPT:
            return
        if name == "c":
            self._end_cell()
        elif name in ("v", "t", "f"):
            self.inside = ""
        elif name == "rPh":
            self.is_reading = False
        elif name == "row" and any(value is not None for value in self.values):
            if len(self.rows) >= MOST_ROWS:
                raise Unreadable("too_many_rows", TOO_MANY_ROWS)
            self.rows.append((self.row, self.values))

    def _begin_row(self, attributes: Attributes) -> None:
        stated = attributes.get("r", "")
        number = int(stated) if stated.isdecimal() and len(stated) < 9 else self.row + 1
        if number <= self.row or number > LAST_ROW:
            raise damaged(f"row {number} stands after row {self.row}")
        self.row, self.column, self.values = number, 0, []

    def _begin_cell(self, attributes: Attributes) -> None:
        self.workbook.cells += 1
        if self.workbook.cells > MOST_CELLS:
            raise Unreadable("too_many_cells", f"At most {MOST_CELLS:,} cells.")
        place = attributes.get("r")
        column = self._column(place) if place else self.column + 1
        if column <= self.column:
            raise damaged(f"the cells of row {self.row} are not in order")
        self.column = column
        self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
        self.pieces, self.length = [], 0
        self.has_formula = self.has_value = False
        self.inside = ""

    def _column(self, place: str) -> int:
        found = PLACE.fullmatch(place)
        if found is None or int(found[2]) != self.row:
            raise too_wide() if len(place) > 10 else damaged(f"{place:.20} is no cell of its row")
        return column_number(found[1])

    def _end_cell(self) -> None:
        raw = "".join(self.pieces)
        if self.has_formula and (not self.has_value or (not raw and self.kind != "str")):
            self.problems.append((self.row, self.column, "formula_without_value", ""))
            return
        value = self._value(raw)
        if value is None:
            return
        if self.column > MOST_COLUMNS:
            raise too_wide()
        self.workbook.count_text(len(value))
        self.values += [None] * (self.column - 1 - len(self.values))
        self.values.append(value)

    def _value(self, raw: str) -> str | None:
        if self.kind == "s":
            return self._shared(raw)
        if self.kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(raw.strip(), raw) or None
        if self.kind == "n":
            return self._number(raw.strip()) or None
        if self.kind not in TEXTS:  # an error such as #REF!
            return raw.strip() or None
        return unescaped(raw).strip() or None

    def _shared(self, raw: str) -> str | None:
        number = raw.strip()
        if not (number.isascii() and number.isdecimal()) or len(number) > 8:
            raise damaged(f"row {self.row} refers to a text that is not there")
        if int(number) >= len(self.workbook.texts):
            raise damaged(f"row {self.row} refers to a text that is not there")
        return self.workbook.texts[int(number)].strip() or None

    def _number(self, raw: str) -> str:
        if not NUMBER.fullmatch(raw):
            return raw
        formats = self.workbook.formats
        style = int(self.style) if self.style.isdecimal() and len(self.style) < 7 else 0
        shown = formats[style] if style < len(formats) else ""
        if shown == "date":
            return date_text(raw, starts_1904=self.workbook.starts_1904)
        plain = number_text(raw)
        return f"{number_text(str(Decimal(plain) * 100))} %" if shown == "percent" else plain

    def _merge(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        a, b = PLACE.fullmatch(first), PLACE.fullmatch(last or first)
        if a is None or b is None:
            raise damaged("cells are merged that do not exist")
        if len(self.merges) >= MOST_MERGES:
            raise damaged("too many cells are merged")
        self.merges.append((int(a[2]), column_number(a[1]), int(b[2]), column_number(b[1])))


def column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def too_wide() -> Unreadable:
    return Unreadable("too_many_columns", f"At most {MOST_COLUMNS} columns with values.")


def number_text(raw: str) -> str:
    """A stored number as a person would write it: 12.3, not 12.300000000000001 or 1.23E+1."""
    try:
        number = Decimal(raw)
        if len(number.normalize().as_tuple().digits) > DIGITS:
            number = Decimal(f"{float(raw):.{DIGITS}g}")
    except (InvalidOperation, ValueError, OverflowError):
        return raw
    number = number.normalize()
    return f"{number:f}" if -30 < number.adjusted() < 30 else str(number)


def date_text(raw: str, *, starts_1904: bool = False) -> str:
    """The day (and time) that a number means where it is shown as one."""
    days = float(raw)
    if not 0 <= days < 2_958_466:
        return raw
    first = datetime(1904, 1, 1) if starts_1904 else datetime(1899, 12, 30)
    if not starts_1904 and days < 60:  # a spreadsheet's 1900 has a 29 February
        first += timedelta(days=1)
    moment = first + timedelta(seconds=round(days * 86_400))
    if days < 1:
        return f"{moment:%H:%M:%S}"
    is_midnight = not (moment.hour or moment.minute or moment.second)
    return f"{moment:%Y-%m-%d}" if is_midnight else f"{moment:%Y-%m-%d %H:%M:%S}"
