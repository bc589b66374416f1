"""A template as a person fills it in: by the titles and labels that the person sees."""

import io
import zipfile

from lxml import etree

from monitoring.ingest import workbooks
from tests.monitoring.bad_files.raw import letters

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
DATA = "xl/worksheets/sheet2.xml"


class Filled:
    """The workbook's own XML, changed cell by cell, as a spreadsheet program leaves it."""

    def __init__(self, content):
        self.parts = {}
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        self.root = etree.fromstring(self.parts[DATA])
        self.rows = list(self.root.iter(f"{MAIN}row"))
        (self.sheet,) = [
            sheet for sheet in workbooks.read(io.BytesIO(content)) if sheet.name == "Data"
        ]

    def row_of(self, title, breakdown="total", unit=None):
        """The number of the row with these labels."""
        (number,) = [
            number
            for number, row in self.sheet.rows
            if row["indicator"] == title
            and row["breakdown"] == breakdown
            and (unit is None or row["reporting_unit"] == unit)
        ]
        return number

    def cell(self, row, title):
        place = f"{letters(self.sheet.columns[title])}{row}"
        (found,) = [c for c in self.root.iter(f"{MAIN}c") if c.get("r") == place]
        return found

    def type(self, row, title, value):
        """Type a number or a text; None empties the cell."""
        cell = self.cell(row, title)
        for child in list(cell):
            cell.remove(child)
        cell.attrib.pop("t", None)
        if isinstance(value, str):
            cell.set("t", "inlineStr")
            etree.SubElement(etree.SubElement(cell, f"{MAIN}is"), f"{MAIN}t").text = value
        elif value is not None:
            etree.SubElement(cell, f"{MAIN}v").text = str(value)
        return self

    def turn_round(self):
        """Sort the rows the other way; the header stays."""
        data = self.root.find(f"{MAIN}sheetData")
        body = self.rows[1:]
        numbers = [row.get("r") for row in body]
        for row in body:
            data.remove(row)
        for number, row in zip(numbers, reversed(body), strict=True):
            row.set("r", number)
            for cell in row:
                cell.set("r", cell.get("r").rstrip("0123456789") + number)
            data.append(row)
        return self

    def saved(self):
        self.parts[DATA] = etree.tostring(self.root)
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.parts.items():
                archive.writestr(name, content)
        return file.getvalue()
