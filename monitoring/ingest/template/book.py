"""A workbook being written: no text in it is a formula; the same content gives the same bytes."""

import io
import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import chain, count
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

DIGITS = 15  # more than that a spreadsheet forgets
LONGEST = 32_767  # characters in a cell
FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
LINE_HEIGHT, MOST_LINES = 15, 12
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
GREY, LINE, RED = "#f0f1f3", "#b8bcc4", "#fde8e8"
LABEL = {"text_wrap": True, "valign": "top", "bg_color": GREY, "border": 1, "border_color": LINE}
INPUT = {"locked": False, "valign": "top", "border": 1, "border_color": LINE}
LOOKS: dict[str, dict[str, Any]] = {
    "head": {**LABEL, "bold": True, "bg_color": "#dfe3ea"},
    "label": LABEL,
    "input": INPUT,
    "words": {**INPUT, "text_wrap": True, "num_format": "@"},
    "off": {"bg_color": "#d5d8de", "border": 1, "border_color": LINE},
    "title": {"bold": True, "font_size": 14},
    "bold": {"bold": True, "valign": "top"},
    "plain": {"text_wrap": True, "valign": "top"},
    "wrong": {**INPUT, "bg_color": RED},
    "error": {"text_wrap": True, "valign": "top", "bg_color": RED, "font_color": "#8a1c1c"},
}


class Book:
    """A workbook in memory with our few looks."""

    def __init__(self, title: str) -> None:
        self.file = io.BytesIO()
        # Nothing that looks like a formula, a number or an address is made one.
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        }
        self.workbook = Workbook(self.file, options)
        self.workbook.set_properties({"title": title[:200], "created": datetime(2000, 1, 1)})
        self._looks: dict[tuple[str, bool], Format] = {}

    def look(self, name: str, *, quoted: bool = False) -> Format:
        if (name, quoted) not in self._looks:
            made = self.workbook.add_format(LOOKS[name])
            if quoted:
                made.set_quote_prefix()
            self._looks[name, quoted] = made
        return self._looks[name, quoted]

    def sheet(self, name: str) -> Worksheet:
        return self.workbook.add_worksheet(name)

    def free_name(self, wanted: str) -> str:
        """A name for a sheet that programs accept and no other sheet has, near the wanted one."""
        taken = {sheet.name.casefold() for sheet in self.workbook.worksheets()}
        plain = FORBIDDEN.sub(" ", wanted).strip(" '")[:25] or "Sheet"
        numbered = (f"{plain} ({number})" for number in count(2))
        names = chain([plain], numbered)
        return next(name for name in names if name.casefold() not in taken)

    def text(self, sheet: Worksheet, row: int, column: int, text: str, look: str) -> None:
        """A text as it is; one that a program could take for a formula is marked as a text."""
        if not text:
            sheet.write_blank(row, column, None, self.look(look))
            return
        is_quoted = text.startswith(DANGEROUS)
        sheet.write_string(row, column, text[:LONGEST], self.look(look, quoted=is_quoted))

    def height(self, sheet: Worksheet, row: int, texts: Iterable[tuple[str, int]]) -> None:
        """High enough for texts in columns of some width: not every program works that out."""
        needed = max((lines_of(text, width) for text, width in texts), default=1)
        sheet.set_row(row, LINE_HEIGHT * min(needed, MOST_LINES))

    def number(self, sheet: Worksheet, row: int, column: int, text: str, look: str) -> None:
        """A number as one where a spreadsheet keeps all of its digits, else as it is written."""
        if (number := exact(text)) is None:
            self.text(sheet, row, column, text, look)
        else:
            sheet.write_number(row, column, number, self.look(look))

    def done(self) -> bytes:
        self.workbook.close()
        return self.file.getvalue()


def lines_of(text: str, width: int) -> int:
    """About how many lines a text takes; a sign of a wide script takes two places."""
    if len(text) <= width and text.isascii() and "\n" not in text:
        return 1
    wide = (len(line) + sum(sign > "\u2e7f" for sign in line) for line in text.split("\n"))
    return sum(1 + length // width for length in wide)


def exact(text: str) -> Decimal | None:
    """The number that a plain text is, if a spreadsheet can hold it exactly."""
    if not text or not (text[0].isdigit() or text[0] in "-."):
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or len(number.normalize().as_tuple().digits) > DIGITS:
        return None
    return number if -30 < number.adjusted() < 30 else None


def runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Rows that stand together, as first and last."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and found[-1][1] == row - 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found
