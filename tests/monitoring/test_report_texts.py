"""What people write can be anything: a report of it is set, and says what it left out."""

import io
import resource
import time
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pypdf
import pytest

from monitoring.reports.documents import parts
from monitoring.reports.files.csv_files import csv_of
from monitoring.reports.files.workbook import workbook_of
from monitoring.reports.issue import Issue
from monitoring.reports.printing.fonts import UNKNOWN, printable
from monitoring.reports.printing.layout import laid_out
from monitoring.reports.printing.pdf import NotPrinted, pdf

ISSUE = Issue(
    pk=7,
    kind="Partnership report",
    revision=1,
    sha256="ab" * 32,
    cutoff_at=datetime(2024, 6, 1, tzinfo=UTC),
    verify_at="https://registry.example/verify/",
)
FORMULAS = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1"]
HOSTILE = [
    *FORMULAS,
    '#set page(width: 1pt) $ x^2 $ *bold* _it_ `raw` @label <l> [x] {y} \\ // #eval("1")',
    "<script>alert(1)</script><svg onload=alert(1)>",
    "آبار للجميع 2026 (مشروع)",
    "青溪流域共治伙伴关系",
    "日本語のひらがな 한국어 ไทย שלום 😀 \U0001f1f0\U0001f1ea",
    "a\u0000b\u0007c\ufeffd\u202ee\u2028f\ud7ff\ue000",
    "W" * 3000,
    "x" * 50 + "\u00ad" * 50,
    "\u0301" * 40,
    "सुरक्षित पेयजल पाने वाले परिवार",
    "Ẹ̀kọ́ àti ìlera",
    "پَانِی کَا پَانِی",
    "مُحَمَّد",
    "A̱ma̱ ŋmɛ́",
    "",
    " ",
    "\n\n",
]


def document(*blocks, title="Wells", **more):
    section = parts.Section("one", "One", blocks)
    return parts.Document(title, "What is known", [("Period", "2024")], [section], **more)


def table(rows, **more):
    columns = [
        parts.Column("name", "Name"),
        parts.Column("value", "Value", "number"),
        parts.Column("share", "Share", "share"),
        parts.Column("on", "On", "day"),
    ]
    return parts.Table("numbers", "Numbers", columns, rows, **more)


def row(name, n=1):
    return [name, Decimal(n), Decimal(n) / 3000, date(2024, 1, 31)]


def said(made):
    reader = pypdf.PdfReader(io.BytesIO(made))
    return "".join(page.extract_text() for page in reader.pages), len(reader.pages)


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_can_stand_anywhere(text):
    """In title, heading, cell, note, quote, chart and fact."""
    bars = parts.Bars(text, text, [parts.Bar(text, Decimal(1), text)], "numbers")
    line = parts.Line(text, text, [parts.Point(date(2024, 1, 1), text, Decimal(1))], "numbers")
    blocks = [
        table([row(text)], totals=row(text), notes=[text]),
        parts.Quote(text, text, date(2024, 1, 1)),
        parts.Notice(text),
        parts.Tiles([parts.Tile(text, Decimal(1), note=text)]),
        parts.Lights([parts.Light(text, text, text, text)]),
        parts.Details(text, [parts.Paragraph(text), bars, line]),
    ]
    whole = document(*blocks, title=text, notices=[text], sources=[text])
    whole = replace(whole, facts=[(text, text)])

    pages = said(pdf(whole, ISSUE))[1]
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(whole, ISSUE)))

    assert pages >= 1
    for sheet in book:
        assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)


def test_a_chart_has_its_words_in_print():
    labels = ["Wells dug in Nuku'alofa", "سكان", "सुरक्षित पेयजल", "Ẹ̀kọ́ àti ìlera"]
    bars = [parts.Bar(label, Decimal(n), f"{n} of 9") for n, label in enumerate(labels)]

    text, _ = said(pdf(document(parts.Bars("Bars", "Most first.", bars, "numbers")), ISSUE))

    for word in ("Wells dug in Nuku'alofa", "0 of 9", "3 of 9", "àti ìlera", "पेयजल"):
        assert word in unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_a_text_in_the_csv_file(text):
    lines = csv_of(table([row(text)])).decode("utf-8-sig")

    assert f"'{text[0]}" in lines


def test_letters_of_many_scripts_can_be_copied_out_of_the_pdf():
    text, _ = said(pdf(document(parts.Quote("آبار للجميع"), parts.Quote("青溪流域")), ISSUE))

    assert "青溪流域" in text
    assert {"آ", "ب", "ا", "ر"} <= set(text)


def test_what_no_font_has_is_a_white_square():
    assert printable("a😀b") == f"a{UNKNOWN}b"
    assert printable("a\u0007b\ufeff") == "ab"
    assert UNKNOWN in said(pdf(document(parts.Paragraph("x 😀 y")), ISSUE))[0]


def test_ten_million_letters_are_cut_and_it_says_so():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    long = "Ten million letters. " * 500_000
    started = time.perf_counter()

    text, pages = said(pdf(document(parts.Quote(long), parts.Quote(long)), ISSUE))

    assert time.perf_counter() - started < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 600_000  # kB
    assert pages < 40
    assert "cut here" in text
    assert "shortened in print" in text


def test_two_thousand_rows_are_all_there_and_more_are_counted():
    whole = table([row(f"row {n}", n) for n in range(2500)], totals=row("All", 3123750))

    text, pages = said(pdf(document(whole), ISSUE))
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(document(whole), ISSUE)))

    assert "row 1999" in text
    assert "row 2000" not in text
    assert "500 more rows" in text
    assert "3,123,750" in text
    assert 30 < pages < 120
    assert book["numbers"].max_row == 2502
    assert csv_of(whole).count(b"\r\n") == 2502


def test_cells_of_the_workbook_are_typed():
    rows = [row("A", 1500), ["B", parts.Missing("no data"), Decimal(0), date(2024, 2, 1)]]
    made = workbook_of(document(table(rows)), ISSUE)
    sheet = openpyxl.load_workbook(io.BytesIO(made))["numbers"]

    assert [cell.value for cell in sheet[1]] == ["Name", "Value", "Share", "On"]
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "n", "d"]
    assert (sheet["B2"].value, sheet["B2"].number_format) == (1500, "#,##0")
    assert (sheet["C2"].value, sheet["C2"].number_format) == (0.5, "0.0%")
    assert sheet["D2"].value.date() == date(2024, 1, 31)
    assert (sheet["B3"].value, sheet["C3"].value) == ("no data", 0)


def test_names_of_sheets_are_short_and_none_stands_twice():
    long = "a" * 40
    keys = [long, long.upper(), "a/b", "Report", "history"]
    tables = [replace(table([row("x")]), key=key) for key in keys]
    names = openpyxl.load_workbook(io.BytesIO(workbook_of(document(*tables), ISSUE))).sheetnames

    assert len({name.lower() for name in names}) == 6
    assert all(0 < len(name) <= 31 for name in names)


def test_a_range_and_a_note_stand_beside_their_value():
    cells = [
        parts.Measured(Decimal(10), unit="km", note="provisional"),
        parts.Measured(Decimal(10), high=Decimal(20)),
        parts.Measured(parts.Missing("no data"), note="nothing was reported"),
    ]
    columns = [parts.Column("name", "Name"), parts.Column("value", "Value", "number")]
    shown = parts.Table("t", "T", columns, [[str(n), cell] for n, cell in enumerate(cells)])

    assert csv_of(shown).decode("utf-8-sig").splitlines() == [
        "name,value,value_unit,value_note",
        "0,10,km,provisional",
        "1,10–20,,",
        "2,no data,,nothing was reported",
    ]


def test_a_column_is_wide_enough_for_half_of_its_notes():
    """A value with a note beneath it, beside a long name and alone in its narrow column."""
    value = parts.Measured(parts.Missing("no data"), note="nothing was reported")
    columns = [parts.Column("name", "Name"), parts.Column("value", "Value", "number")]
    rows = [["Families with safe drinking water all year", value]] * 3
    cells = laid_out(document(parts.Table("t", "T", columns, rows)))["sections"][0]["blocks"]

    name, number = cells[0]["widths"]

    assert len("nothing was") <= number < name


def test_an_empty_table_and_an_empty_document_are_set():
    empty = table([], when_empty="Nobody reported.")

    assert "Nobody reported." in said(pdf(document(empty), ISSUE))[0]
    assert said(pdf(parts.Document("T", "", [], []), ISSUE))[1] == 1
    assert workbook_of(document(empty), ISSUE)[:2] == b"PK"


def test_a_report_that_cannot_be_set_says_why(monkeypatch):
    from monitoring.reports.printing import pdf as module

    monkeypatch.setattr(module, "loaded", list)

    with pytest.raises(NotPrinted, match="font"):
        pdf(document(parts.Paragraph("x")), ISSUE)


def test_a_worker_that_sets_many_stays_as_large_as_it_was():
    whole = document(table([row(f"row {n}", n) for n in range(40)]))
    sizes = []
    for n in range(60):
        pdf(replace(whole, title=f"Report {n}"), ISSUE)
        if n in (19, 59):
            sizes.append(resident())

    assert sizes[1] < sizes[0] * 1.2


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1])
