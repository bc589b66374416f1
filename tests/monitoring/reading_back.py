"""Reads a report's forms back with no code of the product's: page, PDF, workbook, CSV."""

import csv
import io
import re
import zipfile
from decimal import Decimal
from html.parser import HTMLParser

import openpyxl
import pypdf

SPACES = re.compile(r"[\s\u00a0\u200b\u202a-\u202e]+")


class _Tables(HTMLParser):
    """Rows of every table of a page, by the table's id; a row is the texts of its cells."""

    def __init__(self):
        super().__init__()
        self.tables, self._rows, self._cell, self._within = {}, None, None, []

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        if tag == "table":
            self._rows = self.tables.setdefault(named.get("id", ""), [])
        elif tag in ("thead", "tbody", "tfoot"):
            self._within.append(tag)
        elif tag == "tr" and self._rows is not None:
            self._rows.append((self._within[-1], []))
        elif tag in ("td", "th") and self._rows is not None:
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag):
        if tag in ("td", "th") and self._cell is not None:
            self._rows[-1][1].append("".join(self._cell).strip())
            self._cell = None
        elif tag == "table":
            self._rows = None
        elif tag in ("thead", "tbody", "tfoot"):
            self._within.pop()

    def handle_data(self, data):
        if self._cell is not None:
            self._cell.append(data)


def page_rows(html):
    """{table: (rows of the body, rows of the foot)}: first lines of cells only."""
    reader = _Tables()
    reader.feed(html)
    found = {}
    for name, rows in reader.tables.items():
        kept = {"tbody": [], "tfoot": [], "thead": []}
        for within, cells in rows:
            kept[within].append([cell.split("\n")[0].strip() for cell in cells])
        found[name.removeprefix("table-")] = (kept["tbody"], kept["tfoot"])
    return found


def csv_rows(archive):
    """{table: [rows as dicts]} of the archive's CSV files."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {
            name.removeprefix("tables/").removesuffix(".csv"): list(
                csv.DictReader(io.StringIO(opened.read(name).decode("utf-8-sig"), newline=""))
            )
            for name in opened.namelist()
            if name.startswith("tables/")
        }


def sheet_rows(workbook):
    """{sheet: rows of values} of a workbook, without its first sheet."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    return {sheet.title: [list(row) for row in sheet.iter_rows()] for sheet in book.worksheets[1:]}


def pdf_text(pdf):
    """Everything that the PDF says, without any white space."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return SPACES.sub("", "".join(page.extract_text() for page in pages))


def without_spaces(text):
    return SPACES.sub("", text)


def as_people_read(number):
    """The display rule by hand: no decimals from 1,000 on, one from 100, else two; half up."""
    size = abs(number)
    places = 0 if size >= 1000 else 1 if size >= 100 else 2
    rounded = number.quantize(Decimal(1).scaleb(-places), "ROUND_HALF_UP")
    text = f"{rounded:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "\u2212")


def share_as_people_read(number):
    rounded = (number * 100).quantize(Decimal("0.1"), "ROUND_HALF_UP")
    return f"{rounded:,f}".removesuffix(".0").replace("-", "\u2212") + "\u00a0%"
