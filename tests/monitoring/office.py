"""A workbook opened, changed and saved by LibreOffice, without its window."""

import os
import shutil
import subprocess

import pytest
from lxml import etree

SOFFICE = shutil.which("soffice")
NAMES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}
LONGEST_REPEAT = 40


def require_office():
    if SOFFICE is None and not os.environ.get("CI"):
        pytest.skip("LibreOffice is not installed")


def named(name):
    prefix, _, local = name.partition(":")
    return f"{{{NAMES[prefix]}}}{local}"


class Office:
    """LibreOffice in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder

    def convert(self, content, kind, to):
        file, made = self.folder / f"book.{kind}", self.folder / "made" / f"book.{to}"
        file.write_bytes(content)
        made.unlink(missing_ok=True)
        command = [
            SOFFICE,
            f"-env:UserInstallation=file://{self.folder}/profile",
            "--headless",
            "--convert-to",
            to,
            "--outdir",
            str(made.parent),
            str(file),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        return made.read_bytes()

    def open(self, content):
        return Opened(self, self.convert(content, "xlsx", "fods"))


class Opened:
    """The workbook as LibreOffice understood it; typing goes by the labels that a person sees."""

    def __init__(self, office, content):
        self.office = office
        self.root = etree.fromstring(content)
        (self.table,) = [
            table for table in self.root.iter(named("table:table")) if name_of(table) == "Data"
        ]
        self.head, *self.rows = [
            row for row in self.table.iter(named("table:table-row")) if texts(cells(row))
        ]
        self.titles = [text_of(cell) for cell in cells(self.head)]

    def row(self, title, breakdown="total"):
        (found,) = [
            row
            for row in self.rows
            if self.text(row, "Indicator") == title and self.text(row, "Breakdown") == breakdown
        ]
        return found

    def text(self, row, title):
        return text_of(self.cell(row, title))

    def cell(self, row, title):
        return cells(row)[self.titles.index(title)]

    def type(self, row, title, value):
        """A number, a text, or, beginning with of:=, a formula to be worked out."""
        cell = self.cell(row, title)
        for child in list(cell):
            cell.remove(child)
        for name in list(cell.attrib):
            if not name.endswith("style-name"):
                del cell.attrib[name]
        if value is None:
            return
        if isinstance(value, str) and value.startswith("of:="):
            cell.set(named("table:formula"), value)
        elif isinstance(value, str):
            cell.set(named("office:value-type"), "string")
            etree.SubElement(cell, named("text:p")).text = value
        else:
            cell.set(named("office:value-type"), "float")
            cell.set(named("office:value"), str(value))

    def turn_round(self):
        """Sort the rows the other way."""
        place = list(self.table).index(self.rows[0])
        for row in self.rows:
            self.table.remove(row)
        for row in self.rows:
            self.table.insert(place, row)

    def move_last_column_first(self):
        """The hidden column with the keys."""
        last = len(self.titles) - 1
        for row in (self.head, *self.rows):
            cell = cells(row)[last]
            row.remove(cell)
            row.insert(0, cell)
        self.titles.insert(0, self.titles.pop())

    def saved(self):
        whole = etree.tostring(self.root, xml_declaration=True, encoding="UTF-8")
        return self.office.convert(whole, "fods", "xlsx")


def name_of(table):
    return table.get(named("table:name"))


def text_of(cell):
    return "\n".join("".join(p.itertext()) for p in cell.iter(named("text:p")))


def texts(row):
    return [text for text in map(text_of, row) if text]


def cells(row):
    """The row's cells, each its own: repeated ones are written out, endless ones left alone."""
    found = []
    repeat = named("table:number-columns-repeated")
    for cell in list(row):
        times = int(cell.get(repeat, 1))
        if times > LONGEST_REPEAT:
            break
        cell.attrib.pop(repeat, None)
        for _ in range(times - 1):
            copy = etree.fromstring(etree.tostring(cell))
            cell.addprevious(copy)
            found.append(copy)
        found.append(cell)
    return found
