"""What is read of a workbook, cell by cell."""

import io

import pytest

from monitoring.errors import Unreadable
from monitoring.ingest import workbooks
from tests.monitoring.bad_files.raw import (
    Xml,
    formula,
    merged,
    packed,
    parts,
    rows_xml,
    sheet_xml,
    styled,
    workbook,
)

HEAD = ["indicator", "value", "comment"]


def read(content):
    return workbooks.read(io.BytesIO(content))


def only(content):
    (sheet,) = read(content)
    return sheet


def value_of(cell):
    """What one cell is read as, and what is said about it."""
    sheet = only(workbook([HEAD, ["A", cell, "said"]]))
    return sheet.rows[0][1]["value"], [(e.row, e.field, e.code) for e in sheet.problems]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (0, "0"),
        (-1.5, "-1.5"),
        (1234567, "1234567"),
        (Xml('<c r="{place}"><v>12.300000000000001</v></c>'), "12.3"),
        (Xml('<c r="{place}"><v>1.5E+3</v></c>'), "1500"),
        (Xml('<c r="{place}"><v>1E-7</v></c>'), "0.0000001"),
        (Xml('<c r="{place}"><v>123456789012.3456</v></c>'), "123456789012.346"),
        ("12,5", "12,5"),
        ("  1 234 ", "1 234"),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        ("+1", "+1"),
        ("@SUM(1)", "@SUM(1)"),
        (True, "TRUE"),
        (False, "FALSE"),
        (formula("1+1", 2), "2"),
        (formula('"a"&"b"', "ab", "str"), "ab"),
        (formula('""', "", "str"), None),
        (Xml('<c r="{place}" t="e"><v>#REF!</v></c>'), "#REF!"),
        (styled(45352, 1), "2024-03-01"),
        (styled(45352.5, 3), "2024-03-01 12:00:00"),
        (styled(60, 1), "1900-02-28"),
        (styled(0.4, 2), "40 %"),
        (styled(0.125, 2), "12.5 %"),
        (styled(1234.5, 4), "1234.5"),
        (Xml('<c r="{place}" t="d"><v>2024-03-01</v></c>'), "2024-03-01"),
        (Xml('<c r="{place}" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>'), "ab"),
        (Xml('<c r="{place}" t="str"><v>one_x000D_two_x0000_</v></c>'), "one\rtwo_x0000_"),
        (Xml('<c r="{place}" s="7"/>'), None),
    ],
)
def test_a_cell_is_read_as_it_is_shown(cell, text):
    assert value_of(cell) == (text, [])


@pytest.mark.parametrize("stored", ["", "<v></v>", "<v/>"])
def test_a_formula_without_its_value_is_named(stored):
    value, problems = value_of(Xml(f'<c r="{{place}}"><f>B9*2</f>{stored}</c>'))

    assert value is None
    assert problems == [(2, "value", "formula_without_value")]


def test_of_merged_cells_the_first_has_the_value_and_the_others_are_named():
    rows = [HEAD, ["A", 5, "x"], ["B", None, "y"], ["C", 7, "z"]]
    sheet = only(workbook(rows, merged("B2:B3")))

    assert [row["value"] for _, row in sheet.rows] == ["5", None, "7"]
    (problem,) = sheet.problems
    assert (problem.row, problem.field, problem.code) == (3, "value", "merged_cells")
    assert problem.column == "value (B3)"
    assert "B2" in problem.reason


def test_merged_cells_beside_the_table_are_no_concern():
    assert only(workbook([HEAD, ["A", 5, "x"]], merged("E5:F9", "A10:C11"))).problems == []


def test_rows_keep_the_numbers_that_a_spreadsheet_shows():
    body = rows_xml([HEAD], first=3) + rows_xml([["A", 1]], first=7)
    sheet = only(packed(parts({"Data": sheet_xml(body)})))

    assert sheet.header_row == 3
    assert sheet.rows == [(7, {"indicator": "A", "value": "1"})]
    assert sheet.cell(7, "value") == "B7"


def test_hidden_rows_and_columns_are_read():
    body = rows_xml([HEAD]) + '<row r="2" hidden="1"><c r="A2" t="str"><v>A</v></c></row>'
    xml = sheet_xml(body).replace(
        "<sheetData>", '<cols><col min="1" max="1" hidden="1"/></cols><sheetData>'
    )

    assert only(packed(parts({"Data": xml}))).rows == [(2, {"indicator": "A"})]


def test_titles_of_columns_are_found_whatever_their_case_and_blanks():
    sheet = only(workbook([[" Indicator", "Is  Provisional"], ["A", True]]))

    assert sheet.rows == [(2, {"indicator": "A", "is_provisional": "TRUE"})]
    assert sheet.titles == {"indicator": "Indicator", "is_provisional": "Is  Provisional"}


def test_a_title_that_stands_twice_and_values_without_one_are_named():
    sheet = only(workbook([["value", "Value", None], [1, 2, 3]]))

    assert [(e.row, e.field, e.code, e.column) for e in sheet.problems] == [
        (1, "value", "column_twice", "value (B1)"),
        (2, "column", "untitled", "(C2)"),
    ]


def test_several_sheets_are_read_and_empty_ones_left_out():
    sheets = {"One": sheet_xml([HEAD, ["A", 1]]), "Two": sheet_xml([]), "三": sheet_xml([["x"]])}
    found = read(packed(parts(sheets, states={"三": "hidden"})))

    assert [(s.name, s.is_hidden) for s in found] == [("One", False), ("三", True)]


def test_shared_texts_are_put_together():
    body = rows_xml([HEAD]) + '<row r="2"><c r="A2" t="s"><v>1</v></c></row>'
    made = parts({"Data": sheet_xml(body)}, texts=["zero", "الآبار"])

    assert only(packed(made)).rows == [(2, {"indicator": "الآبار"})]


def test_an_empty_workbook_is_refused():
    with pytest.raises(Unreadable) as refusal:
        read(workbook([]))

    assert refusal.value.code == "empty_file"
