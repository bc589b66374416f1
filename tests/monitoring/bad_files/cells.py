"""Workbooks that can be read and have a cell in them that cannot be taken."""

from tests.monitoring.bad_files.raw import (
    Xml,
    formula,
    merged,
    packed,
    parts,
    sheet_xml,
    styled,
    workbook,
)

HEAD = ["indicator", "value", "comment"]
FIRST = ["PCT", 1, "fine"]


def one(value, indicator="NUM"):
    return workbook([HEAD, FIRST, [indicator, value, "said"]])


NO_NUMBER = [(3, "value", "not_a_number")]
WRONG = [
    ("a formula without its value", one(formula("A1+1")),
     [(3, "value", "formula_without_value"), (3, "value", "value_expected")]),
    ("a formula with an empty value", one(Xml('<c r="{place}"><f>A1</f><v></v></c>')),
     [(3, "value", "formula_without_value"), (3, "value", "value_expected")]),
    ("a formula that failed", one(formula("1/0", "#DIV/0!", "e")), NO_NUMBER),
    ("a formula with a text", one(formula('"five"', "five", "str")), NO_NUMBER),
    ("a formula without value in a remark",
     workbook([HEAD, FIRST, ["NUM", 2, formula("1+1")]]),
     [(3, "comment", "formula_without_value")]),
    ("a reference that is gone", one(Xml('<c r="{place}" t="e"><v>#REF!</v></c>')), NO_NUMBER),
    ("a day", one(styled(45352, 1)), NO_NUMBER),
    ("a day in a format of its own", one(styled(45352, 3)), NO_NUMBER),
    ("a day by its name", one(Xml('<c r="{place}" t="d"><v>2024-03-01</v></c>')), NO_NUMBER),
    ("true for a number", one(True), NO_NUMBER),
    ("true for a rating", one(True, "RATE"), NO_NUMBER),
    ("a percentage for a number", one(styled(0.4, 2)), [(3, "value", "percent_sign")]),
    ("a percentage for a ratio", one(styled(0.4, 2), "RATIO"),
     [(3, "value", "ratio_parts_expected")]),
    ("a number beyond all", one(Xml('<c r="{place}"><v>1E+300</v></c>')), NO_NUMBER),
    ("a number with letters", one(Xml('<c r="{place}"><v>12abc</v></c>')), NO_NUMBER),
    ("NaN as a number", one(Xml('<c r="{place}"><v>NaN</v></c>')), NO_NUMBER),
    ("a number in eleven decimals", one(Xml('<c r="{place}"><v>1.5E-11</v></c>')), NO_NUMBER),
    ("merged values",
     workbook([HEAD, FIRST, ["NUM", 2], ["USD", None, "x"]], merged("B3:B4")),
     [(4, "value", "merged_cells"), (4, "value", "value_expected")]),
    ("merged over two columns", workbook([HEAD, FIRST, ["NUM", 2]], merged("B3:C3")),
     [(3, "comment", "merged_cells")]),
    ("merged titles", workbook([HEAD, FIRST, ["NUM", 2]], merged("B1:C1")),
     [(1, "comment", "merged_cells")]),
    ("a title twice", workbook([["indicator", "value", "Value "], ["NUM", 1, 1]]),
     [(1, "value", "column_twice")]),
    ("an unknown title", workbook([["indicator", "value", "amount"], ["NUM", 1, 2]]),
     [(1, "amount", "unknown_column")]),
    ("values without a title", workbook([["indicator", "value"], ["NUM", 1, 2]]),
     [(2, "column", "untitled")]),
    ("two rows for one cell", workbook([HEAD, ["NUM", 1], ["USD", 3], ["NUM", 2]]),
     [(4, "indicator", "cell_repeated")]),
    ("a total by name and again", workbook(
        [[*HEAD, "category"], ["NUM", 1], ["NUM", 2, "", "total"]]),
     [(3, "indicator", "cell_repeated")]),
    ("one bad row in a second sheet", packed(parts(
        {"Data": sheet_xml([HEAD, FIRST]), "More": sheet_xml([HEAD, ["NUM", "N/A"]])})),
     [(2, "value", "not_a_number")]),
    ("the same cell in two sheets", packed(parts(
        {"Data": sheet_xml([HEAD, FIRST]), "More": sheet_xml([HEAD, FIRST])})),
     [(2, "indicator", "cell_repeated")]),
    ("bad values in a hidden sheet of values", packed(parts(
        {"Data": sheet_xml([HEAD, FIRST]), "Hid": sheet_xml([HEAD, ["NUM", "-"]])},
        states={"Hid": "hidden"})), [(2, "value", "not_a_number")]),
    ("all rows at once", workbook(
        [HEAD, ["NUM", "N/A"], ["RATE", 9], ["NUMB", 1], ["YESNO", 3]]),
     [(2, "value", "not_a_number"), (3, "value", "off_scale"), (4, "indicator",
      "unknown_indicator"), (5, "value", "not_yes_or_no")]),
]  # fmt: skip
